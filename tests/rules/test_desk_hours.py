"""Desk hours: open to the minute, on working days of the scheme's calendar, in its time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from certification.rules.calendars import Holiday, WorkingCalendar
from certification.rules.desk_hours import Answering, answering
from certification.rules.policy_applying import Hours

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = (Hours(opens="14:00", closes="18:00"), Hours(opens="09:00", closes="12:00"))
CALENDAR = WorkingCalendar(
    name="test",
    source="test",
    first=date(2026, 1, 1),
    last=date(2026, 10, 9),
    holidays=tuple(Holiday(day=date(2026, 10, day), en="National Day", zh="国庆节") for day in range(1, 8)),
    extra_working_days=(date(2026, 9, 27),),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.rule("INF-11", "REI-10")
@pytest.mark.parametrize(
    ("now", "until", "since"),
    [
        ("2026-09-28 08:59:59", None, "2026-09-28 09:00"),
        ("2026-09-28 09:00:00", "2026-09-28 12:00", None),
        ("2026-09-28 11:59:59", "2026-09-28 12:00", None),
        ("2026-09-28 12:00:00", None, "2026-09-28 14:00"),
        ("2026-09-28 17:59:59", "2026-09-28 18:00", None),
        ("2026-09-28 18:00:00", None, "2026-09-29 09:00"),
        ("2026-09-26 10:00:00", None, "2026-09-27 09:00"),  # a Saturday; the Sunday is a working day
        ("2026-09-27 10:00:00", "2026-09-27 12:00", None),
        ("2026-09-30 18:00:00", None, "2026-10-08 09:00"),
        ("2026-10-09 18:00:00", None, None),  # the calendar ends: no promise
    ],
)
def test_a_desk_says_until_when_or_from_when_it_answers(now: str, until: str | None, since: str | None) -> None:
    expected = Answering(until=at(until) if until else None, since=at(since) if since else None)
    assert answering(HOURS, CALENDAR, ZONE, at(now)) == expected
    elsewhere = at(now).astimezone(ZoneInfo("America/New_York"))
    assert answering(HOURS, CALENDAR, ZONE, elsewhere) == expected
