"""SIMULATOR of a public receipt platform: takes reports of payments, and shows payers their receipts. Proves nothing.

`PUT /v1/receipts/<name>` numbers a receipt; the same report again gets the same number, another one under the same name
is refused. `GET /receipts?order=…` is the page where a payer queries and prints.
"""

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote

from local.simulators.base import Answer, Answering, Context, State

SWITCHES = {"down": "answers 503 to everything", "answer_lost": "the next report is taken, but answered 504 (once)"}
JSON = {"content-type": "application/json"}
WANTED = {"order", "payer", "money", "happened_at", "refund"}


class ReceiptsSimulator(Answering):
    """The platform's door for those who report, and its page for those who paid."""

    name = "receipts"
    known = SWITCHES

    def __init__(self, context: Context) -> None:
        super().__init__(context, {"receipts": {}})

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        del headers
        place, _, query = path.partition("?")
        found = re.fullmatch(r"/v1/receipts/([A-Za-z0-9.-]{1,80})", place)
        with self._stage.lock:
            if self._stage.on("down"):
                return _json(503, {"code": "down", "simulated": True})
            if (method, place) == ("GET", "/receipts"):
                return self._page(parse_qs(query).get("order", [""])[0])
            if method != "PUT" or not found:
                return _json(404, {"code": "not_found", "simulated": True})
            return self._report(found[1], body)

    def _report(self, name: str, body: bytes) -> Answer:
        try:
            told: State = json.loads(body)
        except ValueError:
            return _json(400, {"code": "not_json", "simulated": True})
        if not isinstance(told, dict) or set(told) != WANTED:
            return _json(400, {"code": "wrong_shape", "simulated": True})
        known = self._stage.state["receipts"].get(name)
        if known is not None and known["told"] != told:
            return _json(409, {"code": "reported_otherwise", "simulated": True})
        if known is None:
            known = {"told": told, "number": f"SIM{self._stage.number():010d}"}
            self._stage.state["receipts"][name] = known
        if self._stage.used("answer_lost"):
            return _json(504, {"code": "gateway_timeout", "simulated": True})
        address = f"{self._stage.context.base_url}/receipts?order={quote(told['order'])}"
        return _json(200, {"number": known["number"], "address": address, "simulated": True})

    def _page(self, order: str) -> Answer:
        """What a payer sees who queries by the order's number."""
        kept = self._stage.state["receipts"].values()
        rows = "".join(
            f"<tr><td>{escape(one['number'])}</td><td>{escape(one['told']['money']['currency'])} "
            f"{one['told']['money']['amount'] / 100:,.2f}</td><td>{'退款' if one['told']['refund'] else '缴费'}</td></tr>"
            for one in kept
            if one["told"]["order"] == order
        )
        said = rows or "<tr><td colspan='3'>没有找到电子票据 No receipt was found</td></tr>"
        html = (
            "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>电子票据查询（模拟）</title>"
            "<h1>电子票据查询（模拟，非真实票据） Electronic receipts (simulated)</h1>"
            "<form><label>订单号 Order number <input name='order'></label><button>查询 Query</button></form>"
            f"<table border='1'><tr><th>票据号码 Number</th><th>金额 Amount</th><th>类型 Kind</th></tr>{said}</table>"
        )
        return 200, {"content-type": "text/html; charset=utf-8"}, html.encode()

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """As every one, with the receipts there are."""
        said = super().control(action, form)
        with self._stage.lock:
            kept = [{"name": name, "number": one["number"]} for name, one in self._stage.state["receipts"].items()]
        return {**said, "receipts": kept}


def _json(status: int, content: dict[str, Any]) -> Answer:
    return status, dict(JSON), json.dumps(content).encode()
