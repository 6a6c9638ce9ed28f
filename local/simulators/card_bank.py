"""The card simulator's money side: sessions, intents and charges, and the events they cause, delivered until taken.

Everything here happens under the stage's lock, except posting an event.
"""

import json
from typing import Any
from urllib.parse import quote

from local.simulators.base import Stage, State, signature
from local.simulators.card_form import VERSION

ENDPOINT_SECRET = "whsec_simulated_card_endpoint"
HOUR = 3600
# Seconds after the event's first delivery at which it is tried again, until somebody answers 2xx: three days.
RETRIES = [300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, *(hours * HOUR for hours in range(22, 73, 12)), 72 * HOUR]

SWITCHES = {
    "event_twice": "every event is delivered twice",
    "second_payment": "whoever pays is charged a second time for the same order, five seconds later",
    "late": "the money is taken only an hour after the checkout has expired",
    "out_of_order": "events of one act are delivered last first",
    "forged": "before every genuine event a forged one comes, for ten times the money",
    "wrong_amount": "one cent less than owed is taken",
    "wrong_currency": "the amount is taken in HKD",
    "before_answer": "the checkout is paid, and its events are delivered, before the call that opens it is answered",
    "drop": "events are never delivered",
    "delay_24_hours": "events are delivered a day later",
    "stored_500": "the next call that opens a checkout fails, and the failure is stored under its key (once)",
    "answer_lost": "the next call that opens a checkout is carried out, but answered 504 (once)",
    "refuse": "the next call that opens a checkout is refused: the account may not charge (once)",
    "refund_slow": "refunds are accepted, and done a day later",
    "refund_fails": "an hour after a refund succeeded it fails: the card is closed, and the money comes back",
    "refund_500": "the next call that asks for a refund fails, and the failure is stored under its key (once)",
    "refund_answer_lost": "the next call that asks for a refund is carried out, but answered 504 (once)",
    "down": "the interface answers 503; events still come",
}


class CardBank:
    """Sessions and what becomes of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        for part in ("sessions", "intents", "charges", "events"):
            stage.state.setdefault(part, {})

    def part(self, name: str) -> dict[str, State]:
        """One kind of object by id."""
        found: dict[str, State] = self.stage.state[name]
        return found

    def open(self, given: State, checked: State) -> State:
        """A new open session; its expiry is on the agenda."""
        name = f"cs_test_simulated_{self.stage.number():06d}"
        session = {
            "id": name,
            "object": "checkout.session",
            "amount_subtotal": checked["amount"],
            "amount_total": checked["amount"],
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": self.stage.seconds(),
            "currency": checked["currency"],
            "customer_email": given.get("customer_email"),
            "expires_at": checked["expires_at"],
            "livemode": False,
            "locale": given.get("locale"),
            "metadata": given.get("metadata", {}),
            "mode": "payment",
            "payment_intent": None,
            "payment_method_types": [checked["method"]],
            "payment_status": "unpaid",
            "status": "open",
            "success_url": given["success_url"],
            "ui_mode": "hosted_page",
            "url": f"{self.stage.context.base_url}/checkout/{quote(name)}",
        }
        self.part("sessions")[name] = session
        hidden = {"lines": checked["lines"], "metadata": given.get("payment_intent_data", {}).get("metadata", {})}
        self.stage.state.setdefault("hidden", {})[name] = hidden
        self.stage.plan(checked["expires_at"], "expire", session=name)
        return session

    def pay(self, name: str) -> str:
        """Somebody paid on the page: `paid`, or `processing` when the bank takes its time."""
        session = self.part("sessions")[name]
        if self.stage.on("late"):
            self.stage.plan(session["expires_at"] + HOUR, "capture", session=name)
            self.stage.state["hidden"][name]["processing"] = True
            return "processing"
        self.capture(name)
        if self.stage.on("second_payment"):
            self.stage.plan(self.stage.seconds() + 5, "capture_again", session=name)
        return "paid"

    def capture(self, name: str) -> None:
        """Take the money and tell. The session's expiry does not matter to a bank that was slow."""
        session, number = self.part("sessions")[name], self.stage.number()
        cents = session["amount_total"] - (1 if self.stage.on("wrong_amount") else 0)
        currency = "hkd" if self.stage.on("wrong_currency") else session["currency"]
        charge, intent = self._charge(number, cents, currency), self._intent(name, number, cents, currency)
        intent |= {"latest_charge": charge["id"], "status": "succeeded", "amount_received": cents}
        self.part("intents")[intent["id"]] = intent
        session |= {"payment_intent": intent["id"], "payment_status": "paid", "status": "complete", "url": None}
        session |= {"amount_total": cents, "amount_subtotal": cents, "currency": currency}
        self.tell(
            ("payment_intent.created", {**intent, "status": "requires_payment_method", "amount_received": 0}),
            ("charge.succeeded", charge),
            ("payment_intent.succeeded", intent),
            ("checkout.session.completed", session),
        )

    def capture_again(self, name: str) -> str:
        """A second charge for the same order: a copy of the session, with its own intent, is paid."""
        again = f"cs_test_simulated_{self.stage.number():06d}"
        self.part("sessions")[again] = {**self.part("sessions")[name], "id": again, "payment_intent": None}
        self.stage.state["hidden"][again] = dict(self.stage.state["hidden"][name])
        self.capture(again)
        return again

    def decline(self, name: str) -> None:
        """The card is declined: the session stays open."""
        session, number = self.part("sessions")[name], self.stage.number()
        intent = self._intent(name, number, session["amount_total"], session["currency"])
        intent |= {"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}}
        self.part("intents")[intent["id"]] = intent
        self.tell(("payment_intent.payment_failed", intent))

    def expire(self, name: str) -> bool:
        """Close an open session; False when it is no longer open."""
        session = self.part("sessions")[name]
        if session["status"] != "open":
            return False
        session |= {"status": "expired", "url": None}
        self.tell(("checkout.session.expired", session))
        return True

    def _charge(self, number: int, cents: int, currency: str) -> State:
        charge: State = {
            "id": f"ch_simulated_{number:06d}",
            "object": "charge",
            "amount": cents,
            "created": self.stage.seconds(),
            "currency": currency,
            "livemode": False,
            "paid": True,
            "status": "succeeded",
        }
        self.part("charges")[charge["id"]] = charge
        return charge

    def _intent(self, name: str, number: int, cents: int, currency: str) -> State:
        return {
            "id": f"pi_simulated_{number:06d}",
            "object": "payment_intent",
            "amount": cents,
            "amount_received": 0,
            "created": self.stage.seconds(),
            "currency": currency,
            "latest_charge": None,
            "livemode": False,
            "metadata": self.stage.state["hidden"][name]["metadata"],
        }

    def tell(self, *happened: tuple[str, State]) -> None:
        """Events of one act, put on the agenda in the order and as often as the switches say."""
        now = self.stage.seconds()
        events = [self._event(kind, about, now) for kind, about in happened]
        if self.stage.on("out_of_order"):
            events.reverse()
        due = now + (24 * HOUR if self.stage.on("delay_24_hours") else 0)
        for event in [] if self.stage.on("drop") else events:
            if self.stage.on("forged"):
                self.stage.plan(due, "deliver", event=event["id"], first=due, forged=True)
            for _ in range(2 if self.stage.on("event_twice") else 1):
                self.stage.plan(due, "deliver", event=event["id"], first=due)

    def pay_out(self, cents: int) -> None:
        """Send what is on our balance to our bank; nobody is told of it but by the balance."""
        name = f"po_simulated_{self.stage.number():06d}"
        payout = {"id": name, "object": "payout", "amount": cents, "currency": "usd", "trace_id": None}
        self._event("payout.created", payout, self.stage.seconds())

    def _event(self, kind: str, about: State, now: int) -> State:
        event: State = {
            "id": f"evt_simulated_{self.stage.number():06d}",
            "object": "event",
            "api_version": VERSION,
            "created": now,
            "data": {"object": json.loads(json.dumps(about))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.part("events")[event["id"]] = {"event": event, "deliveries": []}
        return event

    def deliver(self, item: State) -> None:
        """Post an event, freshly signed; try again later, up to three days, unless it was taken."""
        with self.stage.lock:
            kept, now, forged = self.part("events")[item["event"]], self.stage.seconds(), bool(item.get("forged"))
            body = json.dumps(_forgery(kept["event"]) if forged else kept["event"], indent=2).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Card simulator (no real money)",
            "stripe-signature": signature(body, "whsec_forged" if forged else ENDPOINT_SECRET, now),
        }
        status = self.stage.context.deliver(f"{self.stage.context.public_url}/webhooks/card", headers, body)
        with self.stage.lock:
            kept["deliveries"].append({"at": now, "status": status, "forged": forged})
            following = [item["first"] + wait for wait in RETRIES if item["first"] + wait > now]
            if not forged and not 200 <= status < 300 and following:
                self.stage.plan(following[0], "deliver", event=item["event"], first=item["first"])


def _forgery(event: State) -> dict[str, Any]:
    """What somebody without the secret would like us to believe: the same event for ten times the money."""
    forged: State = json.loads(json.dumps(event))
    for name in ("amount", "amount_total", "amount_received"):
        if isinstance(forged["data"]["object"].get(name), int):
            forged["data"]["object"][name] *= 10
    return {**forged, "id": f"{event['id']}_forged"}
