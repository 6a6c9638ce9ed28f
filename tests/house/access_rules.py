"""Who may do what: each rule takes a transformed template and gives its faults, as sentences."""

from collections.abc import Iterator
from typing import Any

from tests.house.templates import Tree, as_list, granted, of_type, statements, target

# Rights that AWS cannot scope to a resource. Everything else names what it is for.
STARS = {
    "sns:Publish": "an SMS goes to a phone number, which has no ARN",
    **dict.fromkeys(
        [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
        "a machine's log delivery belongs to the account, not to a log group",
    ),
}

# Routes without the authorizer, and who looks at the caller instead. Every other route has the authorizer.
PUBLIC_ROUTES = {
    "ANY /": "the portal reads the session itself",
    "ANY /{proxy+}": "the portal reads the session itself",
    "ANY /api/account/{proxy+}": "signing up and in: nobody has a session yet",
    "POST /webhooks/card": "the signature over the raw body",
    "POST /webhooks/alipay": "the signature over every field of the form",
    "POST /webhooks/wechatpay": "the signature over the raw body",
    "POST /registry/answers": "the signature over the raw body",
    "POST /registry/education/answers": "the signature over the raw body, by the other registry's secret",
    "GET /api/certificates/{number}": "anybody may verify a certificate",
}

SERVICES = {"AWS::Lambda::Function": ("Role", "lambda"), "AWS::StepFunctions::StateMachine": ("RoleArn", "states")}


def principals(role: Tree) -> list[str]:
    """The services that may take on a role."""
    document = role["AssumeRolePolicyDocument"]
    return [
        str(service)
        for statement in as_list(document["Statement"])
        for service in as_list(statement["Principal"].get("Service"))
    ]


def everything_runs_under_a_role_of_its_own(template: Tree) -> list[str]:
    roles = dict(of_type(template, "AWS::IAM::Role"))
    found, owners = [], dict[str, str]()
    for kind, (field, service) in SERVICES.items():
        for logical_id, properties in of_type(template, kind):
            role = target(properties.get(field))
            if role not in roles:
                found.append(f"{logical_id} has no role written in the template")
                continue
            if role in owners:
                found.append(f"{logical_id} shares {role} with {owners[role]}")
            owners[role] = logical_id
            if principals(roles[role]) != [f"{service}.amazonaws.com"]:
                found.append(f"{role} may be taken on by {principals(roles[role])}, not by {service} alone")
    return found


def no_policy_is_managed_by_aws(template: Tree) -> list[str]:
    own = {logical_id for logical_id, _ in of_type(template, "AWS::IAM::ManagedPolicy")}
    return [
        f"{logical_id} has the managed policy {arn}"
        for logical_id, role in of_type(template, "AWS::IAM::Role")
        for arn in as_list(role.get("ManagedPolicyArns"))
        if target(arn) not in own
    ]


def grants(template: Tree) -> Iterator[tuple[str, str, Any]]:
    """Everything that identity policies allow: who, action, resource."""
    policies = [(logical_id, statements(role)) for logical_id, role in of_type(template, "AWS::IAM::Role")]
    for logical_id, managed in of_type(template, "AWS::IAM::ManagedPolicy"):
        policies.append((logical_id, iter(as_list(managed["PolicyDocument"]["Statement"]))))
    for logical_id, found in policies:
        for statement in found:
            if statement["Effect"] == "Allow":
                for action in as_list(statement.get("Action")):
                    for resource in as_list(statement.get("Resource")):
                        yield logical_id, action, resource


def grants_say_what_they_allow(template: Tree) -> list[str]:
    """`NotAction` and `NotResource` allow what nobody has thought of."""
    return [
        f"{logical_id} allows by exclusion"
        for logical_id, role in of_type(template, "AWS::IAM::Role")
        for statement in statements(role)
        if {"NotAction", "NotResource"} & statement.keys()
    ]


def no_action_is_a_star(template: Tree) -> list[str]:
    return [f"{who} may {action}" for who, action, _ in grants(template) if "*" in action]


def no_resource_is_a_star_without_a_reason(template: Tree) -> list[str]:
    wide = {(who, action) for who, action, resource in grants(template) if resource == "*"}
    found = [f"{who} may {action} on everything" for who, action in sorted(wide) if action not in STARS]
    unused = STARS.keys() - {action for _, action in wide}
    return found + [f"nobody needs {action} on everything any more" for action in sorted(unused)]


def queues_take_messages_for_this_account_only(template: Tree) -> list[str]:
    """What a queue's policy allows, it allows to a service on behalf of this account only (no confused deputy)."""
    found = []
    for logical_id, policy in of_type(template, "AWS::SQS::QueuePolicy"):
        for statement in as_list(policy["PolicyDocument"]["Statement"]):
            conditions = {name for each in statement.get("Condition", {}).values() for name in each}
            if statement["Effect"] == "Allow" and not conditions & {"aws:SourceAccount", "aws:SourceArn"}:
                found.append(f"{logical_id} lets {statement['Principal']} send for any account")
    return found


def routes(template: Tree) -> dict[str, str]:
    """Every route of the API with the name of its authorizer, NONE for a public one."""
    found = {}
    for _, api in of_type(template, "AWS::ApiGatewayV2::Api"):
        for path, methods in api["Body"]["paths"].items():
            for method, operation in methods.items():
                name = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                security = operation.get("security") or [{"NONE": []}]
                found[f"{name} {path}"] = " or ".join(key for each in security for key in each)
    return found


def only_listed_routes_are_public(template: Tree) -> list[str]:
    public = {route for route, authorizer in routes(template).items() if authorizer != "SessionAuthorizer"}
    found = [f"{route} has no authorizer" for route in sorted(public - PUBLIC_ROUTES.keys())]
    return found + [f"{route} is listed as public and is not" for route in sorted(PUBLIC_ROUTES.keys() - public)]


def only_symmetric_keys_rotate(template: Tree) -> list[str]:
    """AWS refuses rotation for asymmetric and HMAC keys, and a symmetric key without it is never renewed."""
    found = []
    for logical_id, key in of_type(template, "AWS::KMS::Key"):
        symmetric = key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        if symmetric is not bool(key.get("EnableKeyRotation", False)):
            found.append(
                f"{logical_id} is {'' if symmetric else 'not '}symmetric, so it rotates{'' if symmetric else ' not'}"
            )
        for statement in as_list(key["KeyPolicy"]["Statement"]):
            if statement["Effect"] == "Allow" and as_list(statement["Principal"].get("AWS")) == ["*"]:
                found.append(f"{logical_id} is open to every account")
    return found


def nothing_but_rules_and_schedules_starts_a_machine(template: Tree) -> list[str]:
    """The one rule of flow: no function may start an execution, and a machine only the children of its own maps."""
    machines = {target(machine["RoleArn"]): name for name, machine in of_type(template, *list(SERVICES)[1:])}
    found = []
    for who, action, resource in grants(template):
        if not action.startswith("states:"):
            continue
        role = template["Resources"][who]["Properties"]
        if who in machines:
            own = template["Resources"][machines[who]]["Properties"]["StateMachineName"]["Fn::Sub"]
            if own not in str(resource):
                found.append(f"{who} may {action} on {resource}, which is not its own machine")
        elif not set(principals(role)) <= {"events.amazonaws.com", "scheduler.amazonaws.com"}:
            found.append(f"{who} may {action}")
    return found


def the_audit_only_grows(template: Tree) -> list[str]:
    """No role may change or delete an entry of the audit, and who may add one may not read the rest."""
    return [
        f"{logical_id} may {action} the audit"
        for logical_id, role in of_type(template, "AWS::IAM::Role")
        for action in sorted(granted(role, "Audit") - {"dynamodb:PutItem", "dynamodb:Query"})
    ]


def secrets_are_never_shown(template: Tree) -> list[str]:
    """A parameter that ends up in a secret is `NoEcho`, and no function has one in its environment."""
    found = []
    hidden = {name for name, declared in template["Parameters"].items() if declared.get("NoEcho")}
    for logical_id, secret in of_type(template, "AWS::SecretsManager::Secret"):
        text = str(secret.get("SecretString", ""))
        shown = [name for name in template["Parameters"] if f"${{{name}}}" in text and name not in hidden]
        found += [f"{name}, part of {logical_id}, would be shown" for name in shown]
    for logical_id, function in of_type(template, "AWS::Lambda::Function"):
        values = function.get("Environment", {}).get("Variables", {}).values()
        found += [f"{logical_id} has {name} in its environment" for name in hidden if name in str(list(values))]
    return found


RULES = [
    everything_runs_under_a_role_of_its_own,
    no_policy_is_managed_by_aws,
    grants_say_what_they_allow,
    no_action_is_a_star,
    no_resource_is_a_star_without_a_reason,
    queues_take_messages_for_this_account_only,
    only_listed_routes_are_public,
    only_symmetric_keys_rotate,
    nothing_but_rules_and_schedules_starts_a_machine,
    the_audit_only_grows,
    secrets_are_never_shown,
]
