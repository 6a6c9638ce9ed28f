"""Withdrawing: the place is free again, and what was paid comes back as the refund rule says at this instant.

The refund is decided here, and its money reserved; sending it is the refund machine's.
"""

from datetime import datetime

from certification.acts import disputes
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.parts import looked_at_again
from certification.acts.places import freed
from certification.acts.refund_grounds import refund_now
from certification.acts.returning import closed_order
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.rules.errors import Refused
from certification.rules.findings import RefundKind
from certification.rules.payments import OrderState, move_order
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
    held = disputes.going_on(application)
    withdrawn = moved(application, Trigger.WITHDRAWN, by="candidate", now=now, due=None, open_cases=held)
    writes: list[Write] = [applications.update(withdrawn), *freed(application)]
    told = [announce("ApplicationWithdrawn", application)]
    if application.order and application.status in (*PAID, Status.AWAITING_PAYMENT):
        order = orders.read(application.order)
        paid = application.status in PAID
        more, news = _returned(application, order, now) if paid else _unpaid(order)
        writes, told = [*writes, *more], [*told, *news]
    commit([*writes, *disputes.over_with(application, "withdrawn", "candidate", now)], told)


def _returned(application: Application, order: Order, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """What comes back of a paid order: the amount the rule decides now, reserved until it is sent. Nothing: nothing. While
    the payer's bank disputes the payment, it holds the money; the amount stays, and goes on when the dispute has ended."""
    decision = refund_now(application, order)
    return closed_order(application, order, decision, RefundKind.WITHDRAWAL, now, by="candidate")


def _unpaid(order: Order) -> tuple[list[Write], list[Announcement]]:
    """Money that still arrives for a closed order goes back whole."""
    writes, news = looked_at_again(order)
    return [orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))), *writes], news
