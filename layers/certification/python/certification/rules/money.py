"""MONEY: whole minor units and a currency, never a binary fraction.

In words: an amount is an integer number of the currency's smallest unit (cents of a US dollar, yen, fils of a
Kuwaiti dinar). Two amounts meet only in the same currency. There is one rounding function, half up (away from
zero on a tie), and it is used only where a rate is applied. Parts of an amount always sum to the whole.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field

from certification.rules.model import Frozen

# ISO 4217 "minor unit" column; a currency that is not listed here is refused rather than guessed.
DIGITS = {
    **dict.fromkeys(("USD", "CNY", "HKD", "EUR", "GBP", "MOP", "SGD", "TWD", "AUD", "CAD", "CHF", "MYR", "THB"), 2),
    **dict.fromkeys(("JPY", "KRW", "VND"), 0),
    **dict.fromkeys(("KWD", "BHD", "JOD", "OMR", "TND"), 3),
}

Rate = Fraction | Decimal | int


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added, subtracted or compared: a fault of the program."""


class UnknownCurrency(ValueError):
    """The currency is not in `DIGITS`, so its minor unit is unknown."""


class Money(Frozen):
    """`amount` minor units of `currency` (ISO 4217). Negative amounts are allowed: ledger differences need them."""

    amount: Annotated[int, Field(strict=True)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(amount=-self.amount, currency=self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: "Money") -> bool:
        return other < self

    def __ge__(self, other: "Money") -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return format_money(self)

    def times(self, rate: Rate) -> "Money":
        """The amount multiplied by an exact rate (a handling fee, a tax), rounded half up."""
        return Money(amount=round_half_up(self.amount * Fraction(rate)), currency=self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(amount=0, currency=currency)


def usd(cents: int) -> Money:
    """US dollars from cents: `usd(15500)` is USD 155.00."""
    return Money(amount=cents, currency="USD")


def round_half_up(value: Rate) -> int:
    """The only rounding of money: to the nearest integer, a tie goes away from zero (2.5 -> 3, -2.5 -> -3)."""
    exact = Fraction(value)
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -size if exact < 0 else size


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum; `currency` says what an empty sum is made of."""
    answer = Money.zero(currency)
    for amount in amounts:
        answer = answer + amount
    return answer


def split(whole: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Parts in proportion to `weights` (none negative, not all zero) that sum to the whole exactly.

    Part i is the difference of two rounded running totals, so no cent is lost and no part is more than one minor
    unit from its exact share.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("a split needs at least one weight, none negative, not all zero")
    parts, done, running = [], 0, 0
    for weight in weights:
        running += weight
        until = round_half_up(Fraction(whole.amount * running, sum(weights)))
        parts.append(Money(amount=until - done, currency=whole.currency))
        done = until
    return tuple(parts)


def digits(currency: str) -> int:
    """How many decimal digits the currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    if currency not in DIGITS:
        raise UnknownCurrency(f"the minor unit of {currency!r} is not known; add it to DIGITS from ISO 4217")
    return DIGITS[currency]


def format_money(money: Money) -> str:
    """For people: `USD 155.00`, `USD 1,234,567.80`, `JPY 155`, `KWD 0.155`, `USD -3.05`."""
    places = digits(money.currency)
    return f"{money.currency} {Decimal(money.amount).scaleb(-places):,.{places}f}"


def format_plain(money: Money) -> str:
    """For files and providers, without currency and separators: `155.00`, `1234567.80`, `155` for JPY."""
    places = digits(money.currency)
    return f"{Decimal(money.amount).scaleb(-places):.{places}f}"


def parse_amount(text: str, currency: str) -> Money:
    """Exact decimal text of a file or provider ("155", "155.0", "155.00") to Money; more digits than the currency has,
    signs other than a leading minus, exponents and separators are refused with ValueError."""
    places = digits(currency)
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, dot, part = body.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (part.isascii() and part.isdigit())):
        raise ValueError(f"not a decimal amount of {currency}: digits, at most one point")
    if len(part) > places:
        raise ValueError(f"an amount of {currency} has at most {places} digits after the point")
    return Money(amount=sign * int(whole + part.ljust(places, "0")), currency=currency)
