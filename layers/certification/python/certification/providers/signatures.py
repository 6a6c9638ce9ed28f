"""SIGNATURES: timed HMAC over raw bytes, for webhooks and registry answers.

In words: the header reads `t=<unix seconds>,v1=<hex>[,v1=<hex>...]`; the hex is HMAC-SHA256 of `<t>.<raw body>` under
a shared secret used as it stands. Several `v1` come while a secret is being replaced; other schemes are ignored. We
accept any of our secrets, compare in constant time, and refuse a time more than 300 seconds away from ours in either
direction. Every refusal is a `Rejected` with a reason code: the sender's mistake (400), never a fault of ours (500),
for a fault would page us and give an attacker free retries.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

SKEW = 300
LARGEST = 262_144
"""Bytes of a message at most: many times what any provider sends."""
LONGEST_HEADER = 4096

Code = Literal[
    "body_encoding", "too_large", "no_signature", "malformed_signature", "no_secret", "wrong_signature", "too_old", "too_new",
    "not_json", "wrong_shape", "wrong_mode", "not_form", "duplicate_field", "wrong_algorithm", "unknown_key", "probe",
    "unreadable_resource", "not_ours",
]  # fmt: skip


class Rejected(Exception):
    """A message is not from whom it says, or not for us. `code` is for metrics and the answer; nothing was stored."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code: Code = code
        self.text = text


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The bytes that were sent, from an API Gateway event (payload 2.0 or 1.0), base64-encoded by it or not."""
    body = event.get("body") or ""
    try:
        raw: bytes = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode("utf-8")
    except (binascii.Error, ValueError, AttributeError, TypeError) as reason:
        raise Rejected("body_encoding", "the body cannot be turned into bytes") from reason
    if len(raw) > LARGEST:
        raise Rejected("too_large", f"a message of {len(raw)} bytes; {LARGEST} are allowed")
    return raw


def is_name(value: object) -> bool:
    """Whether this can be what a provider calls a message: one word of at most 200 printable characters of ASCII, which
    every store takes for a key."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]{1,200}", value) is not None


def header(headers: Mapping[str, str] | None, name: str) -> str:
    """A header's value whatever the case of its name; empty when there is none."""
    return next((str(value) for key, value in (headers or {}).items() if key.lower() == name.lower()), "")


def sign(message: bytes, secret: str, at: datetime) -> str:
    """The header's value for this message, signed at this time."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(message, secret, str(seconds))}"


def check(value: str, message: bytes, secrets: Sequence[str], now: datetime) -> int:
    """Raises Rejected unless one of `secrets` signed the message within the window. Returns how many seconds the
    sender's clock is ahead of ours: worth a metric long before it is worth a refusal."""
    stamp, given = _parts(value)
    usable = [secret for secret in secrets if secret.strip()]
    if not usable:
        raise Rejected("no_secret", "no secret is configured, so nothing can be believed")
    expected = [_mac(message, secret, stamp) for secret in usable]
    # Every pair is compared, so the time taken does not tell which secret or signature was near.
    equal = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    if not any(equal):
        raise Rejected("wrong_signature", "the body was changed on its way, or another secret signed it")
    return seconds_ahead(stamp, now)


def seconds_ahead(stamp: str, now: datetime) -> int:
    """How far a signed time (unix seconds) is ahead of ours; Rejected outside the window, in either direction."""
    if not re.fullmatch("[1-9][0-9]{9}", stamp):
        raise Rejected("malformed_signature", "the signed time is not a number of unix seconds")
    ahead = int(stamp) - int(now.timestamp())
    if ahead < -SKEW:
        raise Rejected("too_old", f"signed {-ahead} seconds ago; {SKEW} are allowed")
    if ahead > SKEW:
        raise Rejected("too_new", f"signed {ahead} seconds in the future; {SKEW} are allowed")
    return ahead


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object in UTF-8, else Rejected. A name that comes twice is a way to make two readers read
    different things; NaN and Infinity are Python's, not JSON's."""
    try:
        content = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as reason:
        raise Rejected("not_json", "the body is not JSON in UTF-8") from reason
    if not isinstance(content, dict):
        raise Rejected("not_json", "the body is not a JSON object")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Rejected("duplicate_field", "a name comes twice in one object")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _parts(value: str) -> tuple[str, list[str]]:
    if not value:
        raise Rejected("no_signature", "there is no signature header")
    if len(value) > LONGEST_HEADER:
        raise Rejected("malformed_signature", "the header is longer than any number of secrets in use makes it")
    items = [part.strip().partition("=") for part in value.split(",")]
    stamps = [text for name, _, text in items if name == "t"]
    given = [text for name, _, text in items if name == "v1" and re.fullmatch("[0-9a-f]{64}", text)]
    if len(stamps) != 1 or not re.fullmatch("[1-9][0-9]{9}", stamps[0]) or not given:
        raise Rejected("malformed_signature", "the header needs one time and at least one v1 signature")
    return stamps[0], given


def _mac(message: bytes, secret: str, stamp: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + message, hashlib.sha256).hexdigest()
