"""What is due: found by job and day, listed for the map, and handed row by row to its outcome.

A run starts where the last one ended, or on the oldest day that then still had an unfinished row, minus an overlap,
because the index is eventually consistent. A missed run is caught up by the next ones.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from certification.acts import afterwards, calling_off, outcomes, sitting_outcomes, verification
from certification.acts import notices as publishing
from certification.acts import refunds as refunding
from certification.acts.batches import each
from certification.cloud import clock, vault
from certification.cloud.outbox import outbox
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Table
from certification.cloud.tables.cases import cases
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.notices import notices
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.verifications import verifications
from certification.cloud.transaction import Lost, commit

DAY = timedelta(days=1)
OVERLAP = timedelta(hours=2)
FIRST_LOOK = timedelta(days=2)
MOST_DAYS = 60
"""How many days one run reads at most; further back is caught up by the following runs."""

JOBS: dict[str, tuple[Table[Any], ...]] = {
    "deadlines": (applications, cases, verifications, inbox, orders, payments, refunds, notices, outbox),
    "close_payments": (sittings,),
    "open_tickets": (applications,),
    "release_results": (sittings,),
    "issue_certificates": (applications, sittings),
}
OUTCOMES: dict[str, Any] = {
    "Applications": outcomes.of_application,
    "Cases": outcomes.of_case,
    "Verifications": verification.fell_due,
    "Inbox": outcomes.of_inbox_entry,
    "Orders": afterwards.fell_due,
    "Payments": outcomes.of_payment,
    "Refunds": refunding.fell_due,
    "Outbox": outcomes.of_announcement,
    "Notices": publishing.of_notice,
    "Sittings": sitting_outcomes.of_sitting,
}


def find_due(job: str) -> dict[str, Any]:
    """List what is due for a job. Gives `number` and `list`, the key of the list in the vault."""
    now = clock.now()
    marker = claims.find(f"looked:{job}")
    start = datetime.fromisoformat(marker.holder) if marker else now - FIRST_LOOK
    end = min(now, start + MOST_DAYS * DAY)
    if job.startswith(calling_off.CALL_OFF):
        return _list_concerned(job, now)
    found = list(_due_rows(job, start, end))
    oldest = min((row["day"] for row in found), default=end.astimezone(UTC).date())
    _remember(job, marker, min(end, datetime.combine(oldest, time(), UTC)) if found else end)
    if not found:
        return {"number": 0, "list": ""}
    key = f"lists/due/{job}/{now:%Y-%m-%dT%H%M%S}.jsonl"
    items = ({"table": row["table"], "key": row["key"]} for row in found)
    return {"number": vault.write_lines(settings().vault, key, items), "list": key}


def _list_concerned(job: str, now: datetime) -> dict[str, Any]:
    """Who is concerned by a sitting that was called off: nothing of theirs is due, and something follows all the same."""
    items = [
        {"table": "Applications", "key": reference, "because": "called_off"} for reference in calling_off.concerned(job)
    ]
    key = f"lists/due/{job.replace('#', '-')}/{now:%Y-%m-%dT%H%M%S}.jsonl"
    return (
        {"number": vault.write_lines(settings().vault, key, items), "list": key} if items else {"number": 0, "list": ""}
    )


def _due_rows(job: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    for table in JOBS[job]:
        day = (start - OVERLAP).astimezone(UTC).date()
        while day <= end.astimezone(UTC).date():
            for record in table.due_by(job, day, end):
                yield {"table": table.name, "key": table.columns(record)["pk"], "day": day}
            day += DAY


def _remember(job: str, marker: Claim | None, instant: datetime) -> None:
    """Where the next run starts. The instant, not its day: the day before is read again for two hours, not for 24.

    A run that lost the race to remember leaves it to the other.
    """
    holder = instant.astimezone(UTC).isoformat()
    if marker is not None and marker.holder == holder:
        return
    claim = Claim(key=f"looked:{job}", holder=holder) if marker is None else marker.changed(holder=holder)
    try:
        commit([claims.insert(claim) if marker is None else claims.update(claim)])
    except Lost:
        return


def apply_outcomes(items: list[dict[str, str]]) -> int:
    """Let the rule say what follows for each row that is still due."""
    return each("deadlines", "Apply the outcomes", items, lambda item: item["key"], _apply)


def _apply(item: dict[str, str]) -> None:
    if item.get("because") == "called_off":
        calling_off.offer(item["key"])
    else:
        OUTCOMES[item["table"]](item["key"])
