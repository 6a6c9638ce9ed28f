"""The desks' work through the API: nobody gets a case twice, and a decision is made once, by the right people."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import review
from certification.acts.cases import new_case, open_for_failed_machine
from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.staff import StaffMember, staff
from certification.cloud.transaction import commit
from certification.rules.cases import CaseKind, Subject
from certification.rules.review import Decision, Verdict
from tests.functions.crowd import at_once
from tests.functions.stand import OFFICER, REVIEWER, Answer, Stand


def decide(stand: Stand, session: str, case: str, **decision: Any) -> Answer:
    return stand.call("POST", f"/api/staff/cases/{case}/decision", decision, session=session)


def colleague(number: int, desks: tuple[str, ...] = ("admissions",)) -> StaffMember:
    """Another reviewer."""
    member = StaffMember(
        id=f"STF-reviewer-{number}", name="Sample", email_index=f"sample-{number}", roles=("reviewer",), desks=desks
    )
    commit([staff.insert(member)])
    return staff.read(member.id)


def waiting(stand: Stand, number: int) -> list[Case]:
    """So many reviews of applications that nobody ever made: for the queue only."""
    now = stand.clock.now()
    made = [
        new_case(CaseKind.REVIEW, Subject.APPLICATION, f"APP-{place}", now=now, due=now, desk="admissions")
        for place in range(number)
    ]
    for case in made:
        commit([cases.insert(case)])
    return made


def test_eight_reviewers_who_take_at_once_get_eight_cases(stand: Stand) -> None:
    waiting(stand, 10)
    people = [colleague(number) for number in range(8)]
    taken = at_once(8, lambda number: review.take_next(people[number]))
    assert len({case.id for case in taken}) == 8
    assert {case.taken_by for case in cases.everything()} - {None} == {person.id for person in people}


def test_a_taken_case_is_the_takers_for_half_an_hour(stand: Stand) -> None:
    (case,) = waiting(stand, 1)
    first, second = colleague(1), colleague(2)
    assert review.take_next(first) is not None
    assert review.take_next(second) is None
    again = review.take_next(first)
    assert again is not None
    assert again.id == case.id
    stand.wait(timedelta(minutes=30))
    taken = review.take_next(second)
    assert taken is not None
    assert taken.taken_by == second.id


def test_the_oldest_promise_is_taken_first(stand: Stand) -> None:
    first = stand.in_review()
    stand.wait(timedelta(days=1))
    stand.in_review()
    session = stand.sign_in_staff(REVIEWER)
    listed = stand.call("GET", "/api/staff/cases", session=session).body["cases"]
    assert [one["promised"] for one in listed] == sorted(one["promised"] for one in listed)
    taken = stand.call("POST", "/api/staff/cases/next", session=session).body["case"]
    assert (taken["id"], taken["mine"]) == (stand.case_of(first), True)


@pytest.mark.rule("CHK-02")
def test_a_reviewer_sees_the_person_the_files_and_what_the_rules_said_and_nothing_to_reach_them_by(
    stand: Stand,
) -> None:
    candidate = stand.in_review()
    session = stand.sign_in_staff(REVIEWER)
    shown = stand.call("GET", f"/api/staff/cases/{stand.case_of(candidate)}", session=session).body
    person = shown["review"]["person"]
    assert (person["native_name"], person["id_number"], person["birth_date"]) == (
        "陈样本",
        candidate.sample.id_number,
        "1995-05-17",
    )
    assert shown["review"]["identity"] == "passed"
    assert [answer["yes"] for answer in shown["review"]["answers"]] == [True]
    assert shown["review"]["photo"]["url"].startswith("http")
    assert {reason["code"] for reason in shown["review"]["reasons"]} >= {"name_differs", "something_else"}
    text = str(shown)
    for hidden in (candidate.sample.email, candidate.sample.phone, "1 Sample Road", "sealed"):
        assert hidden not in text


def test_other_desks_see_their_cases_without_a_person(stand: Stand) -> None:
    case = open_for_failed_machine("screening", "Choose the lane", "APP-2026-00001X", "SomeError")
    session = stand.sign_in_staff(OFFICER)
    shown = stand.call("GET", f"/api/staff/cases/{case}", session=session).body
    assert (shown["review"], shown["facts"]["error"]) == (None, "SomeError")


def test_a_decision_is_made_once_and_the_same_one_again_is_no_error(stand: Stand) -> None:
    candidate = stand.in_review()
    case, session = stand.case_of(candidate), stand.sign_in_staff(REVIEWER)
    for _ in range(2):
        made = decide(stand, session, case, verdict="approve")
        assert (made.status, made.body["decision"]["outcome"]) == (200, "approve")
    other = decide(stand, session, case, verdict="return", reasons=["name_differs"])
    assert (other.status, other.code) == (422, "already_decided")
    stand.cloud.settle()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_payment"
    assert len(applications.read(candidate.reference).orders) == 1
    assert sum(entry.name == "CaseDecided" for entry in outbox.everything()) == 1


def test_eight_who_decide_at_once_make_one_decision(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    people = [colleague(number) for number in range(8)]
    outcomes = at_once(
        8,
        lambda number: review.decide(
            people[number],
            case,
            Decision(
                verdict=Verdict.APPROVE if number % 2 else Verdict.RETURN,
                decided_by=people[number].id,
                reasons=() if number % 2 else ("name_differs",),
            ),
        ),
    )
    assert sum(entry.name == "CaseDecided" for entry in outbox.everything()) == 1
    assert outcomes.count(None) == 4  # whoever said the same; the others learn that it was decided before


@pytest.mark.rule("CHK-03")
@pytest.mark.parametrize(
    ("decision", "code", "field"),
    [
        ({"verdict": "return"}, "reason_missing", "reasons"),
        ({"verdict": "return", "reasons": ["not_in_the_list"]}, "unknown_reason", "reasons"),
        ({"verdict": "return", "reasons": ["something_else"]}, "note_missing", "note"),
        ({"verdict": "return", "reasons": ["name_differs", "name_differs"]}, "reason_twice", "reasons"),
        ({"verdict": "approve", "reasons": ["name_differs"]}, "approved_with_reasons", "reasons"),
        ({"verdict": "reject", "reasons": ["name_differs"]}, "second_missing", "seconded_by"),
        (
            {"verdict": "reject", "reasons": ["name_differs"], "seconded_by": "STF-reviewer"},
            "second_is_first",
            "seconded_by",
        ),
        (
            {"verdict": "reject", "reasons": ["name_differs"], "seconded_by": "STF-nobody"},
            "second_unknown",
            "seconded_by",
        ),
        (
            {"verdict": "reject", "reasons": ["name_differs"], "seconded_by": "STF-officer"},
            "second_unknown",
            "seconded_by",
        ),
    ],
)
def test_a_decision_the_rule_does_not_allow_changes_nothing(
    stand: Stand, decision: dict[str, Any], code: str, field: str
) -> None:
    candidate = stand.in_review()
    refused = decide(stand, stand.sign_in_staff(REVIEWER), stand.case_of(candidate), **decision)
    assert (refused.status, refused.code, refused.body["field"]) == (422, code, field)
    assert cases.read(stand.case_of(candidate)).decision is None


def test_a_rejection_by_two_of_the_desk_is_final(stand: Stand) -> None:
    candidate = stand.in_review()
    second = colleague(1)
    stand.decide(candidate, "reject", reasons=["photo_of_another_person"], seconded_by=second.id)
    assert candidate.status() == "rejected"
    assert candidate.profile()["held_by"] is None


def test_drops_for_what_does_not_exist_are_not_found(stand: Stand) -> None:
    reviewer, officer = stand.sign_in_staff(REVIEWER), stand.sign_in_staff(OFFICER)
    assert stand.call("POST", "/api/staff/files/decisions/unknown", session=reviewer).status == 404
    assert stand.call("POST", "/api/staff/files/marks/unknown", session=officer).status == 404


def test_a_release_needs_marks_and_an_exam_that_is_over(stand: Stand) -> None:
    session = stand.sign_in_staff(OFFICER)
    for sitting, status, code in (("sample-sitting", 422, "no_marks"), ("unknown", 404, "not_found")):
        answer = stand.call("POST", f"/api/staff/sittings/{sitting}/release", session=session)
        assert (answer.status, answer.code) == (status, code)


def test_staff_follow_every_sitting(stand: Stand) -> None:
    (sitting,) = stand.call("GET", "/api/staff/sittings", session=stand.sign_in_staff(REVIEWER)).body["sittings"]
    assert (sitting["stage"], sitting["marks_rows"]) == ("announced", None)
