"""CARD WEBHOOK: is this event really from the card provider, meant for us, and fresh?

Verified over the raw bytes before anybody reads them. `livemode` must be what we expect: a test event on the live
endpoint would register people who paid with play money.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certification.providers.signatures import Rejected, check, header, is_name, json_object, raw_body

HEADER = "stripe-signature"


@dataclass(frozen=True)
class Verified:
    """A genuine event: parsed, as the bytes that were signed, and how far the sender's clock is ahead in seconds."""

    event: dict[str, Any]
    raw: bytes
    ahead: int

    @property
    def id(self) -> str:
        return str(self.event["id"])


def verify(request: Mapping[str, Any], secrets: Sequence[str], now: datetime, *, live: bool) -> Verified:
    """The event in an API Gateway request, or Rejected. `secrets` are the endpoint's, newest first; `live` says whether
    this stack takes real money (`is_live` of the API key)."""
    raw = raw_body(request)
    ahead = check(header(request.get("headers"), HEADER), raw, secrets, now)
    event = json_object(raw)
    inside = event.get("data")
    if (
        not all(is_name(event.get(name)) for name in ("id", "type"))
        or not isinstance(inside, dict)
        or not isinstance(inside.get("object"), dict)
        or type(event.get("created")) is not int
    ):
        raise Rejected("wrong_shape", "signed, but not an event: id, type, created or data.object is missing")
    if event.get("livemode") is not live:
        raise Rejected("wrong_mode", f"livemode must be {str(live).lower()} on this endpoint")
    return Verified(event=event, raw=raw, ahead=ahead)


def is_live(api_key: str) -> bool:
    """Whether this secret API key moves real money."""
    return api_key.startswith(("sk_live_", "rk_live_"))
