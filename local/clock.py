"""The one clock of the local cloud. Real for `make start` (and movable), virtual for tests."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset that only grows: moving the clock never goes back."""

    virtual = False

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + self.offset

    def move_to(self, instant: datetime) -> None:
        """Jump forward to `instant`; an instant in the past changes nothing."""
        self.offset += max(instant - self.now(), timedelta())


class VirtualClock(Clock):
    """Time stands still until somebody moves it: tests replay exactly."""

    virtual = True

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self.instant = start.astimezone(UTC)

    def now(self) -> datetime:
        return self.instant

    def move_to(self, instant: datetime) -> None:
        self.instant = max(self.instant, instant.astimezone(UTC))
