"""One-time codes: they count once and not for long, they prove what they were sent for, and tell nobody anything."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from certification.acts import accounts
from certification.cloud.tables.candidates import candidates
from local.chain import chain
from tests.functions.crowd import at_once, codes_of
from tests.functions.stand import REVIEWER, Answer, Stand

EMAIL, PHONE = "sample@example.test", "+85251234567"
MINUTE = timedelta(minutes=1)


def ask_code(stand: Stand, email: str = EMAIL) -> str:
    answer = stand.call("POST", "/api/account/email-code", {"email": email, "language": "en"})
    return str(answer.body["challenge"])


def prove(stand: Stand, challenge: str, code: str, email: str = EMAIL) -> Answer:
    return stand.call("POST", "/api/account/session", {"challenge": challenge, "email": email, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.rule("ACC-09")
def test_the_fifth_try_may_be_right_and_the_sixth_not(stand: Stand) -> None:
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    for _ in range(4):
        assert prove(stand, challenge, wrong(code)).code == "code_wrong"
    assert prove(stand, challenge, code).status == 200
    stand.wait(15 * MINUTE)
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    for _ in range(5):
        assert prove(stand, challenge, wrong(code)).code == "code_wrong"
    assert prove(stand, challenge, code).code == "code_no_tries_left"


@pytest.mark.rule("ACC-09")
def test_a_code_lives_ten_minutes(stand: Stand) -> None:
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    stand.wait(10 * MINUTE - timedelta(seconds=1))
    assert prove(stand, challenge, code).status == 200
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    stand.wait(10 * MINUTE)
    assert prove(stand, challenge, code).code == "code_expired"


@pytest.mark.rule("ACC-09")
def test_a_code_counts_once(stand: Stand) -> None:
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    assert prove(stand, challenge, code).status == 200
    assert prove(stand, challenge, code).code == "code_wrong"


@pytest.mark.rule("ACC-09")
def test_three_codes_in_fifteen_minutes_and_ten_in_a_day(stand: Stand) -> None:
    def ask() -> Answer:
        return stand.call("POST", "/api/account/email-code", {"email": EMAIL, "language": "en"})

    for _ in range(3):
        assert ask().status == 200
    refused = ask()
    assert (refused.status, refused.code) == (429, "too_many_codes")
    assert refused.body["facts"]["again_at"]
    for _ in range(7):
        stand.wait(15 * MINUTE)
        assert ask().status == 200
    stand.wait(15 * MINUTE)
    assert ask().status == 429
    stand.wait(timedelta(hours=24))
    assert ask().status == 200
    assert len(stand.cloud.inbox.to(EMAIL)) == 11


def test_eight_requests_at_once_send_three_codes(stand: Stand) -> None:
    outcomes = at_once(8, lambda _: accounts.ask_email_code(EMAIL, "en"))
    assert sum(isinstance(one, str) for one in outcomes) == 3
    assert len(stand.cloud.inbox.to(EMAIL)) == 3


def test_a_code_proves_nothing_but_what_it_was_sent_for(stand: Stand) -> None:
    """Every code against every use of another: only the diagonal is right."""
    candidate = stand.sign_in("first@example.test")
    other = stand.sign_in("second@example.test")

    def by_phone(session: str, proof: dict[str, str]) -> Answer:
        return stand.call("POST", "/api/candidate/phone", proof, session=session)

    sent = {
        "candidate": (ask_code(stand), EMAIL),
        "staff": (
            stand.call("POST", "/api/account/staff-code", {"email": REVIEWER, "language": "en"}).body["challenge"],
            REVIEWER,
        ),
        "phone": (
            stand.call("POST", "/api/candidate/phone-code", {"phone": PHONE}, session=candidate).body["challenge"],
            PHONE,
        ),
    }
    proofs = {name: {"challenge": asked, "code": stand.code_for(to)} for name, (asked, to) in sent.items()}
    uses: dict[str, Callable[[dict[str, str]], Answer]] = {
        "candidate": lambda proof: stand.call("POST", "/api/account/session", {**proof, "email": EMAIL}),
        "staff": lambda proof: stand.call("POST", "/api/account/staff-session", proof),
        "phone": lambda proof: by_phone(candidate, proof),
    }
    for use, call in uses.items():
        for name, proof in proofs.items():
            if name != use:
                assert call(proof).code == "code_wrong", (name, use)
    assert by_phone(other, proofs["phone"]).code == "code_wrong"
    assert prove(stand, proofs["candidate"]["challenge"], proofs["candidate"]["code"], "x@example.test").status == 422
    for use, call in uses.items():
        assert call(proofs[use]).status == 200, use


def test_an_unknown_address_gets_the_same_answer_and_the_same_calls(stand: Stand) -> None:
    stand.sign_in(EMAIL)
    seen = []
    for path, address in (
        ("email-code", EMAIL),
        ("email-code", "nobody@example.test"),
        ("staff-code", REVIEWER),
        ("staff-code", "nobody-else@example.test"),
    ):
        chain.arm(None)
        answer = stand.call("POST", f"/api/account/{path}", {"email": address, "language": "en"})
        seen.append((answer.status, answer.body.keys(), len(answer.body["challenge"]), chain.count))
    assert seen[0] == seen[1]
    assert seen[2][:3] == seen[3][:3] == seen[0][:3]


def test_no_code_is_stored_as_it_was_sent(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    ask_code(stand)
    stand.call("POST", "/api/candidate/phone-code", {"phone": PHONE}, session=session)
    codes = {stand.code_for(EMAIL), stand.code_for(PHONE)}
    rows = json.dumps(everything_stored())
    assert len(codes) == 2
    assert not [code for code in codes if code in rows]
    assert EMAIL not in rows
    assert PHONE not in rows


def everything_stored() -> list[Any]:
    dynamodb = boto3.client("dynamodb")
    return [dynamodb.scan(TableName=name)["Items"] for name in dynamodb.list_tables()["TableNames"]]


def test_one_code_proved_eight_times_at_once_opens_one_session(stand: Stand) -> None:
    challenge, code = ask_code(stand), stand.code_for(EMAIL)
    outcomes = at_once(8, lambda _: accounts.confirm_email_code(challenge, EMAIL, code))
    assert sum(isinstance(one, str) for one in outcomes) == 1
    assert codes_of(outcomes) == ["code_wrong"] * 7


def test_two_codes_of_a_new_address_proved_at_once_make_one_account(stand: Stand) -> None:
    proofs = []
    for _ in range(3):
        challenge = ask_code(stand)
        proofs.append((challenge, stand.code_for(EMAIL)))
    outcomes = at_once(3, lambda number: accounts.confirm_email_code(proofs[number][0], EMAIL, proofs[number][1]))
    assert any(isinstance(one, str) for one in outcomes)
    assert len(list(candidates.everything())) == 1
