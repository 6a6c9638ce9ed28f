"""What the letters about bank transfers are told, read from the rows as they are now."""

from collections.abc import Callable
from typing import Any

from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import orders
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_policy
from certification.rules.money import Money
from certification.rules.payments import OrderState
from certification.rules.reference import printed, reference_of

Values = dict[str, Any]


def _expected(application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    """How to pay; nothing once the order is paid or over."""
    order = orders.read(detail["order"])
    policy, _ = load_policy(application.scheme)
    account = policy.payment.transfer_to
    if order.state is not OrderState.OPEN or account is None:
        return None
    missing = int(detail.get("missing", order.total.amount))
    return {
        "amount": Money(amount=missing, currency=order.total.currency),
        "pay_by": order.pay_by,
        "transfer_reference": printed(reference_of(application.reference)),
        "holder": account.holder,
        "number": account.number,
        "bank": account.bank,
        "bank_code": account.bank_code,
    }


def _asked(_application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    return {"amount": refunds.read(detail["refund"]).money}


ABOUT_TRANSFERS: dict[str, Callable[[Application, Sitting, Values], Values | None]] = {
    "TransferExpected": _expected,
    "ShortTransferArrived": _expected,
    "RefundAccountAsked": _asked,
}
