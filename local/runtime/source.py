"""What the pump turns: things that deliver, one piece at a time, and know when they have work next."""

from datetime import datetime
from typing import Any, Protocol

from local.stack import ACCOUNT, REGION


class Source(Protocol):
    """An event source. `name` is what the control room shows and what `paused` refers to."""

    name: str

    def step(self) -> bool:
        """Deliver at most one piece of work that is due now. True when there was one."""

    def next_due(self) -> datetime | None:
        """The earliest instant, maybe in the past, at which there is work; None when nothing waits."""

    def dump(self) -> Any:
        """Everything a restart must know, as plain data."""

    def load(self, state: Any) -> None:
        """Take up what `dump` gave."""


def earliest(*instants: datetime | None) -> datetime | None:
    """The first of the instants that exist."""
    known = [instant for instant in instants if instant is not None]
    return min(known) if known else None


def iso(instant: datetime) -> str:
    """The instant as AWS writes it: UTC, whole seconds, Z."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def queue_name(arn: str) -> str:
    """The queue's name from its ARN."""
    return arn.rsplit(":", 1)[-1]


def queue_url(arn: str) -> str:
    """Where SQS answers for the queue of this ARN."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue_name(arn)}"
