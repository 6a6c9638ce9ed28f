"""PART REFUND: how much of a payment the money desk may send back by its own decision, and what it says why.

In words: the amount is written in the currency that was paid, with no more digits than it has; it is more than nothing
and no more than is left of the payment. A reason is taken from the list; another one is said in words. The candidate
reads both.
"""

import re
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.money import Money, digits, format_plain, parse_amount
from certification.rules.words import Because, Words

RULES = ("REF-04",)
PartReason = Literal["wrong_fee", "not_given", "complaint", "goodwill", "other"]
REASONS: dict[PartReason, Words] = {
    "wrong_fee": Words(en="A wrong fee was charged", zh="收费有误"),
    "not_given": Words(en="Something that was paid for was not given", zh="已付费的服务未提供"),
    "complaint": Words(en="Agreed after a complaint", zh="投诉处理结果"),
    "goodwill": Words(en="Goodwill", zh="酌情退费"),
    "other": Words(en="Another reason", zh="其他原因"),
}


def because_of(reason: PartReason, said: str) -> Because:
    """What the candidate reads. Raises Refused where another reason than those of the list is not said."""
    if reason == "other":
        if not said:
            raise Refused("reason_missing", "Say why, in a few words.", "请填写理由。", rules=RULES, field="reason")
        return Because(en=said, zh=said, rules=RULES)
    words = REASONS[reason]
    return Because(
        en=f"{words.en}: {said}" if said else words.en, zh=f"{words.zh}：{said}" if said else words.zh, rules=RULES
    )


def amount_to_return(text: str, left: Money) -> Money:
    """The amount that was written. Refused, saying what is wrong: nothing, zero or less, digits that the currency does
    not have, another currency, no number, more than is left."""
    typed = text.strip()
    named = re.fullmatch(r"([A-Za-z]{3}) *(\S*)|(\S*) +([A-Za-z]{3})", typed)
    currency = (named[1] or named[4]).upper() if named else left.currency
    if not typed:
        raise _wrong("Write how much goes back.", "请填写退款金额。")
    if currency != left.currency:
        raise _wrong(
            f"It was paid in {left.currency}: write the amount in {left.currency}.",
            f"付款币种为 {left.currency}，请按 {left.currency} 填写金额。",
        )
    number = (named[2] or named[3] or "") if named else typed
    places = digits(left.currency)
    if re.fullmatch(rf"-?[0-9]+\.[0-9]{{{places + 1},}}", number):
        raise _wrong(
            f"{left.currency} has {places} digits after the point.", f"{left.currency} 金额最多保留 {places} 位小数。"
        )
    try:
        money = parse_amount(number, left.currency)
    except ValueError as wrong:
        example = format_plain(Money(amount=96 * 10**places, currency=left.currency))
        raise _wrong(
            f"Write digits and at most one point, for example {example}.",
            f"请填写数字，最多一个小数点，例如 {example}。",
        ) from wrong
    if money.amount <= 0:
        raise _wrong("More than nothing must go back.", "退款金额须大于零。")
    if money > left:
        raise Refused(
            "refund_not_covered",
            f"That is more than is left: {left}.",
            f"超过可退余额 {left}。",
            rules=RULES,
            field="amount",
            facts={"asked": str(money), "left": str(left)},
        )
    return money


def _wrong(en: str, zh: str) -> Refused:
    return Refused("amount_wrong", en, zh, rules=RULES, field="amount")
