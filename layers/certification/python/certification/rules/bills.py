"""BILLS: what a provider says it did on one day, in one shape whichever provider wrote it.

In words: every line of a provider's daily bill becomes one `BillRow`. Its `reference` is the provider's own id of what
happened, the same that stands behind the key of our fact (`CAP#pi_1` and `pi_1`), so a line and a fact meet without
guessing. A bill whose count, totals or hash do not add up is refused whole: half a bill would make money look lost.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from certification.rules.facts import FactKind
from certification.rules.payments import Method


class RowKind(StrEnum):
    """What a line is about. A fee or a payout moves money between the provider and us alone. Only a bank's statement has
    debits (money out that no fact of ours explains) and a balance."""

    CAPTURE = "capture"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OUT = "dispute_out"
    DISPUTE_IN = "dispute_in"
    FEE = "fee"
    PAYOUT = "payout"
    DEBIT = "debit"
    BALANCE = "balance"


FACT_OF: dict[RowKind, FactKind] = {
    RowKind.CAPTURE: FactKind.CAPTURED,
    RowKind.REFUND: FactKind.REFUND_DONE,
    RowKind.REFUND_FAILED: FactKind.REFUND_FAILED,
    RowKind.DISPUTE_OUT: FactKind.DISPUTE_OUT,
    RowKind.DISPUTE_IN: FactKind.DISPUTE_IN,
}
"""The fact a line proves; fees and payouts are facts of no payment."""


MOST_BACK = 60
"""How many days of bills are asked for at the most when a provider's bills are read for the first time."""


def first_day(last: date, first_fact: date | None) -> date:
    """From which day on a provider's bills are awaited when none ever was: from its first fact, but not for years. `last`
    is the last day that has a bill by now; the only one where there are no facts."""
    return max(min(first_fact or last, last), last - timedelta(days=MOST_BACK - 1))


class BillRefused(ValueError):
    """A bill that cannot be believed as a whole. `problems` says where and what, for the person who must ask for it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


# A million of these must fit in memory, so this is a slotted value and not a model; readers check what they build.
@dataclass(frozen=True, slots=True)
class BillRow:
    """One line. `amount` and `fee` are minor units of `currency`; `amount` is never negative, the kind gives its sign.

    `ours` is our reference where the line carries one: `<order>.<attempt>` of a capture, our refund's id of a refund.
    `capture` is the provider's id of the payment a refund or dispute is about; of a payout, what the bank shows with it.
    `fee` is what the provider took with this line, negative where it gave some back. `at` is the provider's time of what
    happened.
    """

    provider: Method
    kind: RowKind
    reference: str
    amount: int
    currency: str
    at: datetime
    ours: str | None = None
    capture: str | None = None
    fee: int = 0
