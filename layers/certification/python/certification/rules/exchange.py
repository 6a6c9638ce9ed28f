"""EXCHANGE: what a price is in another currency: shown as a guide, never charged by us.

In words: we price and book in the order's currency. A wallet converts at its own rate, which nobody knows before it has
done so; we show a reference rate with its source and day, say that it is one, and record afterwards what the wallet
took. A rate has eight decimal places and an amount is rounded half up. A new rate more than 5 % away from the last good
one is not believed; a rate older than four days is not shown. Without a rate the sale goes on: the wallet shows the
amount. A quote lives as long as the policy says; an expired one is shown anew, never silently replaced.

What goes back is counted in the order's currency, never at a rate of today: an order in dollars is taken by a product that
settles in dollars, one in yuan by a product that takes yuan, so parts that return everything return exactly what was paid.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from certification.rules.model import Frozen
from certification.rules.money import Money, digits, round_half_up

PLACES = Decimal("0.00000001")
BAND = Decimal("0.05")
"""How far a new rate may be from the last good one; USD/CNY has moved at most 2 % in a day."""
FIRST_BAND = Decimal("0.50")
"""How far from the shipped reference where no recent good rate exists: a wrong unit or a swapped pair is further."""
OLDEST = 4
"""Days after which a rate is not shown; a long weekend is not longer."""

Source = Literal["ecb", "frankfurter", "hkma", "static"]


class ReferenceRate(Frozen):
    """One unit of `base` in `quote`, as `source` published it for `day`; `fetched_at` is when we read it. `simulated`
    is true when a simulator made it up."""

    base: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    quote: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    rate: Decimal = Field(gt=0)
    source: Source
    day: date
    fetched_at: AwareDatetime
    simulated: bool = False

    def age(self, now: datetime) -> int:
        """Whole days since its day."""
        return (now.date() - self.day).days

    def shown(self, now: datetime) -> bool:
        """Whether it is young enough to be shown."""
        return -1 <= self.age(now) <= OLDEST


class ExchangeQuote(Frozen):
    """What was shown: `price` is owed, `about` its value at this rate, a guide until `expires_at`."""

    price: Money
    about: Money
    rate: Decimal
    source: Source
    day: date
    fetched_at: AwareDatetime
    quoted_at: AwareDatetime
    expires_at: AwareDatetime
    simulated: bool = False
    kind: Literal["indicative"] = "indicative"

    def stands(self, now: datetime) -> bool:
        """Whether it may still be shown as it is."""
        return now < self.expires_at


def rounded(rate: Decimal | Fraction) -> Decimal:
    """A rate with eight places, half up."""
    exact = Fraction(rate)
    return (Decimal(round_half_up(exact / Fraction(PLACES))) * PLACES).quantize(PLACES, ROUND_HALF_UP)


def cross(base: Decimal, quote: Decimal) -> Decimal:
    """One unit of the base currency in the quote currency, from the values of a third in both (EUR 1 = USD 1.1172 =
    CNY 7.4326: USD 1 is CNY 6.65288221)."""
    if base <= 0 or quote <= 0:
        raise ValueError("a rate is positive")
    return rounded(Fraction(quote) / Fraction(base))


def near(rate: Decimal, anchor: Decimal, band: Decimal) -> bool:
    """Whether a rate is within the band around an anchor, the edges included."""
    return abs(rate - anchor) <= anchor * band


def good_rate(
    fresh: ReferenceRate | None, last: ReferenceRate | None, shipped: ReferenceRate, now: datetime
) -> ReferenceRate | None:
    """The rate to keep: the fresh one if it can be believed and is no older than the last good one, else that one."""
    if fresh is None or not fresh.shown(now):
        return last
    if last is not None and last.shown(now):
        return fresh if fresh.day >= last.day and near(fresh.rate, last.rate, BAND) else last
    return fresh if near(fresh.rate, shipped.rate, FIRST_BAND) else last


def quote(price: Money, rate: ReferenceRate | None, now: datetime, lives: timedelta) -> ExchangeQuote | None:
    """What to show beside a price; None when no rate is fit to be shown."""
    if rate is None or rate.base != price.currency or not rate.shown(now):
        return None
    return ExchangeQuote(
        price=price,
        about=converted(price, rate.rate, rate.quote),
        rate=rate.rate,
        source=rate.source,
        day=rate.day,
        fetched_at=rate.fetched_at,
        quoted_at=now,
        expires_at=now + lives,
        simulated=rate.simulated,
    )


def converted(money: Money, rate: Decimal, currency: str) -> Money:
    """An amount at a rate, half up in the minor unit of the other currency."""
    scale = Fraction(10) ** (digits(currency) - digits(money.currency))
    return Money(amount=round_half_up(money.amount * Fraction(rate) * scale), currency=currency)
