"""SIMULATOR of public randomness: one value per UTC day, published at noon, the same at every asking.

Not random at all: anybody can compute it from the date. It says so in its data.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from local.simulators.base import Answer, Answering

SWITCHES = {"down": "answers 503 to everything", "not_yet": "says that no day is published yet"}
PUBLISHED_AT = time(12, tzinfo=UTC)
JSON = {"content-type": "application/json"}


class BeaconSimulator(Answering):
    """`GET /v1/days/<YYYY-MM-DD>`: 200 with the value, 404 before noon UTC of the day."""

    name = "beacon"
    known = SWITCHES

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        del headers, body
        found = re.fullmatch(r"/v1/days/(\d{4}-\d{2}-\d{2})", path.partition("?")[0])
        if self._stage.on("down"):
            return _json(503, {"code": "down", "simulated": True})
        if method != "GET" or not found:
            return _json(404, {"code": "not_found", "simulated": True})
        try:
            day = date.fromisoformat(found[1])
        except ValueError:
            return _json(400, {"code": "not_a_day", "simulated": True})
        if self._stage.on("not_yet") or self._stage.context.now() < datetime.combine(day, PUBLISHED_AT):
            return _json(404, {"code": "not_yet_published", "simulated": True})
        return _json(200, {"day": found[1], "value": value(day), "source": SOURCE, "simulated": True})


SOURCE = "simulated beacon: computed from the date, random to nobody"


def value(day: date) -> str:
    """The day's value in hexadecimal."""
    return hashlib.sha256(f"simulated public randomness of {day.isoformat()}".encode()).hexdigest()


def _json(status: int, content: dict[str, Any]) -> Answer:
    return status, dict(JSON), json.dumps(content).encode()
