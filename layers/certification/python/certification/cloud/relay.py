"""From the outbox to the bus: in batches, with the failed entries counted, and marked once sent."""

from collections.abc import Sequence

from certification.cloud import clients, clock
from certification.cloud.outbox import OutboxEntry, bus_entry, outbox
from certification.cloud.transaction import Lost, commit

BATCH = 10


class NotSent(Exception):
    """EventBridge refused some entries; they stay unsent and are tried again by the stream, then by the sweep."""


def send(entries: Sequence[OutboxEntry]) -> int:
    """Put the unsent ones of these on the bus and mark them; gives how many were sent. Raises `NotSent` at the end.

    Killed between the two, an announcement is put again: every receiver stands that.
    """
    waiting = [entry for entry in entries if entry.sent_at is None]
    refused = 0
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        answer = clients.events().put_events(Entries=[bus_entry(entry) for entry in batch])  # type: ignore[misc]
        for entry, outcome in zip(batch, answer["Entries"], strict=True):
            if outcome.get("ErrorCode"):
                refused += 1
            else:
                _mark(entry)
    if refused:
        raise NotSent(f"{refused} of {len(waiting)} announcements were not taken by the bus")
    return len(waiting)


def _mark(entry: OutboxEntry) -> None:
    try:
        commit([outbox.update(entry.changed(sent_at=clock.now(), due=None))])
    except Lost:
        return  # another relay marked it first
