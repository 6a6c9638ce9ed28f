"""What moto holds survives as bytes: a fresh start with the restored state goes on where the old one stopped."""

import pickle
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from moto.ses.models import ses_backends

from local import moto_patches, moto_state
from local.clock import VirtualClock
from local.stack import REGION
from tests.local.patched_moto import START, client


@pytest.fixture
def events() -> Iterator[list[str]]:
    told: list[str] = []
    moto_patches.install(VirtualClock(START), lambda rule, _bus, _event: told.append(rule))
    yield told
    moto_patches.uninstall()


def start_again(told: list[str], now: datetime = START) -> None:
    """What a new process does: everything empty, then the snapshot."""
    content = moto_state.snapshot()
    moto_patches.uninstall()
    moto_patches.install(VirtualClock(now), lambda rule, _bus, _event: told.append(rule))
    moto_state.restore(content)


def test_rows_their_stream_and_request_tokens_come_back(events: list[str]) -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="Rows",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    put = {"Put": {"TableName": "Rows", "Item": {"pk": {"S": "a"}, "photo": {"B": b"\x00"}}}}
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")
    told = moto_patches.stream_records("Rows", 0)
    start_again(events)
    assert moto_patches.stream_records("Rows", 0) == told
    dynamodb.delete_item(TableName="Rows", Key={"pk": {"S": "a"}})
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")
    assert dynamodb.scan(TableName="Rows")["Items"] == []
    assert [record["eventName"] for record in moto_patches.stream_records("Rows", 1)] == ["REMOVE"]


def test_files_rules_and_their_events_come_back(events: list[str]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    client("events").put_rule(Name="files", EventPattern='{"source": ["aws.s3"]}')
    s3.put_object(Bucket="uploads", Key="a", Body=b"content", Metadata={"uploader": "staff"})
    start_again(events)
    found = s3.get_object(Bucket="uploads", Key="a")
    assert (found["Body"].read(), found["Metadata"]) == (b"content", {"uploader": "staff"})
    s3.put_object(Bucket="uploads", Key="b", Body=b"")
    assert events == ["files", "files"]


def test_a_message_that_was_delayed_is_received_after_the_restart(events: list[str]) -> None:
    url = client("sqs").create_queue(QueueName="mail")["QueueUrl"]
    client("sqs").send_message(QueueUrl=url, MessageBody="letter", DelaySeconds=60)
    start_again(events, START + timedelta(seconds=60))
    assert client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "letter"


@pytest.mark.parametrize(
    ("spec", "usage"), [("ECC_NIST_P256", "SIGN_VERIFY"), ("RSA_2048", "SIGN_VERIFY")], ids=["ecc", "rsa"]
)
def test_an_old_signature_verifies_with_the_restored_key(events: list[str], spec: str, usage: str) -> None:
    kms = client("kms")
    key = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
    algorithm = "ECDSA_SHA_256" if spec.startswith("ECC") else "RSASSA_PSS_SHA_256"
    request = {"KeyId": key, "Message": b"certificate", "SigningAlgorithm": algorithm}
    signature, public = kms.sign(**request)["Signature"], kms.get_public_key(KeyId=key)["PublicKey"]
    start_again(events)
    assert kms.get_public_key(KeyId=key)["PublicKey"] == public
    assert kms.verify(Signature=signature, **request)["SignatureValid"]


def test_sealed_data_and_keyed_hashes_stay_the_same(events: list[str]) -> None:
    kms = client("kms")
    data = kms.create_key()["KeyMetadata"]["KeyId"]
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=data, Plaintext=b"x")["CiphertextBlob"]
    hashed = kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]
    start_again(events)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    assert kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"] == hashed


def test_letters_messages_secrets_and_parameters_come_back(events: list[str]) -> None:
    content = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
    mail = {
        "FromEmailAddress": "desk@assay.test",
        "Destination": {"ToAddresses": ["c@example.org"]},
        "Content": content,
    }
    client("sesv2").create_email_identity(EmailIdentity="assay.test")
    client("sesv2").send_email(**mail)
    client("secretsmanager").create_secret(Name="assay/card", SecretString="quiet")
    client("ssm").put_parameter(Name="/assay/level", Type="String", Value="1")
    client("sns").create_topic(Name="alarms")
    start_again(events)
    client("sesv2").send_email(**mail)
    assert len(ses_backends["123456789012"][REGION].sent_messages) == 2
    assert client("secretsmanager").get_secret_value(SecretId="assay/card")["SecretString"] == "quiet"
    assert client("ssm").get_parameter(Name="/assay/level")["Parameter"]["Value"] == "1"
    assert len(client("sns").list_topics()["Topics"]) == 1


@pytest.mark.usefixtures("events")
def test_a_snapshot_of_another_moto_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"4\.0\.0"):
        moto_state.restore(pickle.dumps({"moto": "4.0.0", "state": {}}))


def test_a_snapshot_needs_the_patches() -> None:
    with pytest.raises(RuntimeError, match="install"):
        moto_state.snapshot()
