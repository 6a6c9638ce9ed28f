"""Corrections at the ticket stage, voids before and after the exam, and withdrawals, through the real machines."""

from datetime import timedelta
from typing import Any

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.candidates import Upload, candidates
from certification.cloud.tables.cases import cases
from certification.cloud.transaction import commit
from local.candidate import ApiCandidate
from tests.journeys.stages import Stages, drop_marks, marks_file
from tests.journeys.town import SITTING, Town

SECOND = timedelta(seconds=1)


def give_evidence(town: Town, candidate: ApiCandidate) -> None:
    """Evidence as the check of a scan leaves it."""
    row = candidates.read(applications.read(candidate.reference).candidate)
    proof = Upload(id="evidence", state="checked", arrived_at=town.clock.now(), key=f"scans/{row.id}/evidence")
    commit([candidates.update(row.changed(drafts={**row.drafts, "correction_proof": proof}))])


def ask(candidate: ApiCandidate, fields: dict[str, str], expect: int = 200) -> Any:
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    return candidate.awake().call("POST", path, {"fields": fields}, expect=expect)


def void(town: Town, candidate: ApiCandidate, ground: str) -> None:
    """A hearing that the candidate answers, and two people decide."""
    path = f"/api/staff/applications/{candidate.reference}/hearing"
    case = town.reviewer.awake().call("POST", path, {"ground": ground})["case"]
    town.settle()
    answer = f"/api/candidate/applications/{candidate.reference}/hearing"
    candidate.awake().call("POST", answer, {"text": "It was a slip."})
    town.reviewer.decide(case, "approve")
    agreed = {"proposal": 1, "agree": True, "why_not": ""}
    town.second.awake().call("POST", f"/api/staff/cases/{case}/second", agreed)
    town.settle()


@pytest.mark.rule("CHG-02")
def test_an_error_on_the_ticket_is_corrected_until_printing_closes_and_the_ticket_printed_again(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("seated")
    dates = town.sitting.dates
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    before = candidate.awake().paper("ticket")
    give_evidence(town, candidate)
    ask(candidate, {"full_name": "陈样板"})
    case = applications.read(candidate.reference).corrections[-1].case
    town.reviewer.awake().decide(case, "approve")
    town.settle()
    assert town.paths("reprinting") == [["Print the tickets"]]
    after = candidate.awake().paper("ticket")
    assert after.startswith(b"%PDF")
    assert after != before
    assert candidate.profile()["native_name"] == "陈样板"
    closes = dates.tickets_close or dates.first_subject
    with town.without_jobs():
        town.cloud.advance(to=closes - SECOND)
        give_evidence(town, candidate)
        ask(candidate, {"full_name": "陈样本"})
        town.cloud.advance(to=closes)
        case = applications.read(candidate.reference).corrections[-1].case
        town.reviewer.awake().decide(case, "approve")  # reported in time, decided after
        town.settle()
        assert candidate.awake().profile()["native_name"] == "陈样本"
        assert ask(candidate, {"full_name": "陈样品"}, expect=422)["code"] == "print_deadline_over"


@pytest.mark.rule("CHG-02", "REG-07")
@pytest.mark.parametrize(
    ("fields", "state", "printed"),
    [({"full_name": "陈样板"}, "made", [["Print the tickets"]]), ({"nationality": "CN"}, "overtaken", [])],
)
def test_what_was_asked_for_once_paid_is_decided_by_what_is_open_on_the_day_of_the_decision(
    town: Town, stages: Stages, fields: dict[str, str], state: str, printed: list[list[str]]
) -> None:
    candidate = stages.at("seated")
    give_evidence(town, candidate)
    ask(candidate, fields)
    dates = town.sitting.dates
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    town.reviewer.awake().decide(applications.read(candidate.reference).corrections[-1].case, "approve")
    town.settle()
    assert applications.read(candidate.reference).corrections[-1].state == state
    assert town.paths("reprinting") == printed
    assert candidate.awake().paper("ticket").startswith(b"%PDF")


@pytest.mark.rule("CHK-15")
def test_a_registration_that_is_void_before_the_exam_has_no_ticket_and_no_score(town: Town, stages: Stages) -> None:
    candidate = stages.at("seated")
    void(town, candidate, "false_statement")
    dates = town.sitting.dates
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    refused = candidate.awake().call(
        "GET", f"/api/candidate/applications/{candidate.reference}/documents/ticket", expect=404
    )
    assert refused["code"] == "not_found"
    assert ("TicketOpened", "email") not in town.letters(candidate)
    town.skip(dates.exam_over + timedelta(hours=1))
    number = applications.read(candidate.reference).candidate_number or ""
    drop_marks(town, marks_file({number: ("88.5", "60")}))
    town.second.awake().release(SITTING)
    town.settle()
    application = applications.read(candidate.reference)
    assert (application.status, application.result) == ("void", None)
    assert not [case for case in town.cases() if case.kind == "failed_machine"]


@pytest.mark.rule("REG-09", "REG-10")
def test_unpaid_by_the_deadline_is_abandoned_and_nobody_pays_after_it(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    closes = town.sitting.dates.payment_closes
    with town.without_jobs():
        town.cloud.advance(to=closes - timedelta(minutes=32))
        assert candidate.awake().open_checkout().startswith("http")
        town.cloud.advance(to=closes)
        late = candidate.awake().call(
            "POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, expect=422
        )
        assert late["code"] == "payment_closed"
    town.skip(closes + timedelta(hours=25))
    application = applications.read(candidate.reference)
    assert application.status == "lapsed"
    assert application.life[-1].rules == ("REG-09", "REG-10")
    assert ("ApplicationLapsed", "email") in town.letters(candidate)


def test_a_seat_of_somebody_who_withdrew_stays_empty_and_their_mark_is_nobodys(town: Town, stages: Stages) -> None:
    candidate = stages.at("seated")
    candidate.awake().withdraw()
    town.settle()
    dates = town.sitting.dates
    town.skip(dates.exam_over + timedelta(hours=1))
    number = applications.read(candidate.reference).candidate_number or ""
    drop_marks(town, marks_file({number: ("-1", "-1")}))
    town.second.awake().release(SITTING)
    town.settle()
    application = applications.read(candidate.reference)
    assert (application.status, application.result) == ("withdrawn", None)
    assert not [case for case in cases.everything() if case.kind == "failed_machine"]
