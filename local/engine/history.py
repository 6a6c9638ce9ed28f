"""Which finished executions are still known. Without an end, a clock moved by months would fill the memory.

AWS keeps a closed Standard execution (and its name) for 90 days and no Express execution at all; ours keep the latest
thousand Express ones, because people look at them in the control room.
"""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from local.engine.records import Execution

STANDARD_KEPT_FOR = timedelta(days=90)
EXPRESS_KEPT = 1_000


class History:
    """The finished executions in the order in which they finished."""

    def __init__(self) -> None:
        self._standard: deque[tuple[datetime, str]] = deque()
        self._express: deque[str] = deque()

    def add(self, finished: Execution) -> list[str]:
        """Note a finished execution; gives the ARNs of those that are forgotten for it."""
        stopped = finished.stopped or finished.started
        if finished.kind == "EXPRESS":
            self._express.append(finished.arn)
        else:
            self._standard.append((stopped, finished.arn))
        forgotten = [self._express.popleft()] if len(self._express) > EXPRESS_KEPT else []
        while self._standard and stopped - self._standard[0][0] > STANDARD_KEPT_FOR:
            forgotten.append(self._standard.popleft()[1])
        return forgotten

    def load(self, executions: Iterable[Execution]) -> None:
        """Know exactly these, after a load."""
        self._standard.clear()
        self._express.clear()
        for execution in sorted(executions, key=lambda each: (each.stopped or each.started, each.arn)):
            if execution.status != "RUNNING":
                self.add(execution)
