"""WECHAT PAY: orders paid by scanning a code, queries and refunds by APIv3, without the vendor's library.

The library knows the mainland host only and does not look at the age of an answer. Both products are one adapter: what
differs are paths and names of fields (`Product`). Every answer's signature is verified before anything in it counts: it
may say that money came.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from certification.providers import http
from certification.providers.alipay_events import CHINA
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
from certification.providers.signatures import Rejected, header
from certification.providers.wallet_numbers import apart, checkout_id, number_of, reference_of, refund_number
from certification.providers.wechat_events import Product, refund_seen, trade_state
from certification.providers.wechat_webhook import SIGNATURE_TYPE, Account, check
from certification.rules.money import total

ABSENT = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
ENDED = frozenset({"ORDER_CLOSED", "ORDERCLOSED", "ORDERPAID", "ORDER_PAID", "TRADE_STATE_ERROR"})
NOT_NOW = frozenset({"NOT_ENOUGH", "NOTENOUGH", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"})
"""Nothing was done, and the same number will be taken later: refunds come from the unsettled money of the day, and with
few payments it may take days until there is enough."""


class WechatOrders:
    """WeChat Pay at `base_url`, for one product and currency. Implements `PaymentProvider`."""

    def __init__(
        self,
        base_url: str,
        product: Product,
        currency: str,
        account: Account,
        own: tuple[str, str],
        notify_url: str,
        now: Callable[[], datetime],
    ) -> None:
        """`own` is our certificate's serial and its private key; `notify_url` has no query, or it is refused."""
        self._base, self._product, self._currency = base_url.rstrip("/"), product, currency
        self._account, self._own, self._notify, self._now = account, own, notify_url, now

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """An order, and the text of the code to scan. The same attempt again gives the same order's code."""
        del success_url, cancel_url
        owed = total([line.money for line in lines], self._currency)
        number = number_of(attempt.reference)
        answer = self._ask(
            "POST",
            self._product.native,
            {
                **self._us(),
                **self._product.more,
                "description": "; ".join(line.name for line in lines)[:127],
                "out_trade_no": number,
                "time_expire": expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
                "notify_url": self._notify,
                "amount": {"total": owed.amount, "currency": owed.currency},
            },
        )
        if not isinstance(answer.get("code_url"), str):
            raise Lost("the order was made, but its answer has no code to scan")
        ends = checkout_id(number, expires_at, self._currency)
        return Checkout(id=ends, url=answer["code_url"], expires_at=expires_at)

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """The order. None: WeChat Pay has none under this number."""
        del since
        number, _ = apart(wanted)
        try:
            answer = self._ask("GET", f"{self._product.transactions}/{number}{self._merchant()}")
        except ProviderRefused as no:
            if no.code in ABSENT:
                return None
            raise
        return self._readable(lambda: trade_state(answer, wanted, self._currency, self._now()))

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """Close the order, and say what it is now: it may have been paid at the same moment."""
        number, _ = apart(checkout)
        body = {"mchid": self._account.merchant}
        try:
            self._ask("POST", f"{self._product.transactions}/{number}/close", body)
        except ProviderRefused as no:
            if no.code not in ENDED:
                raise
        found = self.find_checkout(checkout)
        if found is None:
            raise ProviderRefused(404, "ORDER_NOT_EXIST", f"there is no order {number}")
        return found

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Ask for it under our own number, always the same one. The answer is an acceptance only."""
        common = self._us() if self._product.more else {}
        amounts = {"refund": asked.money.amount, "total": asked.captured.amount, "currency": asked.money.currency}
        answer = self._ask(
            "POST",
            self._product.refunds,
            {
                **common,
                "transaction_id": asked.capture,
                "out_refund_no": refund_number(asked.refund),
                "reason": asked.reason,
                "notify_url": self._notify,
                "amount": amounts,
            },
        )
        return self._readable(lambda: refund_seen(answer, self._now(), self._currency))

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """By our number."""
        path = self._product.refund.format(quote(refund_number(asked.refund), safe=""))
        try:
            answer = self._ask("GET", path + (self._merchant() if self._product.more else ""))
        except ProviderRefused as no:
            if no.code in ABSENT:
                return None
            raise
        return self._readable(lambda: refund_seen(answer, self._now(), self._currency))

    def find_reference(self, capture: str) -> str | None:
        """Our reference of a payment."""
        path = self._product.transactions.replace("out-trade-no", "id")
        try:
            answer = self._ask("GET", f"{path}/{quote(capture, safe='')}{self._merchant()}")
        except ProviderRefused as no:
            if no.code in ABSENT:
                return None
            raise
        return reference_of(str(answer.get("out_trade_no")))

    def bill(self, day: date) -> bytes:
        """The file of a day (Beijing's), its hash verified. The mainland names an address first, the Global product
        answers with the file. Raises Unreachable, Lost or ProviderRefused."""
        path = self._product.bill.format(day)
        if self._product.more:
            reply = self._call("GET", path)
            if reply.status == 200:
                return checked(reply.body, header(reply.headers, "wechatpay-statement-sha1"))
            self._answer(reply)
        named = self._ask("GET", path)
        reply = self._call("GET", path_below(self._base, str(named.get("download_url"))))
        if reply.status != 200:
            raise Lost(f"the address of the bill answered {reply.status}: it is asked for anew")
        return checked(reply.body, str(named.get("hash_value", "")))

    def _us(self) -> dict[str, str]:
        return {"appid": self._account.app, "mchid": self._account.merchant}

    def _merchant(self) -> str:
        return f"?mchid={quote(self._account.merchant, safe='')}"

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        body = b"" if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return self._answer(self._call(method, path, body))

    def _call(self, method: str, path: str, body: bytes = b"") -> http.Reply:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": self._authorization(method, path, body),
        }
        return http.call(method, self._base + path, headers, body or None, largest=http.LARGEST_FILE)

    def _authorization(self, method: str, path: str, body: bytes) -> str:
        serial, key = self._own
        stamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(16)
        signature = sign(f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + body + b"\n", key)
        parts = {
            "mchid": self._account.merchant,
            "nonce_str": nonce,
            "signature": signature,
            "timestamp": stamp,
            "serial_no": serial,
        }
        return f"{SIGNATURE_TYPE} " + ",".join(f'{name}="{value}"' for name, value in parts.items())

    def _answer(self, reply: http.Reply) -> dict[str, Any]:
        """The object, or the failure. A refusal need not be signed: it says that nothing happened."""
        if reply.status in (200, 204):
            try:
                check(reply.headers, reply.body, self._account.keys, self._now())
            except Rejected as no:
                raise Lost(f"the answer is not signed by WeChat Pay: {no.code}") from no
            return reply.json() if reply.body else {}
        if reply.status >= 500:
            raise Lost(f"WeChat Pay answered {reply.status}")
        said = reply.json()
        code = str(said.get("code"))
        if code in NOT_NOW or reply.status == 429:
            raise Unreachable(f"WeChat Pay takes it later: {code}")
        raise ProviderRefused(reply.status, code, str(said.get("message")))

    def _readable[Seen](self, read: Callable[[], Seen]) -> Seen:
        try:
            return read()
        except (KeyError, TypeError, ValueError, AttributeError) as reason:
            raise Lost(f"WeChat Pay's answer cannot be read: {type(reason).__name__}") from reason


def checked(body: bytes, digest: str) -> bytes:
    """A file, if its SHA-1 is the announced one; else Lost: it is fetched again."""
    # The vendor's choice. It guards against damage on the way; what guards against others is TLS.
    if not digest or hashlib.sha1(body, usedforsecurity=False).hexdigest() != digest.lower():
        raise Lost("the file of the bill is not the announced one")
    return body


def path_below(base: str, address: str) -> str:
    """Path and query of an address below our base, which are what is signed."""
    if address.startswith(f"{base}/"):
        return address.removeprefix(base)
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
