"""ALIPAY EVENTS: what a notification or an answer of Alipay says, as facts and as a report on the attempt.

In words: one status has several meanings, and only the other fields tell them apart.

    TRADE_SUCCESS                        paid
    TRADE_SUCCESS with refund_fee        part of it went back; nothing was paid anew
    TRADE_CLOSED with refund_fee         all of it went back; it had been paid
    TRADE_CLOSED without a payment time  nobody paid in time
    TRADE_FINISHED                       paid, and can no longer be returned; may come months later

`refund_fee` is the sum of all refunds so far and so never one refund's amount: which refund, and how much, is asked. The
amount that counts is what the trade was made for (`total_amount`), not what the buyer paid after a coupon. The capture's
fact is keyed by Alipay's number of the trade, so notification, query and bill tell one and the same fact. A form of the
international product proves nothing (`alipay_webhook.is_hint`): the trade is asked for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from certification.providers.alipay_webhook import is_hint
from certification.providers.events import CANNOT_BE_READ, ProviderEvent, UnreadableEvent
from certification.providers.ports import CheckoutState
from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.providers.wallet_numbers import apart, checkout_id, reference_of
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.money import Money, parse_amount
from certification.rules.payments import AttemptState

CHINA = ZoneInfo("Asia/Shanghai")
PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
KNOWN = PAID | {"WAIT_BUYER_PAY", "TRADE_CLOSED"}


def read(event: dict[str, Any]) -> ProviderEvent:
    """The meaning of a verified notification. Raises UnreadableEvent."""
    try:
        status = event.get("trade_status")
        meaning = ProviderEvent(
            id=event["notify_id"],
            provider="alipay",
            type=status or event.get("notify_type") or "unknown",
            at=moment(event["notify_time"]),
            reference=reference_of(event.get("out_trade_no", "")),
            payment=event.get("trade_no"),
        )
        return meaning.with_said(_said(event, status))
    except CANNOT_BE_READ as reason:
        raise UnreadableEvent(f"notification {event.get('notify_id')} of Alipay: {type(reason).__name__}") from reason


def _said(event: Mapping[str, str], status: str | None) -> dict[str, Any]:
    if is_hint(event):
        refund = event.get("out_return_no")
        return {"asks_about_refund": refund} if refund else {"asks_about_payment": True}
    if event.get("refund_fee") or event.get("gmt_refund"):
        # A refund made in Alipay's own pages has a number of Alipay's; without any, the trade is asked for.
        number = event.get("out_biz_no")
        return {"asks_about_refund": number} if number else {"asks_about_payment": True}
    if status not in KNOWN:
        return {}
    state = attempt_state(str(status), paid=bool(event.get("gmt_payment")))
    facts: tuple[Fact, ...] = ()
    if state is AttemptState.CAPTURED:
        money = parse_amount(event["total_amount"], "CNY")
        facts = (capture(event["trade_no"], money, moment(event["gmt_payment"]), "notify", taken(event)),)
    return {"state": state, "facts": facts}


def attempt_state(status: str, *, paid: bool) -> AttemptState:
    """What the attempt is. A closed trade that was paid has been returned: the money was there."""
    if status in PAID or (status == "TRADE_CLOSED" and paid):
        return AttemptState.CAPTURED
    return AttemptState.CLOSED if status == "TRADE_CLOSED" else AttemptState.PENDING


def capture(trade: str, money: Money, at: datetime, source: str, references: Mapping[str, str]) -> Fact:
    """Money that Alipay took for us."""
    if not trade:
        raise ValueError("a paid trade has a number")
    return fact_of(FactKind.CAPTURED, trade, money, at, f"alipay:{source}", references=references)


def taken(said: Mapping[str, Any]) -> dict[str, str]:
    """What the wallet took from the buyer, where it differs from what we are owed, or is in another currency: for the
    record, never compared with the order."""
    names = {
        "buyer_pay_amount": "payer_total",
        "pay_amount": "payer_total",
        "pay_currency": "payer_currency",
        "trans_amount_cny": "payer_total",
        "exchange_rate": "exchange_rate",
        "trans_pay_rate": "exchange_rate",
    }
    return {kept: str(said[name]) for name, kept in names.items() if said.get(name)}


def trade_state(trade: Mapping[str, Any], wanted: str, currency: str, now: datetime) -> CheckoutState:
    """A trade as the mainland product's query gives it."""
    number, ends = apart(wanted)
    paid_at = trade.get("send_pay_date")
    state = attempt_state(trade["trade_status"], paid=bool(paid_at))
    facts: tuple[Fact, ...] = ()
    if state is AttemptState.CAPTURED:
        money = parse_amount(trade["total_amount"], trade.get("trans_currency") or currency)
        facts = (capture(trade["trade_no"], money, moment(trade["send_pay_date"]), "query", taken(trade)),)
    return checkout_state(number, ends, currency, state, facts, now)


def checkout_state(
    number: str, ends: datetime | None, currency: str, state: AttemptState, facts: tuple[Fact, ...], now: datetime
) -> CheckoutState:
    """The state of a page whose end may be unknown: then it is looked at again from now on."""
    return CheckoutState(
        id=checkout_id(number, ends or now, currency),
        reference=reference_of(number),
        url=None,
        expires_at=ends or now,
        state=state,
        facts=facts,
    )


def refund_seen(said: Mapping[str, Any], asked: RefundAsked, at: datetime, amount: str) -> RefundSeen:
    """A refund that went, as the mainland product says it. `at` is used where Alipay tells no time."""
    told = said.get("gmt_refund_pay")
    return RefundSeen(
        id=f"{asked.capture}#{asked.refund}",
        refund=asked.refund,
        capture=asked.capture,
        state="succeeded",
        money=parse_amount(amount, asked.money.currency),
        at=moment(told) if told else at,
    )


def moment(text: str) -> datetime:
    """`2026-11-22 20:19:58`, perhaps with thousandths, in China's time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)
