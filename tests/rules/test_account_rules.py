"""Rules of accounts: ways back, answers, guesses, requests, texts, glyphs; both sides of every number."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.policies import load_agreement
from certification.rules import guessing, reserved_answers
from certification.rules.account_help import Claimed, Held, decided_from, likeness, must_be_ripe
from certification.rules.agreements import Acceptance, AgreementKind, counts, must_be_current, must_count
from certification.rules.errors import Refused
from certification.rules.glyphs import Coverage, must_have_a_name_to_print, name_on_paper, printing
from certification.rules.guessing import address_range, counted, fresh, must_be_below
from certification.rules.id_documents import id_document
from certification.rules.recovery import FACTORS, Factor, Way, is_settled, must_be_offered, must_be_settled, standing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GUANGDONG: tuple[Way, ...] = ("sms_code", "security_question", "staff_case")
OWN: tuple[Way, ...] = ("email_code", "sms_code", "staff_case")


def code_of(act: Any, *given: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*given)
    return refusal.value.code


# recovery


@pytest.mark.rule("ACC-10")
@pytest.mark.parametrize(
    ("order", "has", "proved", "opens", "ways"),
    [
        (GUANGDONG, FACTORS, (), False, ("sms_code", "security_question", "staff_case")),
        (GUANGDONG, FACTORS, ("sms_code",), False, ("security_question", "staff_case")),
        (GUANGDONG, FACTORS, ("sms_code", "security_question"), True, ()),
        (GUANGDONG, ("sms_code",), ("sms_code",), False, ("staff_case",)),
        (GUANGDONG, FACTORS, ("sms_code", "email_code"), False, ("security_question", "staff_case")),
        (OWN, FACTORS, ("email_code",), False, ("sms_code", "staff_case")),
        (OWN, FACTORS, ("email_code", "sms_code"), True, ()),
        (OWN, ("email_code",), (), False, ("staff_case",)),
        (("sms_code", "security_question"), ("sms_code",), ("sms_code",), False, ()),
    ],
)
def test_two_factors_of_the_list_open_an_account_and_one_leads_to_the_desk(
    order: tuple[Way, ...], has: tuple[Factor, ...], proved: tuple[Factor, ...], opens: bool, ways: tuple[Way, ...]
) -> None:
    found = standing(order, has, proved)
    assert (found.opens, found.next) == (opens, ways)


@pytest.mark.rule("ACC-10")
def test_a_new_number_is_no_factor_for_seventy_two_hours() -> None:
    just_before = NOON + timedelta(hours=72) - timedelta(seconds=1)
    assert (is_settled(NOON, just_before), is_settled(NOON, NOON + timedelta(hours=72))) == (False, True)
    assert is_settled(None, NOON), "a first number is one at once"
    assert code_of(must_be_settled, NOON, just_before) == "number_too_new"
    must_be_settled(NOON, NOON + timedelta(hours=72))
    must_be_settled(None, NOON)


@given(st.sets(st.sampled_from(FACTORS)), st.sets(st.sampled_from(FACTORS)))
def test_no_account_is_ever_opened_by_less_than_two_factors_of_the_list(has: set[Factor], proved: set[Factor]) -> None:
    for order in (GUANGDONG, OWN):
        assert standing(order, has, proved).opens == (len(proved & set(order)) >= 2)


def test_a_way_that_the_policy_does_not_name_is_refused() -> None:
    must_be_offered(GUANGDONG, "security_question")
    assert code_of(must_be_offered, OWN, "security_question") == "not_a_way_back"


# reserved answers


@pytest.mark.parametrize(
    "typed", ["Sample Street 1", " sample  street, 1.", "ＳＡＭＰＬＥ street-1", "SAMPLE\tSTREET １"]
)
def test_answers_differ_by_letters_and_digits_only(typed: str) -> None:
    assert reserved_answers.normal(typed) == "samplestreet1"


@pytest.mark.parametrize(("typed", "good"), [("a", False), ("ab", True), ("字" * 100, True), ("字" * 101, False)])
def test_an_answer_has_two_to_a_hundred_letters(typed: str, good: bool) -> None:
    if good:
        assert reserved_answers.must_be_an_answer(typed, ())
    else:
        assert code_of(reserved_answers.must_be_an_answer, typed, ()) == "answer_length"


def test_what_others_know_is_no_answer() -> None:
    assert code_of(reserved_answers.must_be_an_answer, "Chen YangBen", ("CHEN YANGBEN",)) == "answer_known"
    assert reserved_answers.must_be_an_answer("chen", ("", "CHEN YANGBEN"))


# guessing


@pytest.mark.rule("ACC-09")
@pytest.mark.parametrize(("event", "short", "day"), [("code", 1000, 5000), ("wrong", 100, 500)])
def test_a_range_stays_below_its_limits_in_a_quarter_of_an_hour_and_in_a_day(
    event: guessing.Event, short: int, day: int
) -> None:
    tally, now = fresh(NOON), NOON
    for number in range(day):
        if number and number % short == 0:
            assert code_of(must_be_below, tally, event, now + guessing.SHORT - timedelta(seconds=1)) == "too_many_codes"
            now += guessing.SHORT
        must_be_below(tally, event, now)
        tally = counted(tally, now)
    later = now + guessing.SHORT
    assert code_of(must_be_below, tally, event, later) == "too_many_codes"
    assert code_of(must_be_below, tally, event, NOON + guessing.DAY - timedelta(seconds=1)) == "too_many_codes"
    must_be_below(tally, event, NOON + guessing.DAY)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("203.0.114.0", "203.0.114.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1::/48"),
        ("2001:db8:2::", "2001:db8:2::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("", "unknown"),
        ("203.0.113.7, 10.0.0.1", "unknown"),
        ("x" * 500, "unknown"),
    ],
)
def test_a_range_is_what_one_customer_of_a_network_gets(source: str, found: str) -> None:
    assert address_range(source) == found


# help with an account


@pytest.mark.rule("ACC-06")
def test_a_holder_has_seventy_two_hours() -> None:
    assert code_of(must_be_ripe, NOON, NOON + timedelta(hours=72) - timedelta(seconds=1)) == "holder_not_heard"
    must_be_ripe(NOON, NOON + timedelta(hours=72))
    assert decided_from(NOON) == NOON + timedelta(hours=72)


def test_claims_are_compared_field_by_field() -> None:
    passport = id_document("passport", "K12345678", "CN")
    claimed = Claimed(name="chen  YANG-ben", born=date(1990, 1, 1), document=passport)
    held = Held(names=("陈样本", "CHEN YANGBEN"), born=date(1990, 1, 1), document=passport)
    assert tuple(dict(likeness(claimed, held)).values()) == (True, True, True)
    other = Held(names=(), born=None, document=id_document("passport", "K12345678", "US"))
    assert tuple(dict(likeness(claimed, other)).values()) == (False, False, False)


# texts to accept


@pytest.mark.rule("ACC-03")
@pytest.mark.parametrize("kind", list(AgreementKind))
def test_an_acceptance_counts_for_its_version_and_its_very_words(kind: AgreementKind) -> None:
    text = load_agreement(kind)
    given_now = Acceptance(version=text.version, sha256=text.hash, at=NOON)
    assert counts(given_now, text)
    must_count(given_now, text, kind)
    for wrong in (
        None,
        given_now.model_copy(update={"version": "2025.1"}),
        given_now.model_copy(update={"sha256": "0"}),
    ):
        assert not counts(wrong, text)
        expected = "agreement_missing" if kind is AgreementKind.REGISTRATION else "service_notice_missing"
        assert code_of(must_count, wrong, text, kind) == expected
    must_be_current(text.version, text)
    assert code_of(must_be_current, "2025.1", text) == "text_changed"


# names on paper

LATIN = Coverage(spans=((65, 90), (97, 122), (0x9648, 0x9648)))


@pytest.mark.rule("ACC-13")
def test_what_stands_on_paper_is_the_agreed_spelling_then_the_name_then_the_latin_one() -> None:
    assert name_on_paper("陈", "CHEN", None, LATIN) == "陈"
    assert name_on_paper("陈样", "CHEN", None, LATIN) == "CHEN"
    assert name_on_paper("陈样", "CHEN", "陈", LATIN) == "陈"
    assert name_on_paper(None, "CHEN", None, LATIN) == "CHEN"
    assert code_of(must_have_a_name_to_print, "陈样", None, LATIN) == "latin_name_needed"
    must_have_a_name_to_print("陈样", "CHEN", LATIN)
    must_have_a_name_to_print("陈", None, LATIN)


def test_every_missing_character_is_named_once_and_joiners_are_none() -> None:
    found = printing("Zz·' -.样样本", LATIN)
    assert (found.missing, found.possible) == (("样", "本"), False)
    assert LATIN.has("A")
    assert LATIN.has("Z")
    assert not LATIN.has("@")
    assert not LATIN.has("[")


def test_a_variation_selector_is_never_printed_but_told() -> None:
    found = printing("陈\U000e0100", LATIN)
    assert (found.text, found.forms, found.possible) == ("陈", ("陈",), True)
