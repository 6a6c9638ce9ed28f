"""TIMELINE: which days of work count, when so many years of them are full, and how to draw it.

In words: overlapping jobs count once and gaps not at all. Where the policy says so, the days of full-time study and of
leave for study do not count (ELI-02, ELI-03). Counting may begin with a document's date (ELI-04). A year is full on the
eve of its anniversary; every day that does not count moves the anniversary by one. 29 February has its anniversary on
1 March in years without that day. Days are ordinals (`date.toordinal`), so that counting is adding.
"""

from collections.abc import Iterable
from datetime import date

OPEN = date.max.toordinal()
"""The day after the last day of what still goes on. No age and no anniversary is looked for beyond it."""

Days = list[tuple[int, int]]
"""Stretches of days in order, apart from each other: the first day, and the day after the last."""


def after_years(day: date, years: int) -> date:
    """The anniversary; 29 February has it on 1 March in years without that day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def joined(stretches: Iterable[tuple[int, int]]) -> Days:
    """The days that are in any of these: in order, overlapping and adjoining ones joined."""
    answer: Days = []
    for first, end in sorted(stretches):
        if answer and first <= answer[-1][1]:
            if end > answer[-1][1]:
                answer[-1] = (answer[-1][0], end)
        elif first < end:
            answer.append((first, end))
    return answer


def without(days: Days, taken: Days) -> Days:
    """The days that are not in `taken`; both are joined."""
    answer: Days = []
    for first, end in days:
        left = first
        for off, back in taken:
            if off >= end:
                break
            if off > left:
                answer.append((left, off))
            left = max(left, back)
        if left < end:
            answer.append((left, end))
    return answer


def beginning(days: Days, first_day: int) -> Days:
    """The days from this one on."""
    if not days or days[0][0] >= first_day:
        return days
    return [(max(first, first_day), end) for first, end in days if end > first_day]


def full_on(days: Days, years: int) -> int | None:
    """The day on which so many years are full: their last day. None when the work ends before; 0 for no years."""
    if years == 0:
        return 0
    if not days:
        return None
    end = after_years(date.fromordinal(days[0][0]), years).toordinal()
    before = days[0][0]
    for first, after in days:
        end += first - before
        if end <= after:
            return end - 1
        before = after
    return None


def still_missing(days: Days, years: int, until: int) -> tuple[date, date]:
    """What is missing of so many years on the day `until`, as the stretch of calendar that would complete them.

    Both dates stand for how long it is, not for when: the first is the day after the last that counts.
    """
    if not days or days[0][0] > until:
        first = date.fromordinal(until + 1)
        return first, after_years(first, years)
    end = after_years(date.fromordinal(days[0][0]), years).toordinal()
    before = days[0][0]
    for day, after in days:
        if day > until:
            break
        end += day - before
        before = min(after, until + 1)
        if after > until:
            break
    return date.fromordinal(before), date.fromordinal(max(before, end))


def length(first: date, end: date) -> tuple[int, int, int]:
    """How long it is from the first day to the day after the last: whole years, months, and days."""
    months = (end.year - first.year) * 12 + end.month - first.month
    if _after_months(first, months) > end:
        months -= 1
    return months // 12, months % 12, (end - _after_months(first, months)).days


def _after_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:  # the month is shorter: the first of the next one
        return date(year + (month == 11), month % 12 + 2 if month < 11 else 1, 1)


def in_words(first: date, end: date) -> tuple[str, str]:
    """`1 year, 4 months and 2 days`, in English and in Chinese."""
    counts = length(first, end)
    en = [
        f"{count} {unit}" if count == 1 else f"{count} {unit}s"
        for count, unit in zip(counts, _EN, strict=True)
        if count
    ]
    zh = [f"{count} {unit}" for count, unit in zip(counts, _ZH, strict=True) if count]
    if not en:
        return "0 days", "0 天"
    return " and ".join([", ".join(en[:-1]), en[-1]]) if len(en) > 1 else en[0], " ".join(zh)


_EN, _ZH = ("year", "month", "day"), ("年", "个月", "天")
