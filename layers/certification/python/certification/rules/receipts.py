"""RECEIPTS: which receipt follows from what happened to an order's money, and its number (decision 26; PAY-11).

In words: whoever paid in full gets one receipt for the order. Money that went back gets a credit note that names it, and
where the provider later says that it did not go after all, a reversal of that note. Each kind counts by scheme and year,
from 1 and without gaps, and a number once given is never given again. Where the scheme has a public receipt platform,
the payer's receipt comes from there and ours is off.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from certification.rules.check_digits import check_letter
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.policy_money import Receipt
from certification.rules.refund_life import STOPPED, RefundState
from certification.rules.words import Words


class ReceiptKind(StrEnum):
    """What is confirmed: money came, went back, or is ours again after all."""

    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    REVERSAL = "reversal"


LETTER = {ReceiptKind.RECEIPT: "R", ReceiptKind.CREDIT_NOTE: "C", ReceiptKind.REVERSAL: "V"}
ARRIVED = frozenset({RefundState.SUCCEEDED, RefundState.EXTERNAL})
TITLES = {
    ReceiptKind.RECEIPT: Words(en="Receipt", zh="收据"),
    ReceiptKind.CREDIT_NOTE: Words(en="Credit note", zh="退款凭证"),
    ReceiptKind.REVERSAL: Words(en="Reversal of a credit note", zh="退款凭证冲销单"),
}
SAYS = {
    ReceiptKind.RECEIPT: Words(en="We have received this amount.", zh="兹收到以下款项。"),
    ReceiptKind.CREDIT_NOTE: Words(
        en="We have returned this amount, the way it was paid or as agreed.",
        zh="以下款项已按原支付方式或约定方式退还。",
    ),
    ReceiptKind.REVERSAL: Words(
        en="This amount did not arrive after all: the credit note no longer holds, and the money is owed to you again.",
        zh="以下款项最终未能到账：所涉退款凭证作废，该款项仍应退还给您。",
    ),
}


class Line(Frozen):
    """One line of a receipt; the amounts of all lines sum to its total."""

    words: Words
    amount: Money


class Turn(Frozen):
    """A refund that arrived, or one that came back after it had; `number` counts how often it arrived so far."""

    kind: ReceiptKind
    number: int
    at: datetime

    def source(self, refund: str) -> str:
        """What this turn's credit note or reversal is of: `refund:<id>`, `reversal:<id>`, later ones with `#2`."""
        return _source("reversal" if self.kind is ReceiptKind.REVERSAL else "refund", refund, self.number)

    def reverses(self, refund: str) -> str:
        """What the credit note is of that this reversal is about."""
        return _source("refund", refund, self.number)


def _source(about: str, refund: str, number: int) -> str:
    return f"{about}:{refund}" if number == 1 else f"{about}:{refund}#{number}"


def turns_of(steps: Iterable[tuple[RefundState, datetime]]) -> tuple[Turn, ...]:
    """The credit notes and reversals that follow from the steps of a refund, in their order: one for each arrival, and
    one for each return after it. A refund that never arrived has none."""
    turns: list[Turn] = []
    there, number = False, 0
    for state, at in steps:
        if state in ARRIVED and not there:
            there, number = True, number + 1
            turns.append(Turn(kind=ReceiptKind.CREDIT_NOTE, number=number, at=at))
        elif state in STOPPED and there:
            there = False
            turns.append(Turn(kind=ReceiptKind.REVERSAL, number=number, at=at))
    return tuple(turns)


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


def lines_of_refund(
    lines: tuple[Line, ...], returned: Money, kept: Money, unused: tuple[Line, ...] = ()
) -> tuple[Line, ...]:
    """The lines of a credit note: what was paid for, less the handling fee that stays; the `unused` ones where it is
    these that go back; or the plain sum of another part of the order. They sum to `returned`."""
    if unused and sum(line.amount.amount for line in unused) == returned.amount:
        return unused
    whole = sum(line.amount.amount for line in lines)
    if whole != returned.amount + kept.amount:
        return (Line(words=PART, amount=returned),)
    return (*lines, *((Line(words=HANDLING, amount=-kept),) if kept else ()))


PART = Words(en="Part of what was paid", zh="部分退款")
HANDLING = Words(en="Handling fee, kept", zh="手续费（不退）")
