"""Applications through the API: begun once, handed in once, corrected, withdrawn, and every deadline at its instant."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.acts import applications as acts
from certification.acts import home
from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import sittings
from local import seed_guangdong
from local.candidate import ApiCandidate
from tests.functions.crowd import at_once
from tests.functions.stand import SITTING, Answer, Stand

SECOND = timedelta(seconds=1)


def ask(stand: Stand, candidate: ApiCandidate, method: str, act: str = "", body: Any = None) -> Answer:
    path = f"/api/candidate/applications/{candidate.reference}{act}"
    return stand.call(method, path, body, session=candidate.session)


def begin(stand: Stand, session: str, sitting: str = SITTING) -> Answer:
    return stand.call("POST", "/api/candidate/applications", {"sitting": sitting}, session=session)


def go_to(stand: Stand, instant: datetime, candidate: ApiCandidate) -> None:
    """At an instant, signed in anew, without the jobs that would record what fell due."""
    stand.wait(instant - stand.clock.now())
    candidate.sign_in()


def announced(name: str) -> int:
    return sum(entry.name == name for entry in outbox.everything())


def test_open_sittings_show_dates_offers_and_fees_to_anybody(stand: Stand) -> None:
    (sitting,) = stand.call("GET", "/api/account/sittings").body["sittings"]
    assert (sitting["id"], sitting["registration"], sitting["time_zone"]) == (SITTING, "open", "Asia/Hong_Kong")
    fees = {(one["occupation"], one["level"], one["form"]): one["fee"] for one in sitting["offers"]}
    assert fees["data_analyst", "3", "onsite"] == {"amount": 13_500, "currency": "USD"}
    assert not [key for key in fees if key[2] == "remote"]
    stand.wait(sittings.read(SITTING).dates.registration_closes - stand.clock.now())
    assert stand.call("GET", "/api/account/sittings").body == {"sittings": []}


@pytest.mark.rule("REG-03")
def test_a_person_has_one_live_application_per_sitting(stand: Stand) -> None:
    candidate = stand.applicant()
    assert begin(stand, candidate.session).body["reference"] == candidate.reference
    person = stand.id_of(candidate.session)
    other = stand.sign_in("other@example.test")
    assert set(at_once(8, lambda _: acts.start(person, SITTING))) == {candidate.reference}
    assert len(set(at_once(8, lambda _: acts.start(stand.id_of(other), SITTING)))) == 1
    assert len(list(applications.everything())) == 2
    listed = stand.call("GET", "/api/candidate/applications", session=candidate.session).body["applications"]
    assert [one["reference"] for one in listed] == [candidate.reference]


@pytest.mark.rule("ACC-11")
def test_the_application_begun_last_comes_first_and_its_scheme_recovers_the_account(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_guangdong.publish(stand.cloud)
    session = stand.sign_in("sample@example.test")
    references = []
    for drawn, sitting in ((9_000_000, SITTING), (1_000_000, seed_guangdong.SITTING)):
        monkeypatch.setattr("certification.acts.applications.secrets.randbelow", lambda _most, drawn=drawn: drawn)
        references.append(begin(stand, session, sitting).body["reference"])
        stand.wait(SECOND)
    listed = stand.call("GET", "/api/candidate/applications", session=session).body["applications"]
    assert [one["reference"] for one in listed] == references[::-1]
    assert home.scheme_of(stand.id_of(session)) == "guangdong"


def test_a_sitting_that_does_not_exist_is_not_found(stand: Stand) -> None:
    assert begin(stand, stand.sign_in("sample@example.test"), "another").status == 404


@pytest.mark.rule("INF-02")
@pytest.mark.parametrize(("late", "status"), [(-SECOND, 200), (0 * SECOND, 422)])
def test_registration_closes_at_its_instant(stand: Stand, late: timedelta, status: int) -> None:
    candidate, another = stand.applicant(), stand.candidate()
    go_to(stand, sittings.read(SITTING).dates.registration_closes + late, candidate)
    another.sign_in()
    assert begin(stand, another.session).status == status
    confirmed = ask(stand, candidate, "POST", "/confirm")
    assert confirmed.status == status
    assert status == 200 or confirmed.code == "registration_closed"


def test_a_choice_tells_its_fee_and_one_that_is_not_offered_is_refused(stand: Stand) -> None:
    candidate = stand.applicant()
    choice = {"occupation": "ai_trainer", "level": "1", "form": "onsite"}
    chosen = ask(stand, candidate, "PUT", "/choice", choice).body
    assert chosen["fee"] == {"amount": 18_500, "currency": "USD"}
    assert [line["amount"]["amount"] for line in chosen["lines"]] == [4_500, 12_000, 2_000]
    for wrong in ({"form": "remote"}, {"level": "6"}, {"occupation": "astronaut"}):
        assert ask(stand, candidate, "PUT", "/choice", {**choice, **wrong}).status == 422
    assert ask(stand, candidate, "GET").body["occupation"] == "ai_trainer"


@pytest.mark.rule("REG-05")
def test_everything_that_is_missing_is_named_at_once(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    reference = begin(stand, session).body["reference"]
    path = f"/api/candidate/applications/{reference}"
    gaps = {gap["field"] for gap in stand.call("GET", path, session=session).body["gaps"]}
    assert {"full_name", "id_number", "phone", "education", "photo", "id_document", "identity", "level"} <= gaps
    refused = stand.call("POST", f"{path}/confirm", session=session)
    assert (refused.status, refused.code, refused.body["facts"].keys()) == (422, "incomplete", gaps)


def test_handing_in_twice_or_eight_times_at_once_is_handing_in_once(stand: Stand) -> None:
    candidate = stand.applicant()
    person = stand.id_of(candidate.session)
    assert at_once(8, lambda _: acts.confirm(person, candidate.reference)) == [None] * 8
    assert ask(stand, candidate, "POST", "/confirm").status == 200
    stand.cloud.settle()
    assert ask(stand, candidate, "POST", "/confirm").body["status"] == "awaiting_review"
    assert announced("ApplicationConfirmed") == 1
    assert len(list(cases.everything())) == 1
    assert [step.to for step in applications.read(candidate.reference).life] == ["verifying", "awaiting_review"]


@pytest.mark.rule("CHK-01")
def test_the_review_shows_whose_turn_it_is_and_until_when(stand: Stand) -> None:
    candidate = stand.in_review()
    now = ask(stand, candidate, "GET").body
    assert (now["turn"], now["status_words"]) == ("desk", {"en": "In review", "zh": "审核中"})
    # Confirmed on Tuesday, September 1: the fifth working day is September 8, and the promise holds to its end.
    assert now["due"] == "2026-09-08T16:00:00Z"
    assert (
        ask(stand, candidate, "PUT", "/choice", {"occupation": "ai_trainer", "level": "3", "form": "onsite"}).status
        == 422
    )


@pytest.mark.rule("CHK-03")
def test_a_returned_application_is_corrected_and_handed_in_again(stand: Stand) -> None:
    candidate = stand.in_review()
    stand.decide(candidate, "return", reasons=["something_else"], note="The school's name is not complete.")
    now = ask(stand, candidate, "GET").body
    assert (now["status"], now["turn"], now["editable"]) == ("returned", "candidate", True)
    assert now["returned"]["reasons"][0]["code"] == "something_else"
    assert now["returned"]["note"] == "The school's name is not complete."
    stand.wait(timedelta(minutes=5))
    unchanged = ask(stand, candidate, "POST", "/confirm")
    assert (unchanged.status, unchanged.code) == (422, "nothing_changed")
    candidate.save_background("Sample University of Hong Kong")
    assert ask(stand, candidate, "POST", "/confirm").status == 200
    stand.cloud.settle()
    again = ask(stand, candidate, "GET").body
    assert (again["status"], again["returned"]) == ("awaiting_review", None)
    assert len(list(cases.everything())) == 2


@pytest.mark.rule("CHK-03")
@pytest.mark.parametrize(("late", "status"), [(-SECOND, 200), (0 * SECOND, 422)])
def test_the_time_to_correct_ends_at_its_instant(stand: Stand, late: timedelta, status: int) -> None:
    candidate = stand.in_review()
    stand.decide(candidate, "return", reasons=["education_differs"])
    due = applications.read(candidate.reference).due
    assert due is not None
    go_to(stand, due.at + late, candidate)
    candidate.save_background("Sample University of Hong Kong")
    assert ask(stand, candidate, "POST", "/confirm").status == status


def test_a_withdrawn_application_frees_the_place_and_the_answers(stand: Stand) -> None:
    candidate = stand.in_review()
    for _ in range(2):
        assert ask(stand, candidate, "POST", "/withdraw").body["status"] == "withdrawn"
    assert announced("ApplicationWithdrawn") == 1
    (review,) = cases.everything()
    assert review.decision is not None
    again = begin(stand, candidate.session).body["reference"]
    assert again != candidate.reference
    assert candidate.profile()["held_by"] is None


@pytest.mark.rule("REF-01", "REF-02", "REG-08")
def test_the_order_shows_what_is_owed_and_both_refund_dates(stand: Stand) -> None:
    candidate = stand.in_review()
    assert ask(stand, candidate, "GET", "/order").code == "nothing_to_pay"
    stand.decide(candidate, "approve")
    order = ask(stand, candidate, "GET", "/order").body
    assert order["total"] == {"amount": 13_500, "currency": "USD"}
    assert sum(line["amount"]["amount"] for line in order["lines"]) == 13_500
    assert (order["payable"], order["confirming"], order["state"]) == (True, False, "open")
    assert order["refund"]["window_ends"] == "2026-09-08"
    assert order["refund"]["blackout_starts"] == "2026-09-19"
    assert order["refund"]["now"]["amount"]["amount"] == 10_800
    assert order["refund"]["now"]["fee"]["amount"] == 2_700


def test_a_page_to_pay_on_that_is_open_is_given_again(stand: Stand) -> None:
    candidate = stand.to_pay()
    first = ask(stand, candidate, "POST", "/payment").body["url"]
    assert ask(stand, candidate, "POST", "/payment").body["url"] == first
    assert ask(stand, candidate, "POST", "/payment/check").body == {"found": False, "status": "awaiting_payment"}
    candidate.pay_at(first)
    stand.cloud.settle()
    paid = ask(stand, candidate, "GET", "/order").body
    assert (paid["state"], paid["payable"]) == ("settled", False)
    assert ask(stand, candidate, "POST", "/payment").code == "already_paid"
    assert ask(stand, candidate, "POST", "/payment/check").body == {"found": True, "status": "registered"}


@pytest.mark.rule("REF-01")
def test_who_has_paid_withdraws_and_the_refund_is_owed(stand: Stand) -> None:
    candidate = stand.registered()
    for _ in range(2):
        assert ask(stand, candidate, "POST", "/withdraw").status == 200
    assert candidate.status() == "withdrawn"
    assert [(owed.kind, owed.state) for owed in refunds.everything()] == [("withdrawal", "reserved")]


@pytest.mark.rule("REG-10")
@pytest.mark.parametrize(
    ("late", "code"), [(-31 * 60 * SECOND, None), (-SECOND, "too_late_for_card"), (0 * SECOND, "payment_closed")]
)
def test_paying_ends_at_its_instant_and_for_cards_half_an_hour_before(
    stand: Stand, late: timedelta, code: str | None
) -> None:
    candidate = stand.to_pay()
    due = datetime.fromisoformat(ask(stand, candidate, "GET", "/order").body["pay_by"])
    go_to(stand, due + late, candidate)
    answer = ask(stand, candidate, "POST", "/payment")
    assert (answer.status, answer.body.get("code")) == ((200, None) if code is None else (422, code))


@pytest.mark.parametrize("kind", ["ticket", "score_report", "certificate"])
def test_no_document_is_given_before_there_is_one(stand: Stand, kind: str) -> None:
    candidate = stand.registered()
    candidate.accept("service_notice")
    answer = ask(stand, candidate, "GET", f"/documents/{kind}")
    assert answer.status == (422 if kind == "ticket" else 404)
    assert ask(stand, candidate, "GET").body["documents"] == []


def test_every_letter_can_be_read_again_by_whom_it_was_sent_to(stand: Stand) -> None:
    candidate, other = stand.registered(), stand.sign_in("other@example.test")
    letters = stand.call("GET", "/api/candidate/messages", session=candidate.session).body["messages"]
    assert {letter["name"] for letter in letters} >= {
        "ApplicationConfirmed",
        "ApplicationApproved",
        "CandidateRegistered",
    }
    assert all(letter["state"] == "sent" and letter["text"] for letter in letters)
    assert stand.call("GET", "/api/candidate/messages", session=other).body == {"messages": []}


@pytest.mark.rule("REG-10")
def test_who_has_not_paid_is_reminded_once_and_who_has_is_not(stand: Stand) -> None:
    candidate, sent, paid = stand.to_pay(), stand.to_pay(), stand.to_pay()
    due = datetime.fromisoformat(candidate.order()["pay_by"])
    assert datetime.fromisoformat(candidate.now()["due"]) == due
    for step in ("/transfer", "/transfer/sent"):
        assert ask(stand, sent, "POST", step).status == 200
    paid.pay()
    stand.cloud.settle()

    def reminders() -> list[int]:
        letters = [stand.cloud.inbox.to(one.sample.email) for one in (candidate, sent, paid)]
        return [sum("Reminder: act by" in (letter.subject or "") for letter in each) for each in letters]

    row = applications.read(candidate.reference).due
    assert row is not None
    assert timedelta(days=3) <= due - row.at < timedelta(days=4)  # from the beginning of that day
    stand.skip(row.at - SECOND)
    assert reminders() == [0, 0, 0]
    stand.skip(row.at)
    assert reminders() == [1, 0, 0]
    (letter,) = (one for one in stand.cloud.inbox.to(candidate.sample.email) if "Reminder" in (one.subject or ""))
    assert "Pay the fee." in letter.text
    stand.skip(due - SECOND)
    assert (reminders(), candidate.awake().status()) == ([1, 0, 0], "awaiting_payment")
    stand.skip(sittings.read(SITTING).dates.payment_closes + timedelta(hours=24))
    assert (reminders(), candidate.awake().status()) == ([1, 0, 0], "lapsed")
