"""The lines that `python -m local` prints: one per step, begun when the step begins, ended with its time."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

WIDTH = 28


class StepFailed(Exception):
    """A step did not succeed: `cause` for people, `command` is what to type next."""

    def __init__(self, cause: str, command: str) -> None:
        super().__init__(cause)
        self.cause, self.command = cause, command


class Progress:
    """Numbered steps for people, or one JSON object per line for tools. `note` adds what a step found."""

    def __init__(self, steps: tuple[str, ...], as_json: bool = False, out: TextIO | None = None) -> None:
        self._steps, self._as_json = steps, as_json
        # The terminal itself: inside the local cloud, stdout of handlers goes to the log.
        self._out = out or sys.stdout
        self._number, self._started, self._note = 0, 0.0, ""

    @contextmanager
    def step(self) -> Iterator["Progress"]:
        """The next step. Its line is ended when the block ends, and says failed when it raises."""
        self.begin()
        try:
            yield self
        except BaseException:
            self.end("failed")
            raise
        self.end("ok")

    def begin(self) -> None:
        """Begin the next step's line."""
        self._number, self._started, self._note = self._number + 1, time.perf_counter(), ""
        if not self._as_json:
            label = f" {self._number}/{len(self._steps)} {self._steps[self._number - 1]} "
            self._print(label.ljust(WIDTH, "."), end=" ")

    def note(self, text: str) -> None:
        """What the step found, for the end of its line."""
        self._note = text

    def end(self, outcome: str) -> None:
        """End the line of the present step."""
        seconds = time.perf_counter() - self._started
        if self._as_json:
            step = {"step": self._steps[self._number - 1], "status": outcome, "seconds": round(seconds, 2)}
            self.tell({**step, "note": self._note})
        else:
            self._print(f"{outcome:<6} {seconds:5.1f} s   {self._note}".rstrip())

    def tell(self, facts: dict[str, Any], text: str = "") -> None:
        """Something besides steps: `facts` for tools, `text` for people."""
        if self._as_json:
            self._print(json.dumps(facts, ensure_ascii=False, default=str))
        elif text:
            self._print(text)

    def _print(self, text: str, end: str = "\n") -> None:
        self._out.write(text + end)
        self._out.flush()
