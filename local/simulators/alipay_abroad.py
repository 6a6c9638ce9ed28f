"""The international half of the Alipay simulator: `service` requests, answers in XML, forms that name nobody."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from local.simulators import wallet_keys
from local.simulators.alipay_bill import RATE, bill_abroad
from local.simulators.base import Answer, State
from local.simulators.wallet_bank import CHINA, WalletRefusal, cents, china, yuan

if TYPE_CHECKING:
    from local.simulators.alipay import AlipaySimulator

MINUTES = {"5m": 5, "10m": 10, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "3h": 180, "5h": 300, "10h": 600, "12h": 720}
SERVICES = {
    "single_trade_query": "_query",
    "close_trade": "_close",
    "forex_refund": "_send_back",
    "alipay.acquire.refund.query": "_refund_query",
}
REFUNDS = {"processing": "PROCESSING", "success": "SUCCESS", "abnormal": "FAILED"}


class Abroad:
    """Answers what is asked as `partner` on a wallet's state."""

    def __init__(self, wallet: "AlipaySimulator", partner: str) -> None:
        self._wallet, self._partner = wallet, partner

    def answer(self, fields: State) -> Answer:
        """One request: a page for a browser, or XML."""
        service = fields.get("service", "")
        try:
            signed = {name: fields[name] for name in fields if name not in ("sign", "sign_type") and fields[name]}
            self._wallet.must_be_signed(signed, fields.get("sign", ""))
            if fields.get("partner") != self._partner or fields.get("sign_type") != "RSA2":
                raise WalletRefusal("ILLEGAL_PARTNER")
            if service == "create_forex_trade":
                return self._opened(fields)
            if service == "forex_compare_file":
                return self._list(fields)
            if service not in SERVICES:
                raise WalletRefusal("ILLEGAL_SERVICE")
            said: dict[str, Any] = getattr(self, SERVICES[service])(fields)
        except WalletRefusal as no:
            code = {"NOT_ENOUGH": "SELLER_BALANCE_NOT_ENOUGH", "OUT_TRADE_NO_USED": "REPEATED_ORDER"}.get(
                no.code, no.code
            )
            return _xml(f"<is_success>F</is_success><error>{escape(code)}</error>")
        if service == "forex_refund" and self._wallet.stage.used("answer_lost"):
            return 504, {}, b""
        if not said:
            return _xml("<is_success>T</is_success>")
        inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in said.items())
        text = "&".join(f"{name}={said[name]}" for name in sorted(said))
        sign = wallet_keys.signed(self._wallet.key(), text.encode())
        return _xml(
            f"<is_success>T</is_success><request/><response><alipay>{inside}</alipay></response>"
            f"<sign>{sign}</sign><sign_type>RSA2</sign_type>"
        )

    def _opened(self, fields: State) -> Answer:
        """From the address's making to the sign-in there is one limit, from the sign-in to the payment another."""
        now, made = (
            self._wallet.stage.seconds(),
            datetime.fromisoformat(fields["order_gmt_create"]).replace(tzinfo=CHINA),
        )
        in_time = now <= made.timestamp() + int(fields["order_valid_time"])
        expires = now + MINUTES[fields["timeout_rule"]] * 60 if in_time else now
        return self._wallet.begin(
            fields["out_trade_no"],
            cents=cents(fields["total_fee"]),
            currency=fields["currency"],
            subject=fields["subject"],
            expires=expires,
            back=fields.get("return_url"),
            world=True,
        )

    def _trade(self, fields: State) -> State:
        trade = self._wallet.find(fields.get("out_trade_no", ""), fields.get("trade_no", ""))
        if trade is None or not trade["world"]:
            raise WalletRefusal("TRADE_NOT_EXIST")
        return trade

    def _query(self, fields: State) -> State:
        trade = self._trade(fields)
        state = self._wallet.state(trade)
        words = {
            "result_code": "SUCCESS",
            "out_trade_no": trade["number"],
            "alipay_trans_status": "TRADE_FINISHED" if state == "TRADE_SUCCESS" else state,
            "currency": trade["currency"],
            "forex_total_fee": yuan(trade["cents"]),
        }
        if trade["status"] != "paid":
            return words
        return words | {
            "alipay_trans_id": trade["id"],
            "alipay_pay_time": f"{china(trade['paid']):%Y-%m-%d %H:%M:%S}",
            "forex_total_fee": yuan(trade["taken"]),
            "trans_amount_cny": yuan(round(trade["payer"] * RATE)),
            "exchange_rate": f"{RATE:.8f}",
        }

    def _close(self, fields: State) -> State:
        trade = self._trade({"out_trade_no": fields.get("out_order_no", "")})
        if not self._wallet.close(trade["number"], tell=True):
            raise WalletRefusal("TRADE_STATUS_NOT_AVAILD")
        return {}

    def _send_back(self, fields: State) -> State:
        trade = self._trade(fields)
        if fields.get("currency") != trade["currency"]:
            raise WalletRefusal("CURRENCY_NOT_SAME")
        if fields["out_return_no"] in self._wallet.part("refunds"):
            raise WalletRefusal("REPEATED_REFUND_REQUEST")
        self._wallet.refund(trade, fields["out_return_no"], cents(fields["return_amount"]), at_once=True)
        return {}

    def _refund_query(self, fields: State) -> State:
        refund = self._wallet.part("refunds").get(fields.get("out_return_no", ""))
        words = {"out_trade_no": fields.get("out_trade_no"), "out_return_no": fields.get("out_return_no")}
        if refund is None or refund["trade"] != fields.get("out_trade_no"):
            return {**words, "response_code": "NOT_FOUND"}
        return {
            **words,
            "response_code": "SUCCESS",
            "refund_result_code": REFUNDS[refund["state"]],
            "trade_no": self._trade(fields)["id"],
            "gmt_create": f"{china(refund['at'] or refund['made']):%Y-%m-%d %H:%M:%S}",
        }

    def _list(self, fields: State) -> Answer:
        """The list of a day; what cannot be given is said in a sentence."""
        day, stage = fields.get("start_date", ""), self._wallet.stage
        if stage.on("bill_not_ready"):
            return _text("Finish date not ahead of today")
        if not re.fullmatch(r"\d{8}", day) or day != fields.get("end_date"):
            return _text("Date format incorrect YYYYMMDD")
        named = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        switches = {"wrong": stage.on("bill_wrong"), "twice": stage.on("bill_line_twice")}
        found = bill_abroad(self._wallet.part("trades"), self._wallet.part("refunds"), named, **switches)
        return _text("No balance account data in the period") if found is None else _text(found.decode())

    def words(self, trade: State, refund: State | None, name: str, now: str) -> State:
        """A notice: whom it is for stands nowhere in it."""
        words = {"notify_id": name, "notify_time": now, "out_trade_no": trade["number"]}
        if refund is not None:
            return {
                **words,
                "notify_type": "refund_status_sync",
                "out_return_no": refund["number"],
                "refund_status": "REFUND_SUCCESS",
                "currency": trade["currency"],
                "return_amount": yuan(refund["cents"]),
            }
        return {
            **words,
            "notify_type": "trade_status_sync",
            "trade_no": trade["id"] or f"unpaid{name}",
            "trade_status": "TRADE_FINISHED" if trade["status"] == "paid" else "TRADE_CLOSED",
            "currency": trade["currency"],
            "total_fee": yuan(trade["taken"] if "taken" in trade else trade["cents"]),
        }


def _text(said: str) -> Answer:
    return 200, {"content-type": "text/plain;charset=utf-8", "simulator": "alipay"}, said.encode()


def _xml(inside: str) -> Answer:
    text = f'<?xml version="1.0" encoding="utf-8"?><alipay>{inside}</alipay>'
    return 200, {"content-type": "text/xml;charset=utf-8", "simulator": "alipay"}, text.encode()
