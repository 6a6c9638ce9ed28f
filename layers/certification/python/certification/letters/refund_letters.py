"""What the letters about money that goes back are told."""

from datetime import datetime

from certification.letters.base import AboutApplication
from certification.rules.money import Money
from certification.rules.words import Words


class RefundSent(AboutApplication):
    """The provider has taken the refund `number`; banks need `days` (None: within days, not promised)."""

    number: str
    amount: Money
    days: Words | None = None


class RefundArrived(RefundSent):
    """The money went back, `by_hand` where it was paid another way than it came."""

    by_hand: bool = False


class RefundFailed(RefundSent):
    """The money did not arrive or came back to us, and is still the candidate's. `tell_us` leads to the desk."""

    tell_us: str


class RefundRejected(RefundSent):
    """The money desk decided not to send it. `note` says why."""

    note: str = ""


class PaymentTakenBack(AboutApplication):
    """The payer's bank took `amount` of the order back for good, so nothing more of it is owed."""

    order: str
    amount: Money


class ExamCalledOff(AboutApplication):
    """The exam does not take place. With a choice: the `offers`, until when; `default` is what follows without one."""

    why: Words
    offers: tuple[Words, ...] = ()
    choose_by: datetime | None = None
    default: Words


class RegistrationRescheduled(AboutApplication):
    """The registration was moved to another sitting; until `free_until` a withdrawal returns everything."""

    sitting: Words
    exam_starts: datetime
    free_until: datetime


class RegistrationCancelled(AboutApplication):
    """The registration ended because the exam does not take place. `refund` is what comes back; `bank_holds`: the payer's
    bank disputes the payment, and it comes back when that is over."""

    refund: Money | None = None
    bank_holds: bool = False


REFUND_LETTERS: tuple[type[AboutApplication], ...] = (
    RefundSent,
    RefundArrived,
    RefundFailed,
    RefundRejected,
    PaymentTakenBack,
    ExamCalledOff,
    RegistrationRescheduled,
    RegistrationCancelled,
)
