"""FEES: what an application costs.

In words: the fee schedule has one row for each occupation, level and form of the exam. The row names the fee items that
are due (for cgptc: registration with document review, examination with theory and practical, certificate) in the
scheme's one settlement currency. Value-added tax is outside. The answer is frozen on the order together with the
version of the schedule, so a later schedule changes nothing for an order that exists. What the schedule does not offer
cannot be bought.
"""

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.money import Money, total
from certification.rules.policy import Policy
from certification.rules.policy_money import FeeItemCode
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


_VAT = {
    "excluded": ("Value-added tax is not included.", "不含增值税。"),
    "included": ("Value-added tax is included.", "含增值税。"),
    "none": ("No value-added tax applies.", "不适用增值税。"),
}


def order_fees(policy: Policy, occupation: str, level: str, form: str) -> OrderFees:
    """The fees of one application. Raises Refused (`not_offered`) for a combination the schedule does not have."""
    rows = [row for row in policy.fees.schedule if (row.occupation, row.level, row.form) == (occupation, level, form)]
    if not rows:
        raise Refused(
            "not_offered",
            "This occupation is not offered at this level in this form. Choose another.",
            "该职业不开设此级别或此考试形式，请重新选择。",
            rules=("FEE-02",),
            field="level",
        )
    (row,), currency = rows, policy.fees.settlement_currency
    lines = tuple(
        OrderLine(
            item=item.code,
            words=item.words,
            amount=Money(amount=row.amounts[item.code], currency=currency),
            unused_in_full=item.unused_in_full,
        )
        for item in policy.fees.items
        if item.code in row.amounts
    )
    vat_en, vat_zh = _VAT[policy.fees.vat]
    because = Because(
        en=f"Fee schedule {policy.fees.version}: {occupation}, level {level}, {form}. {vat_en}",
        zh=f"收费标准 {policy.fees.version}：{occupation}，{level} 级，{form}。{vat_zh}",
        rules=("FEE-01", "FEE-02", "FEE-03", "FEE-04"),
    )
    return OrderFees(
        version=policy.fees.version,
        lines=lines,
        total=total([line.amount for line in lines], currency),
        vat=policy.fees.vat,
        because=because,
    )
