"""Withdrawing: the place is free again, and what was paid comes back as the refund rule says at this instant.

The refund is decided here, and its money reserved; sending it is the refund machine's.
"""

from datetime import datetime

from certification.acts.cases import closed
from certification.acts.checkout import refund_now
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.parts import looked_at_again
from certification.acts.places import freed
from certification.acts.returning import return_of_order
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.cases import cases
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
    withdrawn = moved(application, Trigger.WITHDRAWN, by="candidate", now=now, due=None, open_cases=())
    writes: list[Write] = [applications.update(withdrawn), *freed(application)]
    told = [announce("ApplicationWithdrawn", application)]
    if application.order and application.status in (*PAID, Status.AWAITING_PAYMENT):
        order = orders.read(application.order)
        # money that still arrives for a closed order goes back whole
        writes.append(orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))))
        paid = application.status in PAID
        more, news = _returned(application, order, now) if paid else looked_at_again(order)
        writes, told = [*writes, *more], [*told, *news]
    open_cases = [cases.read(case.reference) for case in application.open_cases]
    writes += [closed(case, "withdrawn", "candidate", now) for case in open_cases if case.decision is None]
    commit(writes, told)


def _returned(application: Application, order: Order, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """What comes back of a paid order: the amount the rule decides now, reserved until it is sent. Nothing: nothing."""
    decision = refund_now(application, order)
    return return_of_order(application, order, decision, RefundKind.WITHDRAWAL, now, by="candidate")
