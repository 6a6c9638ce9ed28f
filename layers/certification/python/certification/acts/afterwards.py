"""Afterwards: what becomes of the money of a settled order, step by step until none of it is the candidate's any more.

Its row says when to look again. Two steps, each a transaction of its own that may run twice, late or side by side: fees of
a certificate that is never made go back (decision 2) by the same refund as any other; what the policy says is ours by now
is earned, as a fact of the payment that it came by.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts.appeals import may_appeal_until
from certification.acts.books import booked
from certification.acts.refund_grounds import refund_preview, unused_back
from certification.acts.returning import bank_holds, return_of_order
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refund_id, refunds
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import CaseKind
from certification.rules.deadlines import result_final
from certification.rules.earning import Part, Times, earned_at, parts_of, when_earned
from certification.rules.errors import Refused
from certification.rules.facts import FactKind, add_fact, fact_of, fold
from certification.rules.findings import RefundKind
from certification.rules.money import Money
from certification.rules.payment_sums import CaptureSums
from certification.rules.policy_money import WhenEarned
from certification.rules.refunds import RefundDecision
from certification.rules.status import WAY_BACK
from certification.rules.unused import HELD, NOT_FINAL, Outcome, outcome_of

AGAIN = timedelta(days=1)
UNDER_WAY = timedelta(days=7)
"""How often it is looked whether a refund of a registration that ended has arrived."""
WHILE_HELD = timedelta(days=30)
"""How often it is looked whether passed subjects have become a certificate."""


def fell_due(number: str) -> None:
    """Return unused fees, book what is earned by now, and say when to look again, if ever."""
    if _give_back(number):
        _earn(number)


@retried
def _give_back(number: str) -> bool:
    """Queue the refund of unused fees, once. False when the order is not due, or must wait for a dispute to end."""
    order, now = orders.read(number), clock.now()
    if order.due is None or order.due.at > now:
        return False
    application = applications.read(order.application)
    decision = _decided(application, order, now)
    if not decision.refunded or refunds.find(refund_id(number, str(RefundKind.UNUSED))) is not None:
        return True
    paid = _paid(order)
    rest = sum(_sums(payment, capture).refundable + _forgiven(payment, capture) for capture, payment in paid.items())
    try:
        writes, news = return_of_order(
            application,
            order,
            decision,
            RefundKind.UNUSED,
            now,
            by="deadlines",
            asks_person=rest < order.total.amount,  # something went back before: were these items in it?
        )
    except Refused:  # the payer's bank disputes it: nothing can be sent back until that is over
        commit([orders.update(order.changed(due=Due(at=now + AGAIN)))])
        return False
    commit([orders.update(order), applications.unchanged(application), *writes], news)
    return True


def _decided(application: Application, order: Order, now: datetime) -> RefundDecision:
    return unused_back(application, order, outcome_of(application.status), _final_at(application), now)


@retried
def _earn(number: str) -> None:
    """Book what is ours by now, and write down when to look again."""
    order, now = orders.read(number), clock.now()
    if order.due is None or order.due.at > now:
        return
    if bank_holds(order):  # what goes back of it is decided, and not asked for yet
        commit([orders.update(order.changed(due=Due(at=now + AGAIN)))])
        return
    application = applications.read(order.application)
    policy, _ = load_policy(application.scheme)
    decision = _decided(application, order, now)
    times = _times(application, order, held=decision.because == HELD)
    when: dict[str, WhenEarned] = {item.code: when_earned(item) for item in policy.fees.items}
    paid = _paid(order)
    pending: list[datetime | None] = []
    after = {payment.id: payment for payment in paid.values()}
    for part in _open_parts(order, paid, times):
        at = earned_at(when.get(part.item, "exam_over"), times)
        if at is None or at > now:
            pending.append(at)
        else:
            payment = after[paid[part.capture].id]
            after[payment.id] = _with_earned(payment, part, order, at)
    writes: list[Write] = [orders.update(order.changed(due=_next(times, decision, pending, paid, now)))]
    for payment in {one.id: one for one in paid.values()}.values():
        if after[payment.id] != payment:
            stored, entries = booked(payment, after[payment.id], f"earned#{number}")
            writes += [payments.update(stored), *entries]
    commit(writes)


def _paid(order: Order) -> dict[str, Payment]:
    """The captures that settled the order, the earliest first, with their payments."""
    every = [payments.read(payment) for payment in order.payments]
    return {capture: payment for capture in reversed(order.settling) for payment in every if capture in payment.facts}


def _sums(payment: Payment, capture: str) -> CaptureSums:
    return next(sums for sums in fold(payment.facts).captures if sums.capture == capture)


def _forgiven(payment: Payment, capture: str) -> int:
    return payment.forgiven.get(capture, 0)


def _open_parts(order: Order, paid: dict[str, Payment], times: Times) -> list[Part]:
    """What is not earned yet. Of a registration that ended nothing is asked about money that goes back anyway."""
    lines = [(line.code, line.amount.amount) for line in order.lines]
    amounts = [
        (capture, payment.facts[capture].money.amount + _forgiven(payment, capture))
        for capture, payment in paid.items()
    ]
    return [
        part
        for part in parts_of(lines, amounts)
        if f"EARN#{_name(part)}" not in paid[part.capture].facts
        and not (times.outcome is Outcome.ENDED and _all_promised(paid[part.capture], part.capture))
    ]


def _all_promised(payment: Payment, capture: str) -> bool:
    sums = _sums(payment, capture)
    return sums.captured + _forgiven(payment, capture) <= sums.promised


def _name(part: Part) -> str:
    return f"{part.capture.partition('#')[2]}#{part.item}"


def _with_earned(payment: Payment, part: Part, order: Order, at: datetime) -> Payment:
    money = Money(amount=part.amount, currency=order.total.currency)
    fact = fact_of(FactKind.EARNED, _name(part), money, at, "policy", capture=part.capture, about=part.item)
    after: Payment = payment.changed(facts=add_fact(payment.facts, fact))
    return after


def _times(application: Application, order: Order, *, held: bool) -> Times:
    sitting = sittings.read(application.sitting)
    settled = order.settled_at or order.created_at
    return Times(
        refund_closes=refund_preview(application, order, settled).closes_at or settled,
        exam_over=sitting.dates.exam_over,
        outcome=outcome_of(application.status),
        final_at=_final_at(application),
        held=held,
        called_off=sitting.called_off is not None,
    )


def _final_at(application: Application) -> datetime | None:
    """When what became of it cannot change any more; None before its release, while a recheck or an appeal is open."""
    since = next((step.at for step in reversed(application.life) if step.to is application.status), None)
    outcome = outcome_of(application.status)
    if since is None or outcome is Outcome.OPEN:
        return None
    if outcome is Outcome.CERTIFIED or (outcome is Outcome.ENDED and application.status not in WAY_BACK):
        return since
    if any(one.kind in (CaseKind.RECHECK, CaseKind.APPEAL) for one in application.open_cases):
        return None
    if outcome is Outcome.ENDED:
        return may_appeal_until(application) or since
    published = sittings.read(application.sitting).released_at
    policy, _ = load_policy(application.scheme)
    return result_final(max(since, published), policy, load_calendar(policy.calendar)) if published else None


def _next(
    times: Times, decision: RefundDecision, pending: Sequence[datetime | None], paid: dict[str, Payment], now: datetime
) -> Due | None:
    """When something may be different; None when nothing can be."""
    looks = [at for at in pending if at is not None]
    if times.outcome is Outcome.OPEN:
        looks.append(max(now, times.exam_over) + AGAIN)
    elif decision.because == HELD:
        looks.append(now + WHILE_HELD)
    elif decision.because == NOT_FINAL or None in pending:
        looks.append(max(times.final_at or now + AGAIN, now))
    elif times.outcome is Outcome.ENDED and any(fold(one.facts).reserved for one in paid.values()):
        looks.append(now + UNDER_WAY)
    return Due(at=min(looks)) if looks else None
