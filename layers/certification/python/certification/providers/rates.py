"""RATES: reference exchange rates from public sources, for a guide beside a price.

None of them is a payment rate, and each says so. The European Central Bank publishes euro rates on working days around
16:00 in Frankfurt; Frankfurter gives the rates of several central banks without a key and can be run by oneself; the
Hong Kong Monetary Authority publishes daily figures with its monthly bulletin, so they lag. `static` is the rate that is
shipped with this release: it is honest about its day, and too old to be shown soon after.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from certification.providers import http
from certification.providers.ports import Lost
from certification.rules.exchange import ReferenceRate, Source, cross, rounded

ECB = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
ECB_DAILY = "/stats/eurofxref/eurofxref-daily.xml"
FRANKFURTER_LATEST = "/v1/latest"
HKMA_DAILY = "/public/market-data-and-statistics/monthly-statistical-bulletin/er-ir/er-eeri-daily"

SHIPPED = ReferenceRate(
    base="USD",
    quote="CNY",
    rate=Decimal("6.65288221"),
    source="static",
    day=date(2026, 10, 30),
    fetched_at=datetime(2026, 10, 30, 15, tzinfo=UTC),
)
"""From the euro rates of the European Central Bank of that day: CNY 7.4326 / USD 1.1172."""


class RateSource(Protocol):
    """Somebody who publishes exchange rates."""

    def latest(self, base: str, quote: str) -> ReferenceRate:
        """The newest rate. Raises Unreachable or Lost."""


class EcbRates:
    """The European Central Bank's daily file of euro rates."""

    def __init__(self, base_url: str, now: Callable[[], datetime]) -> None:
        self._base, self._now = base_url.rstrip("/"), now

    def latest(self, base: str, quote: str) -> ReferenceRate:
        """The cross rate of two euro rates of the same day."""
        body = _fetched(f"{self._base}{ECB_DAILY}")
        if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
            raise Lost("the file of rates has a document type")

        def read() -> ReferenceRate:
            day = next(cube for cube in ElementTree.fromstring(body).iter(ECB) if "time" in cube.attrib)
            euro = {cube.attrib["currency"]: Decimal(cube.attrib["rate"]) for cube in day if "currency" in cube.attrib}
            euro["EUR"] = Decimal(1)
            rate = cross(euro[base], euro[quote])
            made_up = b"[simulator]" in body
            return _rate(base, quote, rate, "ecb", day.attrib["time"], self._now(), simulated=made_up)

        return _readable(read)


class FrankfurterRates:
    """Frankfurter, which gives the rates of central banks as JSON."""

    def __init__(self, base_url: str, now: Callable[[], datetime]) -> None:
        self._base, self._now = base_url.rstrip("/"), now

    def latest(self, base: str, quote: str) -> ReferenceRate:
        """The rate as published."""
        body = _fetched(f"{self._base}{FRANKFURTER_LATEST}?base={base}&symbols={quote}")

        def read() -> ReferenceRate:
            said = json.loads(body, parse_float=Decimal, parse_int=Decimal)
            if said["base"] != base:
                raise ValueError("another base")
            return _rate(base, quote, rounded(said["rates"][quote]), "frankfurter", said["date"], self._now())

        return _readable(read)


class HkmaRates:
    """The Hong Kong Monetary Authority: Hong Kong dollars per unit of each currency."""

    def __init__(self, base_url: str, now: Callable[[], datetime]) -> None:
        self._base, self._now = base_url.rstrip("/"), now

    def latest(self, base: str, quote: str) -> ReferenceRate:
        """The cross rate of the newest day that has both."""
        body = _fetched(f"{self._base}{HKMA_DAILY}?pagesize=10&sortby=end_of_day&sortorder=desc")

        def read() -> ReferenceRate:
            said = json.loads(body, parse_float=Decimal, parse_int=Decimal)
            if said["header"]["success"] is not True:
                raise ValueError("no success")
            names = base.lower(), quote.lower()
            days = [record for record in said["result"]["records"] if all(record.get(name) for name in names)]
            newest: dict[str, Any] = max(days, key=lambda record: str(record["end_of_day"]))
            # So many Hong Kong dollars are one unit: the pair is the other way round than with the euro's rates.
            rate = cross(Decimal(newest[names[1]]), Decimal(newest[names[0]]))
            return _rate(base, quote, rate, "hkma", newest["end_of_day"], self._now())

        return _readable(read)


class StaticRates:
    """The shipped reference, with its own day."""

    def latest(self, base: str, quote: str) -> ReferenceRate:
        """The shipped rate; Lost for any other pair."""
        if (base, quote) != (SHIPPED.base, SHIPPED.quote):
            raise Lost(f"no rate of {base} in {quote} is shipped")
        return SHIPPED


def _fetched(url: str) -> bytes:
    reply = http.call("GET", url)
    if reply.status != 200:
        raise Lost(f"the source of rates answered {reply.status}")
    return reply.body


def _rate(
    base: str, quote: str, rate: Decimal, source: Source, day: str, now: datetime, *, simulated: bool = False
) -> ReferenceRate:
    return ReferenceRate(
        base=base,
        quote=quote,
        rate=rate,
        source=source,
        day=date.fromisoformat(day),
        fetched_at=now,
        simulated=simulated,
    )


def _readable(read: Callable[[], ReferenceRate]) -> ReferenceRate:
    try:
        return read()
    except (
        ElementTree.ParseError, StopIteration, KeyError, TypeError, ValueError, AttributeError, InvalidOperation,
        RecursionError,
    ) as reason:  # fmt: skip
        raise Lost(f"the rates cannot be read: {type(reason).__name__}") from reason
