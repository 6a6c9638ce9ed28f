"""REINSTATING: where an application goes back to when a void was taken back and its fee had gone back with it.

In words: it goes back to the status before the void. Only a paid application is registered (K5): one whose fee went back
waits for its payment again, with a new order, while payment is open. Once payment has closed nobody may pay any more
(REG-10), and a right that was restored does not end because of our mistake: it goes on where it was, and a person of the
money desk agrees with the candidate how the fee is paid, or waives it.
"""

from certification.rules.model import Frozen
from certification.rules.status import Status
from certification.rules.words import Because


class GoesOn(Frozen):
    """The status it goes on in; `fee_case`: a person sees to the fee."""

    status: Status
    fee_case: bool
    because: Because


def goes_on(earlier: Status, *, fee_went_back: bool, payment_open: bool) -> GoesOn:
    """Where it goes on. `earlier` is the status before the void, `payment_open` whether the sitting may still be paid."""
    if not fee_went_back or earlier is Status.AWAITING_PAYMENT:
        return GoesOn(status=earlier, fee_case=False, because=WHERE_IT_WAS)
    if earlier is Status.REGISTERED and payment_open:
        return GoesOn(status=Status.AWAITING_PAYMENT, fee_case=False, because=PAYS_AGAIN)
    return GoesOn(status=earlier, fee_case=True, because=FEE_BY_A_PERSON)


WHERE_IT_WAS = Because(en="It goes on where it was.", zh="恢复至原状态。", rules=("CHK-03",))
PAYS_AGAIN = Because(
    en="The fee went back when the registration was declared void: a new order is to be paid.",
    zh="认定无效时已退还费用，须按新订单缴费。",
    rules=("REF-06", "REG-08"),
)
FEE_BY_A_PERSON = Because(
    en="The fee went back and payment has closed: a person agrees how it is paid, or waives it.",
    zh="费用已退还且缴费已截止：由工作人员商定缴费方式或予以免除。",
    rules=("REF-06", "REG-10"),
)
