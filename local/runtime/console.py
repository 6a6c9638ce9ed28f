"""What handlers print goes to the log, not to the terminal.

Everything written to stdout or stderr inside an invocation is a log line of that function, as in Lambda. Which
invocation a line belongs to is a context variable, so concurrent requests do not mix.
"""

import io
import logging
import logging.handlers
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TextIO

LINES_KEPT = 2_000
FILE_SIZE = 2_000_000
FILES_KEPT = 5

Writer = Callable[[str], None]
_writer: ContextVar[Writer | None] = ContextVar("log_writer", default=None)


class HandlerLog:
    """The log of all functions: the last lines in memory and, with a folder, rotated files."""

    def __init__(self, now: Callable[[], datetime], folder: Path | None = None) -> None:
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._now = now
        self._file: logging.handlers.RotatingFileHandler | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = logging.handlers.RotatingFileHandler(
                folder / "handlers.log", maxBytes=FILE_SIZE, backupCount=FILES_KEPT, encoding="utf-8"
            )

    def line(self, function: str, request: str, text: str) -> None:
        """Keep one line of a function, with the instant of the local clock and the request's id."""
        entry = f"{self._now().isoformat(timespec='milliseconds')} {function} {request[:8]} {text}"
        self.lines.append(entry)
        if self._file is not None:
            self._file.handle(logging.LogRecord("handlers", logging.INFO, "", 0, entry, (), None))

    @contextmanager
    def capture(self, function: str, request: str) -> Iterator[None]:
        """Everything printed inside belongs to this request of this function."""
        rest = ""

        def write(text: str) -> None:
            nonlocal rest
            *whole, rest = (rest + text).split("\n")
            for entry in whole:
                self.line(function, request, entry)

        # Somebody (a test runner) may have put another stdout in place since the start.
        take_over()
        token = _writer.set(write)
        try:
            yield
        finally:
            _writer.reset(token)
            if rest:
                self.line(function, request, rest)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _Console(io.TextIOBase):
    """Stands in for stdout or stderr: inside an invocation it writes to the log, else to the terminal."""

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal

    def write(self, text: str) -> int:
        writer = _writer.get()
        if writer is not None:
            writer(text)
        elif not self.terminal.closed:
            self.terminal.write(text)
        return len(text)

    def flush(self) -> None:
        if not self.terminal.closed:
            self.terminal.flush()

    def isatty(self) -> bool:
        return _writer.get() is None and not self.terminal.closed and self.terminal.isatty()

    def fileno(self) -> int:
        return self.terminal.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.terminal.encoding

    def writable(self) -> bool:
        return True


def take_over() -> None:
    """Put our consoles in place of stdout and stderr, where they are not in place yet."""
    if not isinstance(sys.stdout, _Console):
        sys.stdout = _Console(sys.stdout)
    if not isinstance(sys.stderr, _Console):
        sys.stderr = _Console(sys.stderr)


def give_back() -> None:
    """Put back the terminal where our consoles stand."""
    if isinstance(sys.stdout, _Console):
        sys.stdout = sys.stdout.terminal
    if isinstance(sys.stderr, _Console):
        sys.stderr = sys.stderr.terminal
