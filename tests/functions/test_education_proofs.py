"""What shows an education that no registry confirmed: certificate and report in one PDF, before confirming."""

import io
from datetime import timedelta

import pikepdf
import pytest

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import candidates
from certification.cloud.transaction import commit
from local import samples
from local.candidate import ApiCandidate
from tests.functions import on_site
from tests.functions.committing import SITTING, People, publish
from tests.functions.education_files import PROOF, a_pdf, accept, gaps, page_of, send, unverified
from tests.functions.stand import Stand
from tests.samples.hostile import unmergeable


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


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
    refused = (
        (b"MZ no document", "not_jpeg_or_pdf"),
        (a_pdf(20), "too_many_pages"),
        (unmergeable(), "cannot_be_merged"),
    )
    for bad, code in refused:
        file = send(candidate, stand, bad, add=True)
        assert (file["state"], [one["code"] for one in file["problems"]]) == ("checked", [code])
    assert pages_of(stand, candidate) == 1


def test_a_first_part_that_cannot_be_one_of_several_is_refused_at_once_with_what_to_do(people: People) -> None:
    stand, candidate = people.stand, unverified(people)
    file = send(candidate, stand, unmergeable())
    assert (file["state"], file["in_use"]) == ("refused", False)
    assert [one["code"] for one in file["problems"]] == ["cannot_be_merged"]
    assert "请将其打印为新PDF后再上传" in page_of(stand, candidate, "/education-proof")
    assert send(candidate, stand, a_pdf())["state"] == "checked"


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
