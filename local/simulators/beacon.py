"""SIMULATOR of public randomness: one value per UTC day, published at noon, the same at every asking.

Not random at all: anybody can compute it from the date. It says so in its data.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from local.simulators.base import Answer, Context, Stage, State, flip

SWITCHES = {"down": "answers 503 to everything", "not_yet": "says that no day is published yet"}
PUBLISHED_AT = time(12, tzinfo=UTC)
JSON = {"content-type": "application/json"}


class BeaconSimulator:
    """`GET /v1/days/<YYYY-MM-DD>`: 200 with the value, 404 before noon UTC of the day."""

    name = "beacon"

    def __init__(self, context: Context) -> None:
        self._stage = Stage(context, {})

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

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch`, `clear` or `status`."""
        with self._stage.lock:
            if action == "switch":
                flip(self._stage.state, SWITCHES, form)
            elif action == "clear":
                self._stage.state["switches"] = []
            elif action != "status":
                raise ValueError(f"no action {action!r}; there are switch, clear, status")
            return {"simulator": True, "switches": list(self._stage.state["switches"]), "known": SWITCHES}

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self._stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self._stage.load(state)

    def next_due(self) -> datetime | None:
        """Never: it only answers."""
        return None

    def run_due(self) -> int:
        """Nothing."""
        return 0


SOURCE = "simulated beacon: computed from the date, random to nobody"


def value(day: date) -> str:
    """The day's value in hexadecimal."""
    return hashlib.sha256(f"simulated public randomness of {day.isoformat()}".encode()).hexdigest()


def _json(status: int, content: dict[str, Any]) -> Answer:
    return status, dict(JSON), json.dumps(content).encode()
