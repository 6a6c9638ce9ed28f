"""The same journey with everything delivered twice: every webhook, stream batch, message, event, file and schedule.

At-least-once is what AWS and every provider promise. The rows at the end must be those of a run in which everything
came once, whether the second delivery comes at once or an hour later, when the rows have moved on.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest

from local.runtime.repeated import ONCE, Deliveries
from tests.journeys.journey import travel
from tests.journeys.normal import every_row
from tests.journeys.town import town_on

Rows = dict[str, list[str]]
CALLED_BY_THE_OUTSIDE = {"assay-registration_api", "assay-review_api", "assay-authorizer"}


@dataclass
class Told:
    """How it ended: the rows, what failed, and how often each function ran."""

    rows: Rows
    failures: list[str]
    statuses: list[str]
    runs: dict[str, int]


def tell(deliveries: Deliveries) -> Told:
    """The journey, with everything delivered so often. One local cloud at a time: it is closed again."""
    with town_on(deliveries) as town:
        journey = travel(town, town.skip)
        statuses = [now["status"] for now in journey["end"]]
        return Told(every_row(), town.failures(), statuses, dict(town.cloud.invoker.counts))


@pytest.fixture(scope="module")
def once() -> Told:
    return tell(ONCE)


@pytest.fixture(scope="module", params=[timedelta(), timedelta(hours=1)], ids=["at once", "an hour later"])
def twice(request: pytest.FixtureRequest) -> Told:
    return tell(Deliveries(times=2, again_after=request.param))


def test_the_rows_are_those_of_a_run_in_which_everything_came_once(once: Told, twice: Told) -> None:
    for table, rows in once.rows.items():
        more, less = Counter(twice.rows[table]) - Counter(rows), Counter(rows) - Counter(twice.rows[table])
        assert (table, more, less) == (table, Counter(), Counter())
    assert once.statuses == twice.statuses == ["certified", "not_passed"]
    assert once.failures == twice.failures == []


def test_there_is_one_certificate_and_one_of_each_letter(twice: Told) -> None:
    assert len(twice.rows["certificates"]) == 1
    announced = Counter(twice.rows["announcements"])
    assert (announced["CertificateIssued"], announced["CandidateRegistered"]) == (1, 2)
    assert len(twice.rows["messages"]) == 37
    assert (len(twice.rows["ledger"]), len(twice.rows["refunds"])) == (7, 0)


def test_everything_that_is_delivered_really_came_more_often(once: Told, twice: Told) -> None:
    for name, runs in once.runs.items():
        if name in CALLED_BY_THE_OUTSIDE:
            assert twice.runs[name] == runs
        elif name not in ("assay-settle_order", "assay-apply_outcomes"):
            assert twice.runs[name] > runs, name
