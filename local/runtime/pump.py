"""Turns all event sources in a fixed order, so that a test replays exactly, and moves the clock past what is due.

One lock: whoever pumps (a test, the background thread, a button of the control room) pumps alone.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from local.clock import Clock
from local.runtime.source import Source, earliest

MOST_STEPS = 200_000
IDLE_SECONDS = 0.02


class DoesNotSettle(RuntimeError):
    """Something causes itself: an event whose handling causes the same event, for example."""


class Pump:
    """`sources` come in order of delivery. Schedules come last: a job starts when the one before has settled.

    `noted` is called after every round in which something happened, before the clock moves on.
    """

    def __init__(
        self, clock: Clock, sources: Sequence[Source], jobs: Source, noted: Callable[[], None] = lambda: None
    ) -> None:
        self._clock, self.sources, self._jobs, self._noted = clock, list(sources), jobs, noted
        self.paused: set[str] = set()
        self.lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def tick(self) -> bool:
        """One step of every source; a job only when nothing else had work. True when anything happened."""
        with self.lock:
            worked = False
            for source in self.sources:
                if source.name not in self.paused:
                    worked = source.step() or worked
            worked = worked or (self._jobs.name not in self.paused and self._jobs.step())
            if worked:
                self._noted()
            return worked

    def settle(self) -> None:
        """Deliver everything that is due now, and what that causes, on this thread."""
        with self.lock:
            for _ in range(MOST_STEPS):
                if self._stop.is_set() or not self.tick():
                    return
        busy = [source.name for source in [*self.sources, self._jobs] if self._is_due(source)]
        raise DoesNotSettle(f"after {MOST_STEPS} rounds there is still work at {self._clock.now()}: {', '.join(busy)}")

    def next_due(self) -> datetime | None:
        """When something falls due next; paused sources do not count."""
        sources = [*self.sources, self._jobs]
        return earliest(*(source.next_due() for source in sources if source.name not in self.paused))

    def advance(self, to: datetime) -> None:
        """Move the clock to `to` by way of every due instant on the way, settling at each."""
        with self.lock:
            self.settle()
            while not self._stop.is_set() and (due := self.next_due()) is not None and due <= to:
                self._clock.move_to(due)
                self.settle()
            if not self._stop.is_set():
                self._clock.move_to(to)
                self.settle()

    def run(self, failed: Callable[[Exception], None]) -> None:
        """Pump in the background until `stop`. `failed` hears of errors of the runtime itself."""
        self._thread = threading.Thread(target=self._loop, args=(failed,), name="pump", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End for good, after the step under way: the background thread, and a move of the clock half way."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)
        self._thread = None
        # Whoever settles or moves the clock holds the lock until it has seen the stop.
        with self.lock:
            pass

    def dump(self) -> dict[str, Any]:
        """The state of every source by name, each before those it hands work to: nothing falls in between."""
        return {source.name: source.dump() for source in [self._jobs, *self.sources]}

    def load(self, state: dict[str, Any]) -> None:
        for source in [*self.sources, self._jobs]:
            if source.name in state:
                source.load(state[source.name])

    def _loop(self, failed: Callable[[Exception], None]) -> None:
        while not self._stop.is_set():
            try:
                worked = self.tick()
            except Exception as problem:
                failed(problem)
                worked = False
            if not worked:
                self._stop.wait(IDLE_SECONDS)

    def _is_due(self, source: Source) -> bool:
        due = source.next_due()
        return due is not None and due <= self._clock.now()
