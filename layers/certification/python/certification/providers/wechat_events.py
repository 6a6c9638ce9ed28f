"""WECHAT PAY EVENTS: what a notification or an answer of WeChat Pay says, as facts and as a report on the attempt.

In words: only success is notified of payments. The amount that counts is the order's (`total`), not what the payer gave
after a coupon (`payer_total`). After any refund, a partial one too, a query says `REFUND`: still paid. A refund calls its
state `status` in answers and `refund_status` in notifications. `ABNORMAL` is not a failure: the card is dead, and
somebody must act in the merchant pages. Mainland and Global differ in names and paths, which stand in a `Product`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certification.providers.events import CANNOT_BE_READ, ProviderEvent, UnreadableEvent
from certification.providers.ports import CheckoutState
from certification.providers.refund_ports import RefundReport, RefundSeen
from certification.providers.wallet_numbers import apart, checkout_id, reference_of, refund_of
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.money import Money
from certification.rules.payments import AttemptState


@dataclass(frozen=True)
class Product:
    """What differs between the two products. `refund` takes our number of a refund; `more` goes with every order."""

    transactions: str
    native: str
    refunds: str
    refund: str
    payment_id: str
    bill: str
    """Where the bill of a day is asked for; `{}` is the day."""
    more: Mapping[str, str] = field(default_factory=dict)


MAINLAND = Product(
    transactions="/v3/pay/transactions/out-trade-no",
    native="/v3/pay/transactions/native",
    refunds="/v3/refund/domestic/refunds",
    refund="/v3/refund/domestic/refunds/{}",
    payment_id="transaction_id",
    bill="/v3/bill/tradebill?bill_date={:%Y-%m-%d}&bill_type=ALL",
)
GLOBAL = Product(
    transactions="/v3/global/transactions/out-trade-no",
    native="/v3/global/transactions/native",
    refunds="/v3/global/refunds",
    refund="/v3/global/refunds/out-refund-no/{}",
    payment_id="id",
    bill="/v3/global/statements?date={:%Y%m%d}",
    # 8299: schools and educational services not elsewhere classified (ISO 18245)
    more={"trade_type": "NATIVE", "merchant_category_code": "8299"},
)

TRADES = {
    "SUCCESS": AttemptState.CAPTURED,
    "REFUND": AttemptState.CAPTURED,
    "NOTPAY": AttemptState.PENDING,
    "USERPAYING": AttemptState.PENDING,
    "CLOSED": AttemptState.CLOSED,
    "REVOKED": AttemptState.CLOSED,
    "PAYERROR": AttemptState.FAILED,
}
REFUNDS: dict[str, RefundReport] = {
    "SUCCESS": "succeeded",
    "CLOSED": "failed",
    "PROCESSING": "pending",
    "ABNORMAL": "manual",
}


def read(event: dict[str, Any]) -> ProviderEvent:
    """The meaning of a verified, opened notification. Raises UnreadableEvent."""
    try:
        kind, resource = event["event_type"], event["resource"]
        meaning = ProviderEvent(
            id=event["id"],
            provider="wechat_pay",
            type=kind,
            at=datetime.fromisoformat(event["create_time"]),
            reference=reference_of(resource.get("out_trade_no", "")),
        )
        if kind.startswith("TRANSACTION."):
            state = TRADES[resource["trade_state"]]
            paid = (capture(resource, "notify"),) if state is AttemptState.CAPTURED else ()
            return meaning.with_said({"payment": _payment_id(resource), "state": state, "facts": paid})
        if kind.startswith("REFUND."):
            seen = refund_seen(resource, meaning.at)
            facts = seen.facts("wechat_pay:notify")
            return meaning.with_said({"payment": seen.capture, "refund": seen, "facts": facts})
    except CANNOT_BE_READ as reason:
        raise UnreadableEvent(f"notification {event.get('id')} of WeChat Pay: {type(reason).__name__}") from reason
    return meaning


def trade_state(trade: Mapping[str, Any], wanted: str, currency: str, now: datetime) -> CheckoutState:
    """An order as a query gives it, with its capture when it was paid."""
    number, ends = apart(wanted)
    state = TRADES[trade["trade_state"]]
    return CheckoutState(
        id=checkout_id(number, ends or now, currency),
        reference=reference_of(number),
        url=None,
        expires_at=ends or now,
        state=state,
        facts=(capture(trade, "query"),) if state is AttemptState.CAPTURED else (),
    )


def capture(trade: Mapping[str, Any], source: str) -> Fact:
    """Money that WeChat Pay took for us, and for the record what it took from the payer."""
    payment, amount = _payment_id(trade), trade["amount"]
    if payment is None:
        raise ValueError("a paid order has a number")
    money = Money(amount=amount["total"], currency=amount.get("currency") or "CNY")
    rate = amount.get("exchange_rate")
    told = {
        "payer_total": amount.get("payer_total"),
        "payer_currency": amount.get("payer_currency"),
        "exchange_rate": rate.get("rate") if isinstance(rate, dict) else None,
    }
    references = {name: str(value) for name, value in told.items() if value is not None}
    at = datetime.fromisoformat(trade["success_time"])
    return fact_of(FactKind.CAPTURED, payment, money, at, f"wechat_pay:{source}", references=references)


def refund_seen(refund: Mapping[str, Any], at: datetime, currency: str | None = None) -> RefundSeen:
    """A refund in an answer or a notification. `at` is when we heard of it; a success tells its own time. A notification
    tells no currency in the mainland, where there is one."""
    # The Global product calls a payment's number `id` in orders, but a refund's own number `id` in refunds.
    payment, amount = refund[MAINLAND.payment_id], refund["amount"]
    told = refund.get("success_time")
    given, payers = amount.get("payer_refund"), amount.get("payer_currency")
    return RefundSeen(
        id=refund["out_refund_no"],
        refund=refund_of(refund["out_refund_no"]),
        capture=payment,
        state=REFUNDS[refund.get("status") or refund["refund_status"]],
        money=Money(amount=amount["refund"], currency=amount.get("currency") or currency or "CNY"),
        at=datetime.fromisoformat(told) if told else at,
        given=Money(amount=given, currency=payers) if isinstance(given, int) and payers else None,
        why=refund.get("user_received_account"),
    )


def _payment_id(said: Mapping[str, Any]) -> str | None:
    found = said.get(MAINLAND.payment_id) or said.get(GLOBAL.payment_id)
    return str(found) if found else None
