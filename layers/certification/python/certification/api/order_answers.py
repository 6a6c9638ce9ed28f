"""What the API says of an order: what is owed, how it may be paid, what would come back."""

from datetime import datetime

from certification.rules.exchange import ExchangeQuote
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.refunds import RefundPreview
from certification.rules.words import Words


class FeeLine(Frozen):
    """One fee item."""

    code: str
    words: Words
    amount: Money


class Chosen(Frozen):
    """What the choice costs."""

    fee: Money
    lines: tuple[FeeLine, ...]


class WayToPay(Frozen):
    """A way to pay that may be chosen: its code and what the policy calls it."""

    code: str
    words: Words


class OrderNow(Frozen):
    """What is owed, until when, and what would come back when (the rule that shows it is the rule that decides).

    `ways` are the ways to pay, in the policy's order. `exchange` is what a wallet's payer is shown beside the price: a
    reference with source and day, never what is charged; null where no rate is fit to be shown. `bank_holds`: the payer's
    bank disputes what was paid, so a refund waits for the end of that.
    """

    number: str
    state: str
    lines: tuple[FeeLine, ...]
    total: Money
    pay_by: datetime
    payable: bool
    confirming: bool
    settled_at: datetime | None
    refund: RefundPreview
    ways: tuple[WayToPay, ...]
    exchange: ExchangeQuote | None
    bank_holds: bool


class Checked(Frozen):
    """Whether the provider knows of a payment; `status` is the application's status now."""

    found: bool
    status: str
