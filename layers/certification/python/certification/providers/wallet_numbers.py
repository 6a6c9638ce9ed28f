"""WALLET NUMBERS: our reference in the few characters that both wallets take.

In words: a wallet's order number has at most 32 letters, digits and underscores. Our reference is the order and the
attempt, `ORD-26-000042R.PAY-0a1b2c3d4e5f`; without its hyphens, `ORD26000042R_PAY0a1b2c3d4e5f` says the same, and it can
be read back. Other text is somebody else's number.

The id of a wallet's checkout is that number, the moment its page ends, and the currency that says which of the wallet's
products has it, `<number>@<unix seconds>@CNY`: a page that nobody has opened is unknown to the wallet, and only its end
tells whether it still can be paid.
"""

import re
from datetime import UTC, datetime

LONGEST = 32
_REFERENCE = re.compile(r"([A-Z]+)-(\d\d)-(\d+[A-Z]?)\.([A-Z]+)-([0-9a-f]+)", re.ASCII)
_NUMBER = re.compile(r"([A-Z]+)(\d\d)(\d+[A-Z]?)_([A-Z]+)([0-9a-f]+)", re.ASCII)


def number_of(reference: str) -> str:
    """The wallet's order number for our reference. ValueError when it would not be read back."""
    parts = _REFERENCE.fullmatch(reference)
    number = "{}{}{}_{}{}".format(*parts.groups()) if parts else ""
    if not number or len(number) > LONGEST or reference_of(number) != reference:
        raise ValueError(f"a wallet cannot carry the reference {reference!r}")
    return number


def reference_of(number: str) -> str | None:
    """Our reference in a wallet's order number, or None: then the number is not one of ours."""
    parts = _NUMBER.fullmatch(number)
    return "{}-{}-{}.{}-{}".format(*parts.groups()) if parts else None


def refund_number(refund: str) -> str:
    """Our refund's id in the characters that WeChat Pay takes: a refund that follows another has a point in it."""
    return refund.replace(".", "*")


def refund_of(number: str) -> str:
    """Our refund's id in a wallet's number of a refund."""
    return number.replace("*", ".")


def checkout_id(number: str, ends: datetime, currency: str) -> str:
    """The id of a checkout: number, end and currency."""
    return f"{number}@{int(ends.timestamp())}@{currency}"


def apart(wanted: str) -> tuple[str, datetime | None]:
    """(number, end of its page) of a checkout's id, of a number, or of our reference; the end is None where unknown."""
    number, *rest = wanted.split("@")
    if "." in number:
        number = number_of(number)
    return number, datetime.fromtimestamp(int(rest[0]), UTC) if rest else None


def currency_of(wanted: str) -> str | None:
    """The currency in a checkout's id; None in a number or a reference."""
    _, *rest = wanted.split("@")
    return rest[1] if len(rest) == 2 else None
