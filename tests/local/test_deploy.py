"""The deployer on a template with one of everything: what is created on moto, and what the runtime is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.deploy import deploy, transform
from local.stack import ACCOUNT, REGION, MachineSpec, RouteSpec, Stack, TargetSpec
from tests.local.patched_moto import client, patched_moto

HERE = Path(__file__).parent / "templates" / "deploy"
TEMPLATE = HERE / "template.yaml"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with patched_moto():
        yield deploy(TEMPLATE, {"PublicUrl": "http://localhost:8080"})


def test_the_transform_keeps_where_code_lies_and_the_order_of_states() -> None:
    resources = transform(TEMPLATE, {})["Resources"]
    code = resources["DoorFunction"]["Properties"]["Code"]
    assert code == {"S3Bucket": "local-code", "S3Key": "functions/door"}
    definition = json.loads(resources["ScreeningMachine"]["Properties"]["DefinitionString"])
    assert list(definition["States"]) == ["Zeta comes first", "Alpha comes second"]
    assert not [kind for kind in {resource["Type"] for resource in resources.values()} if "Serverless" in kind]


def test_a_table_has_its_index_stream_expiry_and_recovery(stack: Stack) -> None:
    dynamodb = client("dynamodb")
    table = dynamodb.describe_table(TableName="assay-Outbox")["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["due"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert table["DeletionProtectionEnabled"]
    lives = dynamodb.describe_time_to_live(TableName="assay-Outbox")["TimeToLiveDescription"]
    assert lives == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    backups = dynamodb.describe_continuous_backups(TableName="assay-Outbox")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert stack.physical["Outbox"] == "assay-Outbox"
    assert stack.arns["Outbox"] == table["TableArn"]


def test_a_resource_whose_condition_does_not_hold_is_not_created(stack: Stack) -> None:
    assert client("dynamodb").list_tables()["TableNames"] == ["assay-Outbox"]
    assert "Archive" not in stack.physical
    assert stack.outputs == {"ApiUrl": f"https://local.execute-api.{REGION}.amazonaws.com"}


@pytest.mark.usefixtures("stack")
def test_a_bucket_has_versions_lifecycle_cors_and_encryption() -> None:
    s3 = client("s3")
    assert s3.get_bucket_versioning(Bucket="assay-uploads")["Status"] == "Enabled"
    rules = s3.get_bucket_lifecycle_configuration(Bucket="assay-uploads")["Rules"]
    assert [(rule["ID"], rule.get("Expiration")) for rule in rules] == [("quarantine", {"Days": 2}), ("old", None)]
    [cors] = s3.get_bucket_cors(Bucket="assay-uploads")["CORSRules"]
    assert (cors["AllowedMethods"], cors["AllowedOrigins"]) == (["POST"], ["http://localhost:8080"])
    encryption = s3.get_bucket_encryption(Bucket="assay-uploads")["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


@pytest.mark.usefixtures("stack")
def test_queues_have_their_attributes_and_policies() -> None:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="assay-letters")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "180"
    assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"] == arn("sqs", "assay-Undelivered")
    assert json.loads(attributes["Policy"])["Statement"][0]["Resource"] == arn("sqs", "*")


@pytest.mark.usefixtures("stack")
def test_keys_secrets_parameters_and_senders_work() -> None:
    kms = client("kms")
    blob = kms.encrypt(KeyId="alias/assay-fields", Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    specs = {kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeySpec"] for key in kms.list_keys()["Keys"]}
    assert specs == {"SYMMETRIC_DEFAULT", "HMAC_256", "ECC_NIST_P256"}
    secret = json.loads(client("secretsmanager").get_secret_value(SecretId="assay/card")["SecretString"])
    assert (secret["user"], len(secret["key"])) == ("card", 48)
    assert client("ssm").get_parameter(Name="/assay/threshold")["Parameter"]["Value"] == "a-plain"
    assert client("sesv2").get_email_identity(EmailIdentity="assay.test")["IdentityType"] == "DOMAIN"


def test_functions_know_their_code_layers_variables_and_role(stack: Stack) -> None:
    door = stack.functions["DoorFunction"]
    assert (door.name, door.handler, door.timeout, door.memory) == ("assay-door", "app.handler", 25, 1024)
    assert door.code == HERE / "functions/door"
    assert door.layers == (HERE / "layers/certification/python",)
    assert door.environment == {
        "STACK": "assay",
        "PUBLIC_URL": "http://localhost:8080",
        "NUMBER": "7",
        "LABEL": "${Literal}",
    }
    assert door.role == "DoorRole"
    assert stack.functions["JobFunction"].role == "JobFunctionRole"


def test_roles_carry_inline_attached_and_managed_statements_resolved(stack: Stack) -> None:
    rights = {
        (statement["Action"] if isinstance(statement["Action"], str) else statement["Action"][0])
        for statement in stack.roles["DoorRole"]
    }
    assert {"dynamodb:GetItem", "kms:Sign", "logs:PutLogEvents", "logs:CreateLogGroup"} <= rights
    put = next(statement for statement in stack.roles["DoorRole"] if statement["Action"] == "s3:PutObject")
    assert put["Resource"] == "arn:aws:s3:::assay-uploads/in/*"


def test_machines_have_their_definition_with_substitutions(stack: Stack) -> None:
    screening = stack.machines["ScreeningMachine"]
    assert isinstance(screening, MachineSpec)
    step = screening.definition["States"]["Zeta comes first"]["Arguments"]["FunctionName"]
    assert step == arn("lambda", "function:assay-StepFunction")
    assert (screening.kind, screening.role) == ("EXPRESS", "MachineRole")
    deadlines = stack.machines["DeadlinesMachine"]
    assert deadlines.arn == arn("states", "stateMachine:assay-deadlines")
    assert deadlines.definition["States"]["Do what is due"]["ItemReader"]["Arguments"]["Bucket"] == "assay-uploads"


def test_routes_know_their_function_and_who_guards_them(stack: Stack) -> None:
    assert stack.routes == [
        RouteSpec("ANY", "/{proxy+}", "assay-door", None),
        RouteSpec("POST", "/api/{name}", "assay-door", "assay-guard", ("$request.header.Authorization",)),
    ]


def test_pollers_know_batch_filters_retries_and_where_failures_go(stack: Stack) -> None:
    relay, listener = stack.event_sources
    assert relay.source_arn.startswith(arn("dynamodb", "table/assay-Outbox/stream/"))
    assert (relay.function, relay.batch_size, relay.maximum_retries, relay.bisect) == ("assay-relay", 50, 5, True)
    assert (relay.filters, relay.maximum_age) == (({"eventName": ["INSERT"]},), 3600)
    assert relay.on_failure == arn("sqs", "assay-Undelivered")
    assert (listener.source_arn, listener.batch_size) == (arn("sqs", "assay-letters"), 10)
    assert listener.partial_failures


def test_rules_know_bus_pattern_state_and_targets(stack: Stack) -> None:
    rules = {rule.logical_id: rule for rule in stack.rules}
    letters = rules["LettersRule"]
    assert (letters.name, letters.bus, letters.enabled) == ("assay-LettersRule", "assay", True)
    assert letters.targets == (
        TargetSpec(
            arn("sqs", "assay-letters"),
            input_path="$.detail",
            dead_letter=arn("sqs", "assay-Undelivered"),
            maximum_retries=3,
            maximum_age=3600,
        ),
    )
    screening = rules["ScreeningRule"]
    assert screening.bus == "assay"
    assert screening.targets == (TargetSpec(arn("states", "stateMachine:assay-screening"), role="StartRole"),)
    assert (rules["FilesRule"].bus, rules["FilesRule"].enabled) == ("default", False)


def test_schedules_are_rules_with_an_expression_and_input(stack: Stack) -> None:
    rules = {rule.logical_id: rule for rule in stack.rules}
    nightly, hourly = rules["NightlyRule"], rules["HourlySchedule"]
    assert (nightly.schedule, nightly.time_zone, nightly.pattern) == ("rate(1 day)", None, None)
    assert nightly.targets[0].input == '{"job": "nightly"}'
    assert (hourly.name, hourly.schedule, hourly.time_zone) == ("assay-hourly", "cron(0 * * * ? *)", "Asia/Hong_Kong")
    assert (hourly.targets[0].role, hourly.targets[0].input) == ("StartRole", '{"job": "deadlines"}')


def test_the_gate_is_told_of_policies_customer_keys_and_aliases(stack: Stack) -> None:
    fields = stack.arns["FieldsKey"]
    assert stack.aliases == {"alias/assay-fields": fields}
    secret = stack.physical["CardSecret"]
    assert {resource.split(":")[2] for resource, key in stack.encrypted_by.items() if key == fields} == {
        "dynamodb",
        "s3",
        "sqs",
        "secretsmanager",
    }
    assert secret == "assay/card"
    assert {"kms", "lambda", "s3", "sqs"} == {resource.split(":")[2] for resource in stack.resource_policies}


def test_what_does_nothing_here_is_listed(stack: Stack) -> None:
    assert stack.inert == ["Logs", "UndeliveredAlarm", "ApiApiGatewayDefaultStage"]
