"""FEES: what an application costs.

In words: the fee schedule has one row for each occupation, level and form of the exam. The row names the fee items that
are due (registration with document review, examination, certificate) in the scheme's one settlement currency; where
subjects have prices of their own, the examination fee is their sum. Who asks for the certificate on paper too pays for
paper and mailing by the zone it goes to, where the scheme offers that; nobody has to. Value-added tax is as the scheme says. The answer is
frozen on the order together with the version of the schedule, so a later schedule changes nothing for an order that
exists. What the schedule does not offer cannot be bought.
"""

from collections.abc import Collection

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.money import Money, total
from certification.rules.policy import Policy
from certification.rules.policy_money import FeeItemCode, FeeRow, MailingZone
from certification.rules.words import Because, Words


class OrderLine(Frozen):
    """One fee item of an order. `unused_in_full`: given back whole when it was never used (decision 2)."""

    item: FeeItemCode
    words: Words
    amount: Money
    unused_in_full: bool


class OrderFees(Frozen):
    """The lines in the policy's order, their sum, and the schedule they come from."""

    version: str
    lines: tuple[OrderLine, ...]
    total: Money
    vat: str
    because: Because


VAT: dict[str, Words] = {
    "excluded": Words(en="Value-added tax is not included.", zh="不含增值税。"),
    "included": Words(en="Value-added tax is included.", zh="含增值税。"),
    "none": Words(en="No value-added tax applies.", zh="不适用增值税。"),
}
"""What the page and the receipt say about tax (FEE-03)."""


def order_fees(
    policy: Policy,
    occupation: str,
    level: str,
    form: str,
    subjects: Collection[str] | None = None,
    paper: str | None = None,
) -> OrderFees:
    """The fees of one application; without `subjects`, for all of them; `paper` is the zone a paper certificate goes to.
    Refused (`not_offered`) for what has no row."""
    rows = [row for row in policy.fees.schedule if (row.occupation, row.level, row.form) == (occupation, level, form)]
    if not rows:
        raise Refused(
            "not_offered",
            "This is not offered at this level in this form. Choose another.",
            "不开设此级别或此考试形式，请重新选择。",
            rules=("FEE-02",),
            field="level",
        )
    (row,), currency = rows, policy.fees.settlement_currency
    zone = mailing_zone(policy, paper)
    amounts = _amounts(row, subjects) | ({"mailing": zone.amount} if zone else {})
    lines = tuple(
        OrderLine(
            item=item.code,
            words=_with_zone(item.words, zone) if zone and item.code == "mailing" else item.words,
            amount=Money(amount=amounts[item.code], currency=currency),
            unused_in_full=item.unused_in_full,
        )
        for item in policy.fees.items
        if item.code in amounts
    )
    return OrderFees(
        version=policy.fees.version,
        lines=lines,
        total=total([line.amount for line in lines], currency),
        vat=policy.fees.vat,
        because=_because(policy, row),
    )


def mailing_zone(policy: Policy, paper: str | None) -> MailingZone | None:
    """The zone with this code; None without paper. Refused when the scheme sends no paper there."""
    if paper is None:
        return None
    for zone in policy.fees.mailing:
        if zone.code == paper:
            return zone
    raise Refused(
        "paper_not_offered",
        "A certificate on paper is not sent there. Choose from the list.",
        "不向该地区寄送纸质证书，请从列表中选择。",
        rules=("FEE-01", "CER-02"),
        field="paper",
    )


def _with_zone(words: Words, zone: MailingZone) -> Words:
    return Words(en=f"{words.en}: {zone.words.en}", zh=f"{words.zh}：{zone.words.zh}")


def least_fee(policy: Policy, occupation: str, level: str, form: str) -> Money:
    """The least that anybody pays for this: for one subject, where subjects are chosen."""
    if policy.validity.must_take_all:
        return order_fees(policy, occupation, level, form).total
    single = [(code,) for code in policy.subjects_of(occupation, level)]
    return min(order_fees(policy, occupation, level, form, subjects).total for subjects in single)


def _because(policy: Policy, row: FeeRow) -> Because:
    named = (policy.occupation(row.occupation), policy.level(row.level), policy.form(row.form))
    vat = VAT[policy.fees.vat]
    basis = policy.fees.legal_basis
    return Because(
        en=f"Fee schedule {policy.fees.version}: {', '.join(one.words.en for one in named)}. {vat.en}"
        + (f" Legal basis: {basis.en}." if basis else ""),
        zh=f"收费标准 {policy.fees.version}：{'，'.join(one.words.zh for one in named)}。{vat.zh}"
        + (f"收费依据：{basis.zh}。" if basis else ""),
        rules=("FEE-01", "FEE-02", "FEE-03", "FEE-04"),
    )


def _amounts(row: FeeRow, subjects: Collection[str] | None) -> dict[FeeItemCode, int]:
    """What each item costs; the subjects that were chosen add to the examination fee."""
    priced = row.for_subjects or {}
    of_subjects = sum(price for code, price in priced.items() if subjects is None or code in subjects)
    whole: dict[FeeItemCode, int] = {"examination": row.amounts.get("examination", 0) + of_subjects} if priced else {}
    return {**row.amounts, **whole}
