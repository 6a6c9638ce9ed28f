"""The template, as CloudFormation gets it, keeps every rule; and each rule finds the faults planted for it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.house import access_rules, delivery_rules, keeping_rules
from tests.house.templates import Tree, transformed, written

type Rule = Callable[[Tree], list[str]]

RULES: dict[str, Rule] = {
    rule.__name__: rule for rule in (*access_rules.RULES, *delivery_rules.RULES, *keeping_rules.RULES)
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_template_keeps_the_rule(rule: Rule) -> None:
    found = rule(transformed())
    assert not found, "\n".join(found)


def at(tree: Any, *path: Any) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def properties(template: Tree, logical_id: str) -> Any:
    return template["Resources"][logical_id]["Properties"]


def put(logical_id: str, *path: Any, value: Any) -> Callable[[Tree], None]:
    """Sets something in the properties of a resource."""

    def change(template: Tree) -> None:
        at(properties(template, logical_id), *path[:-1])[path[-1]] = value

    return change


def drop(logical_id: str, *path: Any) -> Callable[[Tree], None]:
    """Takes something out of the properties of a resource."""

    def change(template: Tree) -> None:
        del at(properties(template, logical_id), *path[:-1])[path[-1]]

    return change


def remove(logical_id: str) -> Callable[[Tree], None]:
    def change(template: Tree) -> None:
        del template["Resources"][logical_id]

    return change


def grant(role: str, action: Any, resource: Any) -> Callable[[Tree], None]:
    """Adds a statement to a role."""

    def change(template: Tree) -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        at(properties(template, role), "Policies", 0, "PolicyDocument", "Statement").append(statement)

    return change


def revoke(role: str, action: str) -> Callable[[Tree], None]:
    """Takes an action out of every statement of a role."""

    def change(template: Tree) -> None:
        for statement in at(properties(template, role), "Policies", 0, "PolicyDocument", "Statement"):
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = [each for each in actions if each != action]

    return change


def forget(logical_id: str, policy: str) -> Callable[[Tree], None]:
    """Takes away a policy of the resource itself, such as DeletionPolicy."""

    def change(template: Tree) -> None:
        del template["Resources"][logical_id][policy]

    return change


def open_route(path: str, method: str) -> Callable[[Tree], None]:
    def change(template: Tree) -> None:
        at(properties(template, "Api"), "Body", "paths", path, method)["security"] = [{"NONE": []}]

    return change


def crowd(template: Tree) -> None:
    for number in range(400):
        template["Resources"][f"More{number}"] = {"Type": "AWS::SNS::Topic"}


def hasten(template: Tree) -> None:
    machine = properties(template, "ScreeningMachine")
    machine["DefinitionString"] = machine["DefinitionString"].replace('"TimeoutSeconds": 12', '"TimeoutSeconds": 9')


def show_secret(template: Tree) -> None:
    del template["Parameters"]["CardApiKey"]["NoEcho"]


ANY = "x-amazon-apigateway-any-method"
STATEMENT = ("PolicyDocument", "Statement", 0)
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

# One fault at a time, each by the name of the rule that must find it.
FAULTS: list[tuple[str, str, Callable[[Tree], None]]] = [
    (
        "everything_runs_under_a_role_of_its_own",
        "a shared role",
        put("PortalFunction", "Role", value={"Fn::GetAtt": ["ReviewApiRole", "Arn"]}),
    ),
    ("everything_runs_under_a_role_of_its_own", "SAM's own role", drop("PortalFunction", "Role")),
    (
        "everything_runs_under_a_role_of_its_own",
        "a role for anybody",
        put(
            "PortalRole",
            "AssumeRolePolicyDocument",
            "Statement",
            0,
            "Principal",
            value={"Service": "ec2.amazonaws.com"},
        ),
    ),
    ("no_policy_is_managed_by_aws", "a managed policy", put("PortalRole", "ManagedPolicyArns", value=[BASIC])),
    (
        "grants_say_what_they_allow",
        "everything but",
        put("PortalRole", "Policies", 0, *STATEMENT, "NotAction", value="iam:*"),
    ),
    ("no_action_is_a_star", "a wide action", grant("PortalRole", "dynamodb:*", {"Fn::GetAtt": ["Outbox", "Arn"]})),
    ("no_resource_is_a_star_without_a_reason", "a wide resource", grant("PortalRole", "kms:Decrypt", "*")),
    (
        "queues_take_messages_for_this_account_only",
        "a confused deputy",
        drop("LettersPolicy", *STATEMENT, "Condition"),
    ),
    ("only_listed_routes_are_public", "an open route", open_route("/api/staff/{proxy+}", ANY)),
    ("only_listed_routes_are_public", "a listed route that is gone", drop("Api", "Body", "paths", "/webhooks/card")),
    ("only_symmetric_keys_rotate", "a key that is never renewed", drop("FieldsKey", "EnableKeyRotation")),
    ("only_symmetric_keys_rotate", "a seal that rotates", put("SealKey", "EnableKeyRotation", value=True)),
    ("only_symmetric_keys_rotate", "an HMAC key that rotates", put("LookupsKey", "EnableKeyRotation", value=True)),
    (
        "only_symmetric_keys_rotate",
        "a key for everybody",
        put("SealKey", "KeyPolicy", "Statement", 0, "Principal", value={"AWS": "*"}),
    ),
    (
        "nothing_but_rules_and_schedules_starts_a_machine",
        "a function that starts",
        grant("PortalRole", "states:StartExecution", {"Ref": "PaymentMachine"}),
    ),
    (
        "nothing_but_rules_and_schedules_starts_a_machine",
        "a machine that starts another",
        grant("ResultsMachineRole", "states:StartExecution", {"Ref": "IssuanceMachine"}),
    ),
    (
        "the_audit_only_grows",
        "a deletion",
        grant("PortalRole", "dynamodb:DeleteItem", {"Fn::GetAtt": ["Audit", "Arn"]}),
    ),
    ("secrets_are_never_shown", "a visible parameter", show_secret),
    (
        "secrets_are_never_shown",
        "a secret in the environment",
        put("PortalFunction", "Environment", "Variables", "KEY", value={"Ref": "CardApiKey"}),
    ),
    ("every_queue_takes_what_its_senders_send", "no queue policy", remove("LettersPolicy")),
    ("every_queue_takes_what_its_senders_send", "no dead-letter policy", remove("UndeliveredPolicy")),
    (
        "every_queue_takes_what_its_senders_send",
        "a schedule's role",
        revoke("StartMachinesRole", "sqs:SendMessage"),
    ),
    ("every_queue_takes_what_its_senders_send", "a stream", revoke("RelayAnnouncementsRole", "sqs:SendMessage")),
    (
        "queues_are_sealed_without_a_key_of_ours",
        "our key",
        put("Letters", "KmsMasterKeyId", value={"Ref": "FieldsKey"}),
    ),
    ("nothing_is_lost_without_a_trace", "a rule", drop("ProfileSavedRule", "Targets", 0, "DeadLetterConfig")),
    ("nothing_is_lost_without_a_trace", "a schedule", drop("DeadlinesJob", "Target", "DeadLetterConfig")),
    ("nothing_is_lost_without_a_trace", "a queue", drop("Letters", "RedrivePolicy")),
    (
        "nothing_is_lost_without_a_trace",
        "a stream",
        drop("RelayAnnouncementsFunctionOutbox", "DestinationConfig"),
    ),
    ("dead_letters_raise_an_alarm_and_are_kept", "no alarm", remove("UndeliveredAlarm")),
    ("dead_letters_raise_an_alarm_and_are_kept", "four days", drop("Undelivered", "MessageRetentionPeriod")),
    ("who_reads_a_source_may_read_it", "a queue", revoke("NotifyRole", "sqs:DeleteMessage")),
    ("who_reads_a_source_may_read_it", "a stream", revoke("RelayAnnouncementsRole", "dynamodb:GetShardIterator")),
    ("a_message_stays_hidden_while_it_is_worked_on", "a short time", put("Letters", "VisibilityTimeout", value=149)),
    (
        "one_bad_message_does_not_hold_up_the_others",
        "all or nothing",
        drop("NotifyFunctionQueue", "FunctionResponseTypes"),
    ),
    ("who_starts_something_may_start_it", "a machine", revoke("StartMachinesRole", "states:StartExecution")),
    ("who_starts_something_may_start_it", "a function", revoke("StartMachinesRole", "lambda:InvokeFunction")),
    ("every_machine_is_started_by_something", "a forgotten machine", remove("ProfileSavedRule")),
    (
        "machines_may_call_their_functions_and_no_others",
        "a missing right",
        revoke("PaymentMachineRole", "lambda:InvokeFunction"),
    ),
    (
        "machines_may_call_their_functions_and_no_others",
        "a right too many",
        grant("PaymentMachineRole", "lambda:InvokeFunction", {"Fn::GetAtt": ["PortalFunction", "Arn"]}),
    ),
    ("maps_may_run_their_children", "no start", revoke("IssuanceMachineRole", "states:StartExecution")),
    ("maps_may_run_their_children", "no list", revoke("IssuanceMachineRole", "s3:GetObject")),
    ("a_state_waits_at_least_as_long_as_its_function_works", "an impatient state", hasten),
    ("doors_answer_before_the_api_gives_up", "a slow door", put("PortalFunction", "Timeout", value=30)),
    ("schedules_say_their_time_zone", "UTC by silence", drop("DeadlinesJob", "ScheduleExpressionTimezone")),
    ("rules_listen_on_the_bus_their_events_come_by", "the default bus", drop("LettersRule", "EventBusName")),
    (
        "rules_listen_on_the_bus_their_events_come_by",
        "our bus",
        put("UploadsRule", "EventBusName", value={"Ref": "Bus"}),
    ),
    (
        "rules_listen_on_the_bus_their_events_come_by",
        "a silent bucket",
        drop("Uploads", "NotificationConfiguration"),
    ),
    (
        "rules_listen_on_the_bus_their_events_come_by",
        "a bucket that calls",
        put("Uploads", "NotificationConfiguration", "LambdaConfigurations", value=[{}]),
    ),
    ("the_template_stays_far_from_the_limits", "400 more", crowd),
    ("the_template_stays_far_from_the_limits", "a megabyte", put("Bus", "Description", value="x" * 1_000_000)),
    ("stores_outlive_the_stack", "a table", forget("Applications", "DeletionPolicy")),
    ("stores_outlive_the_stack", "a bucket", forget("Vault", "UpdateReplacePolicy")),
    ("stores_outlive_the_stack", "a key", forget("FieldsKey", "DeletionPolicy")),
    ("stores_outlive_the_stack", "logs", forget("FunctionLogs", "DeletionPolicy")),
    (
        "tables_can_be_set_back_and_cannot_be_dropped",
        "no recovery",
        drop("Ledger", "PointInTimeRecoverySpecification"),
    ),
    (
        "tables_can_be_set_back_and_cannot_be_dropped",
        "no protection",
        put("Ledger", "DeletionProtectionEnabled", value=False),
    ),
    ("tables_can_be_set_back_and_cannot_be_dropped", "no key", drop("Ledger", "SSESpecification")),
    (
        "buckets_are_closed_and_encrypted",
        "an open bucket",
        put("Vault", "PublicAccessBlockConfiguration", "BlockPublicAcls", value=False),
    ),
    ("buckets_are_closed_and_encrypted", "objects of others", drop("Vault", "OwnershipControls")),
    ("buckets_are_closed_and_encrypted", "no encryption", drop("Vault", "BucketEncryption")),
    ("buckets_keep_versions_or_forget_soon", "one version", drop("Vault", "VersioningConfiguration")),
    ("buckets_keep_versions_or_forget_soon", "uploads for ever", drop("Uploads", "LifecycleConfiguration")),
    ("buckets_speak_tls_only", "no policy", remove("VaultPolicy")),
    ("buckets_speak_tls_only", "half a policy", put("VaultPolicy", *STATEMENT, "Resource", value=[])),
    ("functions_log_to_the_group_they_may_write", "a group of its own", drop("PortalFunction", "LoggingConfig")),
    ("functions_log_to_the_group_they_may_write", "no right", drop("PortalRole", "ManagedPolicyArns")),
    ("functions_log_to_the_group_they_may_write", "for ever", drop("FunctionLogs", "RetentionInDays")),
    ("machines_log_states_and_never_data", "no log", drop("PaymentMachine", "LoggingConfiguration")),
    (
        "machines_log_states_and_never_data",
        "data",
        put("PaymentMachine", "LoggingConfiguration", "IncludeExecutionData", value=True),
    ),
    ("functions_are_what_was_tested", "another runtime", put("PortalFunction", "Runtime", value="python3.12")),
    ("functions_are_what_was_tested", "another processor", put("PortalFunction", "Architectures", value=["arm64"])),
    ("functions_are_what_was_tested", "another entry", put("PortalFunction", "Handler", value="main.run")),
    ("functions_are_what_was_tested", "no layers", put("PortalFunction", "Layers", value=[])),
    ("functions_are_what_was_tested", "no folder", put("PortalFunction", "Code", "S3Key", value="functions/none")),
    (
        "every_function_has_the_same_environment",
        "one more variable",
        put("PortalFunction", "Environment", "Variables", "MORE", value="x"),
    ),
    (
        "concurrency_is_reserved_by_parameter_only",
        "a fixed number",
        put("PortalFunction", "ReservedConcurrentExecutions", value=5),
    ),
]


@pytest.mark.parametrize(
    ("rule", "plant"), [(rule, plant) for rule, _, plant in FAULTS], ids=[f"{r}: {n}" for r, n, _ in FAULTS]
)
def test_the_rule_finds_a_fault_planted_for_it(rule: str, plant: Callable[[Tree], None]) -> None:
    template = transformed()
    before = RULES[rule](template)
    plant(template)
    assert set(RULES[rule](template)) - set(before)


def test_every_rule_has_a_fault_planted_for_it() -> None:
    assert {rule for rule, _, _ in FAULTS} == set(RULES)


def test_what_the_template_names_exists() -> None:
    """The rules above look at logical ids only; a name that points nowhere must not pass as empty."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if set(node) == {"Ref"}:
                found.add(str(node["Ref"]))
            elif set(node) == {"Fn::GetAtt"}:
                found.add(str(node["Fn::GetAtt"][0]))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    template = transformed()
    walk(template["Resources"])
    known = template["Resources"].keys() | template["Parameters"].keys()
    assert {name for name in found if not name.startswith("AWS::")} <= known


def test_every_parameter_of_the_template_is_used_and_explained() -> None:
    template = written()
    text = str({key: value for key, value in template.items() if key != "Parameters"})
    for name, declared in template["Parameters"].items():
        assert f"'{name}'" in text or f"${{{name}}}" in text, f"nobody uses {name}"
        assert declared.get("Description"), f"{name} is not explained"
