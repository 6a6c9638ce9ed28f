"""ASKING FOR A REFUND: the one command about a payment's money, and the only thing here that is refused.

In words: what is asked back is reserved at once, so that two people cannot give back the same cent. It goes through only
while the capture has that much left; asking again for the same refund is the same reservation. A fact is not asked: money
that is reserved for a later day may be gone by then, because the payer's bank took it back or somebody returned it in the
provider's own pages. What is not there is not sent.
"""

from datetime import datetime
from enum import StrEnum

from certification.rules.errors import Refused
from certification.rules.facts import PREFIX, Fact, FactKind, Facts, fact_of, fold
from certification.rules.money import Money


class Reserved(StrEnum):
    """Whether what was reserved for a refund is still there: all of it, a part, or nothing."""

    THERE = "there"
    SHORT = "short"
    GONE = "gone"


def still_there(facts: Facts, capture: str, money: Money) -> Reserved:
    """Whether the money reserved for a refund can still be sent from this capture (REF-04, PAY-08)."""
    left = {(sums.capture, sums.currency): sums.refundable for sums in fold(facts).captures}
    rest = left.get((capture, money.currency), 0)
    if rest >= 0:
        return Reserved.THERE
    return Reserved.GONE if rest + money.amount <= 0 else Reserved.SHORT


def request_refund(
    facts: Facts, refund: str, capture: str, money: Money, at: datetime, *, kept: int = 0, source: str = "assay"
) -> Fact:
    """The REFUND_REQUESTED fact that reserves this money, if enough is left; else Refused and nothing is reserved.

    Asking again for the same refund with the same amount gives the reservation that exists.
    """
    known = facts.get(f"{PREFIX[FactKind.REFUND_REQUESTED]}#{refund}")
    if known and (known.money, known.kept, known.capture) == (money, kept, capture):
        return known
    left = {(sums.capture, sums.currency): sums.refundable for sums in fold(facts).captures}
    rest = Money(amount=left.get((capture, money.currency), 0), currency=money.currency)
    if known or money.amount <= 0 or kept < 0 or money.amount + kept > rest.amount:
        raise Refused(
            "refund_not_covered",
            f"A refund of {money} from {capture} is not possible: {rest} is left, or the refund exists otherwise.",
            f"无法从该笔付款退还 {money}：可退余额为 {rest}，或该退款已按其他金额登记。",
            rules=("REF-04",),
            facts={"asked": str(money), "left": str(rest)},
        )
    return fact_of(FactKind.REFUND_REQUESTED, refund, money, at, source, capture=capture, about=refund, kept=kept)
