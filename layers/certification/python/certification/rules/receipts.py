"""RECEIPTS: which receipt follows from what happened to an order's money, and its number (decision 26; PAY-11).

In words: whoever paid in full gets one receipt for the order. Money that went back gets a credit note that names it, and
where the provider later says that it did not go after all, a reversal of that note. Each kind counts by scheme and year,
from 1 and without gaps, and a number once given is never given again. Where the scheme has a public receipt platform,
the payer's receipt comes from there and ours is off.
"""

import re
from enum import StrEnum

from certification.rules.check_digits import check_letter
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.policy_money import Receipt
from certification.rules.words import Words


class ReceiptKind(StrEnum):
    """What is confirmed: money came, went back, or is ours again after all."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    REVERSAL = "reversal"


LETTER = {ReceiptKind.RECEIPT: "R", ReceiptKind.CREDIT_NOTE: "C", ReceiptKind.REVERSAL: "V"}
TITLES = {
    ReceiptKind.RECEIPT: Words(en="Receipt", zh="收据"),
    ReceiptKind.CREDIT_NOTE: Words(en="Credit note", zh="退款凭证"),
    ReceiptKind.REVERSAL: Words(en="Reversal of a credit note", zh="退款凭证冲销单"),
}


class Line(Frozen):
    """One line of a receipt; the amounts of all lines sum to its total."""

    words: Words
    amount: Money


def is_ours(terms: Receipt) -> bool:
    """Whether we issue receipts ourselves; else the public platform that the policy names does (PAY-11)."""
    return terms.by == "internal"


def series(kind: ReceiptKind, scheme: str, year: int) -> str:
    """What is counted together, e.g. `R26-CGPTC`. The year is that of the issue, in the scheme's time zone."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scheme):
        raise ValueError("a scheme is lower-case letters, digits and underscores")
    return f"{LETTER[kind]}{year % 100:02d}-{scheme.upper()}"


def receipt_number(of: str, sequence: int) -> str:
    """`R26-CGPTC-000042K`: the series, the place in it, and a check letter (modulo 23, as in order numbers)."""
    if sequence < 1:
        raise ValueError("a series counts from 1")
    year = re.sub(r"\D", "", of.partition("-")[0])
    return f"{of}-{sequence:06d}{check_letter(f'{year}{sequence:06d}')}"


def lines_of_refund(lines: tuple[Line, ...], returned: Money, kept: Money) -> tuple[Line, ...]:
    """The lines of a credit note: what was paid for, less the handling fee that stays, or the plain sum where only a
    part of the order goes back. They sum to `returned`."""
    whole = sum(line.amount.amount for line in lines)
    if whole != returned.amount + kept.amount:
        return (Line(words=PART, amount=returned),)
    return (*lines, *((Line(words=HANDLING, amount=-kept),) if kept else ()))


PART = Words(en="Part of what was paid", zh="部分退款")
HANDLING = Words(en="Handling fee, kept", zh="手续费（不退）")
