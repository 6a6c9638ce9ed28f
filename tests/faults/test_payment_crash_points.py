"""The payment stories end the same wherever the system breaks: every call, killed, cut off, refused; and some pairs.

The first story is broken at every call, another at what no story before it does, and at its last write of each kind.
`python -m local.enumerate_faults` runs the same; with `--every` it breaks all. A failure's line replays its point.
"""

import pytest

from local.enumerate_faults.checking import WRITING
from local.enumerate_faults.modes import AFTER, BEFORE, LOST
from local.enumerate_faults.points import Report, Telling, enumerate_points, pairs_of, points_of, traces_of
from local.enumerate_faults.stories import STORIES

PARTS = {
    "pay": {"assay-portal", "assay-payment_webhook", "assay-relay_announcements", "assay-payment"},
    "pay_twice": {"assay-authorizer", "assay-registration_api", "assay-apply_payment", "assay-settle_order"},
    "ask": {"assay-registration_api", "assay-notify", "events.amazonaws.com", "NotifyFunctionQueue"},
    "wallet": {"assay-registration_api", "assay-payment_webhook", "assay-apply_payment", "assay-settle_order"},
}
"""Who must be broken in a story, among others."""


@pytest.fixture(scope="module")
def report() -> Report:
    return enumerate_points()


def ends_well(report: Report, story: str) -> bool:
    failures = report.failures(report.of(story))
    assert not failures, "\n".join(failures)
    return bool(report.of(story))


@pytest.mark.scenario(5)
@pytest.mark.scenario(6)
@pytest.mark.scenario(10)
@pytest.mark.scenario(11)
@pytest.mark.scenario(12)
@pytest.mark.rule("PAY-01")
def test_a_card_payment_registers_once_wherever_the_system_breaks(report: Report) -> None:
    assert ends_well(report, "pay")


@pytest.mark.rule("PAY-08", "REF-07")
def test_a_second_payment_goes_back_once_wherever_the_system_breaks(report: Report) -> None:
    assert ends_well(report, "pay_twice")


@pytest.mark.scenario(2)
@pytest.mark.rule("PAY-05", "PAY-07")
def test_asking_the_provider_registers_once_wherever_the_system_breaks(report: Report) -> None:
    assert ends_well(report, "ask")


@pytest.mark.rule("PAY-03")
def test_a_payment_with_a_wallet_registers_once_wherever_the_system_breaks(report: Report) -> None:
    assert ends_well(report, "wallet")


def test_two_faults_within_a_few_calls_end_well_too(report: Report) -> None:
    pairs = [result for result in report.results if len(result.telling.faults) == 2]
    assert not report.failures(pairs), "\n".join(report.failures(pairs))
    assert sum(len(pair.broken) == 2 for pair in pairs) > len(pairs) / 2


@pytest.mark.parametrize("story", STORIES)
def test_each_place_that_is_chosen_was_broken_in_every_way(report: Report, story: str) -> None:
    calls, places, points = report.calls[story], report.places[story], report.of(story)
    assert {call.function for call in calls} >= PARTS[story]
    for mode in (BEFORE, AFTER, LOST):
        told = [point for point in points if point.telling.faults[0][1] == mode]
        assert [point.telling.faults[0][0] for point in told] == list(places)
        assert [point.broken for point in told] == [((calls[at - 1], mode),) for at in places]
    assert [point.telling for point in points] == points_of(story, calls, places)


def test_no_way_through_the_code_is_left_unbroken_in_all_stories_together(report: Report) -> None:
    traces = {story: traces_of(calls) for story, calls in report.calls.items()}
    broken = {traces[story][at - 1] for story, places in report.places.items() for at in places}
    assert broken == {trace for found in traces.values() for trace in found}
    assert report.places["pay"] == tuple(range(1, len(report.calls["pay"]) + 1))
    for story, calls in report.calls.items():
        writes = {trace: at for at, trace in enumerate(traces[story], 1) if calls[at - 1].operation == WRITING}
        assert {*writes.values()} <= {*report.places[story]}, f"{story}: the last write of each kind"


def test_the_report_says_how_many_points_there_are(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    lines = list(report.lines())
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert f"{len(report.results) - 60} points" in lines[-2]
    assert "60 pairs" in lines[-2]
    assert lines[-1].startswith("0 failures")


def test_a_failure_is_one_line_that_replays_it() -> None:
    telling = Telling("pay", ((23, "lost"), (25, "before")))
    assert telling.command == "python -m local.enumerate_faults --story pay --at 23 --mode lost --at 25 --mode before"


def test_the_same_seed_draws_the_same_pairs(report: Report) -> None:
    assert pairs_of(report.calls, 20, seed=1) == pairs_of(report.calls, 20, seed=1)
    assert pairs_of(report.calls, 20, seed=1) != pairs_of(report.calls, 20, seed=2)
