"""Returning what settled an order: the amount a rule decided, from the payments it came by."""

from datetime import datetime

from certification.acts.books import booked
from certification.acts.refunding import Wanted, must_be_undisputed, queued
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.orders import Order
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refund_id
from certification.rules.facts import fold
from certification.rules.findings import RefundKind
from certification.rules.money import Money
from certification.rules.refunds import RefundDecision
from certification.rules.spreading import Share, spread


def return_of_order(
    application: Application, order: Order, decision: RefundDecision, kind: RefundKind, now: datetime, *, by: str
) -> tuple[list[Write], list[Announcement]]:
    """The writes that reserve what comes back of a settled order; none where the rule decided that nothing does.

    Raises Refused while a payment of the order is disputed.
    """
    if not decision.refunded or not order.settling:
        return [], []
    paid = {payment.id: payment for payment in map(payments.read, order.payments)}
    holders = {capture: payment for payment in paid.values() for capture in payment.facts}
    for capture in order.settling:
        must_be_undisputed(holders[capture])
    rests = [(capture, _rest(holders[capture], capture, decision.amount.currency)) for capture in order.settling]
    writes: list[Write] = []
    news: list[Announcement] = []
    after = dict(paid)
    for number, share in enumerate(spread(decision.amount.amount, decision.fee.amount, rests)):
        payment = holders[share.capture].id
        wanted = _wanted(order, decision, kind, share, number, now, by)
        after[payment], more, told = queued(after[payment], application, wanted, now)
        writes, news = writes + more, news + told
    for payment, before in paid.items():
        stored, entries = booked(before, after[payment], f"{kind}#{order.number}")
        if stored != before:
            writes += [payments.update(stored), *entries]
    return writes, news


def _wanted(
    order: Order, decision: RefundDecision, kind: RefundKind, share: Share, number: int, now: datetime, by: str
) -> Wanted:
    # One refund of a kind per order; of an order that several payments settled, one more for each of them.
    cause = (order.number, str(kind)) if number == 0 else (order.number, str(kind), share.capture)
    return Wanted(
        refund=refund_id(*cause),
        capture=share.capture,
        kind=kind,
        money=Money(amount=share.amount, currency=decision.amount.currency),
        kept=share.kept,
        because=decision.because,
        not_before=now,
        by=by,
    )


def _rest(payment: Payment, capture: str, currency: str) -> int:
    return next(
        (
            sums.refundable
            for sums in fold(payment.facts).captures
            if (sums.capture, sums.currency) == (capture, currency)
        ),
        0,
    )
