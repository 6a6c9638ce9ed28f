"""One-time codes: both sides of every number."""

from datetime import UTC, datetime, timedelta

import pytest

from certification.rules.codes import MOST_TRIES, expires_at, may_send, may_try, new_code, typed
from certification.rules.errors import Refused

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_a_code_has_six_digits_whatever_the_bytes() -> None:
    assert new_code(bytes(8)) == "000000"
    assert new_code(b"\xff" * 8) == f"{(2**64 - 1) % 10**6:06d}"
    assert {len(new_code(bytes([value] * 8))) for value in range(256)} == {6}


@pytest.mark.parametrize("text", ["123456", " 123 456 ", "１２３４５６", "123-456"])
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert typed(text) == "123456"


@pytest.mark.rule("ACC-09")
def test_a_code_holds_until_its_tenth_minute_and_not_at_it() -> None:
    expires = expires_at(NOON)
    may_try(0, expires, NOON + 10 * MINUTE - SECOND)
    with pytest.raises(Refused, match="code_expired"):
        may_try(0, expires, NOON + 10 * MINUTE)


def test_the_fifth_try_is_allowed_and_the_sixth_is_not() -> None:
    may_try(MOST_TRIES - 1, expires_at(NOON), NOON)
    with pytest.raises(Refused, match="too_many_tries"):
        may_try(MOST_TRIES, expires_at(NOON), NOON)


@pytest.mark.rule("ACC-09")
def test_three_codes_in_fifteen_minutes_and_the_fourth_after_the_first_is_fifteen_minutes_old() -> None:
    sent = (NOON, NOON + MINUTE)
    assert may_send(sent, NOON + 2 * MINUTE) == sent
    sent = (*sent, NOON + 2 * MINUTE)
    with pytest.raises(Refused, match="too_many_codes") as refused:
        may_send(sent, NOON + 15 * MINUTE - SECOND)
    assert refused.value.facts["again_at"] == (NOON + 15 * MINUTE).isoformat()
    assert may_send(sent, NOON + 15 * MINUTE) == sent


def test_ten_codes_in_a_day_and_the_eleventh_a_day_after_the_first() -> None:
    sent = tuple(NOON + hour * timedelta(hours=1) for hour in range(10))
    with pytest.raises(Refused, match="too_many_codes"):
        may_send(sent, NOON + timedelta(hours=24) - SECOND)
    assert len(may_send(sent, NOON + timedelta(hours=24))) == 9
