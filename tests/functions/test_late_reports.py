"""What a desk looks at after the results: the report that comes later, and the report that counted before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.acts import issuance, outcomes, release
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.cases import cases
from certification.cloud.tables.results import Result, results
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.cases import CaseKind
from certification.rules.status import Status
from local import seed_guangdong
from local.candidate import ApiCandidate
from tests.functions.committing import SITTING, People, publish
from tests.functions.education_files import PROOF, a_pdf, accept, page_of, send, unverified
from tests.functions.stand import Stand


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


def released(people: People, *, passed: bool = True, later: bool = True) -> ApiCandidate:
    """Went on with the certificate alone; the results of the sitting were released now."""
    stand, candidate = people.stand, unverified(people)
    send(candidate, stand, a_pdf())
    accept(candidate)
    if later:
        candidate.call("PUT", f"/api/candidate/applications/{candidate.reference}/provisional", {"later": True})
    candidate.confirm()
    stand.cloud.settle()
    row = applications.read(candidate.reference)
    commit([applications.update(row.changed(status=Status.AWAITING_RESULT, due=None, candidate_number="1"))])
    sitting = sittings.read(SITTING)
    marks = {"id": "m", "file": "m.csv", "rows": 1, "imported_by": "STF-x", "imported_at": stand.clock.now()}
    imported = sitting.changed(marks=marks, stage="releasing", due=None)
    staged = Result(
        place=release.staging(imported),
        entry="1",
        application=candidate.reference,
        candidate_number="1",
        marks={},
        passed=passed,
        policy_hash="x",
    )
    commit([sittings.update(imported), results.insert(staged)])
    release.release(SITTING, [{"application": candidate.reference, "entry": "1"}])
    stand.cloud.settle()
    return candidate


def duty(candidate: ApiCandidate) -> Any:
    found = [
        one for one in applications.read(candidate.reference).open_cases if one.kind is CaseKind.PROVISIONAL_REPORT
    ]
    return cases.read(found[0].reference) if found else None


def hand_in(candidate: ApiCandidate, expect: int = 200) -> Any:
    return candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/report", {}, expect=expect)


def decide(stand: Stand, case: str, verdict: str, note: str = "") -> None:
    session = stand.sign_in_staff(seed_guangdong.CITY_EMAIL)
    body = {"verdict": verdict, "note": note}
    answer = stand.call("POST", f"/api/staff/cases/{case}/decision", body, session=session)
    assert answer.status == 200, answer
    stand.cloud.settle()


@pytest.mark.rule("EDU-11", "EDU-12")
def test_who_passes_with_the_certificate_alone_owes_the_report_and_gets_no_certificate_before(people: People) -> None:
    stand, candidate = people.stand, released(people)
    case = duty(candidate)
    # released on a Tuesday: ten working days of the mainland later, at midnight; 1 October is far away
    assert case.promised == datetime.fromisoformat("2026-09-15T16:00:00+00:00")
    assert "ReportAwaited" in {message["name"] for message in candidate.messages()}
    assert issuance.reserve([{"application": candidate.reference}]) == []
    assert "补交学历核验报告" in page_of(stand, candidate)
    assert "学信网" in page_of(stand, candidate, "/report")
    assert hand_in(candidate, 422)["code"] == "report_missing"
    send(candidate, stand, a_pdf(), add=True)
    accept(candidate)
    hand_in(candidate)
    hand_in(candidate)
    assert duty(candidate).waits_for == "desk"
    decide(stand, case.id, "approve")
    assert duty(candidate) is None
    assert applications.read(candidate.reference).due == Due(at=stand.clock.now(), job="issue_certificates")
    assert "ReportDecided" in {message["name"] for message in candidate.messages()}


@pytest.mark.rule("EDU-12")
@pytest.mark.parametrize(("passed", "later"), [(False, True), (True, False)])
def test_nobody_else_owes_a_report(people: People, passed: bool, later: bool) -> None:
    candidate = released(people, passed=passed, later=later)
    assert duty(candidate) is None
    assert hand_in(candidate, 422)["code"] == "no_report_due"


@pytest.mark.rule("EDU-12")
def test_the_report_is_taken_until_its_instant_and_then_the_desk_decides(people: People) -> None:
    stand, candidate = people.stand, released(people)
    send(candidate, stand, a_pdf(2))
    accept(candidate)
    case = duty(candidate)
    stand.clock.move_to(case.promised)
    assert hand_in(candidate.awake(), 422)["code"] == "report_closed"
    outcomes.of_case(case.id)
    assert (duty(candidate).waits_for, "missed" in duty(candidate).facts) == ("desk", True)
    decide(stand, case.id, "reject", "Not handed in.")
    assert issuance.reserve([{"application": candidate.reference}]) == []


@pytest.mark.rule("EDU-12")
def test_a_report_that_is_sent_back_is_due_anew_and_the_candidate_reads_why(people: People) -> None:
    stand, candidate = people.stand, released(people)
    send(candidate, stand, a_pdf(2))
    accept(candidate)
    hand_in(candidate)
    first = duty(candidate)
    # what a desk looks at stays as it is
    refused = candidate.call("POST", f"/api/candidate/uploads/{PROOF}", expect=422)
    assert refused["code"] == "answers_held"
    stand.clock.move_to(first.promised - timedelta(hours=1))
    session = stand.sign_in_staff(seed_guangdong.CITY_EMAIL)
    page = stand.cloud.request("GET", f"/zh/staff/cases/{first.id}", {"cookie": f"__Host-session={session}"}, b"")
    for words in ("退回补交", "核查不通过，启动无效认定", "该PDF未含电子签名"):
        assert words in page.body.decode()
    decide(stand, first.id, "return", "The report is of another person.")
    again = duty(candidate)
    assert (again.id != first.id, again.waits_for) == (True, "candidate")
    assert again.promised > first.promised
    assert "The report is of another person." in page_of(stand, candidate.awake(), "/report")
    told = [message for message in candidate.messages() if message["name"] == "ReportDecided"]
    assert len(told) == 1
    assert hand_in(candidate, 422)["code"] == "report_missing"  # the same once more
    send(candidate, stand, a_pdf(3))
    accept(candidate)
    stand.clock.move_to(again.promised - timedelta(seconds=1))
    hand_in(candidate.awake())
    decide(stand, again.id, "reject", "This one too.")
    assert [one.kind for one in applications.read(candidate.reference).open_cases] == [CaseKind.VOID_HEARING]
    assert "This one too." in page_of(stand, candidate, "/hearing")
    assert issuance.reserve([{"application": candidate.reference}]) == []
