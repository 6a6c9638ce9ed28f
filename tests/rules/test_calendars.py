"""Working days in Hong Kong and on the mainland, the ends of days, and what happens beyond the calendar."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certification.policies import load_calendar
from certification.rules.calendars import (
    Holiday,
    OutsideCalendar,
    WorkingCalendar,
    day_of,
    end_of_day,
    start_of_day,
)
from local.policy_tools import hong_kong_calendar, mainland_calendar

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
HK = load_calendar("hk")
MAINLAND = load_calendar("cn")


def test_each_file_is_what_its_generator_writes() -> None:
    for target, text in (
        (hong_kong_calendar.TARGET, hong_kong_calendar.hong_kong()),
        (mainland_calendar.TARGET, mainland_calendar.mainland()),
    ):
        assert Path(target).read_text(encoding="utf-8") == text


def test_good_friday_is_a_day_off_although_it_is_no_statutory_holiday() -> None:
    assert not HK.is_working_day(date(2026, 4, 3))
    assert HK.add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 8)


@pytest.mark.rule("CHK-01")
def test_five_working_days_over_lunar_new_year_end_on_25_february() -> None:
    # Friday 13 February 2026; 17 to 19 February are holidays
    assert HK.add_working_days(date(2026, 2, 13), 5) == date(2026, 2, 25)


def test_the_day_of_the_event_is_not_counted_and_a_weekend_does_not_advance_the_count() -> None:
    friday, saturday, sunday, monday = (date(2026, 3, day) for day in (6, 7, 8, 9))
    assert HK.add_working_days(friday, 1) == monday
    assert HK.add_working_days(saturday, 1) == monday
    assert HK.add_working_days(sunday, 1) == monday
    assert HK.add_working_days(monday, 0) == monday
    assert HK.add_working_days(monday, -1) == friday


def test_mainland_weekends_that_were_made_working_days_count() -> None:
    # National Day week of 2026: Sunday 20 September and Saturday 10 October were made working days
    assert MAINLAND.is_working_day(date(2026, 9, 20))
    assert not MAINLAND.is_working_day(date(2026, 9, 19))
    assert MAINLAND.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert MAINLAND.add_working_days(date(2026, 10, 9), 1) == date(2026, 10, 10)


def test_a_deadline_beyond_the_calendar_fails_loudly_and_one_on_its_last_day_does_not() -> None:
    assert HK.add_working_days(date(2030, 12, 30), 1) == date(2030, 12, 31)
    with pytest.raises(OutsideCalendar, match="hk covers 2025-01-01 to 2030-12-31, not 2031-01-01"):
        HK.add_working_days(date(2030, 12, 31), 1)
    with pytest.raises(OutsideCalendar):
        HK.add_working_days(date(2025, 1, 2), -2)


def test_days_that_the_government_has_not_yet_announced_are_provisional() -> None:
    assert not HK.is_provisional(date(2027, 12, 31))
    assert HK.is_provisional(date(2028, 1, 1))
    assert not MAINLAND.is_provisional(date(2026, 12, 31))
    assert MAINLAND.is_provisional(date(2027, 1, 1))


@given(st.dates(date(2025, 6, 1), date(2030, 6, 1)), st.integers(-60, 60))
def test_adding_and_counting_working_days_agree(start: date, count: int) -> None:
    end = HK.add_working_days(start, count)
    assert HK.working_days_between(start, end) == count or not HK.is_working_day(start)
    if count:
        assert HK.is_working_day(end)


def test_a_hong_kong_day_ends_at_sixteen_hundred_utc() -> None:
    assert start_of_day(date(2026, 3, 20), HONG_KONG) == datetime(2026, 3, 19, 16, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 20), HONG_KONG) == datetime(2026, 3, 20, 16, tzinfo=UTC)


def test_an_instant_belongs_to_the_day_of_the_zone() -> None:
    last_second = datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    assert day_of(last_second, HONG_KONG) == date(2026, 3, 20)
    assert day_of(last_second + timedelta(seconds=1), HONG_KONG) == date(2026, 3, 21)
    with pytest.raises(ValueError, match="without a time zone"):
        day_of(datetime(2026, 3, 20, 12), HONG_KONG)  # noqa: DTZ001 - a naive time is what is refused here


@pytest.mark.parametrize(
    ("holidays", "extra"),
    [
        ((date(2026, 1, 2), date(2026, 1, 1)), ()),
        ((date(2026, 1, 1), date(2026, 1, 1)), ()),
        ((date(2027, 1, 1),), ()),
        ((date(2026, 1, 3),), (date(2026, 1, 3),)),
    ],
    ids=["out of order", "twice", "out of range", "both off and working"],
)
def test_a_calendar_that_contradicts_itself_is_refused(holidays: tuple[date, ...], extra: tuple[date, ...]) -> None:
    with pytest.raises(ValidationError):
        WorkingCalendar(
            name="bad",
            source="a test",
            first=date(2026, 1, 1),
            last=date(2026, 12, 31),
            holidays=tuple(Holiday(day=day, en="Holiday", zh="假日") for day in holidays),
            extra_working_days=extra,
        )
