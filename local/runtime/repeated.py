"""At-least-once delivery on command: everything arrives several times, as AWS and every webhook may do any day.

Records of streams, messages of queues and asynchronous events are handed to their function again at once; events of the
bus, files and schedules come again at once or later, when the rows have moved on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local.runtime.invoker import Invoker, Outcome
from local.stack import FunctionSpec


@dataclass(frozen=True)
class Deliveries:
    """How often everything is delivered, and how long after the one before the next delivery of an event comes."""

    times: int = 1
    again_after: timedelta = timedelta()


ONCE = Deliveries()


class Repeated(Invoker):
    """An invoker for event sources: each delivery runs the function as often as `times` says, unless one fails."""

    def __init__(self, invoker: Invoker, times: int) -> None:
        self._one, self._times = invoker, times

    def find(self, function: str) -> FunctionSpec:
        return self._one.find(function)

    def invoke(self, function: str, event: Any) -> Outcome:
        outcome = self._one.invoke(function, event)
        for _ in range(self._times - 1):
            if outcome.failed:
                break
            outcome = self._one.invoke(function, event)
        return outcome
