"""The desks' work through the API: nobody gets a case twice, and a decision is made once, by the right people."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.acts import review, seconding
from certification.acts.cases import new_case, open_for_failed_machine
from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import StaffMember, staff
from certification.cloud.transaction import commit
from certification.rules.cases import CaseKind, Subject
from certification.rules.errors import Refused
from certification.rules.review import LOCK, Decision, Verdict
from tests.functions.crowd import at_once
from tests.functions.stand import OFFICER, REVIEWER, SECOND, Answer, Stand


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
        ({"verdict": "reject"}, "reason_missing", "reasons"),
    ],
)
def test_a_decision_the_rule_does_not_allow_changes_nothing(
    stand: Stand, decision: dict[str, Any], code: str, field: str
) -> None:
    candidate = stand.in_review()
    refused = decide(stand, stand.sign_in_staff(REVIEWER), stand.case_of(candidate), **decision)
    assert (refused.status, refused.code, refused.body["field"]) == (422, code, field)
    assert cases.read(stand.case_of(candidate)).decision is None


REJECT = {"verdict": "reject", "reasons": ["photo_of_another_person"], "note": "See both pictures."}


def second(stand: Stand, session: str, case: str, agree: bool, number: int = 1, why: str = "") -> Answer:
    body = {"proposal": number, "agree": agree, "why_not": why}
    return stand.call("POST", f"/api/staff/cases/{case}/second", body, session=session)


def second_reviewer(stand: Stand) -> str:
    """Another reviewer of the desk, signed in."""
    return stand.sign_in_staff(SECOND)


@pytest.mark.rule("CHK-03")
def test_a_rejection_counts_once_a_second_person_has_signed_in_and_confirmed_it(stand: Stand) -> None:
    candidate = stand.in_review()
    case, first, other = stand.case_of(candidate), stand.sign_in_staff(REVIEWER), second_reviewer(stand)
    for _ in range(2):
        proposed = decide(stand, first, case, **REJECT)
        assert (proposed.body["decision"], len(proposed.body["proposals"])) == (None, 1)
    stand.cloud.settle()
    assert candidate.status() == "awaiting_review"
    alone = second(stand, first, case, agree=True)
    assert (alone.status, alone.code) == (422, "second_is_first")
    assert decide(stand, other, case, verdict="approve").code == "waits_for_second"
    for _ in range(2):
        assert second(stand, other, case, agree=True).status == 200
    stand.cloud.settle()
    assert candidate.status() == "rejected"
    assert candidate.profile()["held_by"] is None
    decision = cases.read(case).decision
    assert decision is not None
    assert (decision.decided_by, decision.seconded_by) == ("STF-reviewer", "STF-second")
    assert sum(entry.name == "CaseDecided" for entry in outbox.everything()) == 1


def test_a_second_person_may_disagree_and_the_case_goes_back(stand: Stand) -> None:
    candidate = stand.in_review()
    case, first, other = stand.case_of(candidate), stand.sign_in_staff(REVIEWER), second_reviewer(stand)
    decide(stand, first, case, **REJECT)
    assert second(stand, other, case, agree=False).code == "why_missing"
    shown = second(stand, other, case, agree=False, why="It is the same person.").body
    assert shown["proposals"][0]["why_not"] == "It is the same person."
    assert shown["case"]["seconding"] is False
    assert second(stand, other, case, agree=True).code == "no_proposal"
    assert second(stand, other, case, agree=True, number=2).code == "no_proposal"
    assert decide(stand, other, case, verdict="approve").body["decision"]["outcome"] == "approve"


def test_a_proposal_is_next_for_everybody_but_who_made_it(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    first, other = stand.sign_in_staff(REVIEWER), second_reviewer(stand)
    decide(stand, first, case, **REJECT)
    assert stand.call("POST", "/api/staff/cases/next", session=first).body["case"] is None
    assert stand.call("POST", "/api/staff/cases/next", session=other).body["case"]["seconding"] is True
    listed = stand.call("GET", "/api/staff/cases", session=first).body["cases"]
    assert [(one["seconding"], one["own_proposal"]) for one in listed] == [(True, True)]


@pytest.mark.rule("CHK-03")
def test_who_proposed_takes_it_back_with_a_reason_before_it_is_answered(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    first, other = stand.sign_in_staff(REVIEWER), second_reviewer(stand)

    def back(session: str, number: int = 1, why: str = "It was the wrong case.") -> Answer:
        body = {"proposal": number, "why": why}
        return stand.call("POST", f"/api/staff/cases/{case}/take-back", body, session=session)

    assert back(first).code == "no_proposal"
    decide(stand, first, case, **REJECT)
    assert back(other).code == "not_your_proposal"
    assert back(first, why=" ").code == "why_missing"
    assert cases.read(case).seconding is not None
    for _ in range(2):
        (proposal,) = back(first).body["proposals"]
        assert (proposal["taken_back"], proposal["why_not"]) == (True, "It was the wrong case.")
    assert second(stand, other, case, agree=True).code == "no_proposal"
    shown = stand.call("GET", f"/api/staff/cases/{case}", session=other).body
    assert (shown["case"]["seconding"], shown["proposals"][0]["taken_back"]) == (False, True)
    decide(stand, first, case, **REJECT)
    assert second(stand, other, case, agree=True, number=1).code == "no_proposal"
    assert second(stand, other, case, agree=True, number=2).body["decision"]["outcome"] == "reject"
    assert back(first, 2).code == "no_proposal", "what counts is not taken back"


def test_who_confirm_disagree_and_take_back_at_once_leave_one_answer(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    decide(stand, stand.sign_in_staff(REVIEWER), case, **REJECT)
    people = [colleague(number) for number in range(8)]
    proposer = staff.read("STF-reviewer")

    def answer(number: int) -> None:
        if number < 2:
            seconding.take_back(proposer, case, 1, f"Wrong case, said in window {number}.")
        else:
            seconding.second(people[number], case, 1, agree=number % 2 == 0, why_not="No.")

    outcomes = at_once(8, answer)
    stored = cases.read(case)
    if stored.proposals[0].taken_back:
        assert (outcomes[:2].count(None), outcomes[2:].count(None)) == (2, 0)  # the same again is no error
    else:
        assert outcomes.count(None) == 1
    assert {one.code for one in outcomes if one is not None} <= {"no_proposal"}
    assert (stored.decision is not None) == (stored.proposals[0].agreed is True)


def test_a_case_is_kept_longer_and_given_back(stand: Stand) -> None:
    (case,) = waiting(stand, 1)
    first, other = colleague(1), colleague(2)
    assert review.take_next(first) is not None
    stand.wait(timedelta(minutes=29))
    review.keep(first, case.id)
    stand.wait(timedelta(minutes=29, seconds=59))
    with pytest.raises(Refused) as refusal:
        review.keep(other, case.id)
    assert refusal.value.code == "not_yours_to_decide"
    review.give_back(other, case.id)  # not theirs: nothing happens
    assert cases.read(case.id).taken_by == first.id
    review.give_back(first, case.id)
    taken = review.take_next(other)
    assert taken is not None
    assert taken.taken_by == other.id


def test_a_lock_that_is_over_at_this_instant_is_anybodys(stand: Stand) -> None:
    (case,) = waiting(stand, 1)
    first, other = colleague(1), colleague(2)
    review.take_next(first)
    stand.wait(LOCK - timedelta(microseconds=1))
    with pytest.raises(Refused):
        review.keep(other, case.id)
    stand.wait(timedelta(microseconds=1))
    assert review.keep(other, case.id).taken_by == other.id


def test_an_approval_after_payment_has_closed_is_refused_and_the_application_waits_on(stand: Stand) -> None:
    candidate = stand.in_review()
    case = stand.case_of(candidate)
    closes = sittings.read("sample-sitting").dates.payment_closes
    stand.wait(closes - stand.clock.now())
    refused = decide(stand, stand.sign_in_staff(REVIEWER), case, verdict="approve")
    assert (refused.status, refused.code) == (422, "payment_already_closed")
    assert applications.read(candidate.reference).status == "awaiting_review"


@pytest.mark.rule("CHK-01")
def test_the_supervisor_hears_a_working_day_before_a_promise_breaks_and_every_day_after(stand: Stand) -> None:
    candidate = stand.in_review()
    case = cases.read(stand.case_of(candidate))
    assert case.due is not None
    assert case.promised - case.due.at == timedelta(days=1)  # the last working day, from its beginning
    stand.skip(case.due.at - timedelta(seconds=1))
    assert not stand.cloud.inbox.to("admissions@cgptc.test")
    stand.skip(case.due.at)
    (letter,) = stand.cloud.inbox.to("admissions@cgptc.test")
    assert case.id in letter.text
    session = stand.sign_in_staff(REVIEWER)
    (line,) = stand.call("GET", "/api/staff/cases", session=session).body["cases"]
    assert (line["warned"], line["escalations"]) == (True, 0)
    stand.skip(case.promised)
    stand.skip(case.promised + timedelta(days=1))
    assert len(stand.cloud.inbox.to("admissions@cgptc.test")) == 3
    candidate.sign_in()
    assert (candidate.status(), candidate.now()["due"]) == ("awaiting_review", "2026-09-08T16:00:00Z")
    stand.decide(candidate, "approve")  # late: the candidate still has the full time to pay, up to the closing
    paid_by = datetime.fromisoformat(candidate.order()["pay_by"])
    assert paid_by == sittings.read("sample-sitting").dates.payment_closes


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
