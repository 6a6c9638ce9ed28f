"""Withdrawing: the place is free again, and what was paid comes back as the refund rule says at this instant.

The refund is decided here and stands as a row that is owed, with a case; sending it is the refund machine's.
"""

from datetime import datetime

from certification.acts.cases import closed, new_case
from certification.acts.cases import opened as case_opened
from certification.acts.checkout import refund_now
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.places import freed
from certification.acts.settling import SEND_BY, working_days_later
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds, withdrawal_refund
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.findings import RefundKind
from certification.rules.payments import OrderState, move_order
from certification.rules.refunds import RefundDecision
from certification.rules.status import Status, Trigger

PAID = (Status.REGISTERED, Status.SEATED)


@retried
def withdraw(candidate_id: str, reference: str) -> None:
    """Withdraw, paid or not. Withdrawing again changes nothing. Not once the exam has begun."""
    application = own_application(candidate_id, reference)
    if application.status is Status.WITHDRAWN:
        return
    now = clock.now()
    if application.status in PAID and now >= sittings.read(application.sitting).dates.first_subject:
        raise Refused("exam_began", "The exam has begun.", "考试已开始，不能退考。", rules=("REF-02",))
    withdrawn = moved(application, Trigger.WITHDRAWN, by="candidate", now=now, due=None, open_cases=())
    writes: list[Write] = [applications.update(withdrawn), *freed(application)]
    told = [announce("ApplicationWithdrawn", application)]
    if application.order and application.status in (*PAID, Status.AWAITING_PAYMENT):
        order = orders.read(application.order)
        # money that still arrives for a closed order goes back whole
        writes.append(orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))))
        if application.status in PAID:
            more, news = _returned(application, order, now)
            writes, told = [*writes, *more], [*told, *news]
    open_cases = [cases.read(case.reference) for case in application.open_cases]
    writes += [closed(case, "withdrawn", "candidate", now) for case in open_cases if case.decision is None]
    commit(writes, told)


def _returned(application: Application, order: Order, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """What comes back of a paid order: the amount the rule decides now, owed until it is sent. Nothing: nothing."""
    decision = refund_now(application, order)
    if not decision.refunded or order.settled_by is None:
        return [], []
    payment = next(one for one in map(payments.read, order.payments) if order.settled_by in one.facts)
    refund = _refund(payment, order, decision, now)
    policy, _ = load_policy(application.scheme)
    case = new_case(
        CaseKind.MONEY_TO_RETURN,
        Subject.PAYMENT,
        payment.id,
        refund.capture,
        RefundKind.WITHDRAWAL,
        now=now,
        due=working_days_later(order.sitting, now, 3),
        desk=desk_for(policy, CaseKind.MONEY_TO_RETURN, application.region).code,
        facts={"order": order.number, "amount": str(refund.money), "kept": str(decision.fee)},
        scheme=application.scheme,
    )
    kinds = (*payment.returning.get(refund.capture, ()), RefundKind.WITHDRAWAL)
    returning = {**payment.returning, refund.capture: kinds}
    about = {"application": application.reference, "candidate": application.candidate, "refund": refund.id}
    queued = Announcement(name="PaymentQueuedForReturn", subject=order.number, key=refund.id, about=about)
    writes: list[Write] = [
        refunds.insert(refund.model_copy(update={"case": case.id})),
        cases.insert(case),
        payments.update(payment.changed(returning=returning)),
    ]
    return writes, [queued, case_opened(case)]


def _refund(payment: Payment, order: Order, decision: RefundDecision, now: datetime) -> Refund:
    return Refund(
        id=withdrawal_refund(order.number),
        payment=payment.id,
        order=order.number,
        capture=order.settled_by or "",
        kind=RefundKind.WITHDRAWAL,
        money=decision.amount,
        reason_en=decision.because.en,
        reason_zh=decision.because.zh,
        rules=decision.because.rules,
        requested_at=now,
        due=Due(at=now + SEND_BY),
    )
