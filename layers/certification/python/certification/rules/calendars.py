"""CALENDARS: working days, and the instant at which a day ends.

In words: a working day is Monday to Friday unless it is a holiday, or a weekend day that was made a working day
(China moves them). A deadline counted in days ends at the end of its last day in the scheme's time zone; the day of the
event itself is not counted. A deadline counted in hours ends that many hours later to the second. A date outside the
calendar's range is an error, never a guess. Holidays that the government has not yet announced are provisional: a
deadline counted over them says so, and a date that was promised is never moved to an earlier one (decision 27).
"""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from certification.rules.model import Frozen


class OutsideCalendar(LookupError):
    """A deadline touches a day that the calendar does not cover. Extend the calendar before taking the step."""


class Holiday(Frozen):
    """A day off, with its names."""

    day: date
    en: str
    zh: str


class WorkingCalendar(Frozen):
    """The working days from `first` to `last`; from `provisional_from` on the holidays are a forecast."""

    name: str
    source: str
    first: date
    last: date
    holidays: tuple[Holiday, ...]
    extra_working_days: tuple[date, ...] = ()
    provisional_from: date | None = None

    @model_validator(mode="after")
    def _within_range_and_in_order(self) -> Self:
        days = [holiday.day for holiday in self.holidays]
        if days != sorted(set(days)) or any(not self.first <= day <= self.last for day in days):
            raise ValueError("holidays are in order, once each, within the calendar's range")
        if set(days) & set(self.extra_working_days):
            raise ValueError("a day is a holiday or an extra working day, not both")
        return self

    @cached_property
    def _days_off(self) -> frozenset[date]:
        return frozenset(holiday.day for holiday in self.holidays)

    def is_working_day(self, day: date) -> bool:
        """Raises OutsideCalendar for a day before `first` or after `last`."""
        if not self.first <= day <= self.last:
            raise OutsideCalendar(f"calendar {self.name} covers {self.first} to {self.last}, not {day}")
        if day in self.extra_working_days:
            return True
        return day.weekday() < 5 and day not in self._days_off

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays up to this day are partly a forecast."""
        return self.provisional_from is not None and day >= self.provisional_from

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; with a negative count, the `-count`-th before it."""
        step, day, left = timedelta(days=1 if count >= 0 else -1), start, abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day in the zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(ZoneInfo("UTC"))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day is over: the first of the next one, in UTC. Up to it, not at it, the day lasts."""
    return start_of_day(day + timedelta(days=1), zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant in the zone. The instant must carry its own zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone belongs to no day")
    return instant.astimezone(zone).date()
