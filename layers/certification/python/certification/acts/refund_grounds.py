"""What an order gives back for another reason than the candidate's own wish: the same rule, another ground."""

from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import Order
from certification.cloud.tables.sittings import sittings
from certification.policies import load_policy
from certification.rules.refunds import Ground, RefundDecision, decide, refund_policy


def decision_on(ground: Ground, application: Application, order: Order) -> RefundDecision:
    """What comes back of a paid order on this ground, now."""
    policy, _ = load_policy(application.scheme)
    now = clock.now()
    first_day = sittings.read(application.sitting).dates.first_subject.astimezone(policy.zone).date()
    success = order.settled_at or now
    return decide(refund_policy(policy.refund), ground, order.total, success, first_day, now, policy.zone)
