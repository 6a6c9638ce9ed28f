"""Limits that stop whoever guesses, at both sides of each; and nothing that tells whether an account exists."""

from datetime import timedelta

import pytest

from certification.rules import guessing
from local.chain import chain
from tests.functions.stand import REVIEWER, Answer, Stand
from tests.functions.test_codes import ask_code, prove, wrong

QUARTER = timedelta(minutes=15)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small numbers in the places of large ones: the counting is the same."""
    monkeypatch.setattr(guessing, "LIMITS", {"code": (4, 6), "wrong": (3, 5)})


def ask(stand: Stand, number: int, source: str = "203.0.113.7") -> Answer:
    """A code for another address every time, from one place of the network."""
    return stand.call(
        "POST",
        "/api/account/email-code",
        {"email": f"person{number}@example.test", "language": "en"},
        headers={"x-source": source},
    )


@pytest.mark.usefixtures("few")
@pytest.mark.rule("ACC-09")
def test_a_range_asks_for_so_many_codes_and_not_one_more(stand: Stand) -> None:
    assert [ask(stand, number).status for number in range(5)] == [200] * 4 + [429]
    refused = ask(stand, 9)
    assert refused.code == "too_many_codes"
    assert "network" in refused.body["en"]
    stand.wait(QUARTER)
    assert [ask(stand, number).status for number in range(10, 13)] == [200, 200, 429], "six in a day"
    stand.wait(timedelta(hours=24))
    assert ask(stand, 20).status == 200


@pytest.mark.usefixtures("few")
@pytest.mark.rule("ACC-09")
def test_wrong_answers_against_many_addresses_are_counted_together(stand: Stand) -> None:
    stand.wait(timedelta(hours=1))
    proofs = []
    for number in range(4):
        email = f"person{number}@example.test"
        proofs.append((ask_code(stand, email), stand.code_for(email), email))
    for challenge, code, email in proofs[:3]:
        assert prove(stand, challenge, wrong(code), email).code == "code_wrong"
    challenge, code, email = proofs[3]
    refused = prove(stand, challenge, code, email)
    assert (refused.status, refused.code) == (429, "too_many_codes"), "even the right one"
    stand.wait(QUARTER)
    challenge, code = ask_code(stand, email), stand.code_for(email)
    assert prove(stand, challenge, code, email).status == 200


@pytest.mark.usefixtures("few")
def test_a_challenge_that_does_not_exist_counts_as_a_wrong_answer(stand: Stand) -> None:
    answers = [prove(stand, "x" * 24, "000000", "x@example.test") for _ in range(4)]
    assert [one.status for one in answers] == [422, 422, 422, 429]


def test_staff_doors_answer_known_and_unknown_addresses_with_the_same_work(stand: Stand) -> None:
    """The address of no member of staff gets a letter too, so neither calls nor time tell who works here."""
    seen = []
    for address in (REVIEWER, "nobody@example.test"):
        chain.arm(None)
        answer = stand.call("POST", "/api/account/staff-code", {"email": address, "language": "en"})
        seen.append((answer.status, tuple(answer.body), len(answer.body["challenge"]), chain.count))
        assert len(stand.cloud.inbox.to(address)) == 1
    assert seen[0] == seen[1]
    letter = stand.cloud.inbox.to("nobody@example.test")[0]
    assert letter.subject == "No staff account has this address"


@pytest.mark.rule("ACC-09")
def test_the_limits_of_a_range_are_what_the_rule_says() -> None:
    assert (guessing.LIMITS["code"], guessing.LIMITS["wrong"]) == ((1000, 5000), (100, 500))
    assert guessing.ANSWERS_A_DAY == 5
