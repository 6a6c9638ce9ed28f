"""The inbox: what a provider told us is kept, with its announcement, before anybody thinks about it."""

from datetime import timedelta

from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due
from certification.cloud.tables.inbox import InboxEntry, inbox
from certification.cloud.tables.payments import Payment
from certification.cloud.transaction import Lost, commit
from certification.rules.payments import Method

APPLIED_WITHIN = timedelta(minutes=15)


def arrived(entry: str, key: str) -> Announcement:
    """The announcement that starts the payment machine for an inbox entry."""
    return Announcement(name="PaymentFactArrived", subject=entry, key=key, about={"entry": entry})


def unsettled(payment: Payment) -> Announcement:
    """Starts the machine again for a payment whose facts were applied and not settled."""
    return arrived(f"settle#{payment.id}", f"{payment.id}#{payment.version + 1}")


def receive(provider: Method, event_id: str, body: str) -> bool:
    """Keep what was told. False when it was there before."""
    now = clock.now()
    entry = InboxEntry(
        id=f"{provider}#{event_id}", provider=provider, received_at=now, body=body, due=Due(at=now + APPLIED_WITHIN)
    )
    try:
        commit([inbox.insert(entry)], [arrived(entry.id, entry.id)])
    except Lost:
        return False
    return True
