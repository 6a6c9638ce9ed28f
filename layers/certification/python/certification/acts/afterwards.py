"""Afterwards: what becomes of the money of a settled order when the exam is behind it. Its row says when to look again.

Who did not pass gets the fees of a certificate that is never made (decision 2), by the same refund as any other.
"""

from datetime import datetime, timedelta

from certification.acts.appeals import may_appeal_until
from certification.acts.refund_grounds import unused_back
from certification.acts.returning import return_of_order
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refund_id, refunds
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import CaseKind
from certification.rules.deadlines import result_final
from certification.rules.errors import Refused
from certification.rules.facts import fold
from certification.rules.findings import RefundKind
from certification.rules.refunds import RefundDecision
from certification.rules.unused import HELD, NOT_FINAL, Outcome, outcome_of

AGAIN = timedelta(days=1)
WHILE_HELD = timedelta(days=30)
"""How often it is looked whether passed subjects have become a certificate."""


@retried
def fell_due(number: str) -> None:
    """Return what the rule says of the unused fees, once; and say when to look again, if ever."""
    order = orders.read(number)
    now = clock.now()
    if order.due is None or order.due.at > now:
        return
    application = applications.read(order.application)
    final_at = _final_at(application)
    decision = unused_back(application, order, outcome_of(application.status), final_at, now)
    writes: list[Write] = []
    news: list[Announcement] = []
    if decision.refunded and refunds.find(refund_id(order.number, str(RefundKind.UNUSED))) is None:
        try:
            writes, news = _returned(application, order, decision, now)
        except Refused:  # the payer's bank disputes it: nothing can be sent back until that is over
            commit([orders.update(order.changed(due=Due(at=now + AGAIN)))])
            return
    commit([orders.update(order.changed(due=_next(application, decision, final_at, now))), *writes], news)


def _returned(
    application: Application, order: Order, decision: RefundDecision, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    """The writes of the refund. Where something went back before, a person says whether these items were in it."""
    paid = [payments.read(payment) for payment in order.payments]
    rest = sum(
        sums.refundable + one.forgiven.get(sums.capture, 0)
        for one in paid
        for sums in fold(one.facts).captures
        if sums.capture in order.settling and sums.currency == order.total.currency
    )
    asks = rest < order.total.amount
    writes, news = return_of_order(
        application, order, decision, RefundKind.UNUSED, now, by="deadlines", asks_person=asks
    )
    return [*writes, applications.unchanged(application)], news


def _final_at(application: Application) -> datetime | None:
    """When the result of who did not pass cannot change any more; None before its release, and while a recheck is open."""
    at = next((step.at for step in reversed(application.life) if step.to is application.status), None)
    sitting = sittings.read(application.sitting)
    if at is None or sitting.released_at is None or any(one.kind is CaseKind.RECHECK for one in application.open_cases):
        return None
    policy, _ = load_policy(application.scheme)
    return result_final(max(at, sitting.released_at), policy, load_calendar(policy.calendar))


def _next(application: Application, decision: RefundDecision, final_at: datetime | None, now: datetime) -> Due | None:
    """When something may be different; None when nothing can."""
    outcome = outcome_of(application.status)
    if outcome is Outcome.OPEN:
        over = sittings.read(application.sitting).dates.exam_over
        return Due(at=max(now, over) + AGAIN)
    if outcome is Outcome.ENDED:
        return _while_appealable(application, now)
    if decision.because == NOT_FINAL:
        return Due(at=max(final_at or now + AGAIN, now))
    return Due(at=now + WHILE_HELD) if decision.because == HELD else None


def _while_appealable(application: Application, now: datetime) -> Due | None:
    """Who is void or lost the right may come back by an appeal."""
    if any(one.kind is CaseKind.APPEAL for one in application.open_cases):
        return Due(at=now + AGAIN)
    until = may_appeal_until(application)
    return Due(at=until) if until is not None and until > now else None
