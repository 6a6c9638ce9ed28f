"""Verification: the registry answers at once, late, falsely or never, and the candidate is never held up for long."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.candidate import ApiCandidate
from local.simulators import registries
from local.simulators.base import signature
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town

PATH = ["Ask the registries", "Check identity", "Check education", "Was each registry asked", "Asked"]
Enters = Callable[[str], ApiCandidate]


@pytest.fixture
def enters(stages: Stages) -> Enters:
    """Somebody with a complete draft whose ID document carries a marker of the registry simulator."""

    def come(marker: str) -> ApiCandidate:
        candidate = stages.at("draft")
        candidate.save_details(id_number=f"S{marker}")
        stages.town.settle()
        return candidate

    return come


def identity(candidate: ApiCandidate) -> str:
    return str(candidate.awake().profile()["identity"])


def told(town: Town, candidate: ApiCandidate) -> list[str]:
    """The letters about the second ID document: the first was confirmed before the story began."""
    return [name for name, _ in town.letters(candidate) if name.startswith("Identity")][1:]


def gaps(candidate: ApiCandidate) -> list[str]:
    return [gap["field"] for gap in candidate.awake().now()["gaps"]]


@pytest.mark.rule("EDU-01")
def test_a_match_is_known_at_once_and_told(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    assert town.paths("verification") == [PATH]
    assert identity(candidate) == "passed"
    assert ("IdentityVerified", "email") in town.letters(candidate)


def test_the_same_particulars_are_not_asked_about_again(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    candidate.save_details()
    town.settle()
    assert town.paths("verification") == [PATH]


def test_other_particulars_are_asked_about_anew(town: Town, enters: Enters) -> None:
    candidate = enters("1234567")
    assert town.paths("verification") == [PATH, PATH]
    assert told(town, candidate) == ["IdentityVerified"]


def test_no_match_stops_nobody_and_the_reviewer_sees_it(town: Town, enters: Enters) -> None:
    candidate = enters("77001")
    assert (identity(candidate), told(town, candidate)) == ("failed", ["IdentityUnverified"])
    candidate.confirm()
    town.settle()
    assert candidate.status() == "awaiting_review"
    reviewer = town.reviewer.awake()
    shown = reviewer.read(reviewer.review_of(candidate.reference))
    assert shown["review"]["identity"] == "failed"
    assert any("failed" in fact for fact in shown["facts"].values())


def test_a_late_answer_comes_through_the_door_and_needs_no_machine(town: Town, enters: Enters) -> None:
    candidate = enters("77002")
    assert (identity(candidate), gaps(candidate)) == ("asked", ["identity"])
    refused = candidate.confirm(expect=422)
    assert refused["code"] == "incomplete"
    town.skip(START + timedelta(hours=2, minutes=1))
    assert (identity(candidate), gaps(candidate)) == ("passed", [])
    assert town.paths("verification") == [PATH, PATH]
    assert told(town, candidate) == ["IdentityVerified"]


@pytest.mark.rule("EDU-01", "EDU-02")
def test_no_answer_is_an_on_site_check_at_its_hour_and_the_candidate_goes_on(town: Town, enters: Enters) -> None:
    candidate = enters("77003")
    town.skip(START + timedelta(hours=23, minutes=59))
    assert identity(candidate) == "asked"
    town.skip(START + timedelta(hours=24))
    assert (identity(candidate), told(town, candidate)) == ("on_site", ["IdentityUnverified"])
    candidate.confirm()
    town.settle()
    assert candidate.status() == "awaiting_review"


def test_an_answer_after_its_time_still_counts(town: Town, enters: Enters) -> None:
    candidate = enters("77007")
    town.skip(START + timedelta(hours=25))
    assert identity(candidate) == "on_site"
    town.skip(START + timedelta(hours=31))
    assert identity(candidate) == "passed"
    assert told(town, candidate) == ["IdentityUnverified", "IdentityVerified"]


def test_the_same_answer_twice_is_told_once(town: Town, enters: Enters) -> None:
    candidate = enters("77004")
    town.skip(START + timedelta(hours=1))
    assert (identity(candidate), told(town, candidate)) == ("passed", ["IdentityVerified"])


def test_a_forged_match_is_refused_and_changes_nothing(town: Town, enters: Enters) -> None:
    candidate = enters("77005")
    town.skip(START + timedelta(minutes=5))
    assert identity(candidate) == "asked"
    town.skip(START + timedelta(minutes=30))
    assert identity(candidate) == "failed"
    posts = next(known["posts"] for known in registry(town)["questions"].values() if known["behaviour"] == "forged")
    assert [(post["forged"], post["status"]) for post in posts] == [(True, 400), (False, 200)]


def test_a_registry_that_is_down_is_asked_again_and_then_a_person_is_told(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    town.cloud.simulators["registry"].control("switch", {"name": "down"})
    candidate.save_details(id_number="S7654321")
    town.settle()
    town.skip(START + timedelta(minutes=5))
    asked = ["Ask the registries", "Check identity", "Check education", "Identity stays open"]
    assert town.paths("verification")[1:] == [[*asked, "Was each registry asked", "Needs a person", "Stopped"]]
    assert [case.facts for case in town.cases()] == [
        {"machine": "assay-verification", "state": "Check identity", "error": "Lost"}
    ]
    assert identity(candidate) == "asked"
    town.skip(START + timedelta(hours=25))
    assert identity(candidate) == "on_site"


def education(candidate: ApiCandidate) -> list[str]:
    """The states of the candidate's entries; the first is from abroad, and no registry is asked about it."""
    return [entry["state"] for entry in candidate.awake().call("GET", "/api/candidate/education")["entries"]][1:]


@pytest.mark.rule("EDU-01", "EDU-05")
@pytest.mark.parametrize(
    ("marker", "hours", "state", "letters"),
    [
        ("0", 0, "passed", ["EducationVerified"]),
        ("77001", 0, "failed", ["EducationUnverified"]),
        ("77002", 1.9, "asked", []),
        ("77002", 2.1, "passed", ["EducationVerified"]),
        ("77004", 1, "passed", ["EducationVerified"]),
        ("77005", 0.1, "asked", []),
        ("77005", 1, "failed", ["EducationUnverified"]),
        ("77006", 0, "on_site", ["EducationUnverified"]),
        ("77008", 1, "on_site", ["EducationVerified", "EducationUnverified"]),
        ("77009", 1, "passed", ["EducationVerified"]),
    ],
)
def test_whatever_the_registry_of_education_does_each_entry_ends_in_one_state(
    town: Town, stages: Stages, marker: str, hours: float, state: str, letters: list[str]
) -> None:
    candidate = stages.at("draft")
    candidate.awake().add_education(certificate=marker)
    town.settle()
    if hours:
        town.skip(START + timedelta(hours=hours))
    assert education(candidate) == [state]
    assert [name for name, _ in town.letters(candidate) if name.startswith("Education")] == letters


@pytest.mark.rule("EDU-01", "EDU-05")
def test_an_entry_without_an_answer_is_for_a_person_at_its_hour_and_not_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    candidate.awake().add_education(certificate="77003")
    town.settle()
    town.skip(START + timedelta(hours=23, minutes=59))
    assert education(candidate) == ["asked"]
    town.skip(START + timedelta(hours=24))
    assert education(candidate) == ["on_site"]


def test_one_registry_that_is_down_does_not_hold_up_the_other_and_is_asked_again(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    town.cloud.simulators["education"].control("switch", {"name": "down"})
    candidate.awake().save_details(id_number="S7654321")
    candidate.add_education()
    town.settle()
    town.skip(START + timedelta(minutes=5))
    assert (identity(candidate), education(candidate)) == ("passed", ["asked"])
    assert {case.facts["state"] for case in town.cases()} == {"Check education"}
    town.cloud.simulators["education"].control("switch", {"name": "down", "on": "false"})
    town.skip(START + timedelta(hours=2))
    assert education(candidate) == ["passed"]


def test_the_registry_of_identity_cannot_answer_about_education(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    candidate.awake().add_education(certificate="77003")
    town.settle()
    question = next(iter(town.cloud.simulators["education"].control("status", {})["questions"]))
    said = {"question": question, "ticket": "t", "result": "match", "answered_at": "2026-11-22T12:00:00Z"}
    body = json.dumps(said).encode()
    seconds = int(town.clock.now().timestamp())
    for path, secret, status in (
        ("/registry/answers", registries.SECRET, 404),
        ("/registry/education/answers", registries.SECRET, 400),
    ):
        headers = {
            "content-type": "application/json",
            "registry-signature": signature(body, secret, seconds, b"answer."),
        }
        assert town.cloud.request("POST", path, headers, body).status == status
    assert education(candidate) == ["asked"]


def registry(town: Town) -> Any:
    return town.cloud.simulators["registry"].control("status", {})
