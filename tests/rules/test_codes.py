"""One-time codes and sessions: both sides of every number."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from certification.rules.codes import (
    TRIES,
    CodeAnswer,
    IssuedCode,
    SessionAnswer,
    code_from,
    judge,
    may_send,
    session,
    session_ends,
    typed_code,
)
from certification.rules.errors import Refused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RIGHT, WRONG = hashlib.sha256(b"482913").digest(), hashlib.sha256(b"482914").digest()


def issued(tries: int = 0, used: bool = False) -> IssuedCode:
    return IssuedCode(digest=RIGHT, made_at=NOON, tries=tries, used=used)


@pytest.mark.parametrize(("random", "code"), [(0, "000000"), (42, "000042"), (999_999, "999999")])
def test_a_code_has_six_digits(random: int, code: str) -> None:
    assert code_from(random) == code


@pytest.mark.parametrize("random", [-1, 10**6])
def test_a_random_number_outside_the_range_is_a_fault_of_the_program(random: int) -> None:
    with pytest.raises(ValueError, match="below one million"):
        code_from(random)


@pytest.mark.rule("ACC-09")
def test_a_code_lives_ten_minutes() -> None:
    assert judge(issued(), RIGHT, NOON).accepted
    assert judge(issued(), RIGHT, NOON + 10 * MINUTE - SECOND).accepted
    late = judge(issued(), RIGHT, NOON + 10 * MINUTE)
    assert (late.answer, late.accepted) == (CodeAnswer.EXPIRED, False)
    assert issued().expires_at == NOON + 10 * MINUTE


def test_five_tries_and_no_sixth_even_with_the_right_code() -> None:
    for tries in range(TRIES):
        assert judge(issued(tries), RIGHT, NOON).accepted
        wrong = judge(issued(tries), WRONG, NOON)
        assert (wrong.answer, wrong.tries_left) == (CodeAnswer.WRONG, TRIES - tries - 1)
    assert judge(issued(TRIES), RIGHT, NOON).answer is CodeAnswer.NO_TRIES_LEFT
    assert TRIES == 5


def test_a_code_is_used_once() -> None:
    assert judge(issued(used=True), RIGHT, NOON).answer is CodeAnswer.USED


@pytest.mark.rule("ACC-09")
def test_three_codes_in_fifteen_minutes_and_no_fourth() -> None:
    sent = [NOON, NOON + MINUTE]
    may_send(NOON + 2 * MINUTE, sent)
    sent.append(NOON + 2 * MINUTE)
    with pytest.raises(Refused, match="Try again in 1 min") as refusal:
        may_send(NOON + 15 * MINUTE - SECOND, sent)
    assert refusal.value.facts["again_at"] == (NOON + 15 * MINUTE).isoformat()
    may_send(NOON + 15 * MINUTE, sent)


def test_ten_codes_in_a_day_and_no_eleventh() -> None:
    sent = [NOON + hour * HOUR for hour in range(10)]
    may_send(NOON + 9 * HOUR, sent[:9])
    with pytest.raises(Refused, match="We sent 10 codes already"):
        may_send(NOON + 24 * HOUR - SECOND, sent)
    may_send(NOON + 24 * HOUR, sent)


@pytest.mark.parametrize("typed", ["482913", " 482 913 ", "482-913", "４８２９１３", "code: 482913"])
def test_spaces_hyphens_and_full_width_digits_do_not_matter(typed: str) -> None:
    assert typed_code(typed) == "482913"


def test_a_session_ends_after_three_hours_without_use() -> None:
    assert session(NOON + 3 * HOUR - SECOND, NOON, NOON) is SessionAnswer.LIVE
    assert session(NOON + 3 * HOUR, NOON, NOON) is SessionAnswer.IDLE_TOO_LONG


def test_a_session_ends_after_twelve_hours_in_any_case() -> None:
    busy = NOON + 11 * HOUR
    assert session(NOON + 12 * HOUR - SECOND, NOON, busy) is SessionAnswer.LIVE
    assert session(NOON + 12 * HOUR, NOON, busy) is SessionAnswer.TOO_OLD
    assert session_ends(NOON, busy) == NOON + 12 * HOUR
    assert session_ends(NOON, NOON + HOUR) == NOON + 4 * HOUR


def test_a_session_that_was_signed_out_never_counts() -> None:
    assert session(NOON, NOON, NOON, signed_out=True) is SessionAnswer.SIGNED_OUT
