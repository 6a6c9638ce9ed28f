"""What shows an education that no registry confirmed: certificate and report in one PDF, now or after the results."""

import io
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pikepdf
import pytest

from certification.acts import issuance, outcomes, release
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.results import Result, results
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.cases import CaseKind
from certification.rules.status import Status
from local import samples, seed_guangdong
from local.candidate import ApiCandidate
from local.visitor import BOUNDARY, multipart
from tests.functions import on_site
from tests.functions.committing import SITTING, People, publish
from tests.functions.stand import Stand

PROOF = "education_proof"


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


def unverified(people: People, certificate: str = "77001", **sample: Any) -> ApiCandidate:
    """A candidate of Guangdong with a draft, whose one education entry the registry did not confirm."""
    candidate = people.complete(certificate=certificate, **sample)
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    return candidate


def a_pdf(pages: int = 1) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def send(candidate: ApiCandidate, stand: Stand, data: bytes, *, add: bool = False, code: str = PROOF) -> Any:
    form = candidate.call("POST", f"/api/candidate/uploads/{code}" + ("?add=yes" if add else ""))
    body = multipart({**form["fields"], "Content-Type": "application/octet-stream"}, data, "application/octet-stream")
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    stand.cloud.store_request("POST", urlsplit(form["url"]).path, headers, body)
    stand.cloud.settle()
    return candidate.profile()["files"].get(code)


def accept(candidate: ApiCandidate, code: str = PROOF) -> None:
    candidate.call("POST", f"/api/candidate/uploads/{code}/accept", {})


def gaps(candidate: ApiCandidate) -> list[str]:
    return [gap["field"] for gap in candidate.now()["gaps"]]


def page_of(stand: Stand, candidate: ApiCandidate, path: str = "") -> str:
    headers = {"cookie": f"__Host-session={candidate.session}"}
    answer = stand.cloud.request("GET", f"/zh/apply/{candidate.reference}{path}", headers, b"")
    assert answer.status == 200, stand.cloud.invoker.failures
    return answer.body.decode()


def pages_of(stand: Stand, candidate: ApiCandidate) -> int:
    row = candidates.read(stand.id_of(candidate.session))
    file = row.drafts.get(PROOF) or row.files[PROOF]
    with pikepdf.open(io.BytesIO(vault.read(settings().vault, file.key or ""))) as pdf:
        return len(pdf.pages)


@pytest.mark.rule("EDU-07", "EDU-08", "EDU-09", "EDU-10")
def test_certificate_and_report_are_put_together_into_one_pdf_and_let_the_candidate_go_on(people: People) -> None:
    stand, candidate = people.stand, unverified(people)
    assert gaps(candidate) == [PROOF]
    assert candidate.confirm(expect=422)["code"] == "incomplete"
    assert "/education-proof" in page_of(stand, candidate)
    assert send(candidate, stand, samples.id_document())["state"] == "checked"
    assert send(candidate, stand, a_pdf(2), add=True)["state"] == "checked"
    assert pages_of(stand, candidate) == 3
    accept(candidate)
    assert gaps(candidate) == []
    candidate.confirm()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_signature"


@pytest.mark.rule("ACC-04", "EDU-02", "EDU-04")
def test_nobody_confirms_before_every_check_is_answered_and_the_page_says_by_when(people: People) -> None:
    stand, candidate = people.stand, unverified(people, certificate="77002")
    waiting = [gap for gap in candidate.now()["gaps"] if gap["part"] == "verification"]
    assert [gap["field"] for gap in waiting] == ["education"]
    assert "by 2026-09-02 09:00 (Asia/Shanghai)" in waiting[0]["en"]
    assert "2026-09-02 09:00" in waiting[0]["zh"]
    assert candidate.confirm(expect=422)["code"] == "incomplete"
    headers = {"cookie": f"__Host-session={candidate.session}"}
    for language, words in (("en", "at least 24 hours before registration opens"), ("zh", "至少24小时")):
        page = stand.cloud.request("GET", f"/{language}/education", headers, b"").body.decode()
        assert words in page
    stand.skip(stand.clock.now() + timedelta(hours=2, minutes=5))
    assert gaps(candidate.awake()) == []
    candidate.confirm()


@pytest.mark.rule("EDU-06", "EDU-10")
def test_who_was_confirmed_online_needs_no_report(people: People) -> None:
    candidate = people.draft()
    assert gaps(candidate) == []
    later = f"/api/candidate/applications/{candidate.reference}/provisional"
    assert candidate.call("PUT", later, {"later": True}, expect=422)["code"] == "nothing_provisional"


def test_a_part_that_cannot_be_used_leaves_the_others_as_they_were(people: People) -> None:
    stand, candidate = people.stand, unverified(people)
    send(candidate, stand, a_pdf())
    for bad, code in ((b"MZ no document", "not_jpeg_or_pdf"), (a_pdf(20), "too_many_pages")):
        file = send(candidate, stand, bad, add=True)
        assert (file["state"], [one["code"] for one in file["problems"]]) == ("checked", [code])
    assert pages_of(stand, candidate) == 1


@pytest.mark.rule("EDU-13")
def test_a_degree_from_outside_the_mainland_is_shown_by_its_certification(people: People) -> None:
    candidate = unverified(people, degree_from="GB")
    assert gaps(candidate) == ["foreign_degree_proof"]
    assert people.stand.cloud.simulators["education"].control("status", {})["questions"].keys() == set()
    people.give_proofs(candidate, "foreign_degree_proof")
    assert gaps(candidate) == []


@pytest.mark.rule("EDU-13", "EDU-14")
def test_a_letter_counts_for_foreign_studies_at_home_only_where_the_policy_takes_letters(people: People) -> None:
    stand, candidate = people.stand, unverified(people, degree_from="GB")
    on_site.publish(stand)
    candidate.add_education(country="GB", taught_in="CN", certificate="GB-2")
    headers = {"cookie": f"__Host-session={candidate.session}"}

    def page(reference: str) -> str:
        path = f"/zh/education?application={reference}"
        return stand.cloud.request("GET", path, headers, b"").body.decode()

    assert page(candidate.reference).count("认证书。") == 2
    assert "认证函" not in page(candidate.reference)  # dropped in 002
    other = candidate.call("POST", "/api/candidate/applications", {"sitting": on_site.SITTING})["reference"]
    assert page(other).count("认证函") == 1


@pytest.mark.rule("EDU-21")
def test_who_has_no_degree_adds_none_and_is_not_held_up_by_a_check(people: People) -> None:
    candidate = people.complete()
    row = candidates.read(people.stand.id_of(candidate.session))
    commit([candidates.update(row.changed(education=()))])
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    candidate.call("POST", "/api/candidate/without-degree", {})
    assert not {"education", PROOF} & set(gaps(candidate))


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
