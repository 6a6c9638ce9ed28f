"""Days of work as stretches: joined, taken out, full on a day, missing so much; and how to say how long."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.timeline import (
    OPEN,
    Days,
    after_years,
    beginning,
    full_on,
    in_words,
    joined,
    length,
    still_missing,
    without,
)

FIRST = date(2000, 1, 1).toordinal()
STRETCHES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 90)).map(lambda pair: (FIRST + pair[0], FIRST + pair[0] + pair[1])),
    max_size=6,
)


def days_in(days: Days) -> set[int]:
    return {day for first, end in days for day in range(first, end)}


def ordinal(*day: int) -> int:
    return date(*day).toordinal()


def stretch(since: date, until: date | None = None) -> tuple[int, int]:
    return since.toordinal(), OPEN if until is None else until.toordinal() + 1


@given(STRETCHES, STRETCHES, st.integers(FIRST, FIRST + 500))
def test_joining_taking_out_and_beginning_are_what_they_are_for_sets_of_days(one: Days, other: Days, day: int) -> None:
    days, off = joined(one), joined(other)
    assert days_in(days) == days_in(one)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(days))
    left = without(days, off)
    assert days_in(left) == days_in(one) - days_in(other)
    assert joined(left) == left
    assert days_in(beginning(days, day)) == {one_day for one_day in days_in(one) if one_day >= day}


def test_a_year_is_full_on_the_eve_of_its_anniversary_and_gaps_move_it() -> None:
    assert full_on([stretch(date(2024, 1, 1))], 3) == ordinal(2026, 12, 31)
    with_a_month_off = [stretch(date(2020, 1, 1), date(2020, 12, 31)), stretch(date(2021, 2, 1))]
    assert full_on(with_a_month_off, 3) == ordinal(2023, 1, 31)
    assert full_on([stretch(date(2024, 1, 1), date(2026, 12, 31))], 3) == ordinal(2026, 12, 31)
    assert full_on([stretch(date(2024, 1, 1), date(2026, 12, 30))], 3) is None


def test_no_years_are_full_at_once_and_no_work_never_fills_one() -> None:
    assert full_on([], 0) == 0
    assert full_on([], 1) is None


@pytest.mark.parametrize(
    ("since", "years", "last"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
        (date(2024, 2, 28), 1, date(2025, 2, 27)),
    ],
)
def test_29_february_has_its_anniversary_on_1_march(since: date, years: int, last: date) -> None:
    assert full_on([stretch(since)], years) == last.toordinal()
    assert after_years(date(2008, 2, 29), 18) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("first", "end", "said_en", "said_zh"),
    [
        (date(2026, 11, 1), date(2027, 3, 1), "4 months", "4 个月"),
        (date(2026, 1, 1), date(2027, 1, 1), "1 year", "1 年"),
        (date(2026, 1, 1), date(2027, 2, 2), "1 year, 1 month and 1 day", "1 年 1 个月 1 天"),
        (date(2026, 1, 31), date(2026, 3, 1), "1 month", "1 个月"),
        (date(2026, 1, 31), date(2026, 2, 28), "28 days", "28 天"),
        (date(2026, 12, 31), date(2027, 1, 31), "1 month", "1 个月"),
        (date(2026, 1, 1), date(2026, 1, 1), "0 days", "0 天"),
    ],
)
def test_lengths_are_said_in_years_months_and_days(first: date, end: date, said_en: str, said_zh: str) -> None:
    assert in_words(first, end) == (said_en, said_zh)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_a_length_is_never_negative_and_grows_with_the_days(first: date, days: int) -> None:
    now, more = length(first, first + timedelta(days=days)), length(first, first + timedelta(days=days + 1))
    assert all(part >= 0 for part in now)
    assert now[1] < 12
    assert now < more


def test_what_is_missing_is_what_would_complete_the_years() -> None:
    still = [stretch(date(2024, 4, 1))]
    assert in_words(*still_missing(still, 3, ordinal(2026, 11, 30)))[0] == "4 months"
    ended = [stretch(date(2024, 4, 1), date(2026, 11, 30))]
    assert in_words(*still_missing(ended, 3, ordinal(2026, 12, 31)))[0] == "4 months"
    assert in_words(*still_missing([], 3, ordinal(2026, 12, 31)))[0] == "3 years"
    not_begun = [stretch(date(2027, 1, 1))]
    assert in_words(*still_missing(not_begun, 3, ordinal(2026, 12, 31)))[0] == "3 years"
    with_a_gap = [stretch(date(2024, 1, 1), date(2024, 12, 31)), stretch(date(2026, 1, 1))]
    assert in_words(*still_missing(with_a_gap, 3, ordinal(2026, 12, 31)))[0] == "1 year"
