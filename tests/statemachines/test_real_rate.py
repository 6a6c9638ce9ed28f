"""The jobs as often as the template says: nobody is overlooked, and nobody is called a failure who only waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.stages import newcomer
from tests.journeys.town import Town, town_on


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with town_on(JobRate="rate(1 hour)") as made:
        yield made


@pytest.mark.rule("ARR-01")
def test_from_the_close_of_payment_to_the_seats_hour_by_hour(town: Town) -> None:
    paid, late = newcomer(town, 1), newcomer(town, 2)
    closes = town.sitting.dates.payment_closes
    town.skip(closes - timedelta(hours=2))
    runs = len(town.paths("deadlines"))
    town.pass_time(closes + timedelta(hours=27))
    assert len(town.paths("deadlines")) - runs == 5 * 29
    town.skip(closes + timedelta(days=2, hours=20))
    town.pass_time(closes + timedelta(days=3, hours=2))
    for candidate in (paid, late):
        assert candidate.awake().status() == "seated"
    assert [case.kind for case in town.cases() if case.kind != "review"] == []
    assert town.sitting.draw.frozen_at == closes + timedelta(hours=24)
    assert town.sitting.draw.beacon_day == datetime(2026, 12, 9, tzinfo=UTC).date()
    assert town.failures() == []
