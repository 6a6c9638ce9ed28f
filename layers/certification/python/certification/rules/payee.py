"""PAYEE: whether an account that a candidate names for a refund can be used.

In words: the holder must be called as the candidate: the same words as in the name or the Latin name, in any order and
case. The number has 5 to 34 letters and digits, and one that looks like an IBAN must have right check digits. The bank is
named by its SWIFT code. An account that the bank has named as the reason why money came back is not tried again.
"""

import re
import unicodedata
from collections.abc import Collection

from certification.rules.errors import Refused
from certification.rules.numbers import squeeze
from certification.rules.refund_life import RefundState
from certification.rules.statements import Party
from certification.rules.transfer_order import is_bank, is_iban

_LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,}", re.ASCII)

ACCOUNT_REASONS = frozenset({"AC01", "AC03", "AC04", "AC06", "AC07", "AG01", "BE01", "RC01", "RC04"})
"""What a bank says when the account itself cannot take the money: wrong, closed, blocked, of somebody else, or its bank
is unknown (ISO 20022 external code sets, payment status and return reasons)."""


def needs_another_account(state: RefundState, why: str | None) -> bool:
    """Whether sending a failed refund again to the same account would be in vain (REF-04). Money that came back without
    a reason is taken so too: asking costs a letter, sending twice costs days."""
    return why in ACCOUNT_REASONS or (state is RefundState.RETURNED and not why)


def check_payee(account: Party, names: Collection[str]) -> Party:
    """The account as it is written to the bank. Raises Refused with the field that is wrong."""
    number, bank = squeeze(account.account), squeeze(account.bank)
    if not is_own(account, names):
        raise _refused(
            "holder",
            "The account must be in your own name, as it stands in your profile.",
            "账户须为您本人名下，且与个人信息中的姓名一致。",
        )
    wrong = not re.fullmatch(r"[A-Z0-9]{5,34}", number, re.ASCII)
    if wrong or (_LOOKS_LIKE_IBAN.fullmatch(number) and not is_iban(number)):
        raise _refused("number", "This is not an account number: check it.", "账号格式不正确，请核对。")
    if not is_bank(bank):
        raise _refused("bank", "A SWIFT code has 8 or 11 characters, such as HSBCHKHH.", "SWIFT 代码应为 8 或 11 位。")
    return Party(name=" ".join(account.name.split()), account=number, bank=bank)


def is_own(account: Party, names: Collection[str]) -> bool:
    """Whether the holder is called as one of the names."""
    return any(words_of(account.name) == words_of(name) for name in names if words_of(name))


def words_of(name: str) -> frozenset[str]:
    """The words of a name without accents, case and punctuation; a Chinese name is one word."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(each if each.isalnum() else " " for each in plain if not unicodedata.combining(each))
    return frozenset(letters.split())


def _refused(field: str, en: str, zh: str) -> Refused:
    return Refused(f"{field}_wrong", en, zh, rules=("REF-04",), field=field)
