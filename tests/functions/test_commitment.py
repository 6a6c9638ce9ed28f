"""The commitment at its doors: chosen freely, notified first, signed in person, paid, and taken back in time only."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.acts import commitments, invariants
from certification.acts import payments as paying
from certification.acts.ordering import new_order
from certification.acts.sessions import fingerprint
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import claims
from certification.cloud.tables.commitments import commitments as commitment_rows
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.verifications import verifications
from certification.cloud.transaction import commit
from certification.policies import load_commitment_text, load_policy
from certification.rules.commitments import lock_key
from certification.rules.status import Status
from local.candidate import ApiCandidate
from tests.functions.committing import CLOSES, PAYMENT_CLOSES, SITTING, People, person_of, publish, record, row
from tests.functions.stand import Stand

SECOND = timedelta(seconds=1)


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


def to(stand: Stand, instant: datetime) -> None:
    """The clock at an instant, with no job on the way: a deadline holds at the doors themselves."""
    stand.clock.move_to(instant)


@pytest.mark.rule("COM-01", "COM-06", "REG-01", "REG-09")
def test_who_commits_signs_and_pays_without_proofs_or_review(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    now = candidate.now()
    assert (now["status"], now["turn"]) == ("awaiting_signature", "candidate")
    assert stand.cloud.executions("screening")[-1].path == ["Check eligibility", "Choose the lane"]
    assert datetime.fromisoformat(now["due"]) == CLOSES
    candidate.sign()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_payment"
    assert candidate.commitment()["proofs"] == []
    assert row(candidate).review is None
    order = candidate.order()
    assert (order["total"]["currency"], order["payable"]) == ("CNY", True)
    assert datetime.fromisoformat(order["pay_by"]) == PAYMENT_CLOSES
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    steps = [step["what"] for step in candidate.now()["timeline"]]
    assert steps == ["confirmed", "sent_to_signature", "signed", "settled"]
    names = {message["name"] for message in candidate.messages()}
    assert names >= {"SignatureAwaited", "CommitmentSigned", "CandidateRegistered"}
    assert "ApplicationConfirmed" not in names  # nobody reviews it


@pytest.mark.rule("REG-01", "COM-01")
def test_the_choice_is_made_before_confirming_and_not_afterwards(stand: Stand, people: People) -> None:
    candidate = people.draft(commits=None)
    refused = candidate.confirm(expect=422)
    assert (refused["code"], list(refused["facts"])) == ("incomplete", ["commitment"])
    candidate.choose_lane(commits=False)
    assert candidate.choose_lane(commits=True)["chosen"] is True
    candidate.confirm()
    stand.cloud.settle()
    assert candidate.choose_lane(commits=False, expect=422)["code"] == "choice_closed"


@pytest.mark.rule("COM-03")
def test_nothing_is_chosen_or_signed_but_over_the_notice_that_was_shown(
    stand: Stand, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = people.draft(commits=None)
    shown = candidate.commitment()
    assert [one["kind"] for one in shown["notice"]] == [
        "conditions",
        "proof",
        "text",
        "liability",
        "powers",
        "cooperation",
    ]
    choice = {"commits": True, "notice": "0" * 64, "language": "en"}
    place = f"/api/candidate/applications/{candidate.reference}/commitment"
    assert candidate.call("PUT", f"{place}/choice", choice, expect=422)["code"] == "notice_not_shown"
    candidate.choose_lane(commits=True)
    candidate.confirm()
    stand.cloud.settle()
    newer = load_commitment_text("cn_2026").model_copy(update={"version": "cn_2027"})
    monkeypatch.setattr("certification.acts.commitments.load_commitment_text", lambda _version: newer)
    assert candidate.sign(expect=422)["code"] == "notice_not_shown"
    read = {"notice": newer.hash, "language": "en"}
    assert (
        candidate.call("POST", f"{place}/notice", {**read, "notice": shown["hash"]}, expect=422)["code"]
        == "notice_not_shown"
    )
    candidate.call("POST", f"{place}/notice", read)
    candidate.sign()
    signature = candidate.commitment()["signature"]
    assert (signature["text"], signature["text_hash"]) == ("cn_2027", newer.hash)


@pytest.mark.rule("COM-04", "COM-05", "COM-07")
def test_only_the_person_signs_with_all_statements_and_a_fresh_code_of_their_own(stand: Stand, people: People) -> None:
    candidate, other = people.confirmed(), people.confirmed()
    challenge, code = candidate.ask_signature_code()
    place = "/api/candidate/applications/{}/commitment/signature"
    letter = {"challenge": challenge, "code": code, "statements": [1, 2, 3, 4]}
    three = {**letter, "statements": [1, 2, 3]}
    assert candidate.call("POST", place.format(candidate.reference), three, expect=422)["code"] == "statements_missing"
    assert other.call("POST", place.format(candidate.reference), letter, expect=404)["code"] == "not_found"
    assert other.call("POST", place.format(other.reference), letter, expect=422)["code"] == "code_wrong"
    wrong = {**letter, "code": f"{(int(code) + 1) % 10**6:06d}"}
    assert candidate.call("POST", place.format(candidate.reference), wrong, expect=422)["code"] == "code_wrong"
    to(stand, stand.clock.now() + timedelta(minutes=10))
    assert candidate.call("POST", place.format(candidate.reference), letter, expect=422)["code"] == "code_expired"
    assert candidate.status() == "awaiting_signature"
    candidate.sign()
    signed = commitment_rows.read(row(candidate).commitment)
    assert (signed.candidate, signed.session) == (stand.id_of(candidate.session), fingerprint(candidate.session))
    again = candidate.call("POST", place.format(candidate.reference), letter, expect=422)
    assert again["code"] == "nothing_to_sign"


@pytest.mark.rule("COM-04")
def test_a_changed_application_needs_a_new_signature(stand: Stand, people: People) -> None:
    candidate = people.signed()
    application = row(candidate)
    first = commitment_rows.read(application.commitment)
    text = load_commitment_text("cn_2026")
    assert first.content == commitments.content_of(application, text)
    corrected = application.changed(answers_confirmed={**application.answers_confirmed, "level": "other"})
    assert commitments.content_of(corrected, text) != first.content
    again = corrected.changed(status=Status.VERIFYING, due=Due(at=stand.clock.now()))
    commit([applications.update(again)])
    stand.cloud.invoke("ChooseLaneFunction", {"application": candidate.reference})
    assert (candidate.status(), row(candidate).commitment) == ("awaiting_signature", None)
    candidate.sign()
    second = commitment_rows.read(row(candidate).commitment)
    assert (second.content, second.id == first.id) == (commitments.content_of(row(candidate), text), False)


@pytest.mark.rule("COM-04")
@pytest.mark.parametrize(("before", "status"), [(SECOND, "awaiting_payment"), (timedelta(0), "awaiting_signature")])
def test_signing_is_open_until_registration_closes_and_not_at_that_instant(
    stand: Stand, people: People, before: timedelta, status: str
) -> None:
    candidate = people.confirmed()
    to(stand, CLOSES - timedelta(minutes=1))
    candidate.sign_in()
    challenge, code = candidate.ask_signature_code()
    to(stand, CLOSES - before)
    letter = {"challenge": challenge, "code": code, "statements": [1, 2, 3, 4]}
    place = f"/api/candidate/applications/{candidate.reference}/commitment/signature"
    answer = candidate.call("POST", place, letter, expect=200 if before else 422)
    assert before or answer["code"] == "signature_closed"
    assert candidate.status() == status


@pytest.mark.rule("COM-08", "COM-09", "COM-10")
def test_it_is_taken_back_until_registration_closes_and_proofs_are_asked_for(stand: Stand, people: People) -> None:
    candidate, late = people.signed(), people.signed()
    to(stand, CLOSES - SECOND)
    candidate.sign_in()
    late.sign_in()
    candidate.withdraw_commitment()
    now = candidate.commitment()
    assert (candidate.status(), now["open"], now["signature"]["stands"]) == ("awaiting_proofs", False, False)
    assert [proof["code"] for proof in now["proofs"]] == ["education_proof", "work_proof"]
    assert orders.read(row(candidate).order).state == "voided"
    assert claims.read(lock_of(stand, candidate)).holder == "withdrawn"
    assert candidate.withdraw_commitment()["status"] == "awaiting_proofs"
    to(stand, CLOSES)
    assert late.withdraw_commitment(expect=422)["code"] == "commitment_closed"
    stand.cloud.settle()
    assert "CommitmentWithdrawn" in [message["name"] for message in candidate.messages()]


@pytest.mark.rule("COM-10", "COM-11")
@pytest.mark.parametrize("way", ["withdrawn", "declined", "not_chosen"])
def test_the_way_back_stays_closed_after_applying_again(stand: Stand, people: People, way: str) -> None:
    candidate = {
        "withdrawn": people.signed,
        "declined": people.confirmed,
        "not_chosen": lambda: people.confirmed(commits=False),
    }[way]()
    if way == "withdrawn":
        candidate.withdraw_commitment()
    elif way == "declined":
        candidate.decline()
    assert candidate.status() == "awaiting_proofs"
    candidate.withdraw()
    stand.cloud.settle()
    candidate.apply(SITTING)
    now = candidate.commitment()
    assert (now["open"], now["because"]["rules"]) == (False, ["COM-10" if way == "withdrawn" else "COM-11"])
    assert candidate.choose_lane(commits=True, expect=422)["code"] == "commitment_not_open"
    candidate.confirm()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_proofs"
    assert ("withdrawn" if way == "withdrawn" else "not_chosen") in row(candidate).classes


@pytest.mark.rule("COM-08")
def test_a_paid_commitment_stands(stand: Stand, people: People) -> None:
    candidate = people.signed()
    candidate.pay()
    assert candidate.withdraw_commitment(expect=422)["code"] == "commitment_paid"
    stand.cloud.settle()
    assert candidate.status() == "registered"
    assert candidate.withdraw_commitment(expect=422)["code"] == "commitment_paid"


@pytest.mark.rule("COM-08")
def test_the_open_page_is_closed_at_the_provider_first_and_takes_no_money_any_more(
    stand: Stand, people: People
) -> None:
    candidate = people.signed()
    page = candidate.open_checkout()
    candidate.withdraw_commitment()
    candidate.pay_at(page)  # the provider says that the page has expired
    stand.cloud.settle()
    assert candidate.status() == "awaiting_proofs"
    assert [payments.read(one).state for one in orders.read(row(candidate).order).payments] == ["expired"]


@pytest.mark.rule("COM-08", "PAY-05")
def test_money_that_arrives_at_the_same_moment_wins_as_a_fact_and_nothing_is_lost(
    stand: Stand, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = people.signed()
    page = candidate.open_checkout()
    real = paying.close

    def pays_meanwhile(payment: str) -> bool:
        candidate.pay_at(page)
        return real(payment)

    with monkeypatch.context() as racing:
        racing.setattr(paying, "close", pays_meanwhile)
        assert candidate.withdraw_commitment(expect=422)["code"] == "commitment_paid"
    stand.cloud.settle()
    assert candidate.status() == "registered"
    assert invariants.differences() == []


def test_signing_and_withdrawing_at_once_leave_one_of_the_two(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    candidate = people.confirmed()
    real = new_order

    def withdraws_meanwhile(*given: Any) -> Any:
        monkeypatch.setattr("certification.acts.commitments.new_order", real)
        candidate.withdraw()
        return real(*given)

    monkeypatch.setattr("certification.acts.commitments.new_order", withdraws_meanwhile)
    refused = candidate.sign(expect=422)
    assert (refused["code"], candidate.status()) == ("nothing_to_sign", "withdrawn")
    assert row(candidate).orders == ()


def lock_of(stand: Stand, candidate: ApiCandidate) -> str:
    """The name of the candidate's lock for this exam and year."""
    return lock_key(stand.id_of(candidate.session), load_policy("guangdong")[0])


@pytest.mark.rule("CHK-08", "INT-02")
def test_the_check_is_waived_for_who_committed_was_verified_online_and_has_no_entry(
    stand: Stand, people: People
) -> None:
    plain, noted, unverified = people.confirmed(), people.draft(), people.confirmed()
    past = stand.clock.now() - timedelta(days=900)
    record(person_of(stand, noted), past, past + timedelta(days=1))  # its period is over: no bar, but an entry
    noted.confirm()
    stand.cloud.settle()
    doubt(stand, unverified)
    for candidate in (plain, noted, unverified):
        candidate.sign()
    signatures = [candidate.commitment()["signature"] for candidate in (plain, noted, unverified)]
    assert [one["check_waived"] for one in signatures] == [True, False, False]
    assert all("CHK-08" in one["why"]["rules"] for one in signatures)


def doubt(stand: Stand, candidate: ApiCandidate) -> None:
    """The registry's answer about the identity, as if it could not tell."""
    check = verifications.read(candidates.read(stand.id_of(candidate.session)).identity_check or "")
    commit([verifications.update(check.changed(state="on_site"))])
