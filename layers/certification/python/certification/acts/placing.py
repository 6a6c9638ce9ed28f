"""Which payment an event belongs to: by our reference, by our refund, or by asking the provider; else it is held.

An event that names an attempt as ours do, and finds no row of it, waits in the inbox first: rows are written before the
provider is asked, so one that is missing can only be late (a replica that lags, a table that is being restored).
"""

from datetime import datetime

from certification.acts import bank_lines
from certification.acts.cases import opened
from certification.acts.providers import payment_provider
from certification.acts.settling import unmatched_case
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import InboxEntry
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.providers.events import ProviderEvent
from certification.rules.errors import NotFound
from certification.rules.ledger import Holding
from certification.rules.payments import AttemptState


def payment_of(
    event: ProviderEvent, entry: InboxEntry, now: datetime
) -> tuple[Payment, list[Write], list[Announcement]]:
    """The payment an event belongs to; for money that nobody expects, a new one without an order, and a case.

    Raises NotFound the first time that the attempt which the event names cannot be read.
    """
    known = _known(event)
    if known is not None:
        return known, [], []
    made = bank_lines.new_payment(event, now) if event.provider == "bank_transfer" else None
    if made is not None:
        payment, order = made
        return payment, [orders.update(order)], []
    reference = event.payment or event.checkout or event.id
    held = payments.find(f"unplaced-{reference}")
    if held is not None:
        return held, [], []
    if event.attempt and event.provider != "bank_transfer" and not entry.tries:
        raise NotFound("payment")
    stranger = Payment(
        id=f"unplaced-{reference}",
        order=None,
        application=None,
        method=event.provider,
        state=AttemptState.PENDING,
        created_at=now,
        checkout=event.checkout,
        told_as=event.reference,
    )
    if not event.facts:
        return stranger, [], []
    if event.paid_out_by is not None:
        return _paid_out(stranger, event), [], []
    scheme = bank_lines.scheme_of(entry) if event.provider == "bank_transfer" else None
    case = unmatched_case(stranger.id, entry.id, now, str(event.facts[0].money), scheme)
    return stranger, [cases.insert(case)], [opened(case)]


def _paid_out(stranger: Payment, event: ProviderEvent) -> Payment:
    """No candidate's: what a provider held for us has come to our account."""
    holdings = {fact.capture: Holding.TRANSIT for fact in event.facts}
    whole: Payment = stranger.changed(holdings=holdings, paid_out_by=event.paid_out_by)
    return whole


def _known(event: ProviderEvent) -> Payment | None:
    """By our reference; a report of a refund of ours by its row. What was made in the provider's pages, and a dispute,
    name the provider's payment alone: the provider knows our reference of it."""
    if event.attempt:
        return payments.find(event.attempt)
    if event.refund is None and event.dispute is None:
        return None
    row = refunds.find(event.refund.refund) if event.refund and event.refund.refund else None
    if row is not None:
        return payments.find(row.payment)
    if event.payment is None or payments.find(f"unplaced-{event.payment}") is not None:
        return None
    reference = payment_provider(event.provider).find_reference(event.payment) or ""
    return payments.find(reference.partition(".")[2]) if "." in reference else None
