"""Proofs instead of a commitment: asked for by class, handed in together and in time, reviewed, then paid."""

from datetime import datetime, timedelta

import pytest

from local import samples
from tests.functions.browser import Browser
from tests.functions.committing import CLOSES, People, person_of, publish, record, row
from tests.functions.stand import Stand

SECOND = timedelta(seconds=1)


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong and a reviewer of its desk."""
    publish(stand)
    return People(stand)


def to(stand: Stand, instant: datetime) -> None:
    stand.clock.move_to(instant)


@pytest.mark.rule("COM-12", "COM-13", "COM-14", "REG-01")
def test_who_does_not_commit_hands_in_proofs_is_reviewed_and_pays(stand: Stand, people: People) -> None:
    candidate = people.confirmed(commits=False)
    now = candidate.commitment()
    assert candidate.status() == "awaiting_proofs"
    assert stand.cloud.executions("screening")[-1].path == ["Check eligibility", "Choose the lane"]
    assert [proof["code"] for proof in now["proofs"]] == now["missing"] == ["education_proof", "work_proof"]
    assert datetime.fromisoformat(now["act_by"]) == CLOSES
    assert datetime.fromisoformat(now["advised_by"]) == CLOSES - timedelta(days=1)
    refused = candidate.hand_in_proofs(expect=422)
    assert (refused["code"], list(refused["facts"])) == ("proofs_missing", ["education_proof", "work_proof"])
    people.give_proofs(candidate, "education_proof", "work_proof")
    candidate.hand_in_proofs()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_review"
    assert candidate.hand_in_proofs()["status"] == "awaiting_review"
    assert (
        stand.call(
            "POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, session=candidate.session
        ).status
        == 422
    )
    people.decide(candidate, "approve")
    assert candidate.status() == "awaiting_payment"
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"


@pytest.mark.rule("COM-09", "COM-12")
def test_proofs_are_uploaded_after_confirming_while_everything_else_stays_frozen(stand: Stand, people: People) -> None:
    candidate = people.confirmed(commits=False)
    browser = Browser(stand, candidate)
    page = browser.get(f"/apply/{candidate.reference}/proofs")
    assert f"/apply/{candidate.reference}/work-proof" in page
    assert 'enctype="multipart/form-data"' in browser.get(f"/apply/{candidate.reference}/work-proof")
    for code in ("education_proof", "work_proof"):
        candidate.upload(code, samples.id_document())
        stand.cloud.settle()
        candidate.call("POST", f"/api/candidate/uploads/{code}/accept", {})
    held = candidate.call("POST", "/api/candidate/uploads/id_document", expect=422)
    assert held["code"] == "answers_held"
    candidate.hand_in_proofs()
    assert candidate.status() == "awaiting_review"
    assert set(row(candidate).uploads_confirmed) >= {"education_proof", "work_proof"}


@pytest.mark.rule("COM-14")
@pytest.mark.parametrize(("before", "status"), [(SECOND, "awaiting_review"), (timedelta(0), "awaiting_proofs")])
def test_proofs_are_handed_in_until_entry_ends_and_not_at_that_instant(
    stand: Stand, people: People, before: timedelta, status: str
) -> None:
    candidate = people.confirmed(commits=False)
    people.give_proofs(candidate, "education_proof", "work_proof")
    to(stand, CLOSES - before)
    candidate.sign_in()
    answer = candidate.hand_in_proofs(expect=200 if before else 422)
    assert before or answer["code"] == "proofs_closed"
    assert candidate.status() == status


@pytest.mark.rule("COM-14")
def test_one_reminder_goes_out_a_day_before_and_the_wait_lapses_at_its_end(stand: Stand, people: People) -> None:
    candidate = people.confirmed(commits=False)
    signing = people.confirmed()

    def reminders() -> int:
        stand.cloud.settle()
        return [message["name"] for message in candidate.awake().messages() if message["channel"] == "email"].count(
            "CandidateReminded"
        )

    stand.skip(CLOSES - timedelta(days=1, seconds=1))
    assert reminders() == 0
    stand.skip(CLOSES - timedelta(days=1))
    assert reminders() == 1
    stand.skip(CLOSES - SECOND)
    assert (reminders(), candidate.awake().status()) == (1, "awaiting_proofs")
    stand.skip(CLOSES)
    assert (candidate.awake().status(), signing.awake().status()) == ("lapsed", "lapsed")


@pytest.mark.rule("COM-02", "COM-13", "INT-02")
def test_an_entry_of_the_register_closes_the_commitment_until_its_last_instant(stand: Stand, people: People) -> None:
    ends = stand.clock.now() + timedelta(days=2)
    barred = people.draft(commits=None)
    record(person_of(stand, barred), stand.clock.now(), ends)
    now = barred.commitment()
    assert (now["open"], now["because"]["rules"]) == (False, ["COM-02", "INT-02"])
    assert barred.choose_lane(commits=True, expect=422)["code"] == "commitment_not_open"
    to(stand, ends - SECOND)
    barred.sign_in()
    assert not barred.commitment()["open"]
    to(stand, ends)
    assert barred.commitment()["open"]
    barred.choose_lane(commits=True)


@pytest.mark.rule("COM-02")
def test_a_bar_found_when_signing_sends_to_the_proofs_and_nothing_is_signed(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    record(person_of(stand, candidate), stand.clock.now(), None)
    assert candidate.sign()["status"] == "awaiting_proofs"
    stand.cloud.settle()
    assert (row(candidate).classes, row(candidate).commitment, row(candidate).orders) == (
        ("barred",),
        None,
        (),
    )
    assert "CommitmentBarred" in [message["name"] for message in candidate.messages()]


@pytest.mark.rule("COM-02", "CHK-11", "INT-01")
def test_a_file_records_entries_and_later_ones_open_a_check_of_what_was_signed(stand: Stand, people: People) -> None:
    candidate = people.signed()
    candidate.pay()
    stand.cloud.settle()
    number = candidate.sample.id_number
    header = "id_kind,id_number,id_country,kind,from,until,basis\n"
    bad = f"{header}passport,{number},CN,serious,2026-01-01,,Decision 1\n"
    report = people.drop("integrity", bad)
    assert [(one["row"], one["column"], one["code"]) for one in report["problems"]] == [(2, "until", "end_missing")]
    assert number not in str(report)
    good = f"{header}passport,{number},CN,serious,2026-01-01,2030-12-31,Decision 1\n"
    for _ in range(2):  # the same file again changes nothing
        assert people.drop("integrity", good)["counts"]
    stand.cloud.settle()
    checks = [one for one in row(candidate).open_cases if one.kind == "supervision_check"]
    assert [one.blocks for one in checks] == ["ticket"]
    assert candidate.commitment()["check"]["case"] == checks[0].reference


@pytest.mark.rule("COM-13", "ELI-08")
def test_an_exemption_level_is_reviewed_whatever_was_chosen(people: People) -> None:
    candidate = people.confirmed(level="exempt_two")
    assert candidate.status() == "awaiting_proofs"
    assert candidate.commitment()["missing"] == ["education_proof", "work_proof", "exemption_proof"]
