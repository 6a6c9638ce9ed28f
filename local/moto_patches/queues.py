"""SQS by our clock: when a message is visible, delayed or too old, and no poll that waits."""

from datetime import UTC, datetime
from typing import Any

import moto.sqs.models as sqs_models
from moto.sqs.models import Message, SQSBackend, sqs_backends

from local.moto_patches.shared import LOCK, Patch, shared
from local.stack import ACCOUNT, REGION


def _seconds(original: Any) -> Any:
    return lambda dt=None: shared.seconds() if dt is None else original(dt)


def _milliseconds(original: Any) -> Any:
    return lambda dt=None: shared.seconds() * 1000 if dt is None else original(dt)


def _visible(_: Any) -> Any:
    """At its instant a message is visible again. moto waits for the instant after: a still clock never gets there."""
    return property(lambda message: shared.seconds() * 1000 >= message.visible_at)


def _without_waiting(original: Any) -> Any:
    """A long poll would hold the global lock: an empty queue answers at once, and the poller comes again."""

    def receive_message(
        backend: Any,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,  # noqa: ARG001 - moto's signature
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> Any:
        return original(backend, queue_name, count, 0, visibility_timeout, message_attribute_names)

    return receive_message


class _VisibleProperty(Patch):
    def check(self) -> None:
        if not isinstance(Message.visible, property):
            raise ImportError("moto's Message.visible is no longer a property")


def next_message_at(queue_name: str) -> datetime | None:
    """When the next message of a queue can be received: now or later; None when the queue holds none."""
    with LOCK:
        queue = sqs_backends[ACCOUNT][REGION].queues.get(queue_name)
        if queue is None:
            raise KeyError(f"there is no queue {queue_name}")
        instants = [max(message.visible_at, message.delayed_until) / 1000 for message in queue._messages]
    if not instants:
        return None
    return max(datetime.fromtimestamp(min(instants), UTC), shared.now())


PATCHES = (
    Patch(sqs_models, "unix_time", "dt", _seconds),
    Patch(sqs_models, "unix_time_millis", "dt", _milliseconds),
    Patch(
        SQSBackend,
        "receive_message",
        "self, queue_name, count, wait_seconds_timeout, visibility_timeout, message_attribute_names",
        _without_waiting,
    ),
    _VisibleProperty(Message, "visible", "", _visible),
)
