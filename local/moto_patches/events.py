"""EventBridge and S3 tell our runtime what happened instead of delivering it themselves.

moto would raise NotImplementedError inside PutEvents for functions and machines, and swallow every error of an S3
event. Here a matched rule is only named: the runtime knows its targets from the template.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import moto.s3.notifications as s3_notifications
from moto.events.models import Rule, events_backends

from local.moto_patches.shared import Patch, shared

type Deliver = Callable[[str, str, dict[str, Any]], None]

_S3_REASONS = {
    "s3:ObjectCreated:Put": ("Object Created", "PutObject"),
    "s3:ObjectCreated:Post": ("Object Created", "POST Object"),
    "s3:ObjectCreated:Copy": ("Object Created", "CopyObject"),
    "s3:ObjectCreated:CompleteMultipartUpload": ("Object Created", "CompleteMultipartUpload"),
    "s3:ObjectRemoved:Delete": ("Object Deleted", "DeleteObject"),
}
"""Detail type and reason ("EventBridge event message structure" in the S3 user guide). Other events are not told."""

_sequence = count(1)


def _instant(value: Any) -> str:
    """The time of an event as EventBridge writes it: whole seconds, UTC."""
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return datetime.fromtimestamp(float(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name_rule(_: Any) -> Any:
    def send_to_targets(rule: Any, original_event: dict[str, Any], transform_input: bool = True) -> None:  # noqa: ARG001
        # moto lets a disabled rule, and a schedule (which has no pattern), match everything.
        if rule.state != "ENABLED" or not rule.event_pattern.get_pattern():
            return
        event = json.loads(json.dumps({**original_event, "time": _instant(original_event["time"])}))
        event.pop("ingestion-time", None)
        if rule.event_pattern.matches_event(event) and shared.on_event is not None:
            shared.on_event(rule.name, rule.event_bus_name, event)

    return send_to_targets


def _tell_object_event(_: Any) -> Any:
    def send_event_bridge_message(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
        name = getattr(event_name, "value", event_name)
        known = _S3_REASONS.get(name)
        # moto tells the end of a multipart upload twice, first as a plain put.
        if known is None or (name == "s3:ObjectCreated:Put" and key.multipart is not None):
            return
        detail_type, reason = known
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": detail_type,
            "source": "aws.s3",
            "account": account_id,
            "time": shared.seconds(),
            "region": bucket.region_name,
            "resources": [bucket.arn],
            "detail": _object_detail(account_id, bucket, key, detail_type, reason),
        }
        # S3 speaks to the default bus only; a custom bus never sees these events.
        for rule in list(events_backends[account_id][bucket.region_name].event_buses["default"].rules.values()):
            rule.send_to_targets(event)

    return send_event_bridge_message


def _object_detail(account_id: str, bucket: Any, key: Any, detail_type: str, reason: str) -> dict[str, Any]:
    about: dict[str, Any] = {"key": key.name}
    if detail_type == "Object Created":
        about |= {"size": key.size, "etag": key.etag.strip('"')}
    if bucket.is_versioned:
        about["version-id"] = key.version_id
    # Later events of one key have a greater sequencer; 16 hexadecimal digits as S3 writes them.
    about["sequencer"] = f"{int(shared.seconds()) << 24 | next(_sequence):016X}"
    detail = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": about,
        "request-id": uuid4().hex[:16].upper(),
        "requester": account_id,
        "source-ip-address": "127.0.0.1",
        "reason": reason,
    }
    if detail_type == "Object Deleted":
        detail["deletion-type"] = "Permanently Deleted"
    return detail


PATCHES = (
    Patch(Rule, "send_to_targets", "self, original_event, transform_input", _name_rule),
    Patch(s3_notifications, "_send_event_bridge_message", "account_id, bucket, event_name, key", _tell_object_event),
)
