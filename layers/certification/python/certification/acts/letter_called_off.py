"""What the letters about an exam that was called off are told."""

from collections.abc import Callable
from typing import Any

from certification.acts.calling_off import choices
from certification.acts.payment_history import of_payment
from certification.acts.returning import bank_holds
from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_policy
from certification.rules.called_off import Offer, by_default, needs_a_choice
from certification.rules.findings import RefundKind
from certification.rules.money import Money, total
from certification.rules.status import Status

Values = dict[str, Any]
OFFERED: dict[Offer, dict[str, str]] = {
    "full_refund": {"en": "everything back, without a fee", "zh": "全额退款，不收手续费"},
    "reschedule": {"en": "another date", "zh": "改期"},
    "staff_decision": {"en": "the awarding body decides and writes to you", "zh": "由主办机构决定并通知您"},
}


def _called_off(application: Application, sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    if sitting.called_off is None:
        return None  # the registration was moved already
    policy, _ = load_policy(application.scheme)
    offered, still = choices(application)
    default = OFFERED[by_default(policy.cancellation, [one.id for one in still])]
    why = {"en": sitting.called_off.why_en, "zh": sitting.called_off.why_zh}
    if application.status is not Status.AWAITING_CHOICE or not needs_a_choice(offered):
        return {"why": why, "default": default}
    return {
        "why": why,
        "offers": tuple(OFFERED[one] for one in offered),
        "choose_by": application.act_by,
        "default": default,
    }


def _rescheduled(application: Application, sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    return {
        "sitting": {"en": sitting.name_en, "zh": sitting.name_zh},
        "exam_starts": sitting.dates.first_subject,
        "free_until": application.free_until or sitting.dates.registration_closes,
    }


def _cancelled(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    order = orders.read(application.order or "")
    if order.gives_back is not None:
        return {"refund": order.gives_back.amount, "bank_holds": bank_holds(order)}
    paid = [payments.read(payment) for payment in order.payments]
    back = [
        refund.money
        for payment in paid
        for refund in of_payment(payment)
        if refund.kind == RefundKind.EXAM_CANCELLED and refund.money.currency == order.total.currency
    ]
    refund: Money | None = total(back, order.total.currency) if back else None
    return {"refund": refund}


ABOUT_CALLED_OFF: dict[str, Callable[[Application, Sitting, dict[str, Any]], Values | None]] = {
    "ExamCalledOff": _called_off,
    "RegistrationRescheduled": _rescheduled,
    "RegistrationCancelled": _cancelled,
}
