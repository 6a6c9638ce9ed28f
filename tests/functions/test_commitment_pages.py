"""The commitment on its pages, in both languages: notice and letter shown whole, signed without any script."""

import re
from datetime import timedelta

import pytest

from certification.policies import load_commitment_text
from tests.functions.browser import Browser
from tests.functions.committing import SITTING, People, publish, row
from tests.functions.stand import Stand

TEXT = load_commitment_text("cn_2026")


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


@pytest.mark.rule("COM-03", "COM-07", "COM-01", "REG-01")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_notice_and_letter_stand_on_the_page_in_full_before_anything_is_chosen(
    stand: Stand, people: People, language: str
) -> None:
    candidate = people.complete()
    candidate.apply(SITTING)
    browser = Browser(stand, candidate, language)
    page = browser.get(f"/apply/{candidate.reference}/commitment")
    words = [one for part in TEXT.notice for one in (part.heading, part.words)] + [*TEXT.statements, TEXT.letter]
    for one in words:
        assert re.sub(r"\s+", " ", getattr(one, language)) in re.sub(r"\s+", " ", page)
    assert not re.search(r" checked[ >]", page)
    assert "problem" in browser.post(f"/apply/{candidate.reference}/commitment") or language == "zh"
    browser.post(f"/apply/{candidate.reference}/commitment", lane="commit")
    assert row(candidate).commits is True
    assert row(candidate).notice_shown.language == language


@pytest.mark.rule("COM-04", "COM-05", "COM-07", "COM-08")
def test_a_candidate_signs_on_the_pages_keeps_a_copy_and_takes_it_back(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    assert "Sign your commitment" in browser.get(base)
    assert "as soon as you have signed" in browser.page
    browser.get(f"{base}/sign")
    assert "Only you may sign" in browser.page
    assert "Agree to all statements" in browser.post(f"{base}/sign", statements=["1", "2", "3"])
    browser.post(f"{base}/sign", statements=["1", "2", "3", "4"])
    assert "Type in the code" in browser.page
    assert "not right" in browser.post(f"{base}/sign/code", code="000000")
    page = browser.post(f"{base}/sign/code", code=candidate.code(candidate.sample.phone))
    assert "Commitment signed. Pay" in page
    signed = row(candidate).commitment
    copy = browser.get(f"{base}/commitment/letter")
    assert signed in copy
    assert TEXT.hash in copy
    assert "cannot be undone" in browser.get(f"{base}/commitment/withdraw")
    assert "Hand in your proofs" in browser.post(f"{base}/commitment/withdraw")
    assert "proofs_missing" not in browser.page
    assert "Upload and accept first" in browser.post(f"{base}/proofs")
    people.give_proofs(candidate, "education_proof", "work_proof")
    browser.get(f"{base}/proofs")
    browser.post(f"{base}/proofs")
    assert candidate.status() == "awaiting_review"


@pytest.mark.rule("COM-11", "COM-12")
def test_declining_says_in_both_languages_that_there_is_no_way_back(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    base = f"/apply/{candidate.reference}"
    assert "不可逆转" in Browser(stand, candidate, "zh").get(f"{base}/decline")
    browser = Browser(stand, candidate)
    assert "cannot be undone" in browser.get(f"{base}/decline")
    browser.post(f"{base}/decline")
    assert candidate.status() == "awaiting_proofs"


@pytest.mark.rule("COM-02")
def test_whoever_is_barred_reads_why_and_is_offered_no_choice(stand: Stand, people: People) -> None:
    from tests.functions.committing import person_of, record

    candidate = people.complete()
    candidate.apply(SITTING)
    record(person_of(stand, candidate), stand.clock.now(), None)
    page = Browser(stand, candidate).get(f"/apply/{candidate.reference}/commitment")
    assert "The integrity register has an entry about you" in page
    assert 'name="lane"' not in page


@pytest.mark.rule("CHK-04", "CHK-06", "CHK-13")
def test_a_check_is_read_and_answered_on_the_pages(stand: Stand, people: People) -> None:
    candidate = people.signed()
    candidate.pay()
    stand.cloud.settle()
    place = f"/api/staff/applications/{candidate.reference}/check"
    people.staff().call("POST", place, {"why": "Asked by the desk."})
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    assert "Your commitment is checked" in browser.get(base)
    assert "逾期视为拒绝核查" in Browser(stand, candidate, "zh").get(f"{base}/supervision")
    page = browser.get(f"{base}/supervision")
    assert "on paper" in page
    assert f"{base}/education-proof" in page
    assert "Upload and accept first" in browser.post(f"{base}/supervision")
    people.give_proofs(candidate, "education_proof", "work_proof")
    browser.get(f"{base}/supervision")
    browser.post(f"{base}/supervision")
    assert candidate.commitment()["check"] is None
    assert "Your commitment is checked" not in browser.get(base)


@pytest.mark.rule("COM-08", "PAY-05")
def test_money_that_only_the_provider_knows_of_is_found_before_a_commitment_is_taken_back(
    stand: Stand, people: People
) -> None:
    candidate = people.signed()
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    browser.get(f"{base}/commitment/withdraw")
    candidate.pay()  # its event is on the way
    assert "so the commitment stands" in browser.post(f"{base}/commitment/withdraw")
    stand.cloud.settle()
    assert candidate.status() == "registered"


@pytest.mark.rule("COM-08")
def test_a_commitment_is_taken_back_after_a_payment_page_that_never_opened(stand: Stand, people: People) -> None:
    candidate = people.signed()
    provider = stand.cloud.simulators["card"]
    provider.control("switch", {"name": "down"})
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, expect=422)
    provider.control("clear", {})
    browser, way = Browser(stand, candidate), f"/apply/{candidate.reference}/commitment/withdraw"
    browser.get(way)
    assert "is being opened" in browser.post(way)
    stand.wait(timedelta(minutes=10))
    browser.get(way)
    assert "Hand in your proofs" in browser.post(way)
