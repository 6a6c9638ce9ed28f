"""Screening: the scheme's conditions are asked, the review opened with its date, and what is doubtful shown to a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certification.acts import screening
from local.candidate import ApiCandidate
from tests.journeys.stages import Stages, decide
from tests.journeys.town import START, Town

PATH = ["Check eligibility", "Choose the lane"]


def review(town: Town, candidate: ApiCandidate) -> Any:
    """The open review as the reviewer sees it."""
    reviewer = town.reviewer.awake()
    return reviewer.read(reviewer.review_of(candidate.reference))


@pytest.mark.rule("CHK-01", "REG-02")
def test_a_confirmed_application_waits_for_its_review_five_working_days(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    assert town.paths("screening") == [PATH]
    now = candidate.now()
    assert (now["status"], now["turn"]) == ("awaiting_review", "desk")
    assert datetime.fromisoformat(now["due"]) == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    shown = review(town, candidate)
    assert (shown["case"]["promised"], shown["facts"]) == (now["due"], {})
    assert [answer["yes"] for answer in shown["review"]["answers"]] == [True]


@pytest.mark.rule("CHK-01")
def test_a_review_that_is_late_is_escalated_and_never_lapses(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    town.skip(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    assert [case.escalations for case in town.cases()] == [0]
    town.skip(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    assert [case.escalations for case in town.cases()] == [1]
    town.skip(datetime(2026, 12, 10, 16, 0, tzinfo=UTC))
    assert candidate.awake().status() == "awaiting_review"
    assert town.cases()[0].escalations == 2


@pytest.mark.rule("EDU-03")
def test_whoever_misses_the_conditions_is_reviewed_with_the_reason_shown(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    candidate.call(
        "PUT",
        f"/api/candidate/applications/{candidate.reference}/choice",
        {"occupation": "data_analyst", "level": "1", "form": "onsite"},
    )
    candidate.save_work(since="2024-01-01")
    candidate.save_education(began="2019-09-01", graduated="2023-07-01")
    candidate.confirm()
    town.settle()
    shown = review(town, candidate)
    assert candidate.status() == "awaiting_review"
    assert [answer["yes"] for answer in shown["review"]["answers"]] == [False]
    assert shown["facts"]["look_at_1"]
    assert shown["review"]["answers"][0]["zh"]


@pytest.mark.rule("CHK-03", "CHG-03")
def test_a_returned_application_can_be_edited_and_gets_a_review_with_a_fresh_clock(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    held = candidate.save_education(institution="Another Sample University", expect=422)
    assert held["code"] == "answers_held"
    town.skip(START + timedelta(days=2))
    decide(town, candidate.awake(), "return", "education_differs", note="Which university?")
    now = candidate.now()
    assert (now["status"], now["editable"], now["returned"]["note"]) == ("returned", True, "Which university?")
    assert candidate.confirm(expect=422)["code"] == "nothing_changed"
    candidate.save_background("Another Sample University")
    candidate.confirm()
    town.settle()
    assert town.paths("screening") == [PATH, PATH]
    assert datetime.fromisoformat(candidate.now()["due"]) == datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
    assert candidate.now()["returned"] is None


def test_a_second_handing_in_at_the_same_instant_has_a_review_of_its_own(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    decide(town, candidate, "return", "education_differs")
    candidate.save_background("Another Sample University")
    candidate.confirm()
    town.settle()
    assert candidate.status() == "awaiting_review"
    assert [case.decision is not None for case in town.cases()].count(False) == 1
    assert len(town.cases()) == 2


@pytest.mark.rule("CHK-03")
def test_two_people_reject_for_good_and_the_reasons_are_told(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    reviewer = town.reviewer.awake()
    case = reviewer.review_of(candidate.reference)
    reviewer.decide(case, "reject", "name_differs", note="Sample.")
    town.settle()
    assert candidate.status() == "awaiting_review"
    town.second.awake().second(case)
    town.settle()
    assert candidate.status() == "rejected"
    assert ("ApplicationRejected", "email") in town.letters(candidate)
    assert candidate.profile()["held_by"] is None


def test_an_unexpected_error_needs_a_person_and_names_the_state(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("draft")

    def fail(_reference: str) -> bool:
        raise ZeroDivisionError("with somebody's name in it")

    with monkeypatch.context() as broken:
        broken.setattr(screening, "check_eligibility", fail)
        candidate.confirm()
        town.settle()
    assert town.paths("screening") == [[PATH[0], "Needs a person", "Stopped"]]
    assert [(case.kind, case.desk, case.about, case.facts) for case in town.cases()] == [
        (
            "failed_machine",
            "operations",
            candidate.reference,
            {"machine": "assay-screening", "state": "Check eligibility", "error": "ZeroDivisionError"},
        )
    ]
    town.skip(START + timedelta(hours=1))
    assert candidate.status() == "awaiting_review"
