"""The amount that a desk types, and what it says why: every mistake has its own words, in both languages."""

import pytest

from certification.rules.errors import Refused
from certification.rules.money import Money, usd
from certification.rules.part_refund import REASONS, amount_to_return, because_of

LEFT = usd(135_00)


@pytest.mark.rule("REF-04")
@pytest.mark.scenario(55)
@pytest.mark.parametrize(
    ("typed", "left", "words"),
    [
        ("", LEFT, "Write how much"),
        ("0", LEFT, "More than nothing"),
        ("0.00", LEFT, "More than nothing"),
        ("-1", LEFT, "More than nothing"),
        ("1.001", LEFT, "USD has 2 digits after the point"),
        ("1.0", Money(amount=100, currency="JPY"), "JPY has 0 digits after the point"),
        ("EUR 5", LEFT, "paid in USD"),
        ("5 cny", LEFT, "paid in USD"),
        ("1e2", LEFT, "at most one point, for example 96.00"),
        ("1,000", LEFT, "at most one point, for example 96.00"),
        ("135.01", LEFT, "more than is left: USD 135.00"),
    ],
)
def test_every_wrong_amount_is_refused_in_its_own_words(typed: str, left: Money, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        amount_to_return(typed, left)
    assert refused.value.field == "amount"
    assert refused.value.zh


@pytest.mark.parametrize(("typed", "cents"), [("0.01", 1), ("135.00", 135_00), (" 96 ", 96_00), ("usd 96.5", 96_50)])
def test_what_is_left_may_go_to_the_last_cent(typed: str, cents: int) -> None:
    assert amount_to_return(typed, LEFT) == usd(cents)


def test_a_reason_of_the_list_needs_no_words_and_another_does() -> None:
    assert because_of("goodwill", "").en == REASONS["goodwill"].en
    assert because_of("complaint", "as agreed").zh == f"{REASONS['complaint'].zh}：as agreed"
    assert because_of("other", "as agreed").en == "as agreed"
    with pytest.raises(Refused, match="Say why"):
        because_of("other", "")
