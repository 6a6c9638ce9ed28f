"""Money without a home: what we hold and owe somebody beyond the date by which it should have gone where it belongs.

Found every night over all payments and refunds, and kept as one file for the money desk, for no page may read it all.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from certification.acts.books import books_of
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.rules.cases import CaseKind
from certification.rules.facts import FactKind, fold
from certification.rules.ledger import standing
from certification.rules.model import Frozen
from certification.rules.money import Money

FILE = "books/open.json"
SENT_WITHIN = timedelta(days=1)
"""How long after its date a refund may still be on its way to the provider before it is late."""


class OpenMoney(Frozen):
    """`kind` is why we hold it: nobody knows whose it is, it came twice, or it goes back. `since` is when it came or was
    asked for, `by` when it should be gone (None: nobody was ever asked), `case` what a person is asked about it."""

    kind: Literal["unapplied", "duplicate", "refund"]
    payment: str
    order: str | None
    refund: str | None
    money: Money
    since: datetime
    by: datetime | None
    case: str | None
    late: bool


class OpenList(Frozen):
    """What was found, late ones first and the oldest first, and when."""

    at: datetime
    rows: tuple[OpenMoney, ...] = ()


def kept() -> OpenList | None:
    """The list of last night; None before the first."""
    body = vault.find(settings().vault, FILE)
    return OpenList.model_validate_json(body) if body else None


def write() -> int:
    """Find it all and keep it; gives how many rows are late."""
    now = clock.now()
    found = sorted(_rows(now), key=lambda row: (not row.late, row.since, row.payment))
    body = OpenList(at=now, rows=tuple(found)).model_dump_json().encode()
    vault.write(settings().vault, FILE, body, "application/json")
    return sum(row.late for row in found)


def _rows(now: datetime) -> Iterator[OpenMoney]:
    asked = {
        case.about: case
        for case in cases.everything()
        if case.kind is CaseKind.UNMATCHED_CREDIT and case.decision is None
    }
    for payment in payments.everything():
        yield from _held(payment, asked.get(payment.id), now)
    for refund in refunds.everything():
        if not refund.is_over:
            yield _waits(refund, now)


def _held(payment: Payment, case: Case | None, now: datetime) -> Iterator[OpenMoney]:
    """What a payment holds for nobody we know, or for somebody who paid twice and was promised nothing."""
    since = min((fact.at for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED), default=now)
    for (account, currency), amount in standing(fold(payment.facts), books_of(payment)).items():
        kind = account.partition(":")[0]
        if amount < 0 and kind in ("unapplied", "duplicate"):
            yield OpenMoney(
                kind="unapplied" if kind == "unapplied" else "duplicate",
                payment=payment.id,
                order=payment.order,
                refund=None,
                money=Money(amount=-amount, currency=currency),
                since=since,
                by=case.promised if case else None,
                case=case.id if case else None,
                late=case is None or case.promised < now,
            )


def _waits(refund: Refund, now: datetime) -> OpenMoney:
    case = cases.find(refund.case) if refund.case else None
    open_case = case if case is not None and case.decision is None else None
    by = open_case.promised if open_case else refund.not_before + SENT_WITHIN
    return OpenMoney(
        kind="refund",
        payment=refund.payment,
        order=refund.order,
        refund=refund.id,
        money=refund.money,
        since=refund.requested_at,
        by=by,
        case=open_case.id if open_case else None,
        late=by < now,
    )
