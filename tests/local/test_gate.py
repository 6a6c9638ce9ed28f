"""Real boto3 calls under the roles of the deployed test template: allowed, refused, and written down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import gate as gates
from local.chain import chain
from local.deploy import deploy
from local.gate import AccessDenied, Denied, Gate, Grant, UnknownRole, UnmappedOperation
from local.stack import ACCOUNT, REGION, Stack
from tests.local.patched_moto import client, patched_moto

TEMPLATE = Path(__file__).parent / "templates" / "deploy" / "template.yaml"
ROW = {"pk": {"S": "a"}}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with patched_moto():
        chain.install()
        yield deploy(TEMPLATE, {})
        chain.uninstall()


@pytest.fixture
def gate(stack: Stack) -> Iterator[Gate]:
    made = Gate(stack)
    gates.install(made)
    chain.seen.clear()
    chain.arm(None)
    yield made
    gates.uninstall()


def denied(call: Any, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    error: dict[str, Any] = refusal.value.response["Error"]  # type: ignore[assignment]
    return error


def test_a_granted_call_passes_and_a_call_that_is_not_granted_is_refused_in_awss_words(gate: Gate) -> None:
    dynamodb = client("dynamodb")
    with chain.acting("DoorRole", "assay-door"):
        dynamodb.put_item(TableName="assay-Outbox", Item=ROW)
        error = denied(dynamodb.delete_item, TableName="assay-Outbox", Key=ROW)
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/assay-Outbox"
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/assay-DoorRole/assay-door is not authorized to perform: "
        f"dynamodb:DeleteItem on resource: {table} because no identity-based policy allows the dynamodb:DeleteItem action"
    )
    assert gate.denied == [Denied("DoorRole", "dynamodb:DeleteItem", table, "DeleteItem")]
    assert gate.missing() == [Grant("DoorRole", "dynamodb:DeleteItem", table)]


def test_a_refused_call_has_no_effect_and_never_reaches_the_chain(gate: Gate) -> None:
    with chain.acting("ListenerRole"):
        denied(client("dynamodb").put_item, TableName="assay-Outbox", Item={"pk": {"S": "never"}})
    assert chain.count == 0
    assert "Item" not in client("dynamodb").get_item(TableName="assay-Outbox", Key={"pk": {"S": "never"}})
    assert len(gate.denied) == 1


@pytest.mark.usefixtures("gate")
def test_without_a_role_nothing_is_checked() -> None:
    client("dynamodb").delete_item(TableName="assay-Outbox", Key=ROW)


@pytest.mark.usefixtures("gate")
def test_a_transaction_needs_the_rights_of_all_its_parts() -> None:
    items = [{"Put": {"TableName": "assay-Outbox", "Item": ROW}}, {"Delete": {"TableName": "assay-Outbox", "Key": ROW}}]
    with chain.acting("DoorRole"):
        client("dynamodb").transact_write_items(TransactItems=items[:1])
        error = denied(client("dynamodb").transact_write_items, TransactItems=items)
    assert "dynamodb:DeleteItem" in error["Message"]


@pytest.mark.usefixtures("gate")
def test_conditions_are_judged_from_what_the_call_carries() -> None:
    content = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
    mail = {"Destination": {"ToAddresses": ["c@example.org"]}, "Content": content}
    with chain.acting("DoorRole"):
        client("sesv2").send_email(FromEmailAddress="Desk <desk@assay.test>", **mail)
        error = denied(client("sesv2").send_email, FromEmailAddress="other@assay.test", **mail)
    assert "ses:SendEmail" in error["Message"]
    events = client("events")
    entry = {"DetailType": "X", "Detail": "{}", "EventBusName": "assay"}
    with chain.acting("RelayRole"):
        events.put_events(Entries=[{"Source": "assay", **entry}])
        denied(events.put_events, Entries=[{"Source": "aws.s3", **entry}])


def test_an_alias_is_judged_as_its_key_and_a_ciphertext_as_the_key_that_made_it(gate: Gate, stack: Stack) -> None:
    kms = client("kms")
    with chain.acting("DoorRole"):
        made = kms.generate_data_key(KeyId="alias/assay-fields", KeySpec="AES_256")
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"])
    other = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    with chain.acting("DoorRole"):
        denied(kms.decrypt, CiphertextBlob=other)
        denied(kms.encrypt, KeyId=stack.arns["FieldsKey"], Plaintext=b"x")
    assert [entry.action for entry in gate.denied] == ["kms:Decrypt", "kms:Encrypt"]


def test_what_is_encrypted_needs_its_key_as_well(gate: Gate, stack: Stack) -> None:
    stack.roles["DoorRole"].append({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"})
    fields = next(entry for entry in stack.roles["DoorRole"] if "kms:Decrypt" in entry["Action"])
    with chain.acting("DoorRole"):
        client("s3").put_object(Bucket="assay-uploads", Key="in/a", Body=b"")
    fields["Action"].remove("kms:GenerateDataKey")
    try:
        with chain.acting("DoorRole"):
            error = denied(client("s3").put_object, Bucket="assay-uploads", Key="in/a", Body=b"")
    finally:
        fields["Action"].append("kms:GenerateDataKey")
        stack.roles["DoorRole"].pop()
    assert "kms:GenerateDataKey" in error["Message"]
    assert gate.denied[0].resource == stack.arns["FieldsKey"]


@pytest.mark.usefixtures("gate")
def test_s3_refuses_with_its_own_code() -> None:
    with chain.acting("DoorRole"):
        error = denied(client("s3").put_object, Bucket="assay-uploads", Key="elsewhere/a", Body=b"")
    assert error["Code"] == "AccessDenied"


def test_who_may_not_list_a_bucket_is_not_told_that_an_object_is_missing(gate: Gate, stack: Stack) -> None:
    s3, rights = client("s3"), stack.roles["DoorRole"]
    rights.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assay-uploads/*"})
    with chain.acting("DoorRole"):
        assert denied(s3.get_object, Bucket="assay-uploads", Key="absent")["Code"] == "AccessDenied"
        assert denied(s3.head_object, Bucket="assay-uploads", Key="absent")["Code"] == "403"
    rights.append({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::assay-uploads"})
    with chain.acting("DoorRole"):
        assert denied(s3.get_object, Bucket="assay-uploads", Key="absent")["Code"] == "NoSuchKey"
    assert Grant("DoorRole", "s3:ListBucket", "arn:aws:s3:::assay-uploads") not in gate.unused(["DoorRole"])
    del rights[-2:]


def test_signing_an_upload_or_a_download_needs_the_right_it_hands_out(gate: Gate) -> None:
    s3 = client("s3")
    with chain.acting("DoorRole"):
        s3.generate_presigned_post("assay-uploads", "in/photo.jpg")
        s3.generate_presigned_post("assay-uploads", "in/${filename}")
        denied(s3.generate_presigned_post, Bucket="assay-uploads", Key="out/photo.jpg")
        denied(s3.generate_presigned_url, ClientMethod="get_object", Params={"Bucket": "assay-uploads", "Key": "in/a"})
    assert [entry.action for entry in gate.denied] == ["s3:PutObject", "s3:GetObject"]


@pytest.mark.usefixtures("gate")
def test_an_operation_nobody_wrote_down_is_closed() -> None:
    with pytest.raises(UnmappedOperation), chain.acting("DoorRole"):
        client("sqs").create_queue(QueueName="x")


def test_the_runtime_asks_for_its_own_acts(gate: Gate, stack: Stack) -> None:
    stream = stack.event_sources[0].source_arn
    for action in ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"):
        if action != "GetRecords":  # the table is encrypted: reading records needs its key
            gate.check("RelayRole", f"dynamodb:{action}", stream)
    with pytest.raises(AccessDenied, match="kms:Decrypt"):
        gate.check("RelayRole", "dynamodb:GetRecords", stream)
    gate.check("ListenerRole", "sqs:ReceiveMessage", stack.arns["Letters"])
    machine = stack.machines["DeadlinesMachine"].arn
    gate.check("StartRole", "states:StartExecution", machine)
    gate.check(stack.arns["MachineRole"], "states:StartExecution", machine)
    gate.check("MachineRole", "lambda:InvokeFunction", stack.functions["StepFunction"].arn)
    with pytest.raises(AccessDenied):
        gate.check("MachineRole", "lambda:InvokeFunction", stack.functions["JobFunction"].arn)
    with pytest.raises(UnknownRole):
        gate.check("Nobody", "sqs:SendMessage", stack.arns["Letters"])


def test_a_service_needs_the_policy_of_the_queue_and_of_its_key(gate: Gate, stack: Stack) -> None:
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/assay/assay-LettersRule"
    letters, undelivered = stack.arns["Letters"], stack.arns["Undelivered"]
    gate.check_service("events.amazonaws.com", "sqs:SendMessage", letters, rule)
    gate.check_service("events.amazonaws.com", "sqs:SendMessage", undelivered, rule)
    with pytest.raises(AccessDenied, match="no resource-based policy"):
        gate.check_service("sns.amazonaws.com", "sqs:SendMessage", letters, rule)
    with pytest.raises(AccessDenied):
        gate.check_service("events.amazonaws.com", "sqs:SendMessage", letters, "arn:aws:sqs:::elsewhere")
    own = stack.resource_policies[stack.arns["FieldsKey"]].pop()
    try:
        with pytest.raises(AccessDenied, match="kms:GenerateDataKey"):
            gate.check_service("events.amazonaws.com", "sqs:SendMessage", undelivered, rule)
    finally:
        stack.resource_policies[stack.arns["FieldsKey"]].append(own)


def test_a_denial_wins_over_every_grant_whoever_wrote_it(gate: Gate, stack: Stack) -> None:
    refusal = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}
    stack.roles["DoorRole"].append(refusal)
    with pytest.raises(AccessDenied, match="explicit deny in an identity-based policy"):
        gate.check("DoorRole", "dynamodb:PutItem", stack.arns["Outbox"])
    stack.roles["DoorRole"].pop()
    bucket = stack.arns["Uploads"]
    everybody = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{bucket}/in/*"}
    stack.resource_policies[bucket].append(everybody)
    with pytest.raises(AccessDenied, match="explicit deny in a resource-based policy"):
        gate.check("DoorRole", "s3:PutObject", f"{bucket}/in/a")
    stack.resource_policies[bucket].pop()


def test_a_key_whose_policy_does_not_trust_iam_obeys_nobody(gate: Gate, stack: Stack) -> None:
    policy = stack.resource_policies[stack.arns["LookupsKey"]]
    kept = policy.copy()
    gate.check("DoorRole", "kms:GenerateMac", stack.arns["LookupsKey"])
    policy.clear()
    with pytest.raises(AccessDenied):
        gate.check("DoorRole", "kms:GenerateMac", stack.arns["LookupsKey"])
    policy.append({"Effect": "Allow", "Principal": {"AWS": stack.arns["DoorRole"]}, "Action": "kms:*", "Resource": "*"})
    gate.check("DoorRole", "kms:GenerateMac", stack.arns["LookupsKey"])
    policy[:] = kept


def test_grants_that_no_call_needed_are_listed(gate: Gate, stack: Stack) -> None:
    table = stack.arns["Outbox"]
    with chain.acting("DoorRole"):
        client("dynamodb").get_item(TableName="assay-Outbox", Key=ROW)
    left = gate.unused(["DoorRole"])
    assert Grant("DoorRole", "dynamodb:PutItem", table) in left
    assert Grant("DoorRole", "dynamodb:GetItem", table) not in left
    assert Grant("DoorRole", "kms:Decrypt", stack.arns["FieldsKey"]) not in left  # the table's own key
    assert not [grant for grant in left if grant.action.startswith("logs:")]
    assert {grant.role for grant in gate.unused()} > {"DoorRole", "ListenerRole"}


def test_a_gate_that_only_watches_refuses_nothing(stack: Stack) -> None:
    watching = Gate(stack, enforce=False)
    watching.check("DoorRole", "dynamodb:DeleteItem", stack.arns["Outbox"])
    assert [entry.action for entry in watching.denied] == ["dynamodb:DeleteItem"]


def test_gate_and_chain_see_the_same_calls(gate: Gate) -> None:
    with chain.acting("DoorRole", "assay-door"):
        client("dynamodb").get_item(TableName="assay-Outbox", Key=ROW)
        client("s3").generate_presigned_post("assay-uploads", "in/a")
        denied(client("dynamodb").delete_item, TableName="assay-Outbox", Key=ROW)
    chain.check_same_calls(gate)
    gates.uninstall()
    with chain.acting("DoorRole"):
        client("dynamodb").get_item(TableName="assay-Outbox", Key=ROW)
    with pytest.raises(AssertionError, match="passed no gate"):
        chain.check_same_calls(gate)
