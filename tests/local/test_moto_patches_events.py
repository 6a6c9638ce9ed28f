"""Events as patched: a matched rule is named, S3 tells the default bus."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local.stack import REGION
from tests.local.patched_moto import client, patched_moto

type Told = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture
def told() -> Iterator[Told]:
    with patched_moto() as patched:
        yield patched.told


def put_event(bus: str, **entry: Any) -> None:
    entry = {"Source": "assay", "DetailType": "ApplicationConfirmed", "Detail": '{"subject": "a1"}', **entry}
    answer = client("events").put_events(Entries=[{"EventBusName": bus, **entry}])
    assert answer["FailedEntryCount"] == 0


def test_a_matched_rule_is_handed_over_with_the_event_as_targets_receive_it(told: Told) -> None:
    events = client("events")
    events.create_event_bus(Name="assay")
    events.put_rule(Name="confirmed", EventBusName="assay", EventPattern='{"detail-type": ["ApplicationConfirmed"]}')
    events.put_rule(Name="refunded", EventBusName="assay", EventPattern='{"detail-type": ["RefundSent"]}')
    events.put_targets(
        Rule="confirmed",
        EventBusName="assay",
        Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:{REGION}:123456789012:function:never-called"}],
    )
    put_event("assay")
    [(rule, bus, event)] = told
    assert (rule, bus) == ("confirmed", "assay")
    assert {name: event[name] for name in ("source", "detail-type", "detail", "time", "region", "account")} == {
        "source": "assay",
        "detail-type": "ApplicationConfirmed",
        "detail": {"subject": "a1"},
        "time": "2026-03-01T09:00:00Z",
        "region": REGION,
        "account": "123456789012",
    }
    assert set(event) == {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}


def test_an_event_keeps_the_time_its_sender_gave(told: Told) -> None:
    client("events").put_rule(Name="all", EventPattern='{"source": ["assay"]}')
    put_event("default", Time=datetime(2026, 2, 1, 12, 30, tzinfo=UTC))
    assert told[0][2]["time"] == "2026-02-01T12:30:00Z"


def test_disabled_rules_and_schedules_receive_no_event(told: Told) -> None:
    events = client("events")
    events.put_rule(Name="off", EventPattern='{"source": ["assay"]}', State="DISABLED")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    put_event("default")
    assert told == []


def bucket(versioned: bool = False, event_bridge: bool = True) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION})
    if versioned:
        s3.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Enabled"})
    if event_bridge:
        s3.put_bucket_notification_configuration(
            Bucket="uploads", NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    pattern = {
        "source": ["aws.s3"],
        "detail": {"bucket": {"name": ["uploads"]}, "object": {"key": [{"prefix": "in/"}]}},
    }
    client("events").put_rule(Name="files", EventPattern=json.dumps(pattern))
    return s3


def test_an_uploaded_object_is_told_on_the_default_bus(told: Told) -> None:
    s3 = bucket(versioned=True)
    version = s3.put_object(Bucket="uploads", Key="in/照片 1.jpg", Body=b"12345")["VersionId"]
    s3.put_object(Bucket="uploads", Key="elsewhere/x", Body=b"1")
    [(rule, bus, event)] = told
    assert (rule, bus) == ("files", "default")
    assert event["detail-type"] == "Object Created"
    assert event["resources"] == ["arn:aws:s3:::uploads"]
    about = event["detail"]["object"]
    assert (about["key"], about["size"], about["version-id"]) == ("in/照片 1.jpg", 5, version)
    assert about["etag"] == "827ccb0eea8a706c4c34a16891f84e7b"
    assert event["detail"]["reason"] == "PutObject"


def test_copies_multipart_uploads_and_deletions_are_told_with_their_reason(told: Told) -> None:
    s3 = bucket()
    s3.put_object(Bucket="uploads", Key="in/a", Body=b"1")
    s3.copy_object(Bucket="uploads", Key="in/b", CopySource="uploads/in/a")
    upload = s3.create_multipart_upload(Bucket="uploads", Key="in/c")["UploadId"]
    etag = s3.upload_part(Bucket="uploads", Key="in/c", UploadId=upload, PartNumber=1, Body=b"1")["ETag"]
    parts = {"Parts": [{"ETag": etag, "PartNumber": 1}]}
    s3.complete_multipart_upload(Bucket="uploads", Key="in/c", UploadId=upload, MultipartUpload=parts)
    s3.delete_object(Bucket="uploads", Key="in/a")
    reasons = [(event["detail-type"], event["detail"]["reason"]) for _, _, event in told]
    assert reasons == [
        ("Object Created", "PutObject"),
        ("Object Created", "CopyObject"),
        ("Object Created", "CompleteMultipartUpload"),
        ("Object Deleted", "DeleteObject"),
    ]
    sequencers = [event["detail"]["object"]["sequencer"] for _, _, event in told]
    assert sequencers == sorted(sequencers)
    assert len(set(sequencers)) == 4
    assert "version-id" not in told[0][2]["detail"]["object"]


def test_a_bucket_without_eventbridge_tells_nothing(told: Told) -> None:
    bucket(event_bridge=False).put_object(Bucket="uploads", Key="in/a", Body=b"1")
    assert told == []


@pytest.mark.usefixtures("told")
def test_versions_written_while_the_clock_stands_still_keep_their_order() -> None:
    s3 = bucket(versioned=True)
    written = [s3.put_object(Bucket="uploads", Key="in/a", Body=body)["VersionId"] for body in (b"1", b"2", b"3")]
    listed = s3.list_object_versions(Bucket="uploads")["Versions"]
    assert [version["VersionId"] for version in listed] == written[::-1]
    assert [version["IsLatest"] for version in listed] == [True, False, False]
