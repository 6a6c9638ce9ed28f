"""Asynchronous invocations of functions: kept until done, tried three times in all, then reported."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from local.runtime.invoker import Invoker
from local.runtime.source import earliest

RETRIES = 2
"""Lambda tries an asynchronous event again twice: after one minute, then after two."""


@dataclass(frozen=True)
class Pending:
    function: str
    event: Any
    due: datetime
    attempts: int = 0


class Asynchronous:
    """The queue in front of every function that is invoked without waiting for its answer."""

    name = "asynchronous"

    def __init__(self, invoker: Invoker, now: Callable[[], datetime], given_up: Callable[[str, str], None]) -> None:
        """`given_up(what, why)` is told when the last try failed."""
        self._invoker, self._now, self._given_up = invoker, now, given_up
        self._pending: list[Pending] = []

    def add(self, function: str, event: Any) -> None:
        """Invoke the function soon, on the pump."""
        self._pending.append(Pending(self._invoker.find(function).name, event, self._now()))

    def step(self) -> bool:
        due = next((entry for entry in self._pending if entry.due <= self._now()), None)
        if due is None:
            return False
        outcome = self._invoker.invoke(due.function, due.event)
        if outcome.failed and due.attempts < RETRIES:
            wait = timedelta(minutes=due.attempts + 1)
            self._pending.append(replace(due, attempts=due.attempts + 1, due=self._now() + wait))
        elif outcome.failed:
            self._given_up(f"asynchronous event for {due.function}", f"{outcome.error} after {RETRIES + 1} tries")
        # Taken off only now: a snapshot in between runs it again, as Lambda may, and never loses it.
        self._pending.remove(due)
        return True

    def next_due(self) -> datetime | None:
        return earliest(*(entry.due for entry in self._pending))

    def waiting(self) -> int:
        """How many events wait."""
        return len(self._pending)

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in list(self._pending)]

    def load(self, state: list[dict[str, Any]]) -> None:
        self._pending = [Pending(**entry) for entry in state]
