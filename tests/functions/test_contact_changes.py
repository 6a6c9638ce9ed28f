"""Changing address and number: two codes, the old one hears of it, everybody else is signed out, nobody else learns anything."""

from datetime import timedelta

import pytest

from certification.acts import contact_changes
from certification.acts.contact_changes import Proof
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import claims
from certification.cloud.transaction import commit
from tests.functions.accounting import (
    EMAIL,
    OWN,
    PHONE,
    account,
    alive,
    change_email,
    change_phone,
    confirmation,
    email_proof,
    first_phone,
    owner,
    phone_proof,
    subjects,
)
from tests.functions.crowd import at_once, codes_of
from tests.functions.stand import Stand
from tests.functions.test_recovery import prove

NEW_EMAIL, NEW_PHONE = "new@example.test", "+85251230002"


@pytest.mark.rule("ACC-09")
def test_a_number_is_changed_by_a_code_to_it_and_one_to_the_address(stand: Stand) -> None:
    session = owner(stand)
    other = stand.sign_in(EMAIL)
    assert change_phone(stand, session, NEW_PHONE).body["phone"] == NEW_PHONE
    assert (alive(stand, session), alive(stand, other)) == (True, False)
    stand.cloud.settle()
    assert subjects(stand, EMAIL)[0] == "Your mobile number was changed"
    for number in (PHONE, NEW_PHONE):
        assert "was changed" in stand.cloud.inbox.to(number)[0].text
    assert first_phone(stand, stand.sign_in("another@example.test"), PHONE).status == 200, "the old number is free"


@pytest.mark.rule("ACC-10")
def test_an_address_is_changed_by_a_code_to_it_and_one_to_the_phone(stand: Stand) -> None:
    session = owner(stand)
    other = stand.sign_in(EMAIL)
    assert change_email(stand, session, NEW_EMAIL).status == 200
    assert (alive(stand, session), alive(stand, other)) == (True, False)
    assert account(stand, session)["email"] == NEW_EMAIL
    stand.cloud.settle()
    for address in (EMAIL, NEW_EMAIL):
        assert subjects(stand, address)[0] == "Your e-mail address for signing in was changed"
    assert "was changed" in stand.cloud.inbox.to(PHONE)[0].text
    assert stand.id_of(stand.sign_in(NEW_EMAIL)) == stand.id_of(session)
    assert stand.id_of(stand.sign_in(EMAIL)) != stand.id_of(session), "the old address opens a new account"


@pytest.mark.rule("ACC-10")
def test_who_reads_the_mail_alone_takes_no_account_for_three_days(stand: Stand) -> None:
    """The mailbox signs in and changes the number; but the number of that thief is no second factor before 72 hours."""
    owner(stand)
    thief = stand.sign_in(EMAIL)
    assert change_phone(stand, thief, NEW_PHONE).status == 200
    asked = stand.call("POST", f"{OWN}/confirmation-code", {"changing": "email"}, session=thief)
    assert (asked.status, asked.code) == (422, "number_too_new")
    stand.wait(timedelta(minutes=15))
    first = prove(stand, "email_code", EMAIL).body
    second = prove(stand, "sms_code", NEW_PHONE, first["recovery"]).body
    assert (second["proved"], second["next"], second["session"]) == (["email_code"], ["staff_case"], None)
    stand.wait(timedelta(hours=72, minutes=-17))
    thief = stand.sign_in(EMAIL)
    proof = email_proof(stand, thief, NEW_EMAIL)
    assert stand.call("POST", f"{OWN}/confirmation-code", {"changing": "email"}, session=thief).code == "number_too_new"
    stand.wait(timedelta(minutes=2))
    proof["confirmation"] = confirmation(stand, thief, "email", NEW_PHONE)
    assert stand.call("POST", f"{OWN}/email", proof, session=thief).status == 200


def test_a_code_that_waited_confirms_no_address_while_the_number_is_new(stand: Stand) -> None:
    session = owner(stand)
    proof = email_proof(stand, session, NEW_EMAIL)
    proof["confirmation"] = confirmation(stand, session, "email", PHONE)
    assert change_phone(stand, session, NEW_PHONE).status == 200
    assert stand.call("POST", f"{OWN}/email", proof, session=session).code == "number_too_new"
    assert account(stand, session)["email"] == EMAIL


def test_a_number_changed_after_two_factors_is_trusted_at_once(stand: Stand) -> None:
    owner(stand)
    first = prove(stand, "sms_code", PHONE).body
    session = prove(stand, "email_code", EMAIL, first["recovery"]).body["session"]
    assert first_phone(stand, session, NEW_PHONE).status == 200
    stand.wait(timedelta(minutes=31))
    assert change_email(stand, session, NEW_EMAIL, NEW_PHONE).status == 200


def test_a_number_after_one_that_a_desk_took_away_is_new_too(stand: Stand) -> None:
    session = owner(stand)
    holder = candidates.read(stand.id_of(session))
    claim = claims.read(f"phone:{holder.phone_index}")
    commit([claims.delete(claim), candidates.update(holder.changed(sealed_phone=None, phone_index=None))])
    assert first_phone(stand, session, NEW_PHONE).status == 200
    asked = stand.call("POST", f"{OWN}/confirmation-code", {"changing": "email"}, session=session)
    assert asked.code == "number_too_new"


@pytest.mark.parametrize("what", ["phone", "email"])
def test_a_change_without_its_confirmation_changes_nothing(stand: Stand, what: str) -> None:
    session = owner(stand)
    before = candidates.read(stand.id_of(session))
    proof = phone_proof(stand, session, NEW_PHONE) if what == "phone" else email_proof(stand, session, NEW_EMAIL)
    path = "/api/candidate/phone" if what == "phone" else f"{OWN}/email"
    refused = stand.call("POST", path, proof, session=session)
    assert (refused.status, refused.code, refused.body["field"]) == (422, "confirmation_needed", "confirmation")
    wrong = confirmation(stand, session, what, EMAIL if what == "phone" else PHONE)
    wrong["code"] = f"{(int(wrong['code']) + 1) % 1_000_000:06d}"
    refused = stand.call("POST", path, {**proof, "confirmation": wrong}, session=session)
    assert (refused.code, refused.body["field"]) == ("code_wrong", "confirmation")
    assert candidates.read(before.id) == before


def test_the_code_of_one_channel_does_not_confirm_itself(stand: Stand) -> None:
    """A thief with the new phone alone, or with the mailbox alone, changes nothing."""
    session = owner(stand)
    proof = phone_proof(stand, session, NEW_PHONE)
    refused = stand.call("POST", "/api/candidate/phone", {**proof, "confirmation": proof}, session=session)
    assert refused.code == "code_wrong"
    mine = confirmation(stand, session, "phone", EMAIL)
    stranger = stand.sign_in("stranger@example.test")
    theirs = phone_proof(stand, stranger, "+85251230009")
    assert first_phone(stand, stranger, "+85251230008").status == 200
    refused = stand.call("POST", "/api/candidate/phone", {**theirs, "confirmation": mine}, session=stranger)
    assert refused.code == "code_wrong", "another person's code confirms nothing"


def test_asking_for_a_code_to_a_taken_address_says_the_same_as_to_a_free_one(stand: Stand) -> None:
    session = owner(stand)
    stand.sign_in("taken@example.test")
    answers = [
        stand.call("POST", f"{OWN}/email-code", {"email": email}, session=session)
        for email in ("taken@example.test", "free@example.test")
    ]
    assert {(answer.status, tuple(answer.body)) for answer in answers} == {(200, ("challenge",))}
    proof = email_proof(stand, session, "taken@example.test")
    proof["confirmation"] = confirmation(stand, session, "email", PHONE)
    assert stand.call("POST", f"{OWN}/email", proof, session=session).code == "email_taken"


def test_the_same_number_again_changes_nothing(stand: Stand) -> None:
    session = owner(stand)
    before = candidates.read(stand.id_of(session))
    assert first_phone(stand, session, PHONE).status == 200
    assert candidates.read(before.id) == before


@pytest.mark.rule("ACC-07")
def test_a_number_goes_to_one_of_eight_who_change_to_it_at_once(stand: Stand) -> None:
    people = []
    for number in range(2):
        email = f"person{number}@example.test"
        session = owner(stand, email, f"+8525123100{number}")
        proof = phone_proof(stand, session, NEW_PHONE)
        second = confirmation(stand, session, "phone", email)
        people.append((stand.id_of(session), proof, Proof(**second), session))

    def change(number: int) -> None:
        who, proof, second, session = people[number % 2]
        contact_changes.confirm_phone_code(who, proof["challenge"], proof["code"], second, session)

    outcomes = at_once(8, change)
    assert [one for one in outcomes if one is None] == [None]
    assert set(codes_of(outcomes)) <= {"phone_taken", "code_wrong"}
    holders = [one for one in candidates.everything() if one.phone_index]
    assert len({one.phone_index for one in holders}) == 2
    assert len([one for one in claims.everything() if one.key.startswith("phone:")]) == 2


@pytest.mark.rule("ACC-07")
def test_a_new_phone_frees_the_first(stand: Stand) -> None:
    session, other = owner(stand), stand.sign_in("other@example.test")
    assert first_phone(stand, other, PHONE).code == "phone_taken"
    assert change_phone(stand, session, NEW_PHONE).status == 200
    stand.wait(timedelta(minutes=15))
    assert first_phone(stand, other, PHONE).body["phone"] == PHONE


@pytest.mark.rule("ACC-09")
def test_an_account_has_codes_sent_to_ten_others_a_day_and_no_more(stand: Stand) -> None:
    """Nobody has us write to strangers, one code to each."""
    session = stand.sign_in(EMAIL)
    ask = [("/api/candidate/phone-code", {"phone": f"+8525123{number:04d}"}) for number in range(8)]
    ask += [(f"{OWN}/email-code", {"email": f"stranger{number}@example.test"}) for number in range(4)]
    answers = [stand.call("POST", path, body, session=session).status for path, body in ask]
    assert answers == [200] * 10 + [429] * 2
    stand.wait(timedelta(hours=24))
    assert first_phone(stand, stand.sign_in(EMAIL), PHONE).status == 200
