"""SIMULATOR of WeChat Pay v3, mainland and Global: orders, codes, refunds, bills, signed and sealed notices. No real money.

Its code leads to a page of its own instead of `weixin://`, so that it can be followed without a phone. Misbehaves on
command: see `SWITCHES`. Checked in tests against a library of others, which must believe its answers and its notices.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local.simulators import wallet_keys, wallet_page
from local.simulators.base import Answer, Context, State
from local.simulators.wallet_bank import WalletBank, WalletRefusal, china
from local.simulators.wechat_bill import APP, MERCHANT, REFUNDS, bill

OWN_SERIAL = "SIMULATED0OWN0SERIAL"
SERIAL = "PUB_KEY_ID_0114232134912410000000000000000001"
SEAL = "0123456789abcdef0123456789ABCDEF"
ACCOUNT = {
    "merchant": [MERCHANT],
    "app": [APP],
    "own": [f"{OWN_SERIAL}={wallet_keys.private_text(wallet_keys.merchant())}"],
    "keys": [f"{SERIAL}={wallet_keys.public_text(wallet_keys.provider())}"],
    "seals": [SEAL],
}
"""What the product must know to speak with it, as its secret holds it."""
MAINLAND, GLOBAL = "/v3/pay/transactions", "/v3/global/transactions"
KIND = "WECHATPAY2-SHA256-RSA2048"
RETRIES = (15, 30, 60, 240, 840, 2040, 3840, 5640, 7440, 11040, 21840, 32640, 43440, 65040, 86640)
STATES = {"waiting": "NOTPAY", "processing": "USERPAYING", "paid": "SUCCESS", "closed": "CLOSED"}


class WechatPaySimulator(WalletBank):
    """The interface below `/v3/`, and `/scan/<order>` for people."""

    name = "wechatpay"
    webhook = "/webhooks/wechatpay"
    retries = RETRIES
    tells_closing = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        place, _, query = path.partition("?")
        if place.startswith("/scan/"):
            return self._page(method, unquote(place.removeprefix("/scan/")), dict(parse_qsl(query)))
        try:
            if self.stage.on("down"):
                raise WalletRefusal("SYSTEM_ERROR", "down", 503)
            self._authorised(method, path, {name.lower(): value for name, value in headers.items()}, body)
            asked = dict(parse_qsl(query)) | (json.loads(body) if body else {})
            with self.stage.lock:
                return self._interface(method, place, asked)
        except WalletRefusal as no:
            content = json.dumps({"code": no.code, "message": f"[simulator] {no.text}"}).encode()
            return no.status, self._signed(content), content

    def _interface(self, method: str, place: str, asked: State) -> Answer:
        world = "global" in place
        if method == "POST" and place in (f"{MAINLAND}/native", f"{GLOBAL}/native"):
            return self._lost(self._said({"code_url": self.code(self._open(asked, world))}))
        if place in ("/v3/refund/domestic/refunds", "/v3/global/refunds") and method == "POST":
            return self._lost(self._refund(asked, world))
        if found := re.fullmatch(r"/v3/(?:refund/domestic/refunds|global/refunds/out-refund-no)/(.+)", place):
            refund = self.part("refunds").get(unquote(found[1]))
            if refund is None:
                raise WalletRefusal("RESOURCE_NOT_EXISTS", "no such refund", 404)
            return self._said(self._refund_words(refund, "status"))
        if found := re.fullmatch(r"/v3/(?:pay|global)/transactions/(out-trade-no|id)/([^/]+)(/close)?", place):
            names = {"number" if found[1] == "out-trade-no" else "identity": unquote(found[2])}
            trade = self.find(**names)
            if trade is None or asked.get("mchid") != MERCHANT:
                raise WalletRefusal("ORDER_NOT_EXIST", "no such order", 404)
            if found[3]:
                if not self.close(trade["number"]) and trade["status"] != "closed":
                    raise WalletRefusal("ORDERPAID", "the order is paid")
                return 204, self._signed(b""), b""
            return self._said(self._order_words(trade))
        if place in ("/v3/bill/tradebill", "/v3/global/statements", "/v3/billdownload/file"):
            return self._bill(place, asked)
        raise WalletRefusal("NOT_FOUND", f"{method} {place} is not simulated", 404)

    def _open(self, asked: State, world: bool) -> State:
        number, amount = str(asked.get("out_trade_no", "")), asked.get("amount") or {}
        expires = int(datetime.fromisoformat(asked["time_expire"]).timestamp())
        wrong = [
            (asked.get("mchid"), asked.get("appid")) != (MERCHANT, APP),
            not re.fullmatch(r"[0-9A-Za-z_\-|*]{6,32}", number),
            "?" in asked.get("notify_url", "?"),
            type(amount.get("total")) is not int or amount["total"] < 1,
            (amount.get("currency", "CNY") == "CNY") is world,
            world
            and not (asked.get("trade_type") == "NATIVE" and re.fullmatch(r"\d{4}", asked["merchant_category_code"])),
            not 1 <= len(asked.get("description", "")) <= 127,
            expires <= self.stage.seconds(),
        ]
        if any(wrong):
            raise WalletRefusal("PARAM_ERROR", f"parameter {wrong.index(True)} is wrong")
        currency, subject = amount.get("currency", "CNY"), asked["description"]
        return self.open(
            number, cents=amount["total"], currency=currency, subject=subject, expires=expires, world=world
        )

    def _refund(self, asked: State, world: bool) -> Answer:
        trade = self.find(identity=str(asked.get("transaction_id", "")))
        amount = asked["amount"]
        if trade is None:
            raise WalletRefusal("RESOURCE_NOT_EXISTS", "no such payment", 404)
        wrong = [
            not re.fullmatch(r"[0-9A-Za-z_\-|*@]{1,64}", asked.get("out_refund_no", "")),
            (amount.get("total"), amount.get("currency")) != (trade["taken"], trade["currency"]),
            world and asked.get("mchid") != MERCHANT,
        ]
        if any(wrong):
            raise WalletRefusal("PARAM_ERROR", f"parameter {wrong.index(True)} is wrong")
        refund = self.refund(trade, asked["out_refund_no"], amount["refund"], at_once=False)
        return self._said(self._refund_words(refund, "status"))

    def _order_words(self, trade: State) -> State:
        refunded = trade["status"] == "paid" and self.returned(trade) > 0
        words = {
            "mchid": MERCHANT,
            "appid": APP,
            "out_trade_no": trade["number"],
            "trade_state": "REFUND" if refunded else STATES[trade["status"]],
            "trade_state_desc": "[simulator]",
        }
        if trade["status"] != "paid":
            return words
        payer = {"payer_total": trade["payer"], "payer_currency": "CNY"}
        if trade["world"]:
            payer["payer_total"] = round(trade["payer"] * 7.0925)
            payer["exchange_rate"] = {"type": "SETTLEMENT_RATE", "rate": 709250000}
        return words | {
            "id" if trade["world"] else "transaction_id": trade["id"],
            "trade_type": "NATIVE",
            "bank_type": "SIMULATED",
            "success_time": china(trade["paid"]).isoformat(),
            "payer": {"openid": "simulated-payer"},
            "amount": {"total": trade["taken"], "currency": trade["currency"], **payer},
        }

    def _refund_words(self, refund: State, state: str) -> State:
        trade = self.part("trades")[refund["trade"]]
        abroad = trade["currency"] != "CNY"  # the payment's rate, whatever the day
        payer = {
            "payer_refund": round(refund["cents"] * 7.0925) if abroad else refund["cents"],
            "payer_currency": "CNY",
        }
        done = {"success_time": china(refund["at"]).isoformat()} if refund["state"] == "success" else {}
        return {
            "mchid": MERCHANT,
            "transaction_id": trade["id"],
            "out_trade_no": trade["number"],
            "id" if trade["world"] else "refund_id": refund["id"],
            "out_refund_no": refund["number"],
            state: REFUNDS[refund["state"]],
            "user_received_account": "[simulator]",
            "amount": {"total": trade["taken"], "refund": refund["cents"], "currency": trade["currency"], **payer},
            **done,
        }

    def words(self, kind: str, trade: State, refund: State | None, name: str) -> State:
        """What a notice says."""
        if kind == "refund" and refund is not None:
            about, event = self._refund_words(refund, "refund_status"), f"REFUND.{REFUNDS[refund['state']]}"
        else:
            about, event = self._order_words(trade) | {"trade_state": "SUCCESS"}, "TRANSACTION.SUCCESS"
        return {"id": f"EV-{name}", "event": event, "about": about, "made": self.stage.seconds()}

    def letter(self, words: State, forged: bool) -> tuple[dict[str, str], bytes]:
        """The notice, sealed, and signed at this moment."""
        about = words["about"]
        if forged:
            about = {**about, "amount": {**about["amount"], "total": about["amount"]["total"] * 10}}
        name = words["event"].partition(".")[0].lower()
        nonce = f"{self.stage.number():012d}"
        sealed = AESGCM(SEAL.encode()).encrypt(
            nonce.encode(), json.dumps(about, ensure_ascii=False).encode(), name.encode()
        )
        content: dict[str, Any] = {
            "id": words["id"],
            "create_time": china(words["made"]).isoformat(),
            "resource_type": "encrypt-resource",
            "event_type": words["event"],
            "summary": "[simulator]",
            "resource": {
                "original_type": name,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": name,
                "nonce": nonce,
            },
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        return self._signed(body, forged), body

    def _signed(self, body: bytes, forged: bool = False) -> dict[str, str]:
        key = wallet_keys.stranger() if forged or self.stage.on("unsigned") else wallet_keys.provider()
        stamp, nonce = str(self.stage.seconds()), f"simulated{self.stage.number():023d}"
        return {
            "content-type": "application/json",
            "simulator": self.name,
            "wechatpay-serial": SERIAL,
            "wechatpay-timestamp": stamp,
            "wechatpay-nonce": nonce,
            "wechatpay-signature": wallet_keys.signed(key, f"{stamp}\n{nonce}\n".encode() + body + b"\n"),
            "wechatpay-signature-type": KIND,
        }

    def _said(self, content: State) -> Answer:
        body = json.dumps(content, ensure_ascii=False).encode()
        return 200, self._signed(body), body

    def _lost(self, answer: Answer) -> Answer:
        if self.stage.used("answer_lost"):
            raise WalletRefusal("SYSTEM_ERROR", "carried out, but the answer was lost on its way", 504)
        return answer

    def _authorised(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        kind, _, rest = headers.get("authorization", "").partition(" ")
        told = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        text = f"{method}\n{path}\n{told.get('timestamp')}\n{told.get('nonce_str')}\n".encode() + body + b"\n"
        fresh = abs(int(told.get("timestamp") or 0) - self.stage.seconds()) <= 300
        ours = (kind, told.get("mchid"), told.get("serial_no")) == (KIND, MERCHANT, OWN_SERIAL)
        if not (ours and fresh and wallet_keys.believed(wallet_keys.merchant(), text, told.get("signature", ""))):
            raise WalletRefusal("SIGN_ERROR", "the request is not signed by the merchant, or not now", 401)

    def _page(self, method: str, number: str, query: Mapping[str, str]) -> Answer:
        with self.stage.lock:
            trade = self.part("trades").get(number)
            if trade is not None and method == "POST" and trade["status"] == "waiting":
                self.pay(number)
            return wallet_page.page(self.name, trade, query.get("lang"))

    def _bill(self, place: str, asked: State) -> Answer:
        if self.stage.on("bill_not_ready"):
            raise WalletRefusal("STATEMENT_CREATING", "not made yet")
        world = place == "/v3/global/statements"
        day = str(asked.get("bill_date") or asked.get("date") or "").replace("-", "")
        body = self._file(day, world)
        digest = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        if place == "/v3/bill/tradebill":
            address = (
                f"{self.stage.context.base_url}/v3/billdownload/file?date={day}&until={self.stage.seconds() + 300}"
            )
            return self._said({"hash_type": "SHA1", "hash_value": digest, "download_url": address})
        if not world and int(asked.get("until", "0")) < self.stage.seconds():
            raise WalletRefusal("INVALID_REQUEST", "the address has expired", 403)
        return 200, {"content-type": "text/plain", "wechatpay-statement-sha1": digest}, body

    def _file(self, day: str, world: bool) -> bytes:
        wrong, twice = self.stage.on("bill_wrong"), self.stage.on("bill_line_twice")
        found = bill(self.part("trades"), self.part("refunds"), day, world, wrong, twice)
        if found is None:
            raise WalletRefusal("NO_STATEMENT_EXIST", "no business on that day")
        return found
