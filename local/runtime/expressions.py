"""When a schedule runs: `rate(…)` and `cron(…)` as EventBridge writes them, in a time zone.

The cron form has six fields: minutes, hours, day of month, month, day of week, year. Exactly one of the two day
fields is `?`. The letters `L`, `W` and `#` are refused by name: nothing here needs them, and a wrong guess would run
a job on the wrong day. Daylight saving follows EventBridge Scheduler: a time that does not exist is skipped, a time
that exists twice runs once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
LAST_YEAR = 2199
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class ScheduleError(ValueError):
    """An expression that EventBridge would refuse, or that this runtime does not understand."""


class Expression(Protocol):
    """Something that knows when it is due next."""

    def after(self, instant: datetime) -> datetime | None:
        """The first due time strictly later than `instant` (UTC); None when there is none any more."""


@dataclass(frozen=True)
class Rate:
    """Every `period`, counted from `start` (the instant the schedule was deployed)."""

    period: timedelta
    start: datetime

    def after(self, instant: datetime) -> datetime:
        if instant < self.start:
            return self.start + self.period
        return self.start + ((instant - self.start) // self.period + 1) * self.period


@dataclass(frozen=True)
class Cron:
    """The six fields as sets of numbers; None means any. Weekdays count from 1 = Sunday."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int] | None
    zone: ZoneInfo

    def after(self, instant: datetime) -> datetime | None:
        first = instant.astimezone(self.zone).date()
        for day in self._days_from(first):
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    due = self._instant(day, hour, minute)
                    if due is not None and due > instant:
                        return due
        return None

    def _days_from(self, first: date) -> Iterator[date]:
        year, month = first.year, first.month
        while year <= LAST_YEAR:
            if month in self.months and (self.years is None or year in self.years):
                start = first if (year, month) == (first.year, first.month) else date(year, month, 1)
                yield from self._days_of_month(start)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)

    def _days_of_month(self, start: date) -> Iterator[date]:
        day = start
        while day.month == start.month:
            if self._is_day(day):
                yield day
            day += timedelta(days=1)

    def _is_day(self, day: date) -> bool:
        if self.days is not None:
            return day.day in self.days
        return self.weekdays is None or day.isoweekday() % 7 + 1 in self.weekdays

    def _instant(self, day: date, hour: int, minute: int) -> datetime | None:
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        due = local.astimezone(UTC)
        exists = due.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        return due if exists else None


def parse(text: str, time_zone: str | None, start: datetime) -> Expression:
    """Read an expression. `start` is when the schedule came into being: the origin of a rate."""
    found = re.fullmatch(r"(rate|cron)\((.+)\)", text.strip())
    if found is None:
        raise ScheduleError(f"schedule expression {text!r}: only rate(...) and cron(...) are understood here")
    kind, inside = found.groups()
    if kind == "rate":
        return _rate(text, inside, start)
    return _cron(text, inside, ZoneInfo(time_zone or "UTC"))


def _rate(text: str, inside: str, start: datetime) -> Rate:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", inside.strip())
    if found is None or (found[1] == "1") != (found[3] == ""):
        raise ScheduleError(f"schedule expression {text!r}: write rate(1 hour) or rate(2 hours)")
    return Rate(int(found[1]) * _UNITS[found[2]], start)


def _cron(text: str, inside: str, zone: ZoneInfo) -> Cron:
    fields = inside.split()
    if len(fields) != 6:
        raise ScheduleError(f"schedule expression {text!r}: six fields are needed, found {len(fields)}")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ScheduleError(f"schedule expression {text!r}: exactly one of day of month and day of week must be ?")
    read = _Reader(text)
    return Cron(
        minutes=read.field("minutes", fields[0], 0, 59),
        hours=read.field("hours", fields[1], 0, 23),
        days=None if fields[2] == "?" else read.field("day of month", fields[2], 1, 31),
        months=read.field("month", fields[3], 1, 12, MONTHS),
        weekdays=None if fields[4] == "?" else read.field("day of week", fields[4], 1, 7, WEEKDAYS),
        years=None if fields[5] == "*" else read.field("year", fields[5], 1970, LAST_YEAR),
        zone=zone,
    )


@dataclass(frozen=True)
class _Reader:
    """Reads one field; keeps the whole expression for the error text."""

    text: str

    def field(self, name: str, value: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
        if re.search(r"(?<![A-Z])[LW](?![A-Z])|#|\d[LW]", value):
            raise ScheduleError(f"schedule expression {self.text!r}: {value!r} in {name}: L, W and # are not supported")
        chosen: set[int] = set()
        for part in value.split(","):
            chosen.update(self._part(name, part, low, high, names))
        return frozenset(chosen)

    def _part(self, name: str, part: str, low: int, high: int, names: tuple[str, ...]) -> range:
        found = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", part)
        if found is None or (found[1] == "*" and found[2]):
            raise ScheduleError(f"schedule expression {self.text!r}: cannot read {part!r} in {name}")
        step = int(found[3] or 1)
        first = low if found[1] == "*" else self._number(name, found[1], low, high, names)
        open_end = high if found[1] == "*" or found[3] else first
        last = self._number(name, found[2], low, high, names) if found[2] else open_end
        if step < 1 or last < first:
            raise ScheduleError(f"schedule expression {self.text!r}: {part!r} in {name} is empty")
        return range(first, last + 1, step)

    def _number(self, name: str, word: str, low: int, high: int, names: tuple[str, ...]) -> int:
        number = names.index(word.upper()) + low if word.upper() in names else int(word) if word.isdigit() else None
        if number is None or not low <= number <= high:
            raise ScheduleError(f"schedule expression {self.text!r}: {word!r} in {name} is not within {low} to {high}")
        return number
