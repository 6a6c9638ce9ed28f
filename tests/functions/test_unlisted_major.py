"""A major outside the catalogue, an exemption level, and proofs of work: what is handed in, and what a desk decides."""

from collections.abc import Iterator
from typing import Any

import pytest

from certification.cloud.tables.cases import cases
from local.candidate import ApiCandidate
from tests.functions import committing
from tests.functions.committing import People, row
from tests.functions.portal_requests import ask
from tests.functions.stand import Saved, Stand, stand_on

OTHER_MAJOR = "Statistics"  # what the sample person studied
PROOFS = ("education_proof", "work_proof")


@pytest.fixture(scope="module")
def _both() -> Iterator[tuple[Stand, Saved]]:
    with stand_on() as stand:
        committing.publish(stand)
        yield stand, stand.save()


@pytest.fixture
def stand(_both: tuple[Stand, Saved]) -> Stand:
    made, first = _both
    made.restore(first)
    return made


@pytest.fixture
def people(stand: Stand) -> People:
    return People(stand)


def of_another_major(people: People, commits: bool = True) -> ApiCandidate:
    """Confirmed with enough work in the field and a major that is not listed."""
    candidate = people.draft(commits)
    candidate.save_work(field="building_works")
    people.stand.cloud.settle()
    candidate.confirm()
    people.stand.cloud.settle()
    return candidate


def case_of(candidate: ApiCandidate, kind: str) -> Any:
    (found,) = (one for one in row(candidate).open_cases if one.kind == kind)
    return cases.read(found.reference)


def answers(candidate: ApiCandidate) -> dict[str, bool]:
    return {answer.rule: answer.yes for answer in row(candidate).answers}


def handed_in(people: People, candidate: ApiCandidate) -> None:
    people.give_proofs(candidate, *PROOFS, "major_proof")
    candidate.hand_in_proofs()
    people.stand.cloud.settle()


@pytest.mark.rule("ELI-05")
def test_who_has_another_major_hands_in_the_curriculum_though_they_would_commit(people: People) -> None:
    candidate = of_another_major(people)
    assert candidate.status() == "awaiting_proofs"
    assert row(candidate).classes == ("unlisted_major",)
    assert answers(candidate)["eligibility"] is False
    refused = candidate.hand_in_proofs(expect=422)
    assert (refused["code"], "major_proof" in refused["facts"]) == ("proofs_missing", True)
    people.give_proofs(candidate, *PROOFS)
    assert list(candidate.hand_in_proofs(expect=422)["facts"]) == ["major_proof"]
    handed_in(people, candidate)
    assert candidate.status() == "awaiting_review"
    case = case_of(candidate, "major_exception")
    assert (case.desk, case.blocks) == ("guangzhou", "payment")


@pytest.mark.rule("ELI-05")
def test_an_accepted_major_makes_the_answer_a_yes_and_frees_the_payment(people: People) -> None:
    candidate = of_another_major(people)
    handed_in(people, candidate)
    case = case_of(candidate, "major_exception")
    people.decide(candidate, "approve")
    assert candidate.status() == "awaiting_review"  # the major is decided first
    people.decide(candidate, "approve", case.id)
    assert candidate.status() == "awaiting_payment"
    assert answers(candidate) == {"eligibility": True, "lane": False, "major_exception": True}
    assert "ELI-05" in next(one.rules for one in row(candidate).answers if one.rule == "eligibility")
    assert OTHER_MAJOR not in row(candidate).model_dump_json()
    own = candidate.call("GET", f"/api/candidate/applications/{candidate.reference}/eligibility")
    assert next(level for level in own["levels"] if level["level"] == "full")["eligible"]


@pytest.mark.rule("ELI-05")
def test_a_major_that_is_not_accepted_stays_a_no_and_the_reason_is_needed(people: People) -> None:
    candidate = of_another_major(people)
    handed_in(people, candidate)
    case = case_of(candidate, "major_exception")
    refused = people.staff().call("POST", f"/api/staff/cases/{case.id}/decision", {"verdict": "reject"}, expect=422)
    assert refused["code"] == "note_missing"
    people.decide(candidate, "reject", case.id, note="The core courses differ.")
    assert answers(candidate) == {"eligibility": False, "lane": False, "major_exception": False}
    assert [one.kind for one in row(candidate).open_cases] == ["review"]
    people.decide(candidate, "return", reasons=["major_not_listed"], note="Another specialty is open to you.")
    assert candidate.status() == "returned"


@pytest.mark.rule("ELI-05", "ELI-07")
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Conditions of the level", "Sample Ltd", "Curriculum")), ("zh", ("报考条件", "Sample Ltd", "课程设置"))],
)
def test_the_desk_sees_the_timeline_and_every_proof(people: People, language: str, said: tuple[str, ...]) -> None:
    candidate = of_another_major(people)
    handed_in(people, candidate)
    session = f"__Host-session={people.staff().session}"
    for kind in ("major_exception", "review"):
        case = case_of(candidate, kind)
        page = ask("GET", f"/{language}/staff/cases/{case.id}", cookies=(session,))
        assert page.status == 200
        assert "<svg" in page.body
        for words in said:
            assert words in page.body, (kind, words)


def test_a_listed_major_opens_no_case(people: People) -> None:
    candidate = people.draft(True)
    candidate.add_education()
    candidate.save_work(field="building_works")
    people.stand.cloud.settle()
    candidate.confirm()
    people.stand.cloud.settle()
    assert candidate.status() == "awaiting_signature"
    assert row(candidate).open_cases == ()
    assert answers(candidate)["eligibility"] is True


@pytest.mark.rule("ELI-07")
def test_without_the_commitment_years_of_work_are_proven_by_a_file_that_a_person_checks(people: People) -> None:
    candidate = people.confirmed(commits=False)
    people.give_proofs(candidate, "education_proof")
    refused = candidate.hand_in_proofs(expect=422)
    assert (refused["code"], list(refused["facts"])) == ("proofs_missing", ["work_proof"])
    people.give_proofs(candidate, "work_proof")
    candidate.hand_in_proofs()
    people.stand.cloud.settle()
    assert candidate.status() == "awaiting_review"
    people.decide(candidate, "approve")
    assert candidate.status() == "awaiting_payment"
    assert answers(candidate)["eligibility"] in (True, False)  # advice: the person decided


@pytest.mark.rule("ELI-08")
def test_an_exemption_level_is_proven_and_reviewed_though_the_candidate_commits(people: People) -> None:
    candidate = people.confirmed(commits=True, level="exempt_two", subjects=("law", "practice"))
    assert candidate.status() == "awaiting_proofs"
    assert "exemption_level" in row(candidate).classes
    people.give_proofs(candidate, *PROOFS)
    assert list(candidate.hand_in_proofs(expect=422)["facts"]) == ["exemption_proof"]


@pytest.mark.rule("ELI-08")
def test_the_waived_subjects_cannot_be_chosen(people: People) -> None:
    candidate = people.draft(True, level="exempt_two", subjects=("law", "practice"))
    choice = {"occupation": "building", "level": "exempt_two", "form": "onsite", "region": "guangzhou"}
    place = f"/api/candidate/applications/{candidate.reference}/choice"
    refused = candidate.call("PUT", place, {**choice, "subjects": ["economics", "law"]}, expect=422)
    assert (refused["code"], refused["field"]) == ("subjects_not_offered", "subjects")


@pytest.mark.rule("ELI-09")
def test_who_holds_a_foreign_degree_may_apply(people: People) -> None:
    candidate = people.draft(False)
    candidate.add_education(country="GB", taught_in="GB", major="Civil Engineering", certificate="")
    candidate.save_work(field="building_works")
    people.stand.cloud.settle()
    own = candidate.call("GET", f"/api/candidate/applications/{candidate.reference}/eligibility")
    level = next(level for level in own["levels"] if level["level"] == "full")
    assert level["eligible"]
    assert "ELI-09" in level["because"]["rules"]
    assert "foreign_degree_proof" in [proof["upload"] for proof in level["proofs"]]
