"""The way back: two factors of the policy's list, in either order; and nobody learns of an account that is not theirs."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certification.acts import home, recovery
from certification.acts.visits import Visit
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.sessions import session_lists
from certification.rules.errors import Refused
from certification.rules.id_documents import DocumentType
from local.chain import chain
from tests.functions.accounting import (
    EMAIL,
    OWN,
    PHONE,
    account,
    alive,
    challenge,
    change_phone,
    confirmation,
    owner,
    subjects,
)
from tests.functions.crowd import at_once
from tests.functions.stand import Answer, Stand
from tests.functions.test_codes import everything_stored, wrong

ANSWER = "Sample Street 1"


@pytest.fixture
def guangdong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account's rules are those of Guangdong: SMS code and security question."""
    monkeypatch.setattr(home, "home_scheme", lambda: "guangdong")


def reserve(stand: Stand, session: str, answer: str = ANSWER, **more: Any) -> Answer:
    """Set the question, with the code that confirms it unless `more` has its own."""
    body = {"question": "childhood_street", "answer": answer}
    proof = more or {"confirmation": confirmation(stand, session, "question", PHONE)}
    return stand.call("PUT", f"{OWN}/reserved-answer", body | proof, session=session)


def prove(stand: Stand, factor: str, to: str, recovery_id: str | None = None) -> Answer:
    """Ask for a code and give it back."""
    asked = challenge(stand, "/api/account/recovery/code", {"factor": factor, "to": to, "language": "en"})
    proof = {"factor": factor, "challenge": asked, "code": stand.code_for(to), "recovery": recovery_id}
    return stand.call("POST", "/api/account/recovery/proof", proof)


def answer(stand: Stand, recovery_id: str, words: str) -> Answer:
    return stand.call("POST", "/api/account/recovery/answer", {"recovery": recovery_id, "answer": words})


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-10")
def test_an_sms_code_and_the_reserved_answer_open_the_account(stand: Stand) -> None:
    session = owner(stand)
    who = stand.id_of(session)
    assert reserve(stand, session).status == 200
    first = prove(stand, "sms_code", PHONE).body
    assert (first["found"], first["proved"], first["session"]) == (True, ["sms_code"], None)
    assert first["next"] == ["security_question", "staff_case"], "in the policy's order; an e-mail code is not in it"
    assert first["question"]["en"] == "In which street did you live as a child?"
    opened = answer(stand, first["recovery"], " sample  STREET, 1 ").body
    assert stand.id_of(opened["session"]) == who
    assert not alive(stand, session), "every earlier session ended"
    assert [one["this"] for one in account(stand, opened["session"])["sessions"]] == [True]
    stand.cloud.settle()
    assert subjects(stand, EMAIL)[0] == "Your account was recovered"
    assert "recovered" in stand.cloud.inbox.to(PHONE)[0].text


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-10")
def test_who_came_back_changes_the_address_without_a_further_code_for_half_an_hour(stand: Stand) -> None:
    reserve(stand, owner(stand))
    for wait, expected in ((timedelta(minutes=30) - timedelta(seconds=1), 200), (timedelta(minutes=30), 422)):
        first = prove(stand, "sms_code", PHONE).body
        session = answer(stand, first["recovery"], ANSWER).body["session"]
        stand.wait(wait - timedelta(minutes=5))
        asked = challenge(stand, f"{OWN}/email-code", {"email": f"new{expected}@example.test"}, session)
        code = stand.code_for(f"new{expected}@example.test")
        stand.wait(timedelta(minutes=5))
        changed = stand.call("POST", f"{OWN}/email", {"challenge": asked, "code": code}, session=session)
        assert changed.status == expected
        stand.wait(timedelta(hours=25))


@pytest.mark.rule("ACC-11")
def test_who_has_only_one_factor_is_sent_to_the_desk(stand: Stand) -> None:
    owner(stand)
    first = prove(stand, "sms_code", PHONE).body
    assert first["next"] == ["email_code", "staff_case"], "the list of our own body: codes, then a person"
    row = candidates.read(next(one.id for one in candidates.everything()))
    assert row.account.reserved_answer is None


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-11")
def test_without_a_reserved_answer_only_the_desk_is_left_in_guangdong(stand: Stand) -> None:
    owner(stand)
    assert prove(stand, "sms_code", PHONE).body["next"] == ["staff_case"]


@pytest.mark.rule("ACC-10")
def test_two_codes_open_the_account_in_either_order(stand: Stand) -> None:
    owner(stand)
    for ways in ((("sms_code", PHONE), ("email_code", EMAIL)), (("email_code", EMAIL), ("sms_code", PHONE))):
        first = prove(stand, *ways[0]).body
        assert prove(stand, *ways[1], recovery_id=first["recovery"]).body["session"]
        stand.wait(timedelta(minutes=15))


def test_the_same_factor_twice_opens_nothing(stand: Stand) -> None:
    owner(stand)
    first = prove(stand, "sms_code", PHONE).body
    again = prove(stand, "sms_code", PHONE, first["recovery"]).body
    assert (again["proved"], again["session"]) == (["sms_code"], None)


def test_the_second_factor_must_be_of_the_same_account(stand: Stand) -> None:
    owner(stand)
    owner(stand, "other@example.test", "+85251230002")
    first = prove(stand, "sms_code", PHONE).body
    refused = prove(stand, "email_code", "other@example.test", first["recovery"])
    assert refused.code == "not_of_this_account"
    assert prove(stand, "email_code", "nobody@example.test", first["recovery"]).code == "not_of_this_account"


def test_who_proves_a_number_without_an_account_may_sign_up(stand: Stand) -> None:
    found = prove(stand, "sms_code", "+85251239999").body
    assert (found["found"], found["next"], found["session"]) == (False, [], None)


def test_known_and_unknown_numbers_get_the_same_answer_letter_and_calls(stand: Stand) -> None:
    owner(stand)
    stand.wait(timedelta(hours=1))
    seen = []
    for factor, to in (
        ("sms_code", PHONE),
        ("sms_code", "+85251239999"),
        ("email_code", EMAIL),
        ("email_code", "nobody@example.test"),
    ):
        chain.arm(None)
        asked = stand.call("POST", "/api/account/recovery/code", {"factor": factor, "to": to, "language": "en"})
        text = stand.cloud.inbox.to(to)[0].text.replace(stand.code_for(to), "")
        seen.append((asked.status, tuple(asked.body), chain.count, text))
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]


@pytest.mark.usefixtures("guangdong")
def test_five_answers_a_day_and_no_sixth_even_the_right_one(stand: Stand) -> None:
    reserve(stand, owner(stand))
    first = prove(stand, "sms_code", PHONE).body
    for left in (4, 3, 2, 1):
        refused = answer(stand, first["recovery"], "wrong")
        assert (refused.code, f"{left} tries left" in refused.body["en"]) == ("answer_wrong", True)
    stand.wait(timedelta(minutes=1))
    assert answer(stand, first["recovery"], "wrong").code == "answer_wrong"
    refused = answer(stand, first["recovery"], ANSWER)
    assert (refused.status, refused.code) == (429, "too_many_codes")
    stand.wait(timedelta(hours=24))
    first = prove(stand, "sms_code", PHONE).body
    assert answer(stand, first["recovery"], ANSWER).body["session"]


@pytest.mark.usefixtures("guangdong")
def test_the_fifth_answer_may_be_right(stand: Stand) -> None:
    reserve(stand, owner(stand))
    first = prove(stand, "sms_code", PHONE).body
    for _ in range(4):
        answer(stand, first["recovery"], "wrong")
    assert answer(stand, first["recovery"], ANSWER).body["session"]


@pytest.mark.usefixtures("guangdong")
def test_a_recovery_lives_half_an_hour(stand: Stand) -> None:
    reserve(stand, owner(stand))
    first = prove(stand, "sms_code", PHONE).body
    stand.wait(timedelta(minutes=30) - timedelta(seconds=1))
    assert answer(stand, first["recovery"], "wrong").code == "answer_wrong"
    stand.wait(timedelta(seconds=1))
    assert answer(stand, first["recovery"], ANSWER).code == "recovery_over"
    assert answer(stand, "x" * 43, ANSWER).code == "recovery_over"


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-10")
def test_no_answer_is_stored_as_it_was_given(stand: Stand) -> None:
    reserve(stand, owner(stand))
    rows = json.dumps(everything_stored()).lower()
    assert "samplestreet1" not in rows
    assert "sample street" not in rows
    stand.cloud.settle()
    assert subjects(stand, EMAIL)[0] == "Your security question was set"


@pytest.mark.usefixtures("guangdong")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": "unknown", "answer": ANSWER}, 422, "question_unknown"),
        ({"question": "own", "answer": "x"}, 422, "answer_length"),
        ({"question": "own", "answer": "，。！"}, 422, "answer_length"),
        ({"question": "own", "answer": "字" * 101}, 422, "answer_length"),
        ({"question": "own", "answer": "OWNER@example.test"}, 422, "answer_known"),
        ({"question": "own", "answer": "+852 5123 0001"}, 422, "answer_known"),
        ({"question": "own"}, 422, "invalid_request"),
        ({"question": "own", "answer": 12}, 422, "invalid_request"),
        ({"question": "own", "answer": ANSWER, "more": 1}, 422, "invalid_request"),
    ],
)
def test_what_is_no_answer_is_refused_and_changes_nothing(
    stand: Stand, body: dict[str, Any], status: int, code: str
) -> None:
    session = owner(stand)
    refused = stand.call("PUT", f"{OWN}/reserved-answer", body, session=session)
    assert (refused.status, refused.code) == (status, code)
    assert candidates.read(stand.id_of(session)).account.reserved_answer is None


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-10")
def test_whoever_only_holds_a_session_makes_no_way_back_of_it(stand: Stand) -> None:
    session = owner(stand)
    assert reserve(stand, session).status == 200
    before = candidates.read(stand.id_of(session))
    mine = confirmation(stand, session, "question", PHONE)
    theirs = confirmation(stand, owner(stand, "other@example.test", "+85251230002"), "question", "+85251230002")
    by_mail = confirmation(stand, session, "phone", EMAIL)
    for proof, code in (
        (None, "confirmation_needed"),
        ({**mine, "code": wrong(mine["code"])}, "code_wrong"),
        (theirs, "code_wrong"),
        (by_mail, "code_wrong"),
    ):
        refused = reserve(stand, session, "Another Street 2", confirmation=proof)
        assert (refused.status, refused.code, refused.body["field"]) == (422, code, "confirmation"), proof
        assert candidates.read(before.id).account.reserved_answer == before.account.reserved_answer
    assert reserve(stand, session, "Another Street 2", confirmation=mine).status == 200
    assert reserve(stand, session, "Third Street 3", confirmation=mine).code == "code_wrong", "a code counts once"


@pytest.mark.usefixtures("guangdong")
def test_a_number_that_is_new_sets_no_question_and_two_factors_need_no_further_code(stand: Stand) -> None:
    session = owner(stand)
    assert change_phone(stand, session, "+85251230002").status == 200
    asked = stand.call("POST", f"{OWN}/confirmation-code", {"changing": "question"}, session=session)
    assert asked.code == "number_too_new"
    stand.wait(timedelta(hours=72))
    session = stand.sign_in(EMAIL)
    proof = confirmation(stand, session, "question", "+85251230002")
    assert reserve(stand, session, confirmation=proof).status == 200
    first = prove(stand, "sms_code", "+85251230002").body
    opened = answer(stand, first["recovery"], ANSWER).body["session"]
    assert reserve(stand, opened, "Another Street 2", confirmation=None).status == 200


@pytest.mark.rule("ACC-11")
def test_where_no_question_is_in_the_list_no_answer_is_tried(stand: Stand) -> None:
    owner(stand)
    first = prove(stand, "sms_code", PHONE).body
    assert answer(stand, first["recovery"], ANSWER).code == "not_a_way_back"


def test_where_no_question_is_in_the_list_none_can_be_set(stand: Stand) -> None:
    assert reserve(stand, owner(stand)).code == "not_a_way_back"


@pytest.mark.usefixtures("guangdong")
def test_eight_who_finish_one_recovery_at_once_leave_one_session(stand: Stand) -> None:
    reserve(stand, owner(stand))
    first = prove(stand, "sms_code", PHONE).body
    outcomes = at_once(4, lambda _: recovery.prove_answer(first["recovery"], ANSWER, Visit()))
    opened = [one for one in outcomes if not isinstance(one, Refused) and one.session]
    assert len(opened) == 1
    who = stand.id_of(opened[0].session)
    rows = session_lists.find(f"of:{who}")
    assert rows is not None
    assert len(rows.begun) == 1


# ACC-05: looking an account up


def look_up(stand: Stand, number: str, kind: DocumentType = "passport") -> Answer:
    return stand.call("POST", "/api/account/look-up", {"id_kind": kind, "id_number": number, "id_country": "CN"})


@pytest.mark.rule("ACC-05")
def test_looking_up_a_document_tells_its_owner_and_nobody_else(stand: Stand) -> None:
    candidate = stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    seen = []
    for number in ("K12345678", "K99999999"):
        chain.arm(None)
        found = look_up(stand, number)
        seen.append((found.status, found.body, chain.count))
    assert seen[0] == seen[1]
    stand.cloud.settle()
    assert subjects(stand, EMAIL)[0] == "You have an account with us"
    assert "/recover" in stand.cloud.inbox.to(PHONE)[0].text
    assert candidate.sample.email not in json.dumps(seen)


@pytest.mark.rule("ACC-05")
def test_a_document_is_looked_up_three_times_in_fifteen_minutes_known_or_not(stand: Stand) -> None:
    stand.candidate(id_number="K12345678")
    for number in ("K12345678", "K99999999"):
        assert [look_up(stand, number).status for _ in range(4)] == [200, 200, 200, 429]


def test_what_is_no_number_is_said_before_anything_is_looked_up(stand: Stand) -> None:
    assert look_up(stand, "K1").code == "id_form"
    assert look_up(stand, "110105194912310021", "resident_identity_card").code == "id_check"


@pytest.mark.rule("ACC-05")
def test_who_registers_a_known_document_is_refused_and_its_owner_hears_of_it(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    session = stand.sign_in("second@example.test")
    details = {
        "native_name": "",
        "latin_name": "SECOND PERSON",
        "birth_date": "1990-01-01",
        "nationality": "CN",
        "id_kind": "passport",
        "id_number": "K12345678",
    }
    answers = [stand.call("PUT", "/api/candidate/profile/details", details, session=session) for _ in range(4)]
    assert [one.code for one in answers] == ["id_document_taken"] * 3 + ["too_many_codes"]
    stand.cloud.settle()
    assert [name for name in subjects(stand, EMAIL) if name == "You have an account with us"]
    free = details | {"id_number": "K87654321"}
    assert stand.call("PUT", "/api/candidate/profile/details", free, session=session).status == 200
