"""Money without a home: what we hold and owe somebody beyond the date by which it should have gone where it belongs.

Found every night over all payments and refunds, and kept as one file for the money desk, for no page may read it all.
"""

from collections.abc import Iterator
from datetime import datetime

from certification.acts.books import books_of
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.rules.cases import CaseKind
from certification.rules.facts import FactKind, fold
from certification.rules.ledger import standing
from certification.rules.liabilities import TO_DO, Kind, days_held, gone_by, is_late
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import OrderState
from certification.rules.refund_life import STOPPED, RefundState
from certification.rules.words import Words

FILE = "books/open.json"
OWED_AGAIN = frozenset({*STOPPED, RefundState.MANUAL})
"""A refund in such a state is listed itself: its money is on the candidate's account again."""


class OpenMoney(Frozen):
    """`kind` is why we hold it: nobody knows whose it is, it came twice, it goes back, its order is closed and nothing goes
    back, or its order was not looked at when it was due. `since` is when it came, was asked for or fell due, `days` its
    age, `by` when it should be gone (None: nobody was ever asked), `case` what a person is asked, `do` what to do."""

    kind: Kind
    payment: str
    order: str | None
    refund: str | None
    money: Money
    since: datetime
    days: int
    by: datetime | None
    case: str | None
    late: bool
    do: Words


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
    every = {order.number: order for order in orders.everything()}
    stopped: dict[str, int] = {}
    for refund in refunds.everything():
        if not refund.is_over:
            yield _waits(refund, now)
            if refund.state in OWED_AGAIN:
                stopped[refund.payment] = stopped.get(refund.payment, 0) + refund.money.amount + refund.kept
    for payment in payments.everything():
        order = every.get(payment.order or "")
        yield from _held(payment, order, asked.get(payment.id), stopped.get(payment.id, 0), now)


def _held(payment: Payment, order: Order | None, case: Case | None, stopped: int, now: datetime) -> Iterator[OpenMoney]:
    """What a payment holds for nobody we know, for somebody who paid twice and was promised nothing, or for an order that
    is closed or was forgotten. `stopped`: what of it is listed as a refund that did not arrive."""
    came = min((fact.at for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED), default=now)
    for (account, currency), amount in standing(fold(payment.facts), books_of(payment)).items():
        kind = account.partition(":")[0]
        money = Money(amount=-amount, currency=currency)
        if amount < 0 and kind == "unapplied":
            yield _row("unapplied", payment, money, came, case.promised if case else None, now, case)
        elif amount < 0 and kind == "duplicate":
            yield _row("duplicate", payment, money, came, case.promised if case else None, now, case)
        elif kind == "candidate" and order is not None and money.amount > stopped:
            yield from _forgotten(
                payment, order, Money(amount=money.amount - stopped, currency=money.currency), came, now
            )


def _forgotten(payment: Payment, order: Order, money: Money, came: datetime, now: datetime) -> Iterator[OpenMoney]:
    """Money that waits for nothing. Of a paid order, only what was not looked at in time; of an open one, nothing."""
    if order.due is not None and is_late(gone_by("unearned", order.due.at, None), now):
        yield _row("unearned", payment, money, order.due.at, None, now)
    elif order.due is None and order.state is not OrderState.OPEN and not payment.unsettled:
        yield _row("closed", payment, money, came, None, now)


def _row(
    kind: Kind,
    payment: Payment,
    money: Money,
    since: datetime,
    promised: datetime | None,
    now: datetime,
    case: Case | None = None,
) -> OpenMoney:
    by = gone_by(kind, since, promised)
    nobody = kind in ("unapplied", "duplicate") and promised is None
    return OpenMoney(
        kind=kind,
        payment=payment.id,
        order=payment.order,
        refund=None,
        money=money,
        since=since,
        days=days_held(since, now),
        by=None if nobody else by,
        case=case.id if case else None,
        late=nobody or is_late(by, now),
        do=TO_DO[kind],
    )


def _waits(refund: Refund, now: datetime) -> OpenMoney:
    case = cases.find(refund.case) if refund.case else None
    open_case = case if case is not None and case.decision is None else None
    by = gone_by("refund", refund.not_before, open_case.promised if open_case else None)
    return OpenMoney(
        kind="refund",
        payment=refund.payment,
        order=refund.order,
        refund=refund.id,
        money=refund.money,
        since=refund.requested_at,
        days=days_held(refund.requested_at, now),
        by=by,
        case=open_case.id if open_case else None,
        late=is_late(by, now),
        do=TO_DO["refund"],
    )
