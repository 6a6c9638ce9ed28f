"""The report that comes later, from the first day to the last: certificate alone, exam, results, and then the duty."""

from datetime import timedelta
from typing import Any

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import sittings
from local import seed_guangdong
from local.candidate import ApiCandidate
from local.staff import ApiStaff
from tests.journeys.stages import Stages, complete, drop_marks, registered
from tests.journeys.town import Town, publish
from tests.samples.hostile import clean_pdf

SITTING = seed_guangdong.SITTING
MARKS = ("80", "80", "80", "120")
SUBJECTS = ("economics", "law", "management", "practice")
UNKNOWN = "77001"
"""A certificate number at which the simulated registry says that it knows no such qualification."""


@pytest.fixture(scope="module")
def owing(stages: Stages) -> tuple[Any, ApiCandidate]:
    """Somebody of Guangdong who went on with the certificate alone and passed every subject; and the town then."""
    town = stages.town
    publish(town, seed_guangdong.sitting(town.clock.now()))
    candidate = town.candidate(
        1,
        phone="+8613812340009",
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
    candidate.call("PUT", f"/api/candidate/applications/{candidate.reference}/provisional", {"later": True})
    candidate.confirm()
    town.settle()
    candidate.sign()
    town.settle()
    registered(town, candidate)
    sat_and_passed(town, candidate)
    return town.save(), candidate


def sat_and_passed(town: Town, candidate: ApiCandidate) -> None:
    """Seated, examined, marked and released, by the people and jobs of the scheme."""
    dates = sittings.read(SITTING).dates
    for days in (timedelta(hours=25), timedelta(hours=49), timedelta(days=3)):
        town.skip(dates.payment_closes + days)
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    town.skip(dates.exam_over + timedelta(hours=1))
    number = applications.read(candidate.reference).candidate_number or ""
    rows = [f"{SITTING},{number},{subject},{mark}" for subject, mark in zip(SUBJECTS, MARKS, strict=True)]
    report = drop_marks(town, "\n".join(["sitting,candidate_number,subject,mark", *rows]) + "\n", SITTING)
    assert report["counts"], report
    ApiStaff(town.cloud, seed_guangdong.NATIONAL_EMAIL).awake().release(SITTING)
    town.settle()


@pytest.fixture
def candidate(owing: tuple[Any, ApiCandidate], town: Town) -> ApiCandidate:
    """The one who owes the report, on the day of the results."""
    saved, known = owing
    town.restore(saved)
    town.forget_sessions()
    back = ApiCandidate(town.cloud, known.sample, photo=known.photo)
    back.session, back.since, back.reference = known.session, known.since, known.reference
    return back.awake()


def duty(candidate: ApiCandidate) -> Any:
    """The case of the report that is due; None when there is none."""
    found = [one for one in applications.read(candidate.reference).open_cases if one.kind == "provisional_report"]
    return cases.read(found[0].reference) if found else None


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


def hand_over(town: Town, candidate: ApiCandidate, pdf: bytes, add: str = "") -> None:
    """A file of education, looked at and used."""
    form = candidate.call("POST", f"/api/candidate/uploads/education_proof{add}")
    candidate.post_file(form, pdf, "application/pdf")
    town.settle()
    candidate.call("POST", "/api/candidate/uploads/education_proof/accept", {})
