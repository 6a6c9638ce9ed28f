"""Money: integers, one rounding, parts that sum to the whole."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certification.rules.money import (
    CurrencyMismatch,
    Money,
    UnknownCurrency,
    format_money,
    parse_amount,
    round_half_up,
    split,
    total,
    usd,
)


def test_twenty_percent_of_155_dollars_is_31_dollars() -> None:
    assert usd(15500).times(Decimal("0.20")) == usd(3100)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Decimal("2.49"), 2),
        (Decimal("2.51"), 3),
        (Decimal("-2.49"), -2),
        (Fraction(1, 2), 1),
        (Fraction(1, 3), 0),
        (0, 0),
        (7, 7),
    ],
)
def test_a_tie_rounds_away_from_zero_and_everything_else_to_the_nearest(value: Fraction, rounded: int) -> None:
    assert round_half_up(value) == rounded


@given(st.fractions())
def test_rounding_never_moves_a_value_by_more_than_half_a_unit(value: Fraction) -> None:
    assert abs(round_half_up(value) - value) <= Fraction(1, 2)


def test_amounts_of_two_currencies_do_not_meet() -> None:
    yen = Money(amount=100, currency="JPY")
    for combine in (lambda: usd(1) + yen, lambda: usd(1) - yen, lambda: usd(1) < yen, lambda: usd(1) >= yen):
        with pytest.raises(CurrencyMismatch, match=r"USD and JPY|JPY and USD"):
            combine()


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    assert usd(15500) - usd(3100) + usd(1) == usd(12401)
    assert usd(1) < usd(2) <= usd(2)
    assert usd(2) > usd(1)
    assert -usd(5) == usd(-5)
    assert not usd(0)
    assert total([usd(1), usd(2)], "USD") == usd(3)
    assert total([], "USD") == usd(0)


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (usd(15500), "USD 155.00"),
        (usd(5), "USD 0.05"),
        (usd(-305), "USD -3.05"),
        (usd(123456780), "USD 1,234,567.80"),
        (Money(amount=155, currency="JPY"), "JPY 155"),
        (Money(amount=155, currency="KWD"), "KWD 0.155"),
    ],
)
def test_money_is_shown_with_the_digits_its_currency_has(money: Money, shown: str) -> None:
    assert format_money(money) == str(money) == shown


def test_a_currency_whose_minor_unit_is_unknown_is_refused_not_guessed() -> None:
    with pytest.raises(UnknownCurrency, match="XAU"):
        format_money(Money(amount=1, currency="XAU"))


def test_an_amount_is_an_integer_and_a_currency_three_capitals() -> None:
    for amount, currency in ((1.0, "USD"), ("1", "USD"), (True, "USD"), (1, "usd"), (1, "US")):
        with pytest.raises(ValidationError):
            Money.model_validate({"amount": amount, "currency": currency})


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(lambda weights: sum(weights) > 0),
)
def test_parts_sum_to_the_whole_and_are_within_one_unit_of_their_share(amount: int, weights: list[int]) -> None:
    parts = split(usd(amount), weights)
    assert total(parts, "USD") == usd(amount)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount - Fraction(amount * weight, sum(weights))) <= 1


def test_ten_dollars_in_three_parts_lose_no_cent() -> None:
    assert split(usd(1000), [1, 1, 1]) == (usd(333), usd(334), usd(333))


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_a_split_without_a_proportion_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="a split needs"):
        split(usd(100), weights)


@pytest.mark.parametrize(("text", "cents"), [("155", 15500), ("155.0", 15500), ("155.05", 15505), ("-0.05", -5)])
def test_decimal_text_of_a_file_is_read_exactly(text: str, cents: int) -> None:
    assert parse_amount(text, "USD") == usd(cents)


@pytest.mark.parametrize("text", ["", "1.", ".5", "1.005", "1,000.00", "1e3", "+1", "--1", " 1", "１", "NaN"])
def test_anything_but_plain_decimal_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="USD"):
        parse_amount(text, "USD")
