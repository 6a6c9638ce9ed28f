"""CARD: checkouts on the card provider's page, by its REST interface (Stripe's shape), without its library.

The library costs 19 MiB and half a second of cold start for what is one form-encoded request. The version of the
interface is pinned: fields change meaning between versions.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from certification.providers import http
from certification.providers.card_events import session_state
from certification.providers.card_refunds import seen_refund
from certification.providers.ports import (
    Attempt,
    Checkout,
    CheckoutState,
    Lost,
    OrderLine,
    ProviderRefused,
    StoredFailure,
    Unreachable,
)
from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.rules.payments import AttemptState

VERSION = "2026-10-28.endive"
SESSIONS = "/v1/checkout/sessions"
REFUNDS = "/v1/refunds"
INTENTS = "/v1/payment_intents"
PAGE = 100
MOST_PAGES = 50
CLOCKS_DIFFER = timedelta(minutes=5)
CHARGE = "payment_intent.latest_charge"


class CardCheckouts:
    """The card provider at `base_url`, asked with `api_key` (a secret key). Implements `PaymentProvider`."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._base = base_url.rstrip("/")
        self._key = api_key

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """Open a checkout for the lines' total; the idempotency key `pay:<attempt>` makes a repetition harmless."""
        reference = {"reference": attempt.reference}
        session = self.ask(
            "POST",
            SESSIONS,
            {
                "mode": "payment",
                "ui_mode": "hosted_page",
                "allowed_payment_method_types": [attempt.method],
                # A wallet's code is scanned from a page in a browser.
                **(
                    {"payment_method_options": {"wechat_pay": {"client": "web"}}}
                    if attempt.method == "wechat_pay"
                    else {}
                ),
                "line_items": [_line(line) for line in lines],
                "client_reference_id": attempt.reference,
                # Events of the intent do not carry the session's metadata, so both carry our reference.
                "metadata": reference,
                "payment_intent_data": {"metadata": reference},
                # The candidate is charged what is owed, in the currency it is owed in (FEE-02).
                "adaptive_pricing": {"enabled": "false"},
                "success_url": success_url,
                "cancel_url": cancel_url,
                "expires_at": int(expires_at.timestamp()),
                "locale": attempt.locale,
                **({"customer_email": attempt.email} if attempt.email else {}),
            },
            key=f"pay:{attempt.attempt}",
        )
        try:
            return Checkout(
                id=session["id"],
                url=session["url"],
                expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
            )
        except (KeyError, TypeError, ValueError) as reason:
            raise Lost("the checkout was made, but its answer cannot be read") from reason

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """By id (`cs_...`), or by our reference among the sessions created since `since`."""
        if wanted.startswith("cs_"):
            try:
                session = self.ask("GET", f"{SESSIONS}/{quote(wanted, safe='')}", {"expand": [CHARGE]})
            except ProviderRefused as no:
                if no.status == 404:
                    return None
                raise
            return _readable(session)
        if since is None:
            raise ValueError("a reference is searched from a time on; give `since`")
        return _together([session for session in self._all_since(since) if _is_ours(session, wanted)])

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """Close it. A checkout that is no longer open cannot be closed: then what it is now is the answer."""
        try:
            self.ask("POST", f"{SESSIONS}/{quote(checkout, safe='')}/expire", {})
        except ProviderRefused as no:
            if no.status != 400:
                raise
        now = self.find_checkout(checkout)
        if now is None:
            raise ProviderRefused(404, "resource_missing", f"there is no checkout {checkout}")
        return now

    def _all_since(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Every session created since then."""
        since_then = {"gte": int((since - CLOCKS_DIFFER).timestamp())}
        return self._pages(SESSIONS, {"created": since_then, "expand": [f"data.{CHARGE}"]})

    def _pages(self, path: str, narrowed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Every object, over all pages; too many to be sure is Lost, never "there is none"."""
        asked: dict[str, Any] = {**narrowed, "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = self.ask("GET", path, asked)
            yield from page["data"]
            if not page.get("has_more"):
                return
            asked["starting_after"] = page["data"][-1]["id"]
        raise Lost(f"more than {PAGE * MOST_PAGES} objects at {path}: narrow the search")

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """The idempotency key `rfd:<refund>:<number>` makes a repetition harmless."""
        fields = {
            "payment_intent": asked.capture,
            "amount": asked.money.amount,
            "reason": asked.reason,
            # Events of the refund carry its own metadata only, so both our names are in it.
            "metadata": {"refund": asked.refund, "reference": asked.reference},
        }
        return _seen(self.ask("POST", REFUNDS, fields, key=f"rfd:{asked.refund}:{asked.number}"))

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """By our id in the metadata, among the refunds of the payment; of several the one that was not stopped."""
        every = self._pages(REFUNDS, {"payment_intent": asked.capture})
        ours = [one for one in every if (one.get("metadata") or {}).get("refund") == asked.refund]
        found = sorted((_seen(one) for one in ours), key=lambda seen: seen.state == "failed")
        return found[0] if found else None

    def find_reference(self, capture: str) -> str | None:
        """From the metadata that the checkout gave the payment intent."""
        try:
            intent = self.ask("GET", f"{INTENTS}/{quote(capture, safe='')}", {})
        except ProviderRefused as no:
            if no.status == 404:
                return None
            raise
        reference = (intent.get("metadata") or {}).get("reference")
        return str(reference) if reference else None

    def ask(self, method: str, path: str, fields: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        """One request of the interface. Raises Unreachable, Lost, StoredFailure or ProviderRefused."""
        form = urlencode(list(flatten(fields)))
        headers = {"Authorization": f"Bearer {self._key}", "Stripe-Version": VERSION}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers |= {"Idempotency-Key": key} if key else {}
            return _answer(http.call(method, self._base + path, headers, form.encode()))
        return _answer(http.call(method, f"{self._base}{path}?{form}", headers))


def flatten(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested fields as the provider's form names: `line_items[0][price_data][currency]`, `expand[]`."""
    for name, value in fields.items():
        place = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, Mapping):
            yield from flatten(value, place)
        elif isinstance(value, (list, tuple)):
            for number, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from flatten(item, f"{place}[{number}]")
                else:
                    yield f"{place}[]", str(item)
        else:
            yield place, str(value)


def _line(line: OrderLine) -> dict[str, Any]:
    price = {
        "currency": line.money.currency.lower(),
        "unit_amount": line.money.amount,
        "product_data": {"name": line.name},
    }
    return {"price_data": price, "quantity": 1}


def _answer(reply: http.Reply) -> dict[str, Any]:
    """The object, or the failure: 4xx is a no, except where it means "not now"; 5xx, and 409 for a twin request that
    is still running, leave open what happened."""
    if reply.status == 200:
        return reply.json()
    if reply.status == 429:
        raise Unreachable("the provider takes no more requests now; nothing was carried out")
    if reply.status == 500:
        raise StoredFailure("the provider answered 500, and will again under this key")
    if reply.status > 500 or reply.status == 409:
        raise Lost(f"the provider answered {reply.status}")
    error = reply.json().get("error")
    said = error if isinstance(error, dict) else {}
    raise ProviderRefused(reply.status, str(said.get("code") or said.get("type")), str(said.get("message")))


def _seen(refund: dict[str, Any]) -> RefundSeen:
    try:
        return seen_refund(refund)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise Lost(f"the state of the refund cannot be read: {type(reason).__name__}") from reason


def _is_ours(session: dict[str, Any], reference: str) -> bool:
    return bool(session.get("client_reference_id") == reference)


def _readable(session: dict[str, Any]) -> CheckoutState:
    try:
        return session_state(session)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise Lost(f"the state of the checkout cannot be read: {type(reason).__name__}") from reason


def _together(sessions: list[dict[str, Any]]) -> CheckoutState | None:
    """One reference may have been sent under several keys: the paid one speaks, else the open one, else the newest
    (the provider lists newest first); the facts of all are kept."""
    states = [_readable(session) for session in sessions]
    if not states:
        return None
    rank = {AttemptState.CAPTURED: 0, AttemptState.PENDING: 1}
    best = min(states, key=lambda state: rank.get(state.state, 2))
    return best.model_copy(update={"facts": tuple(fact for state in states for fact in state.facts)})
