"""BEACON: public randomness of a day, fixed after payment closes and known to nobody before (decision 9)."""

from datetime import date

from pydantic import ValidationError

from certification.providers import http
from certification.providers.ports import Lost, NotYetPublished, ProviderRefused, PublicValue


class BeaconOverHttp:
    """A beacon at `base_url` that publishes one value per UTC day. Implements `Beacon`."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")

    def value(self, day: date) -> PublicValue:
        """The day's value; an answer for another day is no answer."""
        reply = http.call("GET", f"{self._base}/v1/days/{day.isoformat()}")
        if reply.status == 404:
            raise NotYetPublished(f"the public value of {day.isoformat()} does not exist yet")
        if 400 <= reply.status < 500 and reply.status != 429:
            raise ProviderRefused(reply.status, "refused", f"the beacon refuses {day.isoformat()}")
        if reply.status != 200:
            raise Lost(f"the beacon answered {reply.status}")
        try:
            value = PublicValue.model_validate(reply.json())
        except ValidationError as reason:
            raise Lost("the beacon's answer is not a public value") from reason
        if value.day != day:
            raise Lost(f"the beacon answered for {value.day}, not {day}")
        return value
