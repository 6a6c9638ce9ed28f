"""What the engine does next: units of work that are ready, first come first served, and timers."""

import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple


class Unit(NamedTuple):
    """One unit of work. `turn` is the frame's turn it was made for: a unit of an earlier turn is stale and ignored.

    That one rule makes retries, cancelled branches and late timers harmless.
    """

    execution: str
    frame: int
    turn: int
    action: str


class Agenda:
    """The ready queue and the timers; both survive a dump."""

    def __init__(self) -> None:
        self._ready: deque[Unit] = deque()
        self._timers: list[tuple[datetime, int, Unit]] = []
        self._serial = 0

    def add(self, unit: Unit) -> None:
        """Do this after everything that is ready now."""
        self._ready.append(unit)

    def add_at(self, due: datetime, unit: Unit) -> None:
        """Do this when the clock reaches `due`; equal instants keep the order in which they were added."""
        self._serial += 1
        heapq.heappush(self._timers, (due, self._serial, unit))

    def first(self, now: datetime, is_alive: Callable[[Unit], bool]) -> Unit | None:
        """The unit to do now. It stays in the queue until `done`: work that dies half-way is done again."""
        while self._timers and self._timers[0][0] <= now:
            self._ready.append(heapq.heappop(self._timers)[2])
        while self._ready and not is_alive(self._ready[0]):
            self._ready.popleft()
        return self._ready[0] if self._ready else None

    def done(self) -> None:
        """The unit that `first` gave is finished."""
        self._ready.popleft()

    def next_due(self, is_alive: Callable[[Unit], bool]) -> datetime | None:
        """The instant of the earliest timer that still means something."""
        while self._timers and not is_alive(self._timers[0][2]):
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def dump(self) -> dict[str, Any]:
        """Plain JSON."""
        timers = [[due.isoformat(), serial, list(unit)] for due, serial, unit in self._timers]
        return {"ready": [list(unit) for unit in self._ready], "timers": timers, "serial": self._serial}

    def load(self, state: dict[str, Any]) -> None:
        """Replace everything by what `dump` gave."""
        self._ready = deque(Unit(*unit) for unit in state["ready"])
        timers = [(datetime.fromisoformat(due), serial, Unit(*unit)) for due, serial, unit in state["timers"]]
        heapq.heapify(timers)
        self._timers = timers
        self._serial = state["serial"]
