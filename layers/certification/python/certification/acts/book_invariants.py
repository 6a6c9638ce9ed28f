"""What must be true of receipts, of the providers' days and of the exports; a part of the nightly proof."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from certification.acts import book_exports
from certification.acts.bill_findings import cases_of
from certification.acts.billing import every
from certification.cloud.tables.bill_days import BillDay, bill_days
from certification.cloud.tables.ledger import LedgerEntry
from certification.cloud.tables.orders import Order
from certification.cloud.tables.receipts import Receipt
from certification.cloud.tables.refunds import Refund
from certification.rules.receipts import ReceiptKind, turns_of
from certification.rules.reconciliation import is_late

RECEIPT_WITHIN = timedelta(days=1)


def numbers(given: Iterable[Receipt]) -> Iterator[str]:
    """Every series counts 1 to n: no gaps, and nothing twice."""
    places: dict[str, list[int]] = {}
    for receipt in given:
        if receipt.ours is not None:
            places.setdefault(receipt.ours.series, []).append(receipt.ours.sequence)
    for series, found in sorted(places.items()):
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"receipts: the series {series} is not 1 to {len(found)}"


def late(
    now: datetime,
    every_order: Mapping[str, Order],
    every_refund: Iterable[Refund],
    given: Iterable[Receipt],
    entries: Iterable[LedgerEntry],
) -> Iterator[str]:
    """What should have happened by now: receipts after a day, a closed day or somebody asked after three; exports that
    say what the ledger says."""
    there = {receipt.source: receipt for receipt in given}
    for order in every_order.values():
        if order.settled_at and order.settled_at < now - RECEIPT_WITHIN and f"order:{order.number}" not in there:
            yield f"receipts: order {order.number} was paid and has none"
    for refund in every_refund:
        yield from _unreceipted(refund, every_order, there, now)
    for stream in every():
        for row in bill_days.within(stream.name):
            if _waits_for_nobody(row, now):
                yield f"days: {row.stream} {row.day} is {row.state}, and nobody was asked about it"
    yield from book_exports.differences(entries)


def _unreceipted(
    refund: Refund, every_order: Mapping[str, Order], there: Mapping[str, Receipt], now: datetime
) -> Iterator[str]:
    """A refund of receipted money that has no credit note, or none of its reversals. A public platform is told of the
    money that went and hears of no reversal (PAY-11)."""
    order = every_order.get(refund.order or "")
    if order is None or refund.capture not in order.settling:
        return
    paid = there.get(f"order:{order.number}")
    elsewhere = paid is not None and paid.elsewhere is not None
    for turn in turns_of((step.state, step.at) for step in refund.steps):
        wanted = not (elsewhere and turn.kind is ReceiptKind.REVERSAL)
        if wanted and turn.at < now - RECEIPT_WITHIN and turn.source(refund.id) not in there:
            yield f"receipts: {turn.kind} of refund {refund.id} is missing"


def _waits_for_nobody(row: BillDay, now: datetime) -> bool:
    """A day is looked at every hour: one that is three days old and still open waits for a person, or for nobody."""
    return row.state != "closed" and is_late(row.day, now) and all(case.decision is not None for case in cases_of(row))
