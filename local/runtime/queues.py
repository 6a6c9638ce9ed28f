"""Feeds a function from an SQS queue, as Lambda's poller does: batches, partial failures, visibility, redrive.

The queue itself (visibility, receive counts, dead-letter queue) is moto's. A message that failed stays hidden until its
visibility time is over; nobody puts it back earlier.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.moto_patches import next_message_at
from local.runtime.invoker import Acting, Invoker, Outcome
from local.runtime.source import queue_name, queue_url
from local.stack import REGION, EventSourceSpec

MOST_PER_CALL = 10


class QueuePoller:
    """One event source mapping of a queue. Reads and deletes under the function's own role, as Lambda does."""

    def __init__(
        self,
        spec: EventSourceSpec,
        invoker: Invoker,
        now: Callable[[], datetime],
        acting: Acting,
        sqs: Any,
    ) -> None:
        """`sqs` is an SQS client."""
        self.name = spec.logical_id
        self._spec, self._invoker, self._now, self._acting = spec, invoker, now, acting
        self._role = invoker.find(spec.function).role
        self._queue, self._url = queue_name(spec.source_arn), queue_url(spec.source_arn)
        self._sqs = sqs

    def step(self) -> bool:
        if not self._is_due():
            return False
        with self._acting(self._role, self.name):
            messages = self._receive()
        if messages:
            outcome = self._invoker.invoke(self._spec.function, {"Records": [self._record(m) for m in messages]})
            self._settle(messages, self._failed(outcome, messages))
        return True

    def next_due(self) -> datetime | None:
        return next_message_at(self._queue)

    def dump(self) -> None:
        """Nothing of its own: the queue remembers."""

    def load(self, state: Any) -> None:
        """Nothing to take up."""

    def _is_due(self) -> bool:
        # Asked of moto's list, not of SQS: an idle local cloud makes no calls, and a call would count as one.
        due = self.next_due()
        return due is not None and due <= self._now()

    def _receive(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        while len(messages) < self._spec.batch_size:
            most = min(MOST_PER_CALL, self._spec.batch_size - len(messages))
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=most,
                WaitTimeSeconds=0,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            found = answer.get("Messages", [])
            if not found:
                break
            messages += [dict(message) for message in found]
        return messages

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                key: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
                for key, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._spec.source_arn,
            "awsRegion": REGION,
        }

    def _failed(self, outcome: Outcome, messages: list[dict[str, Any]]) -> set[str]:
        """The ids that stay on the queue. An answer that names an unknown id fails the whole batch, as in Lambda."""
        everything = {message["MessageId"] for message in messages}
        if outcome.failed:
            return everything
        if not self._spec.partial_failures or not outcome.payload:
            return set()
        try:
            named = {item["itemIdentifier"] for item in outcome.payload["batchItemFailures"] or []}
        except (KeyError, TypeError):
            return everything
        return named if named <= everything else everything

    def _settle(self, messages: list[dict[str, Any]], failed: set[str]) -> None:
        with self._acting(self._role, self.name):
            for message in messages:
                if message["MessageId"] not in failed:
                    self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
