"""Reports that stand for a check, from the first day to the last: exam, results, and then a person looks at them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import sittings
from certification.policies import load_calendar, load_policy
from certification.rules.deadlines import due_after
from certification.rules.spans import span
from local import seed_guangdong
from local.candidate import ApiCandidate
from local.staff import ApiStaff
from tests.journeys.stages import Stages, complete, drop_marks, registered
from tests.journeys.town import Town, publish
from tests.samples.hostile import clean_pdf

SITTING = seed_guangdong.SITTING
MARKS = ("80", "80", "80", "120")
SUBJECTS = ("economics", "law", "management", "practice")
UNKNOWN = "77006"
"""A certificate number at which the simulated registry says that it cannot tell."""


@pytest.fixture(scope="module")
def passed(stages: Stages) -> tuple[Any, tuple[ApiCandidate, ...]]:
    """Two of Guangdong who passed every subject: one with the certificate alone, one whose report was there in time;
    and the town on the day of the results."""
    town = stages.town
    publish(town, seed_guangdong.sitting(town.clock.now()))
    both = (applied(town, 1, later=True), applied(town, 2, later=False))
    sat_and_passed(town, both)
    return town.save(), both


def applied(town: Town, number: int, *, later: bool) -> ApiCandidate:
    """Committed and paid, though the registry could not tell; `later`: the report is still to come."""
    candidate = town.candidate(
        number,
        phone=f"+861381234000{number}",
        scheme="guangdong",
        occupation="building",
        level="full",
        region="guangzhou",
        certificate=UNKNOWN,
    )
    complete(town, candidate)
    candidate.save_education(major="土木工程", degree="bachelor", certificate=UNKNOWN)
    candidate.save_work(since="2017-08-01", field="building_works")
    town.settle()
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    assert [gap["field"] for gap in candidate.now()["gaps"]] == ["education_proof"]
    hand_over(town, candidate, clean_pdf())
    candidate.call("PUT", f"/api/candidate/applications/{candidate.reference}/provisional", {"later": later})
    candidate.confirm()
    town.settle()
    candidate.sign()
    town.settle()
    registered(town, candidate)
    return candidate


def sat_and_passed(town: Town, both: tuple[ApiCandidate, ...]) -> None:
    """Seated, examined, marked and released, by the people and jobs of the scheme."""
    dates = sittings.read(SITTING).dates
    for days in (timedelta(hours=25), timedelta(hours=49), timedelta(days=3)):
        town.skip(dates.payment_closes + days)
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    town.skip(dates.exam_over + timedelta(hours=1))
    numbers = [applications.read(one.reference).candidate_number or "" for one in both]
    rows = [
        f"{SITTING},{number},{subject},{mark}"
        for number in numbers
        for subject, mark in zip(SUBJECTS, MARKS, strict=True)
    ]
    report = drop_marks(town, "\n".join(["sitting,candidate_number,subject,mark", *rows]) + "\n", SITTING)
    assert report["counts"], report
    ApiStaff(town.cloud, seed_guangdong.NATIONAL_EMAIL).awake().release(SITTING)
    town.settle()


@pytest.fixture
def both(passed: tuple[Any, tuple[ApiCandidate, ...]], town: Town) -> tuple[ApiCandidate, ...]:
    """The two of them, on the day of the results."""
    saved, known = passed
    town.restore(saved)
    town.forget_sessions()
    return tuple(back(town, one) for one in known)


def back(town: Town, known: ApiCandidate) -> ApiCandidate:
    again = ApiCandidate(town.cloud, known.sample, photo=known.photo)
    again.session, again.since, again.reference = known.session, known.since, known.reference
    return again.awake()


@pytest.fixture
def candidate(both: tuple[ApiCandidate, ...]) -> ApiCandidate:
    """The one who owes the report."""
    return both[0]


@pytest.fixture
def reported(both: tuple[ApiCandidate, ...]) -> ApiCandidate:
    """The one whose report was there in time."""
    return both[1]


def duty(candidate: ApiCandidate, kind: str = "provisional_report") -> Any:
    """The case of the report that is due, or that a desk looks at; None when there is none."""
    found = [one for one in applications.read(candidate.reference).open_cases if one.kind == kind]
    return cases.read(found[0].reference) if found else None


def ten_working_days_later(town: Town) -> datetime:
    policy, _ = load_policy("guangdong")
    return due_after(town.clock.now(), span("P10WD"), load_calendar(policy.calendar), policy.zone)


def hand_in(candidate: ApiCandidate, expect: int = 200) -> Any:
    return candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/report", {}, expect=expect)


def decide(town: Town, case: str, verdict: str, note: str = "", by: str = seed_guangdong.CITY_EMAIL) -> None:
    """What a desk decides: the city's, unless the case is the province's."""
    ApiStaff(town.cloud, by).awake().decide(case, verdict, note=note)
    town.settle()


@pytest.mark.rule("EDU-11", "EDU-12")
def test_who_hands_the_report_in_after_the_exam_gets_the_certificate_and_not_before(
    town: Town, candidate: ApiCandidate
) -> None:
    now = candidate.now()
    assert (now["status"], now["result"]["passed"], now["certificate"]) == ("passed", True, None)
    assert [step["to"] for step in now["timeline"]][:4] == [
        "verifying",
        "awaiting_signature",
        "awaiting_payment",
        "registered",
    ]
    case = duty(candidate)
    town.skip(town.clock.now() + timedelta(days=2))
    assert candidate.awake().status() == "passed"
    hand_over(town, candidate, clean_pdf(2), "?add=yes")
    hand_in(candidate)
    town.settle()
    assert candidate.status() == "passed"
    decide(town, case.id, "approve")
    town.run_jobs()
    assert candidate.awake().status() == "certified"
    assert ("ReportAwaited", "email") in town.letters(candidate)
    assert town.failures() == []


@pytest.mark.rule("EDU-12", "CHK-16")
def test_who_does_not_hand_it_in_is_heard_and_then_the_scores_are_void(town: Town, candidate: ApiCandidate) -> None:
    case = duty(candidate)
    town.skip(case.promised - timedelta(seconds=1))
    assert duty(candidate).waits_for == "candidate"
    town.skip(case.promised)
    assert duty(candidate).waits_for == "desk"
    assert hand_in(candidate.awake(), 422)["code"] == "report_closed"
    decide(town, case.id, "reject", "Nothing was handed in.")
    heard = applications.read(candidate.reference).open_cases
    assert [one.kind for one in heard] == ["void_hearing"]
    assert ("VoidHearingOpened", "email") in town.letters(candidate)
    hearing = heard[0].reference
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/hearing", {"text": "I was ill."})
    decide(town, hearing, "approve", by=seed_guangdong.PROVINCE_EMAIL)
    ApiStaff(town.cloud, seed_guangdong.NATIONAL_EMAIL).awake().second(hearing)
    town.settle()
    town.skip(town.clock.now() + timedelta(days=2))
    application = applications.read(candidate.reference)
    assert (application.status, application.certificate) == ("void", None)
    assert application.void is not None
    assert application.void.ground == "not_checked_after_exam"
    assert town.failures() == []


@pytest.mark.rule("EDU-10", "EDU-12")
def test_a_report_that_was_there_in_time_holds_up_no_exam_and_is_looked_at_before_the_certificate(
    town: Town, reported: ApiCandidate
) -> None:
    now = reported.now()
    assert (now["status"], now["result"]["passed"], now["certificate"]) == ("passed", True, None)
    waited = [step["to"] for step in now["timeline"]]
    assert "awaiting_review" not in waited, "nothing was asked for before the exam"
    case = duty(reported, "qualification_check")
    assert (case.desk, case.waits_for, duty(reported)) == ("guangzhou", "desk", None)
    assert (case.opened_at, case.promised) == (town.clock.now(), ten_working_days_later(town))
    assert ("ReportCheckOpened", "email") in town.letters(reported)
    town.skip(town.clock.now() + timedelta(days=2))
    assert reported.awake().status() == "passed"
    shown = ApiStaff(town.cloud, seed_guangdong.CITY_EMAIL).awake().read(case.id)
    assert shown["review"]["person"]["education"][0]["state"] == "on_site"
    decide(town, case.id, "approve")
    town.run_jobs()
    assert reported.awake().status() == "certified"
    assert ("ReportDecided", "email") in town.letters(reported)
    assert town.failures() == []


@pytest.mark.rule("EDU-12", "CHK-16")
def test_a_report_that_shows_nothing_leads_to_a_hearing_and_then_the_scores_are_void(
    town: Town, reported: ApiCandidate
) -> None:
    decide(town, duty(reported, "qualification_check").id, "return", "It is of another person.")
    again = duty(reported)
    hand_over(town, reported.awake(), clean_pdf(3))
    hand_in(reported)
    decide(town, again.id, "reject", "This one too.")
    (heard,) = applications.read(reported.reference).open_cases
    assert heard.kind == "void_hearing"
    said = {"text": "It is mine."}
    reported.call("POST", f"/api/candidate/applications/{reported.reference}/hearing", said)
    decide(town, heard.reference, "approve", by=seed_guangdong.PROVINCE_EMAIL)
    ApiStaff(town.cloud, seed_guangdong.NATIONAL_EMAIL).awake().second(heard.reference)
    town.settle()
    town.skip(town.clock.now() + timedelta(days=2))
    application = applications.read(reported.reference)
    assert (application.status, application.certificate) == ("void", None)
    assert application.void is not None
    assert application.void.ground == "not_checked_after_exam"
    assert town.failures() == []


@pytest.mark.rule("EDU-01", "EDU-12")
def test_no_report_is_due_any_more_once_the_registry_has_confirmed_the_entry(
    town: Town, candidate: ApiCandidate, reported: ApiCandidate
) -> None:
    duties = [duty(candidate), duty(reported, "qualification_check")]
    registry = town.cloud.simulators["education"]
    for question in registry.control("status", {})["questions"]:
        registry.control("answer", {"question": question, "result": "match"})
    town.skip(town.clock.now() + timedelta(minutes=5))
    for case, one in zip(duties, (candidate, reported), strict=True):
        ended = cases.read(case.id).decision
        assert ended is not None
        assert (ended.outcome, ended.decided_by) == ("confirmed", "registry")
        assert applications.read(one.reference).open_cases == ()
        letter = [text for text in town.letters(one) if text[0] == "ReportDecided"]
        assert letter == [("ReportDecided", "email")]
    town.run_jobs()
    assert [one.awake().status() for one in (candidate, reported)] == ["certified", "certified"]
    assert town.failures() == []


def hand_over(town: Town, candidate: ApiCandidate, pdf: bytes, add: str = "") -> None:
    """A file of education, looked at and used."""
    form = candidate.call("POST", f"/api/candidate/uploads/education_proof{add}")
    candidate.post_file(form, pdf, "application/pdf")
    town.settle()
    candidate.call("POST", "/api/candidate/uploads/education_proof/accept", {})
