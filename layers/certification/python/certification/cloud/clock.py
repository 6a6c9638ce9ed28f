"""The only place that reads the time.

The local cloud and tests install their own source; a house test forbids every other way to ask.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return _source()


def use(source: Callable[[], datetime] | None) -> None:
    """Replace the source of time (the local cloud, tests); None goes back to the system's."""
    global _source  # noqa: PLW0603 - one clock for the whole process is the point
    _source = source or _system
