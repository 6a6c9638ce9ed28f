"""IAM roles and policies: nothing is created, the statements go to the stack, where the gate reads them."""

from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties, statements
from local.deploy.errors import DeployError
from local.stack import ACCOUNT

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_TRACES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]

_AWS_MANAGED: dict[str, list[dict[str, Any]]] = {
    "service-role/AWSLambdaBasicExecutionRole": [{"Effect": "Allow", "Action": _LOGS, "Resource": "*"}],
    "AWSXRayDaemonWriteAccess": [{"Effect": "Allow", "Action": _TRACES, "Resource": "*"}],
    "AWSXrayWriteOnlyAccess": [{"Effect": "Allow", "Action": _TRACES, "Resource": "*"}],
}
"""The managed policies that SAM itself attaches, as AWS publishes them (the parts that handlers could use)."""


def _role(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("RoleName"))
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    trust = statements(properties["AssumeRolePolicyDocument"], logical_id)
    deployment.trust[logical_id] = {service for statement in trust for service in _services(statement, logical_id)}
    own: list[dict[str, Any]] = []
    for policy in properties.each("Policies"):
        policy.get("PolicyName")
        own += statements(policy["PolicyDocument"], logical_id)
    for policy_arn in properties.get("ManagedPolicyArns") or []:
        own += _managed(policy_arn, logical_id, deployment)
    deployment.stack.roles[logical_id] = own
    deployment.role_arns[arn], deployment.role_names[name] = logical_id, logical_id
    return Created(name, {"Arn": arn, "RoleId": f"AROALOCAL{logical_id.upper()}"})


def _services(statement: dict[str, Any], where: str) -> list[str]:
    """The services a trust statement lets in; conditions on the source account always hold here."""
    actions = statement.get("Action")
    principal = statement.get("Principal")
    if statement["Effect"] != "Allow" or "sts:AssumeRole" not in (actions if isinstance(actions, list) else [actions]):
        raise DeployError(where, "a trust statement must allow sts:AssumeRole")
    if not isinstance(principal, dict) or set(principal) != {"Service"}:
        raise DeployError(where, "only services may assume a role of this template")
    services = principal["Service"]
    return services if isinstance(services, list) else [services]


def _managed(arn: str, where: str, deployment: Deployment) -> list[dict[str, Any]]:
    if arn in deployment.managed_policies:
        return deployment.managed_policies[arn]
    name = arn.removeprefix("arn:aws:iam::aws:policy/")
    if name not in _AWS_MANAGED:
        raise DeployError(where, f"the local cloud does not know what the managed policy {arn} allows")
    return _AWS_MANAGED[name]


def _managed_policy(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("ManagedPolicyName"))
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    deployment.managed_policies[arn] = statements(properties["PolicyDocument"], logical_id)
    _attach(logical_id, properties, deployment)
    return Created(arn, name=name)


def _policy(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    properties.get("PolicyName")
    _attach(logical_id, properties, deployment)
    return Created(deployment.physical_name(logical_id, None))


def _attach(logical_id: str, properties: Properties, deployment: Deployment) -> None:
    for role in properties.get("Roles") or []:
        if role not in deployment.role_names:
            raise DeployError(logical_id, f"its role {role} is not a role of this template")
        deployment.stack.roles[deployment.role_names[role]] += statements(properties["PolicyDocument"], logical_id)


_DESCRIBED = {"Description": "a description", "Tags": "nothing reads them"}

CREATORS = {
    "AWS::IAM::Role": Creator(_role, {"MaxSessionDuration": "nobody holds credentials of a role", **_DESCRIBED}),
    "AWS::IAM::ManagedPolicy": Creator(_managed_policy, _DESCRIBED),
    "AWS::IAM::Policy": Creator(_policy),
}
