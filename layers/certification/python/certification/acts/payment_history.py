"""Everything a candidate ever paid, or was asked to, what came back, and the receipts (PAY-10): all orders of theirs."""

from datetime import datetime

from certification.acts import receipt_history
from certification.acts.ownership import own_application
from certification.acts.receipt_history import ReceiptLine
from certification.acts.returning import bank_holds
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.rules.errors import NotFound
from certification.rules.facts import FactKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.order_money import OrderMoney, order_money
from certification.rules.payments import AttemptState, Method, OrderState
from certification.rules.refund_life import RefundState, external_refund
from certification.rules.words import Words


class RefundDate(Frozen):
    """When a refund came to a state."""

    state: RefundState
    at: datetime


class RefundLine(Frozen):
    """One refund: how much, why, and where it is. `kept` is the handling fee; `not_before` when it may be sent. `given` is
    what a wallet gave its payer in their own currency, where it says: the difference is ours (decision 4)."""

    id: str
    order: str
    kind: str
    state: RefundState
    money: Money
    kept: Money
    given: Money | None
    why: Words
    requested_at: datetime
    not_before: datetime
    dates: tuple[RefundDate, ...]
    followed_by: str | None


class WaitingRefund(Frozen):
    """What a closed order still gives back, as decided at `decided_at`; not asked for yet, because the payer's bank holds
    the money. `taken_back_at`: the bank has kept it, and nothing more is owed."""

    money: Money
    kept: Money
    why: Words
    decided_at: datetime
    taken_back_at: datetime | None


class PaidLine(Frozen):
    """Money that arrived, by the provider's clock."""

    money: Money
    at: datetime


class PaymentLine(Frozen):
    """One attempt to pay, and what arrived by it."""

    id: str
    method: Method
    state: AttemptState
    started_at: datetime
    paid: tuple[PaidLine, ...]


class OrderLine(Frozen):
    """One order with its payments, refunds and receipts. `money` says how much of it is paid now; `net` is what we hold
    of it. `waiting` is a refund that waits for the end of a dispute. A settled order without a receipt will have one in a
    moment."""

    number: str
    application: str
    state: OrderState
    total: Money
    money: OrderMoney
    net: Money
    created_at: datetime
    pay_by: datetime
    settled_at: datetime | None
    payments: tuple[PaymentLine, ...]
    refunds: tuple[RefundLine, ...]
    waiting: WaitingRefund | None
    receipts: tuple[ReceiptLine, ...]


def of_candidate(candidate_id: str) -> tuple[OrderLine, ...]:
    """Every order of the candidate, newest first."""
    mine = [application for application in applications.of(candidate_id) if application.candidate == candidate_id]
    lines = [line for application in mine for line in of_application(application)]
    return tuple(sorted(lines, key=lambda line: (line.created_at, line.number), reverse=True))


def of_application(application: Application) -> tuple[OrderLine, ...]:
    """The orders of one application, oldest first."""
    return tuple(_line(orders.read(number)) for number in application.orders)


def _line(order: Order) -> OrderLine:
    paid = [payments.read(payment) for payment in order.payments]
    held = order_money(order.total, [payment.facts for payment in paid])
    back = [refund for payment in paid for refund in of_payment(payment)]
    return OrderLine(
        number=order.number,
        application=order.application,
        state=order.state,
        total=order.total,
        money=held.money,
        net=held.net,
        created_at=order.created_at,
        pay_by=order.pay_by,
        settled_at=order.settled_at,
        payments=tuple(_payment(payment) for payment in paid),
        refunds=tuple(refund_line(refund) for refund in sorted(back, key=lambda one: (one.requested_at, one.id))),
        waiting=_waiting(order),
        receipts=tuple(receipt_history.line(receipt) for receipt in receipt_history.rows_of(order, back)),
    )


def _waiting(order: Order) -> WaitingRefund | None:
    given = order.gives_back
    if given is None or not (given.told_at or bank_holds(order)):
        return None
    return WaitingRefund(
        money=given.amount,
        kept=given.fee,
        why=Words(en=given.because.en, zh=given.because.zh),
        decided_at=given.at,
        taken_back_at=given.told_at,
    )


def receipt(candidate_id: str, reference: str, number: str) -> str:
    """A short-lived address of one of the candidate's own receipts."""
    for order in map(orders.read, own_application(candidate_id, reference).orders):
        back = [refund for payment in order.payments for refund in of_payment(payments.read(payment))]
        for found in receipt_history.rows_of(order, back):
            if found.number == number and found.file is not None:
                return vault.link(settings().vault, found.file, f"{number}.pdf")
    raise NotFound("receipt")


def of_payment(payment: Payment) -> list[Refund]:
    """The refunds of a payment: those we asked for, and those made in the provider's own pages."""
    asked = {fact.about for fact in payment.facts.values() if fact.kind is FactKind.REFUND_REQUESTED}
    done = [fact for fact in payment.facts.values() if fact.kind is FactKind.REFUND_DONE and fact.about not in asked]
    names = sorted(asked) + sorted(external_refund(fact.reference) for fact in done)
    return [found for found in map(refunds.find, names) if found is not None]


def _payment(payment: Payment) -> PaymentLine:
    captures = [fact for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED]
    return PaymentLine(
        id=payment.id,
        method=payment.method,
        state=payment.state,
        started_at=payment.created_at,
        paid=tuple(PaidLine(money=fact.money, at=fact.at) for fact in sorted(captures, key=lambda fact: fact.at)),
    )


def refund_line(refund: Refund) -> RefundLine:
    """A refund as its candidate and its desk see it."""
    return RefundLine(
        id=refund.id,
        order=refund.order or "",
        kind=refund.kind,
        state=refund.state,
        money=refund.money,
        kept=Money(amount=refund.kept, currency=refund.money.currency),
        given=refund.given,
        why=Words(en=refund.reason_en, zh=refund.reason_zh),
        requested_at=refund.requested_at,
        not_before=refund.not_before,
        dates=tuple(RefundDate(state=step.state, at=step.at) for step in refund.steps),
        followed_by=refund.again,
    )
