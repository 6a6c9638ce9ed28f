"""The card simulator's request side: nested form fields, their checks, and answers stored under idempotency keys.

As strict as the real interface where it matters: a parameter it does not know, an expiry outside 30 minutes to 24
hours, the same key with other parameters, a missing or live secret key are refused.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from local.simulators.base import Answer, State

VERSION = "2026-10-28.endive"
SHORTEST, LONGEST = 30 * 60, 24 * 3600
KEYS_KEPT = 24 * 3600
METHODS = ("card", "alipay", "wechat_pay")
REQUIRED = ("mode", "line_items", "success_url")
KNOWN = {
    "mode", "ui_mode", "allowed_payment_method_types", "line_items", "client_reference_id", "metadata", "locale",
    "payment_intent_data", "payment_method_options",
    "adaptive_pricing", "success_url", "cancel_url", "expires_at", "customer_email", "expand",
}  # fmt: skip


class Refusal(Exception):
    """An answer that is an error, in the provider's shape."""

    def __init__(self, status: int, kind: str, code: str, text: str, param: str | None = None) -> None:
        super().__init__(text)
        error = {"type": kind, "code": code, "message": f"[simulator] {text}", "param": param}
        self.answer: Answer = encoded(status, {"error": {name: value for name, value in error.items() if value}})


def encoded(status: int, content: Mapping[str, Any], **headers: str) -> Answer:
    """A JSON answer that says it comes from a simulator."""
    usual = {"content-type": "application/json", "stripe-version": VERSION, "simulator": "card"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {**usual, **named}, json.dumps(content, indent=2).encode()


def invalid(text: str, param: str, code: str = "parameter_invalid") -> Refusal:
    """A 400 about one parameter."""
    return Refusal(400, "invalid_request_error", code, text, param)


def fields(text: str) -> State:
    """`a[0][b]=1&c[]=2` as nested objects; a list is an object with its places as keys."""
    answer: State = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *inner = name.replace("]", "").split("[")
        place = answer
        for part, following in zip([first, *inner], inner, strict=False):
            del following
            place = place.setdefault(part, {})
        last = inner[-1] if inner else first
        place[last or str(len(place))] = value
    return answer


def whole(given: Any, param: str, least: int = 0) -> int:
    """A whole number of a form, at least `least`."""
    if not (isinstance(given, str) and given.isascii() and given.isdigit() and int(given) >= least):
        raise invalid(f"{param} must be a whole number of at least {least}", param, "parameter_invalid_integer")
    return int(given)


def checked_session(given: State, now: int) -> State:
    """The parameters of a new session, checked: currency, total, lines and expiry."""
    for unknown in sorted(set(given) - KNOWN):
        raise invalid(f"Received unknown parameter: {unknown}", unknown, "parameter_unknown")
    for missing in [name for name in REQUIRED if name not in given]:
        raise invalid(f"Missing required param: {missing}.", missing, "parameter_missing")
    if given["mode"] != "payment":
        raise invalid("only mode=payment is simulated", "mode")
    methods = list(given.get("allowed_payment_method_types", {"0": "card"}).values())
    if len(methods) != 1 or methods[0] not in METHODS:
        raise invalid("one of card, alipay and wechat_pay is simulated at a time", "allowed_payment_method_types")
    if methods == ["wechat_pay"] and given.get("payment_method_options", {}).get("wechat_pay") != {"client": "web"}:
        raise invalid("wechat_pay needs its client", "payment_method_options[wechat_pay][client]", "parameter_missing")
    expires = whole(given["expires_at"], "expires_at") if "expires_at" in given else now + LONGEST
    if not SHORTEST <= expires - now <= LONGEST:
        raise invalid("must be between 30 minutes and 24 hours after creation", "expires_at")
    lines = [_line(item) for item in given["line_items"].values()]
    if len({line["currency"] for line in lines}) != 1:
        raise invalid("all lines must have one currency", "line_items")
    total = sum(line["amount"] for line in lines)
    return {
        "method": methods[0],
        "lines": lines,
        "currency": lines[0]["currency"],
        "amount": total,
        "expires_at": expires,
    }


def _line(item: State) -> State:
    try:
        price = item["price_data"]
        return {
            "name": price["product_data"]["name"],
            "currency": price["currency"],
            "amount": whole(price["unit_amount"], "unit_amount", 1) * whole(item["quantity"], "quantity", 1),
        }
    except (KeyError, TypeError) as reason:
        raise invalid(
            "a line needs price_data with currency, unit_amount, product_data[name]", "line_items"
        ) from reason


def authorised(headers: Mapping[str, str]) -> None:
    """A secret test key and the pinned version, else a Refusal."""
    key = headers.get("authorization", "").removeprefix("Bearer ")
    if not key.startswith(("sk_test_", "rk_test_")):
        text = "a simulator takes no live key" if "_live_" in key else "Invalid API Key provided"
        raise Refusal(401, "invalid_request_error", "api_key_invalid", text)
    if headers.get("stripe-version") != VERSION:
        raise invalid(f"this simulator speaks version {VERSION} only", "Stripe-Version")


class StoredAnswers:
    """Idempotency: the first answer under a key, a 500 included, is given again to the same request for 24 hours."""

    def __init__(self, state: State) -> None:
        self._kept: dict[str, State] = state.setdefault("answers", {})

    def find(self, key: str, request: str, now: int) -> Answer | None:
        """The stored answer, or None. Another request under the key is refused."""
        if len(key) > 255:
            raise invalid("an idempotency key has at most 255 characters", "Idempotency-Key")
        kept = self._kept.get(key)
        if kept is None or now - kept["at"] >= KEYS_KEPT:
            return None
        if kept["request"] != _digest(request):
            raise Refusal(400, "idempotency_error", "idempotency_error", "the key was used with other parameters")
        return encoded(kept["status"], json.loads(kept["body"]), idempotent_replayed="true")

    def keep(self, key: str | None, request: str, now: int, answer: Answer) -> Answer:
        """Store the answer of a request that has begun, if it came with a key, and give it."""
        if key:
            kept = {"at": now, "request": _digest(request), "status": answer[0], "body": answer[2].decode()}
            self._kept[key] = kept
        return answer


def _digest(request: str) -> str:
    return hashlib.sha256(request.encode()).hexdigest()
