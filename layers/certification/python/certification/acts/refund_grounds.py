"""What an order gives back, on each ground, and what is shown of it before: the same rules decide and show."""

from datetime import datetime

from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import Order
from certification.cloud.tables.sittings import sittings
from certification.policies import load_policy
from certification.rules.choosing import taken
from certification.rules.refunds import Ground, RefundDecision, RefundPreview, decide, preview, refund_policy
from certification.rules.unused import Outcome, PaidItem, decide_unused, unused_of


def refund_preview(application: Application, order: Order, success_at: datetime) -> RefundPreview:
    """What a withdrawal would get back, from the rule that will decide it (REF-01, REF-02)."""
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(application.scheme)
    first_day = sitting.dates.starts_for(taken(policy, application)).astimezone(policy.zone).date()
    now = clock.now()
    shown = preview(
        refund_policy(policy.refund),
        order.total,
        success_at,
        first_day,
        now,
        policy.zone,
        application.free_until,
    )
    unused = unused_back(application, order, Outcome.NOT_PASSED, now, now)
    return shown.model_copy(update={"if_not_passed": unused if unused.refunded else None})


def refund_now(application: Application, order: Order) -> RefundDecision:
    """What a withdrawal at this instant gets back: the same rule that is shown before paying (REF-01, REF-02)."""
    return refund_preview(application, order, order.settled_at or clock.now()).now


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
