"""SIMULATOR of Alipay: the mainland's open platform and the international gateway behind one address. No real money.

A trade begins when its signed page is opened, as with the real one. Misbehaves on command: see `SWITCHES`. Checked in
tests against a library of others, which must believe its answers and its notices.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from local.simulators import wallet_keys, wallet_page
from local.simulators.alipay_abroad import Abroad
from local.simulators.alipay_bill import bill
from local.simulators.base import Answer, Context, State
from local.simulators.wallet_bank import CHINA, WalletBank, WalletRefusal, cents, china, yuan

APP, SELLER, PARTNER = "2021000000000001", "2088000000000001", "2088000000000009"
ACCOUNT = {
    "app": [APP],
    "seller": [SELLER],
    "partner": [PARTNER],
    "own": [wallet_keys.private_text(wallet_keys.merchant())],
    "keys": [wallet_keys.public_text(wallet_keys.provider())],
}
"""What the product must know to speak with it, as its secret holds it."""
# Seconds after the first delivery: 4, 14, 24 minutes, 1, 3, 9, 24 hours after that.
RETRIES = (240, 840, 1440, 5040, 12240, 33840, 87840)
STATES = {
    "waiting": "WAIT_BUYER_PAY",
    "processing": "WAIT_BUYER_PAY",
    "paid": "TRADE_SUCCESS",
    "closed": "TRADE_CLOSED",
}
METHODS = {
    "alipay.trade.query": "_query",
    "alipay.trade.close": "_close",
    "alipay.trade.refund": "_send_back",
    "alipay.trade.fastpay.refund.query": "_refund_query",
    "alipay.data.dataservice.bill.downloadurl.query": "_bill_address",
}
DAY_OF_BILL = re.compile(r"\d{4}-\d\d-\d\d")


class AlipaySimulator(WalletBank):
    """`/gateway.do` for programs and browsers, `/scan/<order>` for people."""

    name = "alipay"
    webhook = "/webhooks/alipay"
    retries = RETRIES

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._abroad = Abroad(self, PARTNER)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        del headers
        place, _, query = path.partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True))
        if place.startswith("/scan/"):
            return self._page(method, unquote(place.removeprefix("/scan/")), fields.get("lang"))
        if place.startswith("/bill/"):
            return self._file(place.removeprefix("/bill/"), fields)
        if self.stage.on("down"):
            return 503, {}, b""
        fields |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        with self.stage.lock:
            if "service" in fields:
                return self._abroad.answer(fields)
            return self._mainland(fields)

    def _mainland(self, fields: State) -> Answer:
        name = fields.get("method", "")
        try:
            self.must_be_signed({key: fields[key] for key in fields if key != "sign"}, fields.get("sign", ""))
            if fields.get("app_id") != APP or fields.get("sign_type") != "RSA2":
                raise WalletRefusal("isv.invalid-app-id", "no such app")
            asked = json.loads(fields.get("biz_content", "{}"))
            if name == "alipay.trade.page.pay":
                return self._opened(fields, asked)
            if name not in METHODS:
                raise WalletRefusal("isv.invalid-method", "not simulated")
            said = {"code": "10000", "msg": "Success", **getattr(self, METHODS[name])(asked)}
        except WalletRefusal as no:
            said = {
                "code": "40004",
                "msg": "Business Failed",
                "sub_code": _code(no.code),
                "sub_msg": f"[simulator] {no.text}",
            }
        if self.stage.on("answer_lost") and name in ("alipay.trade.refund",) and self.stage.used("answer_lost"):
            return 504, {}, b""
        inner = json.dumps(said, ensure_ascii=False)
        sign = wallet_keys.signed(self.key(), inner.encode())
        text = f'{{"{name.replace(".", "_")}_response":{inner},"sign":"{sign}"}}'
        return 200, {"content-type": "text/html;charset=utf-8", "simulator": self.name}, text.encode()

    def _opened(self, fields: State, asked: State) -> Answer:
        """Somebody opens the signed page: only now the trade begins."""
        number, ends = asked["out_trade_no"], asked["time_expire"]
        if not re.fullmatch(r"\w{1,64}", number, re.ASCII) or asked.get("product_code") != "FAST_INSTANT_TRADE_PAY":
            raise WalletRefusal("INVALID_PARAMETER", "out_trade_no or product_code")
        expires = int(datetime.fromisoformat(ends).replace(tzinfo=CHINA).timestamp())
        about = {"currency": "CNY", "subject": asked["subject"], "back": fields.get("return_url"), "world": False}
        return self.begin(number, cents=cents(asked["total_amount"]), expires=expires, **about)

    def begin(self, number: str, **about: Any) -> Answer:
        """The page of a trade, which begins now unless its time is over."""
        if about["expires"] > self.stage.seconds() or number in self.part("trades"):
            self.open(number, **about)
        return 303, {"location": self.code({"number": number})}, b""

    def _page(self, method: str, number: str, language: str | None) -> Answer:
        with self.stage.lock:
            trade = self.part("trades").get(number)
            pays = trade is not None and method == "POST" and trade["status"] == "waiting"
            if trade is not None and pays and self.pay(number) == "paid" and trade.get("back"):
                return 303, {"location": trade["back"]}, b""
            return wallet_page.page(self.name, trade, language)

    def _trade(self, asked: State) -> State:
        trade = self.find(asked.get("out_trade_no", ""), asked.get("trade_no", ""))
        if trade is None or trade["world"]:
            raise WalletRefusal("TRADE_NOT_EXIST", "交易不存在")
        return trade

    def _query(self, asked: State) -> State:
        trade = self._trade(asked)
        words = {
            "out_trade_no": trade["number"],
            "trade_status": self.state(trade),
            "total_amount": yuan(trade["cents"]),
        }
        if trade["status"] != "paid":
            return words
        paid = {
            "trade_no": trade["id"],
            "send_pay_date": _moment(trade["paid"]),
            "buyer_pay_amount": yuan(trade["payer"]),
        }
        return {**words, "total_amount": yuan(trade["taken"]), **paid}

    def state(self, trade: State) -> str:
        """A trade that went back whole is closed, and was paid."""
        whole = trade["status"] == "paid" and self.returned(trade) == trade["taken"]
        return "TRADE_CLOSED" if whole else STATES[trade["status"]]

    def _close(self, asked: State) -> State:
        trade = self._trade(asked)
        if not self.close(trade["number"], tell=True) and trade["status"] != "closed":
            raise WalletRefusal("TRADE_STATUS_ERROR", "交易状态不合法")
        return {"out_trade_no": trade["number"]}

    def _send_back(self, asked: State) -> State:
        trade, known = self._trade(asked), asked["out_request_no"] in self.part("refunds")
        self.refund(trade, asked["out_request_no"], cents(asked["refund_amount"]), at_once=True)
        return {
            "trade_no": trade["id"],
            "out_trade_no": trade["number"],
            "fund_change": "N" if known or self.stage.on("abnormal") else "Y",
            "refund_fee": yuan(self.returned(trade)),
        }

    def _refund_query(self, asked: State) -> State:
        trade, refund = self._trade(asked), self.part("refunds").get(asked.get("out_request_no", ""))
        words = {
            "trade_no": trade["id"],
            "out_trade_no": trade["number"],
            "out_request_no": asked.get("out_request_no"),
        }
        if refund is None or refund["state"] != "success":
            return words
        done = {"refund_status": "REFUND_SUCCESS", "gmt_refund_pay": _moment(refund["at"])}
        return {**words, **done, "refund_amount": yuan(refund["cents"]), "total_amount": yuan(trade["taken"])}

    def _bill_address(self, asked: State) -> State:
        day = asked.get("bill_date", "")
        if asked.get("bill_type") != "trade" or not DAY_OF_BILL.fullmatch(day):
            raise WalletRefusal("isv.invalid-arguments", "bill_type or bill_date")
        if self.stage.on("bill_not_ready"):
            raise WalletRefusal("isp.bill_not_ready", "账单未生成")
        if self._bill(day) is None:
            raise WalletRefusal("isp.bill_not_exist", "账单不存在")
        address = f"{self.stage.context.base_url}/bill/{day}?until={self.stage.seconds() + 30}"
        return {"bill_download_url": address}

    def _file(self, day: str, fields: State) -> Answer:
        """The file behind an address, which is dead after 30 seconds."""
        with self.stage.lock:
            found = self._bill(day)
            if found is None or int(fields.get("until", "0")) < self.stage.seconds():
                return 403, {}, b"expired"
            return 200, {"content-type": "application/octet-stream"}, found

    def _bill(self, day: str) -> bytes | None:
        wrong, twice = self.stage.on("bill_wrong"), self.stage.on("bill_line_twice")
        return bill(self.part("trades"), self.part("refunds"), day, wrong, twice)

    def words(self, kind: str, trade: State, refund: State | None, name: str) -> State:
        """The fields of a notice."""
        now = _moment(self.stage.seconds())
        if trade["world"]:
            return self._abroad.words(trade, refund, name, now)
        words = {
            "notify_time": now,
            "notify_type": "trade_status_sync",
            "notify_id": name,
            "charset": "utf-8",
            "version": "1.0",
            "app_id": APP,
            "seller_id": SELLER,
            "out_trade_no": trade["number"],
            "trade_no": trade["id"] or f"unpaid{name}",
            "trade_status": self.state(trade),
            "total_amount": yuan(trade["taken"] if "taken" in trade else trade["cents"]),
            "subject": trade["subject"],
            "body": "",
            "gmt_create": _moment(trade["made"]),
        }
        if kind == "closed":
            return {**words, "gmt_close": _moment(trade["closed"])}
        words |= {"gmt_payment": _moment(trade["paid"]), "buyer_pay_amount": yuan(trade["payer"])}
        if refund is None:
            return words
        back = {"refund_fee": yuan(self.returned(trade)), "gmt_refund": f"{_moment(refund['at'])}.000"}
        return {**words, **back, "out_biz_no": refund["number"]}

    def letter(self, words: State, forged: bool) -> tuple[dict[str, str], bytes]:
        """The form, signed."""
        if forged:
            words = {**words, "total_amount": yuan(cents(words.get("total_amount", "1.00")) * 10)}
        text = "&".join(f"{name}={words[name]}" for name in sorted(words))
        key = wallet_keys.stranger() if forged else wallet_keys.provider()
        form = {**words, "sign_type": "RSA2", "sign": wallet_keys.signed(key, text.encode())}
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "simulator": self.name}
        return headers, urlencode(form).encode()

    def expire(self, number: str) -> None:
        """The page's end has come, and Alipay tells."""
        self.close(number, tell=True)

    def must_be_signed(self, fields: State, signature: str) -> None:
        """Signed by the merchant, or refused."""
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        if not wallet_keys.believed(wallet_keys.merchant(), text.encode(), signature):
            raise WalletRefusal("isv.invalid-signature", "the request is not signed by the merchant")

    def key(self) -> Any:
        """What answers are signed with."""
        return wallet_keys.stranger() if self.stage.on("unsigned") else wallet_keys.provider()


def _code(code: str) -> str:
    if code == "NOT_ENOUGH":
        return "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    return code if "." in code else f"ACQ.{code}"


def _moment(seconds: int) -> str:
    return f"{china(seconds):%Y-%m-%d %H:%M:%S}"
