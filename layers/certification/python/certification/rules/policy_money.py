"""POLICY, money: what is owed, how it is paid, what comes back (K1-K4, K26, K27 and decisions 1-8, 22, 25)."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from certification.rules.model import Frozen
from certification.rules.money import DIGITS
from certification.rules.spans import Span, Window
from certification.rules.words import Words


def _with_known_digits(currency: str) -> str:
    if currency not in DIGITS:
        raise ValueError(f"nobody told us the minor unit of {currency or 'no currency'}; we know {', '.join(DIGITS)}")
    return currency


Rate = Annotated[Decimal, Field(ge=0, le=1)]
Cents = Annotated[int, Field(ge=0, le=10**9, strict=True)]
Currency = Annotated[str, AfterValidator(_with_known_digits)]
FeeItemCode = Literal["registration", "examination", "certificate", "mailing", "recheck"]
WhenEarned = Literal["refund_closes", "exam_over", "issued"]
WhenReturned = Literal["immediately", "after_registration_closes", "after_exam_and_reconciled"]


class FeeItem(Frozen):
    """One kind of fee. `unused_in_full`: refunded without a handling fee when it was never used (decision 2). `earned`:
    from when on it is ours and not held for the candidate; None: with the certificate where it is for that, else with
    the exam."""

    code: FeeItemCode
    words: Words
    unused_in_full: bool
    earned: WhenEarned | None = None


class FeeRow(Frozen):
    """What one occupation at one level in one exam form costs, in minor units of the settlement currency.

    In Chinese schemes `occupation` is the exam's specialty and only `examination` is charged, often by subject:
    `for_subjects` is what each subject taken adds to it.
    """

    occupation: str
    level: str
    form: str
    amounts: dict[FeeItemCode, Cents]
    for_subjects: dict[str, Cents] | None = None


class MailingZone(Frozen):
    """Where a paper certificate can be sent to, and what paper and mailing to there cost together, in minor units."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    words: Words
    amount: Cents


class ForeignExchange(Frozen):
    """Wallets convert at their own rate; what we show, from which source, and how long a quote is shown (PAY-03)."""

    wallets: tuple[Literal["alipay", "wechat_pay"], ...]
    show: tuple[Literal["settlement_amount", "rate", "source", "quoted_at"], ...]
    source: str
    quote_lives: Span


class Fees(Frozen):
    """FEE-01..04. `version` is frozen on every order; `legal_basis` cites the notice where the law asks for one.

    `mailing`: a certificate on paper is sent to these zones, for who asks for it when applying (fee item `mailing`).
    """

    version: str
    settlement_currency: Currency
    vat: Literal["excluded", "included", "none"]
    items: tuple[FeeItem, ...] = Field(min_length=1)
    schedule: tuple[FeeRow, ...] = Field(min_length=1)
    mailing: tuple[MailingZone, ...] = ()
    legal_basis: Words | None = None
    foreign_exchange: ForeignExchange | None = None


class PaymentMethod(Frozen):
    """A way to pay. `offered`: whether candidates may choose it under this version of the policy.

    `refundable_within` is how long after a payment its provider sends money back (by contract); None: without end.
    `through` is what `online` means: the ways to pay behind it, whose own `offered` then does not matter (PAY-04).
    """

    code: Literal["card", "bank_transfer", "alipay", "wechat_pay", "online"]
    words: Words
    offered: bool
    brands: tuple[str, ...] = ()
    through: tuple[Literal["card", "alipay", "wechat_pay"], ...] = ()
    refundable_within: Span | None = None


class BankAccount(Frozen):
    """The account that transfers go to and refunds leave from (PAY-02). `bank_code` is the bank's BIC (SWIFT code)."""

    holder: str = Field(min_length=1, max_length=140)
    number: str = Field(min_length=1, max_length=34)
    bank: Words
    bank_code: str = Field(pattern=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")
    bank_address: str = Field(min_length=1, max_length=140)


class Payment(Frozen):
    """PAY-01..05 and decision 8.

    `due`: how long an approved candidate has; `last_query`: nothing lapses before payment has closed this long;
    `transfer_to`: our account, where transfers are a way to pay; `transfer_grace`: a transfer that was declared counts by
    value date if it arrives so much later; `tolerance`: a transfer may be short by so much. `remind`: who has not paid so
    long before the due time gets a letter, once; None: nobody does.
    """

    methods: tuple[PaymentMethod, ...] = Field(min_length=1)
    due: Window
    last_query: Span
    transfer_to: BankAccount | None = None
    transfer_grace: Span | None = None
    tolerance: Cents
    remind: Span | None = None

    @model_validator(mode="after")
    def _transfers_have_an_account(self) -> Self:
        offered = any(method.code == "bank_transfer" and method.offered for method in self.methods)
        if offered and (self.transfer_to is None or self.transfer_grace is None):
            raise ValueError("a bank transfer is offered without transfer_to and transfer_grace")
        return self

    def offers(self, code: str) -> bool:
        """Whether candidates may choose this way to pay."""
        return code in self.ways

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way to pay that candidates may choose, in the policy's order; `online` is the ways behind it."""
        offered = [way for method in self.methods if method.offered for way in method.through or (method.code,)]
        return tuple(dict.fromkeys(offered))

    def named(self, code: str) -> Words:
        """What the policy calls a way to pay; one behind `online` may have no words of its own."""
        own = [method.words for method in self.methods if method.code == code]
        return [*own, *(method.words for method in self.methods if code in method.through)][0]


class RefundWindow(Frozen):
    """Within `window` a candidate who asks gets everything but `handling_fee_rate` of the order's fee items."""

    window: Window
    handling_fee_rate: Rate


RefundKindCode = Literal[
    "withdrawal",
    "exam_cancelled",
    "duplicate",
    "other_order_duplicate",
    "late",
    "order_closed",
    "overpaid",
    "mismatch",
    "incomplete",
    "void",
    "unused",
    "decided",
]


class Release(Frozen):
    """Which refunds are sent only once a person has said yes, and whether a second must confirm it."""

    by_person: tuple[RefundKindCode, ...]
    needs_two: bool


PRUDENT = Release(by_person=("mismatch", "decided"), needs_two=False)


class Refund(Frozen):
    """REF-01..06. No window means: never. `precedence` says which rule answers first (decision 1).

    `blackout` starts at 00:00 scheme time of the day `before` the candidate's first subject.
    `unused_when_credits_kept`: what becomes of them while passed subjects still count and a certificate may follow; None:
    they are held. `after_void` is what a registration found void gets back; `bank_transfer_takes` is what we tell
    (REF-04). `release`
    None: wrong money and what a desk asks for wait for one person's yes; everything else goes by itself.
    """

    windows: tuple[RefundWindow, ...]
    precedence: tuple[Literal["exam_cancelled", "blackout", "window"], ...]
    unused_when_not_passed: bool
    unused_when_credits_kept: Literal["held", "returned"] | None = None
    after_void: Literal["nothing", "everything"]
    route: Literal["original"]
    blackout: Window | None = None
    bank_transfer_takes: tuple[Span, Span] | None = None
    release: Release | None = None

    @property
    def released(self) -> Release:
        """Who lets refunds go: what the policy says, or the least that is prudent."""
        return self.release or PRUDENT


class Cancellation(Frozen):
    """REF-03: what is offered when an exam is called off, how long there is to choose, and what follows silence."""

    offer: tuple[Literal["full_refund", "reschedule", "staff_decision"], ...] = Field(min_length=1)
    choose: Window
    default: Literal["full_refund", "reschedule", "staff_decision"]


class Duplicates(Frozen):
    """When a second payment goes back: for the same order number, and for another order of the same application."""

    same_order: WhenReturned
    other_order: WhenReturned


class Receipt(Frozen):
    """PAY-11: where a public receipt platform is used, our own receipt is off (decision 26)."""

    by: Literal["internal", "external"]
    platform: Words | None = None
