"""ALIPAY, INTERNATIONAL: pages, queries and refunds of the cross-border gateway, priced and settled in USD.

An older interface than the mainland's: `service` instead of `method`, answers in XML, and nothing in a notification
that says for whom it is. What is known of a trade is therefore what this module's query says. The buyer pays CNY at
Alipay's rate of the day, which we neither set nor know before; the query tells it afterwards.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from certification.providers import http
from certification.providers.alipay_events import CHINA, attempt_state, capture, checkout_state, moment, taken
from certification.providers.alipay_webhook import UNSIGNED, Account, check, signed_text
from certification.providers.bill_ports import BillNotReady
from certification.providers.ports import (
    Attempt,
    Checkout,
    CheckoutState,
    Lost,
    OrderLine,
    ProviderRefused,
    Unreachable,
)
from certification.providers.refund_ports import RefundAsked, RefundReport, RefundSeen
from certification.providers.rsa import sign
from certification.providers.signatures import Rejected
from certification.providers.wallet_numbers import apart, checkout_id, number_of, reference_of
from certification.rules.facts import Fact
from certification.rules.money import format_plain, parse_amount, total
from certification.rules.payments import AttemptState

NOT_THERE = frozenset({"TRADE_NOT_EXIST", "ACQ.TRADE_NOT_EXIST", "TRADE_IS_NOT_EXIST"})
UNSURE = frozenset({"SYSTEM_ERROR", "SYSTEM_EXCEPTION", "ACQ.SYSTEM_ERROR"})
NOT_NOW = frozenset({"SELLER_BALANCE_NOT_ENOUGH", "REFUND_TOO_FREQUENT", "REFUND_CHARGE_ERROR"})
REPEATED = frozenset({"REPEATED_REFUND_REQUEST", "DUPLICATE_REFUND_REQUEST"})
REFUNDS: dict[str, RefundReport] = {
    "SUCCESS": "succeeded",
    "PROCESSING": "pending",
    "FAILED": "failed",
    "CANCELED": "failed",
}
NO_REFUND = frozenset({"NOT_FOUND", "TRADE_NOT_EXIST"})
NO_TRADES, NOT_YET = "No balance account data in the period", "Finish date not ahead of today"
PAGE_TIMES = {"5m": 5, "10m": 10, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "3h": 180, "5h": 300, "10h": 600}
"""The lengths (minutes) the gateway knows for the time from sign-in to payment."""


class AlipayInternational:
    """The cross-border gateway, asked as `account.partner`. Implements `PaymentProvider` in one settlement currency."""

    def __init__(
        self, gateway: str, account: Account, own_key: str, currency: str, notify_url: str, now: Callable[[], datetime]
    ) -> None:
        self._gateway, self._account, self._key, self._currency = gateway, account, own_key, currency
        self._notify, self._now = notify_url, now

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """The signed address of the page: to be opened at once, and paid until (about) `expires_at`, which is half an
        hour away or less."""
        owed = total([line.money for line in lines], self._currency)
        number, now = number_of(attempt.reference), self._now()
        minutes = (expires_at - now) // timedelta(minutes=2)
        fitting = [name for name, length in PAGE_TIMES.items() if length <= max(minutes, 5)]
        fields = self._signed(
            "create_forex_trade",
            out_trade_no=number,
            subject="; ".join(line.name for line in lines)[:128],
            currency=owed.currency,
            total_fee=format_plain(owed),
            product_code="NEW_OVERSEAS_SELLER",
            # From the way there to the sign-in, and from the sign-in to the payment: together not longer than the page.
            order_gmt_create=_china(now),
            order_valid_time=str(max(minutes, 5) * 60),
            timeout_rule=fitting[-1],
            notify_url=self._notify,
            return_url=success_url.partition("?")[0],
            refer_url=cancel_url,
        )
        ends = max(expires_at, now + timedelta(minutes=10))
        url = f"{self._gateway}?{urlencode(fields)}"
        return Checkout(id=checkout_id(number, ends, self._currency), url=url, expires_at=ends)

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """The trade. None: it is unknown, and its page is over or was never handed out."""
        del since
        number, ends = apart(wanted)
        trade = self._trade(out_trade_no=number)
        if trade is not None:
            return self._state(trade, number, ends)
        if ends is not None and self._now() < ends:
            return checkout_state(number, ends, self._currency, AttemptState.PENDING, (), self._now())
        return None

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """Close the trade, and say what it is now. A page that nobody has opened cannot be closed before its end."""
        number, ends = apart(checkout)
        with suppress(ProviderRefused):  # paid, closed or unknown: the query says which
            self._ask("close_trade", out_order_no=number)
        found = self.find_checkout(checkout)
        return found or checkout_state(number, ends, self._currency, AttemptState.EXPIRED, (), self._now())

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Ask for it under our own number, then ask what became of it: neither a yes nor "repeated" says that it was
        made. The gateway refunds once per number."""
        try:
            self._ask(
                "forex_refund",
                out_return_no=asked.refund,
                out_trade_no=number_of(asked.reference),
                return_amount=format_plain(asked.money),
                currency=asked.money.currency,
                gmt_return=_china(self._now()),
                reason=asked.reason,
                product_code="NEW_OVERSEAS_SELLER",
                is_sync="Y",
            )
        except ProviderRefused as no:
            if no.code not in REPEATED:
                raise
        found = self.find_refund(asked)
        if found is None:
            raise Lost("Alipay took the refund, and does not know it yet")
        return found

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """By our number. The answer tells no amount: it is what was asked for under that number, so of a refund that
        somebody else made nothing can be said here; the day's bill has it."""
        if not asked.ours:
            return None
        said = self._ask(
            "alipay.acquire.refund.query", out_trade_no=number_of(asked.reference), out_return_no=asked.refund
        )
        code, state = said.get("response_code", ""), REFUNDS.get(said.get("refund_result_code", ""))
        if code in NO_REFUND:
            return None
        if code != "SUCCESS" or state is None or said.get("out_return_no") != asked.refund:
            raise Lost(f"the refund cannot be looked up: {code} {said.get('refund_result_code')}")
        try:
            at = moment(said["gmt_create"]) if said.get("gmt_create") else self._now()
        except ValueError as reason:
            raise Lost("the refund's time cannot be read") from reason
        return RefundSeen(
            id=asked.refund,
            refund=asked.refund,
            capture=asked.capture,
            state=state,
            money=asked.money,
            at=at,
            why=said.get("refund_error_code"),
        )

    def bill(self, day: date) -> bytes:
        """The list of a day's trades (China's), as text; empty where there were none. A list that is not made yet, and a
        fault, are sentences in its place. Raises BillNotReady, Unreachable or Lost."""
        asked = f"{day:%Y%m%d}"
        reply = self._call("forex_compare_file", start_date=asked, end_date=asked)
        said = reply.body[:200].decode("utf-8", "replace").strip()
        if said == NO_TRADES:
            return b""
        if said.startswith(NOT_YET):
            raise BillNotReady(said)
        if reply.status != 200 or not said or said.startswith("<") or not any(mark in said for mark in "|,"):
            raise Lost(f"the gateway answered {reply.status} and no list")
        return reply.body

    def find_reference(self, capture: str) -> str | None:
        """Our reference of a trade."""
        trade = self._trade(trade_no=capture)
        return reference_of(trade.get("out_trade_no", "")) if trade else None

    def _trade(self, **wanted: str) -> dict[str, str] | None:
        try:
            return self._ask("single_trade_query", **wanted)
        except ProviderRefused as no:
            if no.code in NOT_THERE:
                return None
            raise

    def _state(self, trade: dict[str, str], number: str, ends: datetime | None) -> CheckoutState:
        try:
            status, paid_at = trade["alipay_trans_status"], trade.get("alipay_pay_time")
            state = attempt_state(status, paid=bool(paid_at))
            facts: tuple[Fact, ...] = ()
            if state is AttemptState.CAPTURED:
                money = parse_amount(trade["forex_total_fee"], trade["currency"])
                facts = (
                    capture(trade["alipay_trans_id"], money, moment(trade["alipay_pay_time"]), "query", taken(trade)),
                )
            return checkout_state(number, ends, self._currency, state, facts, self._now())
        except (KeyError, ValueError) as reason:
            raise Lost(f"the trade cannot be read: {type(reason).__name__}") from reason

    def _ask(self, service: str, **content: str) -> dict[str, str]:
        reply = self._call(service, **content)
        if reply.status != 200:
            raise Lost(f"the gateway answered {reply.status}")
        said = _parsed(reply.body)
        trade = next((part for part in said.findall("./response/*")), None)
        inside = {part.tag: part.text or "" for part in trade} if trade is not None else {}
        refused = said.findtext("is_success") != "T" or inside.get("result_code", "SUCCESS") != "SUCCESS"
        if refused:
            raise _failure(inside.get("detail_error_code") or inside.get("error") or said.findtext("error") or "")
        if inside:
            self._believe(inside, said.findtext("sign") or "")
        return inside

    def _call(self, service: str, **content: str) -> http.Reply:
        query = urlencode(self._signed(service, **content))
        return http.call("GET", f"{self._gateway}?{query}", largest=http.LARGEST_FILE)

    def _believe(self, inside: dict[str, str], signature: str) -> None:
        try:
            check(signed_text(inside, UNSIGNED), signature, self._account.keys)
        except Rejected as no:
            raise Lost(f"the answer is not signed by Alipay: {no.code}") from no

    def _signed(self, service: str, **content: str) -> dict[str, str]:
        common = {"service": service, "partner": self._account.partner, "_input_charset": "utf-8"}
        fields = {name: value for name, value in {**common, **content}.items() if value}
        return {**fields, "sign_type": "RSA2", "sign": sign(signed_text(fields, UNSIGNED), self._key)}


def _failure(code: str) -> Exception:
    if code in UNSURE or not code:
        return Lost(f"the gateway answered {code or 'nothing'}")
    if code in NOT_NOW:
        return Unreachable(f"Alipay takes it later: {code}")
    return ProviderRefused(400, code, "refused by the gateway")


def _parsed(body: bytes) -> Any:
    """The answer's tree. A document type is refused before anything is parsed: it could grow without end."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Lost("the answer has a document type")
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as reason:
        raise Lost("the answer is not XML") from reason


def _china(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
