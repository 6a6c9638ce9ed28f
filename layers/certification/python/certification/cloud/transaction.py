"""The only way to write: rows and their announcement, all or nothing.

A write that lost a race raises `Lost`, which names the rows; the act reads again and decides from what is there now
(`retried`). Order in `commit` is order in the request, so a refusal is matched by position.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError

from certification.cloud import clients
from certification.cloud.outbox import Announcement, outbox
from certification.cloud.tables.base import Write
from certification.rules.errors import Conflict

ATTEMPTS = 6
MOST_WRITES = 100
"""DynamoDB takes no more in one transaction (and 4 MB): who may have more writes it in portions."""


class Lost(Conflict):
    """At least one condition of the transaction did not hold: `labels` says which rows."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(", ".join(labels) or "record")
        self.labels = tuple(labels)

    def concerns(self, prefix: str) -> bool:
        """Whether a row whose label starts with `prefix` (`Claims/phone:`) was among them."""
        return any(label.startswith(prefix) for label in self.labels)


def commit(writes: Sequence[Write], announcements: Sequence[Announcement] = ()) -> None:
    """Write everything or nothing.

    Raises `Lost` when a condition fails, and ValueError when it is too much at once. A conflict with another transaction
    that is still under way is tried again: it says nothing about our conditions. boto3 gives each call one
    ClientRequestToken, so an answer that is lost on the way and repeated by the SDK has no second effect.
    """
    everything = [*writes, *(outbox.write(announcement) for announcement in announcements)]
    if len(everything) > MOST_WRITES:
        tables = Counter(write.label.partition("/")[0] for write in everything)
        raise ValueError(f"a transaction of {len(everything)} writes, {MOST_WRITES} at most: {dict(tables)}")
    for _ in range(ATTEMPTS):
        try:
            clients.dynamodb().transact_write_items(TransactItems=[write.item for write in everything])  # type: ignore[misc]
        except ClientError as error:
            labels = _lost(error, everything)
            if labels:
                raise Lost(labels) from None
        else:
            return
    raise Lost([write.label for write in everything])


def _lost(error: ClientError, writes: Sequence[Write]) -> list[str]:
    """The labels whose condition failed; empty when the whole should simply be tried again."""
    if error.response["Error"]["Code"] != "TransactionCanceledException":
        raise error
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    codes = [reason.get("Code", "None") for reason in reasons]
    if any(code not in ("None", "ConditionalCheckFailed", "TransactionConflict") for code in codes):
        raise error
    return [write.label for write, code in zip(writes, codes, strict=False) if code == "ConditionalCheckFailed"]


def retried[**P, T](act: Callable[P, T]) -> Callable[P, T]:
    """Run an act again from a fresh read when it lost a race; the last loss is raised."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return act(*args, **kwargs)
            except Lost:
                continue
        return act(*args, **kwargs)

    return run
