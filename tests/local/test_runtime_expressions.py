"""Schedules run when EventBridge would run them."""

from datetime import UTC, datetime, timedelta

import pytest

from local.runtime.expressions import ScheduleError, parse

START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)


def next_run(text: str, after: str, zone: str | None = None) -> str | None:
    due = parse(text, zone, START).after(datetime.fromisoformat(after))
    return due.isoformat() if due else None


@pytest.mark.parametrize(
    ("text", "zone", "after", "due"),
    [
        ("cron(0 * * * ? *)", None, "2026-03-14T02:12:00+00:00", "2026-03-14T03:00:00+00:00"),
        ("cron(0 * * * ? *)", None, "2026-03-14T03:00:00+00:00", "2026-03-14T04:00:00+00:00"),
        ("cron(0/15 8 * * ? *)", None, "2026-03-14T08:15:00+00:00", "2026-03-14T08:30:00+00:00"),
        ("cron(0 2 * * ? *)", "Asia/Hong_Kong", "2026-03-14T00:00:00+00:00", "2026-03-14T18:00:00+00:00"),
        ("cron(30 9 ? * MON-FRI *)", "Asia/Hong_Kong", "2026-03-14T02:00:00+00:00", "2026-03-16T01:30:00+00:00"),
        ("cron(0 0 ? * 1 *)", None, "2026-03-14T02:00:00+00:00", "2026-03-15T00:00:00+00:00"),
        ("cron(0 0 1 JAN,JUL ? *)", None, "2026-03-14T02:00:00+00:00", "2026-07-01T00:00:00+00:00"),
        ("cron(0 0 29 2 ? *)", None, "2026-03-14T02:00:00+00:00", "2028-02-29T00:00:00+00:00"),
        ("cron(0 12 1 1 ? 2030-2031)", None, "2026-03-14T02:00:00+00:00", "2030-01-01T12:00:00+00:00"),
        ("cron(0 12 1 1 ? 2020)", None, "2026-03-14T02:00:00+00:00", None),
        ("cron(0 0 31 2 ? *)", None, "2026-03-14T02:00:00+00:00", None),
        ("rate(1 hour)", None, "2026-03-14T02:12:00+00:00", "2026-03-14T03:12:00+00:00"),
        ("rate(5 minutes)", None, "2026-03-14T02:16:59+00:00", "2026-03-14T02:17:00+00:00"),
        ("rate(5 minutes)", None, "2026-03-14T02:17:00+00:00", "2026-03-14T02:22:00+00:00"),
        ("rate(7 days)", None, "2026-01-01T00:00:00+00:00", "2026-03-21T02:12:00+00:00"),
    ],
)
def test_the_next_run_is_the_first_match_after_the_instant(
    text: str, zone: str | None, after: str, due: str | None
) -> None:
    assert next_run(text, after, zone) == due


def test_a_time_skipped_by_daylight_saving_does_not_run() -> None:
    # New York: 02:30 on 8 March 2026 does not exist
    assert (
        next_run("cron(30 2 * * ? *)", "2026-03-07T12:00:00+00:00", "America/New_York") == "2026-03-09T06:30:00+00:00"
    )


def test_a_time_that_comes_twice_runs_once() -> None:
    # New York: 01:30 comes twice on 1 November 2026, first at 05:30 UTC
    first = next_run("cron(30 1 * * ? *)", "2026-11-01T00:00:00+00:00", "America/New_York")
    assert first == "2026-11-01T05:30:00+00:00"
    assert next_run("cron(30 1 * * ? *)", first, "America/New_York") == "2026-11-02T06:30:00+00:00"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cron(0 0 L * ? *)", "not supported"),
        ("cron(0 0 ? * 5L *)", "not supported"),
        ("cron(0 0 15W * ? *)", "not supported"),
        ("cron(0 0 ? * MON#1 *)", "not supported"),
        ("cron(0 0 * * * *)", "exactly one"),
        ("cron(0 0 ? * ? *)", "exactly one"),
        ("cron(0 0 * * ?)", "six fields"),
        ("cron(60 0 * * ? *)", "not within 0 to 59"),
        ("cron(0 0 * 13 ? *)", "not within 1 to 12"),
        ("cron(0 0 ? * 0 *)", "not within 1 to 7"),
        ("cron(0 20-10 * * ? *)", "is empty"),
        ("rate(1 hours)", "rate(1 hour)"),
        ("rate(2 hour)", "rate(1 hour)"),
        ("rate(0 hours)", "rate(1 hour)"),
        ("at(2026-03-14T00:00:00)", "only rate"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(text: str, word: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(text, None, START)
    assert word in str(caught.value)
    assert text in str(caught.value)


def test_names_with_the_letters_l_and_w_are_not_mistaken_for_symbols() -> None:
    assert next_run("cron(0 0 ? JUL WED *)", "2026-03-14T02:00:00+00:00") == "2026-07-01T00:00:00+00:00"


def test_a_year_of_hourly_runs_has_no_gap() -> None:
    hourly, instant = parse("cron(0 * * * ? *)", "Asia/Hong_Kong", START), START.replace(minute=0)
    for _ in range(24 * 366):
        due = hourly.after(instant)
        assert due == instant + timedelta(hours=1)
        instant = due
