"""The local clock tells UTC, whatever zone an instant was given in, and never goes back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from local.clock import VirtualClock

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def test_a_virtual_clock_tells_utc_whatever_it_was_moved_by() -> None:
    clock = VirtualClock(datetime(2026, 11, 23, 7, 0, tzinfo=HONG_KONG))
    assert clock.now().isoformat() == "2026-11-22T23:00:00+00:00"
    clock.move_to(datetime(2026, 11, 24, 7, 0, tzinfo=HONG_KONG))
    assert clock.now().isoformat() == "2026-11-23T23:00:00+00:00"


def test_a_clock_never_goes_back() -> None:
    clock = VirtualClock(datetime(2026, 11, 23, tzinfo=UTC))
    clock.move_to(clock.now() - timedelta(days=1))
    assert clock.now() == datetime(2026, 11, 23, tzinfo=UTC)
