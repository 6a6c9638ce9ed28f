"""ALIPAY: pages, queries and refunds of the mainland's open platform, in CNY, without the vendor's library.

The way to pay is a signed address to which the browser goes: nothing is asked to make it, and Alipay knows nothing of the
trade until somebody opens it. Therefore "there is no such trade" closes nothing while the page may still be opened: its
end, `time_expire`, is signed into it and stands in the checkout's id. Answers are signed over the very text of their
inner object, which is taken from the raw bytes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from certification.providers import http
from certification.providers.alipay_events import CHINA, checkout_state, refund_seen, trade_state
from certification.providers.alipay_webhook import Account, check, signed_text
from certification.providers.ports import (
    Attempt,
    Checkout,
    CheckoutState,
    Lost,
    OrderLine,
    ProviderRefused,
    Unreachable,
)
from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.providers.rsa import sign
from certification.providers.signatures import Rejected
from certification.providers.wallet_numbers import apart, checkout_id, number_of, reference_of
from certification.rules.money import format_plain, total
from certification.rules.payments import AttemptState

CURRENCY = "CNY"
NOT_THERE = "ACQ.TRADE_NOT_EXIST"
UNSURE = frozenset({"ACQ.SYSTEM_ERROR", "SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"})
NOT_NOW = frozenset({"ACQ.SELLER_BALANCE_NOT_ENOUGH", "ACQ.REFUND_FEE_TOO_FREQUENT", "isv.app-call-limited"})
"""Alipay takes the refund later, under the same number: not a failure (payments run out of balance, or 3 s apart)."""


class AlipayPages:
    """Alipay's gateway, asked as `account.app` with the app's own key. Implements `PaymentProvider`."""

    def __init__(
        self, gateway: str, account: Account, app_key: str, notify_url: str, now: Callable[[], datetime]
    ) -> None:
        self._gateway, self._account, self._key = gateway, account, app_key
        self._notify, self._now = notify_url, now

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """The signed address of the page. Alipay has no way back without paying, so `cancel_url` is not used."""
        del cancel_url
        owed = total([line.money for line in lines], CURRENCY)
        number = number_of(attempt.reference)
        content = {
            "out_trade_no": number,
            "total_amount": format_plain(owed),
            "subject": "; ".join(line.name for line in lines)[:128],
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "time_expire": f"{expires_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        }
        ways = {"notify_url": self._notify, "return_url": success_url.partition("?")[0]}
        fields = self._signed("alipay.trade.page.pay", content, **ways)
        url = f"{self._gateway}?{urlencode(fields)}"
        return Checkout(id=checkout_id(number, expires_at, CURRENCY), url=url, expires_at=expires_at)

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """The trade. None: it is unknown, and its page is over or was never handed out."""
        del since
        number, ends = apart(wanted)
        answer = self._ask("alipay.trade.query", {"out_trade_no": number}, absent=NOT_THERE)
        if answer is not None:
            return _readable(lambda: trade_state(answer, wanted, CURRENCY, self._now()))
        if ends is not None and self._now() < ends:
            return checkout_state(number, ends, CURRENCY, AttemptState.PENDING, (), self._now())
        return None

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """Close the trade, and say what it is now. A page that nobody has opened cannot be closed before its end."""
        number, ends = apart(checkout)
        try:
            self._ask("alipay.trade.close", {"out_trade_no": number}, absent=NOT_THERE)
        except ProviderRefused as no:
            if no.code not in ("ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID"):
                raise
        found = self.find_checkout(checkout)
        return found or checkout_state(number, ends, CURRENCY, AttemptState.EXPIRED, (), self._now())

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Ask for it under our own number. `code=10000` alone proves nothing: only `fund_change=Y` does, or a query."""
        content = {
            "trade_no": asked.capture,
            "refund_amount": format_plain(asked.money),
            "out_request_no": asked.refund,
            "refund_reason": asked.reason,
        }
        answer = self._ask("alipay.trade.refund", content)
        if answer is not None and answer.get("fund_change") == "Y":
            return refund_seen(answer, asked, self._now(), format_plain(asked.money))
        found = self.find_refund(asked)
        if found is None:
            raise Lost("Alipay took the refund, moved nothing, and does not know it yet")
        return found

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """By our number. A refund without `REFUND_SUCCESS` has not been made."""
        content = {"trade_no": asked.capture, "out_request_no": asked.refund, "query_options": ["gmt_refund_pay"]}
        answer = self._ask("alipay.trade.fastpay.refund.query", content, absent=NOT_THERE)
        if answer is None or answer.get("refund_status") != "REFUND_SUCCESS":
            return None
        return _readable(lambda: refund_seen(answer, asked, self._now(), answer["refund_amount"]))

    def find_reference(self, capture: str) -> str | None:
        """Our reference of a trade."""
        answer = self._ask("alipay.trade.query", {"trade_no": capture}, absent=NOT_THERE)
        return reference_of(str(answer.get("out_trade_no"))) if answer else None

    def bill_address(self, day: str) -> str:
        """Where the bill of a day (`2026-11-22`, China's time) can be fetched for the next 30 seconds."""
        content = {"bill_type": "trade", "bill_date": day}
        answer = self._ask("alipay.data.dataservice.bill.downloadurl.query", content) or {}
        if not answer.get("bill_download_url"):
            raise Lost("Alipay names no address for the bill")
        return str(answer["bill_download_url"])

    def _ask(self, method: str, content: Mapping[str, Any], absent: str | None = None) -> dict[str, Any] | None:
        """The answer to a business request; None where Alipay answers `absent`."""
        body = urlencode(self._signed(method, content)).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        reply = http.call("POST", f"{self._gateway}?charset=utf-8", headers, body)
        if reply.status != 200:
            raise Lost(f"Alipay answered {reply.status}")
        answer = self._believed(reply.body, method.replace(".", "_") + "_response")
        code, detail = str(answer.get("code")), str(answer.get("sub_code", ""))
        if code == "10000":
            return answer
        if code == "20000" or detail in UNSURE:
            raise Lost(f"Alipay answered {code} {detail}")
        if detail in NOT_NOW:
            raise Unreachable(f"Alipay takes it later: {detail}")
        if absent is not None and detail == absent:
            return None
        raise ProviderRefused(400, detail or code, str(answer.get("sub_msg") or answer.get("msg")))

    def _signed(self, method: str, content: Mapping[str, Any], **more: str) -> dict[str, str]:
        fields = {
            "app_id": self._account.app,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": f"{self._now().astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **more,
        }
        return {**fields, "sign": sign(signed_text(fields, frozenset({"sign"})), self._key)}

    def _believed(self, body: bytes, name: str) -> dict[str, Any]:
        """The inner object of a signed answer. An unsigned one is believed only when it refuses: nothing follows from
        it but that we are told no."""
        try:
            text = body.decode("utf-8")
            outer = json.loads(text)
            name = name if name in outer else "error_response"
            start = text.index(":", text.index(f'"{name}"')) + 1
            start += len(text[start:]) - len(text[start:].lstrip())
            inner, end = json.JSONDecoder().raw_decode(text, start)
            if not isinstance(inner, dict):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError) as reason:
            raise Lost("Alipay's answer cannot be read") from reason
        try:
            check(text[start:end].encode(), str(outer.get("sign", "")), self._account.keys)
        except Rejected as no:
            if name == "error_response" and "sign" not in outer and inner.get("code") != "10000":
                return inner
            raise Lost(f"the answer is not signed by Alipay: {no.code}") from no
        return inner


def _readable[Seen](read: Callable[[], Seen]) -> Seen:
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise Lost(f"Alipay's answer cannot be read: {type(reason).__name__}") from reason
