"""SIMULATOR of a source of reference rates: a file in the form of the European Central Bank's, for the clock's own day.

Its rates wander a little from day to day and are made up: the file says so, and what is shown from it does too.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from local.simulators.base import Answer, Answering

EURO = {"USD": Decimal("1.1172"), "CNY": Decimal("7.4326"), "HKD": Decimal("8.7652")}
SWITCHES = {
    "down": "the source answers 503",
    "stale": "the newest file is ten days old",
    "wrong": "the euro is worth ten times the yuan that it is",
}


class RatesSimulator(Answering):
    """`/stats/eurofxref/eurofxref-daily.xml`."""

    name = "rates"
    known = SWITCHES

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The file of the last working day."""
        del headers, body
        if self._stage.on("down"):
            return 503, {}, b""
        if method != "GET" or path.partition("?")[0] != "/stats/eurofxref/eurofxref-daily.xml":
            return 404, {}, b""
        day = self._stage.context.now().date() - timedelta(days=10 if self._stage.on("stale") else 0)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        cubes = "".join(f'<Cube currency="{name}" rate="{self._rate(name, day)}"/>' for name in EURO)
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
            ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>[simulator] rates</gesmes:subject>'
            f'<Cube><Cube time="{day}">{cubes}</Cube></Cube></gesmes:Envelope>'
        )
        return 200, {"content-type": "text/xml", "simulator": self.name}, text.encode()

    def _rate(self, name: str, day: date) -> Decimal:
        step = hashlib.sha256(f"{name}{day}".encode()).digest()[0] - 128
        rate = EURO[name] * (1 + Decimal(step) / 100_000)
        return (rate * (10 if name == "CNY" and self._stage.on("wrong") else 1)).quantize(Decimal("0.0001"))
