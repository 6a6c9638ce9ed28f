"""What the letters about bank transfers are told."""

from datetime import datetime

from certification.letters.base import AboutApplication, LetterData
from certification.rules.money import Money
from certification.rules.words import Words


class TransferExpected(AboutApplication):
    """The candidate chose a bank transfer: `amount` to this account, with `transfer_reference`, valued by `pay_by`."""

    amount: Money
    pay_by: datetime
    transfer_reference: str
    holder: str
    number: str
    bank: Words
    bank_code: str


class ShortTransferArrived(TransferExpected):
    """Less arrived than is owed: `amount` is what is missing."""


class RefundAccountAsked(AboutApplication):
    """`amount` goes back by bank transfer, and the bank did not tell us from which account it came."""

    amount: Money


TRANSFER_LETTERS: tuple[type[LetterData], ...] = (TransferExpected, ShortTransferArrived, RefundAccountAsked)
