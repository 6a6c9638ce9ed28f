"""Quotes: what is shown beside a price, which rates are believed, and what goes back of a payment in another currency."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from certification.rules.exchange import (
    ExchangeQuote,
    ReferenceRate,
    converted,
    cross,
    good_rate,
    quote,
    rounded,
)
from certification.rules.money import Money, usd

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LIVES = timedelta(minutes=15)


def yuan(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")


def rate(text: str = "6.65288221", day: date = date(2026, 10, 30)) -> ReferenceRate:
    return ReferenceRate(base="USD", quote="CNY", rate=Decimal(text), source="ecb", day=day, fetched_at=NOW)


SHIPPED = rate("6.65288221", date(2026, 10, 30))


def test_a_rate_has_eight_places_half_up() -> None:
    assert cross(Decimal("1.1172"), Decimal("7.4326")) == Decimal("6.65288221")
    assert str(rounded(Decimal("6.6528822150"))) == "6.65288222"
    assert str(rounded(Decimal("6.6528822149"))) == "6.65288221"
    assert str(rounded(Decimal(7))) == "7.00000000"
    for wrong in ("0", "-1"):
        with pytest.raises(ValueError, match="positive"):
            cross(Decimal(wrong), Decimal(1))


@pytest.mark.rule("PAY-03")
def test_a_quote_tells_amount_rate_source_day_and_how_long_it_stands() -> None:
    shown = quote(usd(120_00), rate(), NOW, LIVES)
    assert isinstance(shown, ExchangeQuote)
    assert shown.about == yuan(798_35)
    assert (shown.source, shown.day, shown.kind) == ("ecb", date(2026, 10, 30), "indicative")
    assert shown.expires_at == NOW + LIVES
    assert shown.stands(NOW + LIVES - timedelta(seconds=1))
    assert not shown.stands(NOW + LIVES)
    assert ExchangeQuote.model_validate_json(shown.model_dump_json()) == shown


def test_amounts_are_rounded_half_up_in_the_minor_unit_of_the_other_currency() -> None:
    assert converted(usd(1), Decimal("6.5"), "CNY") == yuan(7)
    assert converted(usd(1), Decimal("6.49999999"), "CNY") == yuan(6)
    assert converted(usd(100), Decimal("150.5"), "JPY") == Money(amount=151, currency="JPY")


@pytest.mark.scenario(90)
@pytest.mark.parametrize(("days", "shown"), [(0, True), (4, True), (5, False)])
def test_a_rate_of_four_days_ago_is_shown_and_an_older_one_is_not_and_nothing_else_is_stopped(
    days: int, shown: bool
) -> None:
    old = rate(day=(NOW - timedelta(days=days)).date())
    assert (quote(usd(120_00), old, NOW, LIVES) is not None) is shown
    assert quote(usd(120_00), None, NOW, LIVES) is None
    assert quote(yuan(1), old, NOW, LIVES) is None


@pytest.mark.scenario(90)
def test_a_rate_within_five_percent_of_the_last_good_one_is_believed_and_one_beyond_is_not() -> None:
    today = NOW.date()
    last = rate("6.00000000", today - timedelta(days=1))
    for text, believed in (("6.3", True), ("6.30000001", False), ("5.7", True), ("5.69999999", False), ("60", False)):
        fresh = rate(text, today)
        assert good_rate(fresh, last, SHIPPED, NOW) == (fresh if believed else last)


def test_the_last_good_rate_stays_when_nobody_answers_or_an_older_one_comes() -> None:
    last = rate("6.6", NOW.date())
    assert good_rate(None, last, SHIPPED, NOW) == last
    assert good_rate(rate("6.6", NOW.date() - timedelta(days=1)), last, SHIPPED, NOW) == last
    assert good_rate(None, None, SHIPPED, NOW) is None


def test_after_a_long_silence_a_rate_is_held_to_the_shipped_one_only() -> None:
    """Else a currency that moved more than 5 % meanwhile could never be quoted again."""
    silent = rate("6.0", NOW.date() - timedelta(days=5))
    for text, believed in (("7.1", True), ("66", False), ("0.15", False)):
        fresh = rate(text, NOW.date())
        assert good_rate(fresh, silent, SHIPPED, NOW) == (fresh if believed else silent)


def test_a_rate_from_the_future_or_too_old_is_never_fresh() -> None:
    last = rate("6.6", NOW.date())
    assert good_rate(rate("6.6", NOW.date() + timedelta(days=2)), last, SHIPPED, NOW) == last
    assert good_rate(rate("6.6", NOW.date() - timedelta(days=5)), None, SHIPPED, NOW) is None
