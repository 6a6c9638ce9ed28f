"""What an order gives back for another reason than the candidate's own wish: the same rule, another ground."""

from datetime import datetime

from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import Order
from certification.cloud.tables.sittings import sittings
from certification.policies import load_policy
from certification.rules.refunds import Ground, RefundDecision, decide, refund_policy
from certification.rules.unused import Outcome, PaidItem, decide_unused, unused_of


def decision_on(ground: Ground, application: Application, order: Order) -> RefundDecision:
    """What comes back of a paid order on this ground, now."""
    policy, _ = load_policy(application.scheme)
    now = clock.now()
    first_day = sittings.read(application.sitting).dates.first_subject.astimezone(policy.zone).date()
    success = order.settled_at or now
    return decide(refund_policy(policy.refund), ground, order.total, success, first_day, now, policy.zone)


def unused_back(
    application: Application, order: Order, outcome: Outcome, final_at: datetime | None, now: datetime
) -> RefundDecision:
    """What comes back of an order's unused items with this outcome: what is shown before paying is what is decided."""
    policy, _ = load_policy(application.scheme)
    paid = [PaidItem(item=line.code, amount=line.amount) for line in order.lines]
    unused = unused_of(policy.fees.items, paid)
    return decide_unused(policy.refund, unused, order.total.currency, outcome, final_at, now)
