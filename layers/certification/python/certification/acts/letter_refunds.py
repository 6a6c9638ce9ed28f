"""What the letters about refunds are told, from the rows as they are now."""

from collections.abc import Callable
from typing import Any

from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import orders
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.findings import RefundKind
from certification.rules.money import Money
from certification.rules.refund_life import STOPPED, RefundState

Values = dict[str, Any]


def _queued(_application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    """Money we could not keep. Who withdrew was told the amount with it; who was offered a choice, with the choice."""
    refund = refunds.read(detail["refund"])
    if refund.kind in (RefundKind.WITHDRAWAL, RefundKind.EXAM_CANCELLED, RefundKind.VOID):
        return None
    unused = refund.kind == RefundKind.UNUSED
    return {"amount": refund.money, "why": {"en": refund.reason_en, "zh": refund.reason_zh}, "unused": unused}


def _sent(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    """Only while it is under way: of one that went at once, the next letter tells."""
    refund = refunds.read(detail["refund"])
    return _about(refund, application) if refund.state is RefundState.PENDING else None


def _arrived(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    refund = refunds.read(detail["refund"])
    if refund.state is not RefundState.SUCCEEDED:
        return None
    return {**_about(refund, application), "by_hand": refund.at(RefundState.MANUAL) is not None and bool(refund.note)}


def _failed(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    refund = refunds.read(detail["refund"])
    if refund.state not in STOPPED:
        return None
    policy, _ = load_policy(application.scheme)
    desk = desk_for(policy, CaseKind.MONEY_TO_RETURN, application.region)
    return {**_about(refund, application), "tell_us": desk.email}


def _rejected(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    refund = refunds.read(detail["refund"])
    return {**_about(refund, application), "note": refund.note} if refund.state is RefundState.REJECTED else None


def _taken_back(_application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    order = orders.read(detail["order"])
    return {"order": order.number, "amount": Money(amount=int(detail["taken"]), currency=order.total.currency)}


def _about(refund: Refund, application: Application) -> Values:
    policy, _ = load_policy(application.scheme)
    takes = policy.refund.bank_transfer_takes
    days = {"en": f"{takes[0].count} to {takes[1].en}", "zh": f"{takes[0].count}至{takes[1].zh}"} if takes else None
    return {"number": refund.id, "amount": refund.money, "days": days}


ABOUT_REFUND: dict[str, Callable[[Application, Sitting, dict[str, Any]], Values | None]] = {
    "PaymentQueuedForReturn": _queued,
    "RefundSent": _sent,
    "RefundArrived": _arrived,
    "RefundFailed": _failed,
    "RefundRejected": _rejected,
    "PaymentTakenBack": _taken_back,
}
