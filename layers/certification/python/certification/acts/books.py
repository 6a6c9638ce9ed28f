"""Ledger entries as the difference between a payment before and after."""

from certification.cloud import clock
from certification.cloud.tables.base import Write
from certification.cloud.tables.ledger import LedgerEntry, ledger
from certification.cloud.tables.payments import Payment
from certification.rules.facts import fold
from certification.rules.ledger import Books, postings


def books_of(payment: Payment) -> Books:
    """Whose money this payment's captures are."""
    return Books(
        provider=payment.provider,
        order=payment.order,
        paid_out_by=payment.paid_out_by,
        holdings=payment.holdings,
        forgiven=payment.forgiven,
    )


def booked(before: Payment, after: Payment, why: str) -> tuple[Payment, list[Write]]:
    """The payment as it will be stored, and the write of its ledger entry; none where nothing moved.

    `why` is the key of the fact or the decision. The entry's number follows from the payment's own count, in the same
    transaction, so an entry is written exactly once.
    """
    entry = postings(fold(before.facts), fold(after.facts), books_of(after), why=why, was=books_of(before))
    if not entry.postings:
        return after, []
    number = before.entries + 1
    counted: Payment = after.changed(entries=number)
    return counted, [ledger.insert(LedgerEntry(payment=after.id, number=number, at=clock.now(), entry=entry))]
