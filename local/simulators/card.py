"""SIMULATOR of the card provider: sessions by its REST interface, a page to pay on, signed events. No real money.

Misbehaves on command: see `SWITCHES` in `card_bank.py`. Its secrets are printed in the code because they protect
nothing. Checked in tests against the vendor's own library, which must believe its signatures and speak to it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.simulators import card_page
from local.simulators.base import Answer, Context, Stage, State, flip
from local.simulators.card_balance import TRANSACTIONS, CardBalance
from local.simulators.card_bank import ENDPOINT_SECRET, SWITCHES, CardBank
from local.simulators.card_form import (
    Refusal,
    StoredAnswers,
    authorised,
    checked_session,
    encoded,
    fields,
    invalid,
    whole,
)
from local.simulators.card_returns import CardReturns

__all__ = ["API_KEY", "ENDPOINT_SECRET", "SWITCHES", "CardSimulator"]

ON_RETURNS = {"refund", "refund_succeeds", "refund_fails", "dispute", "inquiry", "dispute_won", "dispute_lost"}
MOST_BUTTONS = 30
API_KEY = "sk_test_simulated"
SESSIONS = "/v1/checkout/sessions"


class CardSimulator:
    """The interface below `/v1/`, and `/checkout/<id>` for people."""

    name = "card"

    def __init__(self, context: Context) -> None:
        self._stage = Stage(context, {})
        self._bank = CardBank(self._stage)
        self._returns = CardReturns(self._stage, self._bank)
        self._balance = CardBalance(self._bank)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        place, _, query = path.partition("?")
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            if place.startswith("/checkout/"):
                return self._page(method, unquote(place.removeprefix("/checkout/")), query, body)
            if self._stage.on("down"):
                raise Refusal(503, "api_error", "down", "the provider is down")
            authorised(lower)
            return self._interface(method, place, query, lower, body.decode("utf-8"))
        except Refusal as refusal:
            return refusal.answer

    def _interface(self, method: str, place: str, query: str, headers: Mapping[str, str], form: str) -> Answer:
        if self._returns.answers(place):
            return self._returns.interface(method, place, query, headers, form)
        if (method, place) == ("POST", SESSIONS):
            return self._create(form, headers.get("idempotency-key"))
        with self._stage.lock:
            if (method, place) == ("GET", TRANSACTIONS):
                return self._balance.listed(query)
            if (method, place) == ("GET", SESSIONS):
                return self._list(fields(query))
            name = place.removeprefix(f"{SESSIONS}/").removesuffix("/expire") if place.startswith(SESSIONS) else ""
            session = self._bank.part("sessions").get(unquote(name))
            if session is None:
                raise Refusal(404, "invalid_request_error", "resource_missing", "No such checkout session or address")
            if method == "POST" and place.endswith("/expire"):
                if not self._bank.expire(session["id"]):
                    raise invalid("Only Checkout Sessions with a status in [open] can be expired.", "status")
                return encoded(200, session)
            if method == "GET":
                return encoded(200, self._expanded(session, set(fields(query).get("expand", {}).values())))
        raise Refusal(405, "invalid_request_error", "method_not_allowed", f"{method} is not possible here")

    def _create(self, form: str, key: str | None) -> Answer:
        """Open a session. The answer is stored under the key, unless the parameters are wrong: then nothing began."""
        with self._stage.lock:
            answers, now = StoredAnswers(self._stage.state), self._stage.seconds()
            if key and (stored := answers.find(key, form, now)):
                return stored
            given = fields(form)
            checked = checked_session(given, now)
            if self._stage.used("refuse"):
                raise Refusal(403, "invalid_request_error", "account_invalid", "this account may not charge")
            if self._stage.used("stored_500"):
                broken = Refusal(500, "api_error", "internal", "something went wrong; this answer is stored").answer
                return answers.keep(key, form, now, broken)
            session = self._bank.open(given, checked)
            answer = answers.keep(key, form, now, encoded(200, session))
            lost, paid_first = self._stage.used("answer_lost"), self._stage.on("before_answer")
            if paid_first:
                self._bank.capture(session["id"])
        if paid_first:
            self.run_due()
        if lost:
            raise Refusal(504, "api_error", "gateway_timeout", "carried out, but the answer was lost on its way")
        return answer

    def _list(self, asked: State) -> Answer:
        """Sessions, newest first, by `created[gte]` and `created[lte]`, in pages."""
        created = asked.get("created", {})
        least = whole(created.get("gte", "0"), "created[gte]")
        most = whole(created.get("lte", "9999999999"), "created[lte]")
        found = [one for one in self._bank.part("sessions").values() if least <= one["created"] <= most]
        found.reverse()
        if "starting_after" in asked:
            names = [one["id"] for one in found]
            if asked["starting_after"] not in names:
                raise invalid("no such object", "starting_after", "resource_missing")
            found = found[names.index(asked["starting_after"]) + 1 :]
        limit = whole(asked.get("limit", "10"), "limit", 1)
        wanted = {name.removeprefix("data.") for name in asked.get("expand", {}).values()}
        page = [self._expanded(one, wanted) for one in found[: min(limit, 100)]]
        return encoded(200, {"object": "list", "data": page, "has_more": len(found) > len(page), "url": SESSIONS})

    def _expanded(self, session: State, wanted: set[str]) -> State:
        intent = self._bank.part("intents").get(session["payment_intent"] or "")
        if intent is None or not any(name.startswith("payment_intent") for name in wanted):
            return session
        if "payment_intent.latest_charge" in wanted:
            intent = {**intent, "latest_charge": self._bank.part("charges").get(intent["latest_charge"])}
        return {**session, "payment_intent": intent}

    def _page(self, method: str, name: str, query: str, body: bytes) -> Answer:
        """The page on which the candidate pays; a payment leads back to the product."""
        form = dict(parse_qsl(body.decode("utf-8", "replace") if method == "POST" else ""))
        language = dict(parse_qsl(query)).get("lang")
        with self._stage.lock:
            session = self._bank.part("sessions").get(name)
            if session is None:
                return card_page.missing(language)
            hidden = self._stage.state["hidden"][name]
            lines, notice = hidden["lines"], "processing" if hidden.get("processing") else ""
            if method == "POST" and session["status"] == "open" and not notice:
                if card_page.CARDS.get(form.get("card", "")) == "pays":
                    notice = self._bank.pay(name)
                else:
                    self._bank.decline(name)
                    notice = "declined"
            if notice == "paid":
                return 303, {"location": session["success_url"].replace("{CHECKOUT_SESSION_ID}", name)}, b""
            return card_page.page(session, lines, notice, language)

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch` (`name`, `on`), `clear`, `status`; `pay`, `decline`, `pay_again`, `expire` (`session`); `deliver`
        (`event`, once more); `pay_out` (`cents`, to our bank); those of `CardReturns.control`. What follows becomes due at
        once and waits for `run_due`."""
        with self._stage.lock:
            if action in ON_RETURNS:
                self._returns.control(action, form)
                return self._status()
            if action not in (
                "switch",
                "clear",
                "pay",
                "decline",
                "pay_again",
                "expire",
                "deliver",
                "pay_out",
                "status",
            ):
                raise ValueError(f"the card simulator has no action {action!r}")
            if action == "switch":
                flip(self._stage.state, SWITCHES, form)
            elif action == "clear":
                self._stage.state["switches"] = []
            elif action == "deliver":
                self._event(form.get("event", ""))
                self._stage.plan(self._stage.seconds(), "deliver", event=form["event"], first=self._stage.seconds())
            elif action == "pay_out":
                self._bank.pay_out(int(form.get("cents", "0")))
            elif action != "status":
                self._on_session(action, form.get("session", ""))
            return self._status()

    def _event(self, name: str) -> State:
        if name not in self._bank.part("events"):
            raise ValueError(f"there is no event {name!r}")
        return self._bank.part("events")[name]

    def _on_session(self, action: str, name: str) -> None:
        session = self._bank.part("sessions").get(name)
        if session is None:
            raise ValueError(f"there is no session {name!r}")
        if action == "pay_again":
            self._bank.capture_again(name)
        elif session["status"] != "open":
            raise ValueError(f"session {name} is {session['status']}, not open")
        else:
            {"pay": self._bank.pay, "decline": self._bank.decline, "expire": self._bank.expire}[action](name)

    def _status(self) -> dict[str, Any]:
        shown = ("id", "client_reference_id", "amount_total", "currency", "status", "payment_status", "url")
        return {
            "simulator": True,
            "switches": list(self._stage.state["switches"]),
            "known": SWITCHES,
            "sessions": [{name: one[name] for name in shown} for one in self._bank.part("sessions").values()],
            "refunds": [
                _some(one, "id", "payment_intent", "amount", "currency", "status", "metadata")
                for one in self._all("refunds")
            ],
            "disputes": [
                _some(one, "id", "payment_intent", "amount", "currency", "status") for one in self._all("disputes")
            ],
            "payments": [_some(one, "id", "amount_received", "currency", "status") for one in self._all("intents")],
            "buttons": self._buttons(),
            "events": [
                {"id": name, "type": kept["event"]["type"], "deliveries": list(kept["deliveries"])}
                for name, kept in self._bank.part("events").items()
            ],
        }

    def _all(self, part: str) -> list[State]:
        return list(self._bank.part(part).values())

    def _buttons(self) -> list[dict[str, str]]:
        """What the control room offers to do to the payments, refunds and disputes there are, newest first."""
        offered = []
        for one in reversed(self._all("intents")):
            if one["status"] == "succeeded":
                offered += [{"action": action, "payment": one["id"]} for action in ("refund", "dispute", "inquiry")]
        for one in reversed(self._all("refunds")):
            if one["status"] == "pending":
                offered.append({"action": "refund_succeeds", "refund": one["id"]})
            if one["status"] in ("pending", "succeeded"):
                offered.append({"action": "refund_fails", "refund": one["id"]})
        for one in reversed(self._all("disputes")):
            if one["status"] not in ("won", "lost", "warning_closed"):
                offered += [{"action": action, "dispute": one["id"]} for action in ("dispute_won", "dispute_lost")]
        return offered[:MOST_BUTTONS]

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self._stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self._stage.load(state)

    def next_due(self) -> datetime | None:
        """When the next event, expiry or slow charge is due."""
        return self._stage.next_due()

    def run_due(self) -> int:
        """Deliver, expire and charge what is due."""
        return self._stage.run(self._perform)

    def _perform(self, item: State) -> None:
        if item["what"] == "deliver":
            self._bank.deliver(item)
            return
        with self._stage.lock:
            if item["what"] in ON_RETURNS:
                self._returns.perform(item)
                return
            acts = {
                "expire": self._bank.expire,
                "capture": self._bank.capture,
                "capture_again": self._bank.capture_again,
            }
            acts[item["what"]](item["session"])


def _some(found: State, *names: str) -> State:
    return {name: found[name] for name in names}
