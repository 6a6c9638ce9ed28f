"""UNUSED FEES: what goes back because the certificate that was paid for is never made (decision 2).

In words: who did not pass gets back in full the fee items that the policy calls unused then (certificate, paper and
mailing), without a handling fee; absence and a breach in the exam are not passing either. Not before the result is final:
where marks may be rechecked, after the time for that, and not while a recheck is open. Where passed subjects still count,
the certificate may follow: the policy holds the money or returns it. Who withdrew, or whose registration is void, gets
what the refund rule says and nothing by this one. A scheme may switch it off.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from certification.rules.model import Frozen
from certification.rules.money import Money, total
from certification.rules.policy_money import FeeItem, Refund
from certification.rules.refunds import RefundDecision
from certification.rules.status import ENDED, Status
from certification.rules.words import Because


class Outcome(StrEnum):
    """What became of a paid registration, as far as its fees are concerned."""

    OPEN = "open"
    CERTIFIED = "certified"
    NOT_PASSED = "not_passed"
    CREDITS_KEPT = "credits_kept"
    ENDED = "ended"


def outcome_of(status: Status) -> Outcome:
    """The outcome behind a status. A lapsed application that is paid waits for a person: nothing is known yet."""
    if status in ENDED and status is not Status.LAPSED:
        return Outcome.ENDED
    known = {Status.CERTIFIED, Status.NOT_PASSED, Status.CREDITS_KEPT}
    return Outcome(status.value) if status in known else Outcome.OPEN


class PaidItem(Frozen):
    """A fee item that was paid."""

    item: str
    amount: Money


def unused_of(items: Sequence[FeeItem], paid: Sequence[PaidItem]) -> tuple[PaidItem, ...]:
    """The items that are given back whole when they were never used."""
    whole = {one.code for one in items if one.unused_in_full}
    return tuple(one for one in paid if one.item in whole and one.amount)


def decide_unused(
    terms: Refund, unused: Sequence[PaidItem], currency: str, outcome: Outcome, final_at: datetime | None, now: datetime
) -> RefundDecision:
    """What goes back of the unused items at `now`. `final_at` is the first instant at which nothing can change the result
    any more; None: there is none yet."""
    money = total([one.amount for one in unused], currency)
    because = _because(terms, outcome, final_at, now) if money else NONE
    back = money if because in (UNUSED, UNUSED_YET) else Money.zero(currency)
    return RefundDecision(refunded=bool(back), amount=back, fee=Money.zero(currency), because=because)


def _because(terms: Refund, outcome: Outcome, final_at: datetime | None, now: datetime) -> Because:
    if outcome not in (Outcome.NOT_PASSED, Outcome.CREDITS_KEPT):
        return NOT_FOR_THIS
    if not terms.unused_when_not_passed:
        return OFF
    if final_at is None or now < final_at:
        return NOT_FINAL
    if outcome is Outcome.NOT_PASSED:
        return UNUSED
    return UNUSED_YET if terms.unused_when_credits_kept == "returned" else HELD


UNUSED = Because(
    en="You did not pass, so no certificate is made: what you paid for it is returned in full.",
    zh="考试未合格，不制发证书：已缴的证书相关费用全额退还。",
    rules=("decision 2", "REF-04"),
)
UNUSED_YET = Because(
    en="No certificate is made yet: what you paid for it is returned in full, although passed subjects still count.",
    zh="暂不制发证书：已合格科目成绩继续有效，已缴的证书相关费用全额退还。",
    rules=("decision 2", "ROL-01"),
)
HELD = Because(
    en="Passed subjects still count: what you paid for the certificate is held for it.",
    zh="已合格科目成绩仍有效：已缴的证书相关费用为您保留。",
    rules=("decision 2", "ROL-01"),
)
NOT_FINAL = Because(
    en="The result may still change: what was paid for the certificate waits until it is final.",
    zh="成绩尚可能变更：证书相关费用待成绩最终确定后处理。",
    rules=("decision 2", "decision 13"),
)
OFF = Because(
    en="This scheme does not return fees for a certificate that is not made.",
    zh="本考试不退还未制发证书的费用。",
    rules=("decision 2",),
)
NOT_FOR_THIS = Because(
    en="Only who sat the exam without passing gets the fee of the certificate back by this rule.",
    zh="本规则仅适用于参加考试但未合格的人员。",
    rules=("decision 2",),
)
NONE = Because(
    en="Nothing was paid that could be unused.",
    zh="没有可按未使用退还的费用。",
    rules=("decision 2",),
)
