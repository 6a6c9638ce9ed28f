"""How long money may be held that is not ours: both sides of every number."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from certification.rules.liabilities import TO_DO, Kind, days_held, gone_by, is_late

CAME = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", ["unapplied", "duplicate"])
def test_money_that_waits_for_a_person_is_late_after_what_was_promised_and_after_thirty_days_at_most(
    kind: Kind,
) -> None:
    assert gone_by(kind, CAME, CAME + 3 * DAY) == CAME + 3 * DAY
    assert gone_by(kind, CAME, CAME + 31 * DAY) == gone_by(kind, CAME, CAME + 30 * DAY) == CAME + 30 * DAY
    assert gone_by(kind, CAME, None) == CAME


@pytest.mark.parametrize("kind", ["refund", "closed", "unearned"])
def test_what_goes_by_itself_has_a_day(kind: Kind) -> None:
    assert gone_by(kind, CAME, None) == CAME + DAY
    assert gone_by(kind, CAME, CAME + 5 * DAY) == CAME + 5 * DAY


def test_late_is_after_the_date_and_not_at_it() -> None:
    assert not is_late(CAME, CAME)
    assert is_late(CAME, CAME + MOMENT)


def test_the_age_is_in_whole_days() -> None:
    assert [days_held(CAME, CAME + age) for age in (-DAY, DAY - MOMENT, DAY, 30 * DAY - MOMENT, 30 * DAY)] == [
        0,
        0,
        1,
        29,
        30,
    ]


def test_everything_that_is_listed_says_what_to_do() -> None:
    assert set(TO_DO) == set(get_args(Kind))
