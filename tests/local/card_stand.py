"""The card simulator with a clock, and a door that verifies as the product does and remembers what it believed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import stripe

from certification.providers.card_events import read
from certification.providers.card_webhook import verify
from certification.providers.signatures import Rejected
from certification.rules.facts import Facts, add_fact, fold
from local.simulators.base import Answer, Context
from local.simulators.card import API_KEY, ENDPOINT_SECRET, CardSimulator

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REFERENCE = "ORD-26-000001.P1"


class Stand:
    """`now`, `open` and `status` are the test's to change; `types`, `refused` and `facts` are what the door saw."""

    def __init__(self) -> None:
        self.now = START
        self.status = 200
        self.open = True
        self.posted: list[tuple[str, Mapping[str, str], bytes]] = []
        self.types: list[str] = []
        self.refused: list[str] = []
        self.facts: Facts = {}
        self.simulator = CardSimulator(Context(lambda: self.now, self.deliver, "http://card.test", "http://us.test"))

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.posted.append((url, headers, body))
        if not self.open:
            return self.status
        request = {"headers": dict(headers), "body": body.decode(), "isBase64Encoded": False}
        try:
            event = verify(request, [ENDPOINT_SECRET], self.now, live=False).event
        except Rejected as no:
            self.refused.append(no.code)
            return 400
        self.types.append(event["type"])
        for fact in read(event).facts:
            self.facts = add_fact(self.facts, fact)
        return self.status

    def ask(self, method: str, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
        sent = {"authorization": f"Bearer {API_KEY}", "stripe-version": stripe.api_version, **headers}
        status, _, body = self.simulator.handle(method, path, sent, urlencode(form or {}).encode())
        return status, json.loads(body)

    def create(self, key: str = "pay:P1", **changes: Any) -> tuple[int, Any]:
        form = {
            "mode": "payment",
            "line_items[0][price_data][currency]": "usd",
            "line_items[0][price_data][unit_amount]": 12000,
            "line_items[0][price_data][product_data][name]": "Fee <b>",
            "line_items[0][quantity]": 1,
            "client_reference_id": REFERENCE,
            "metadata[reference]": REFERENCE,
            "payment_intent_data[metadata][reference]": REFERENCE,
            "success_url": "http://us.test/paid?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://us.test/back",
            "expires_at": int((self.now + timedelta(hours=1)).timestamp()),
            **changes,
        }
        used = {name: value for name, value in form.items() if value is not None}
        return self.ask("POST", "/v1/checkout/sessions", used, **{"idempotency-key": key})

    def session(self, key: str = "pay:P1") -> str:
        return str(self.create(key)[1]["id"])

    def switch(self, *names: str) -> None:
        for name in names:
            self.simulator.control("switch", {"name": name})

    def paid(self, *switches: str) -> str:
        """Open, pay on the page, deliver."""
        name = self.session()
        self.switch(*switches)
        self.page("POST", name, {"card": "visa"})
        self.simulator.run_due()
        return name

    def page(self, method: str, name: str, form: Mapping[str, str] | None = None, query: str = "") -> Answer:
        return self.simulator.handle(method, f"/checkout/{name}{query}", {}, urlencode(form or {}).encode())

    def until(self, later: timedelta) -> None:
        """Moves the clock as the control room does: everything that falls due runs at its time, in order."""
        end = self.now + later
        while (due := self.simulator.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.simulator.run_due()
        self.now = end

    @property
    def captured(self) -> int:
        return fold(self.facts).captured
