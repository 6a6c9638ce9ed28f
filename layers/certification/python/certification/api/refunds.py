"""Money that goes back: what the money desk sees and does, and what candidates paid and got back."""

from typing import Annotated

from pydantic import Field

from certification.acts import part_refunds, payment_history, refund_desk
from certification.acts.callers import MAY_REVIEW
from certification.acts.payment_history import OrderLine, RefundLine, refund_line
from certification.api import bodies
from certification.api.signed_in import candidate, member
from certification.cloud.doors import Path, Query, Routes
from certification.cloud.tables.refunds import Listed
from certification.rules.model import Frozen
from certification.rules.part_refund import PartReason
from certification.rules.review import LONGEST_NOTE

routes = Routes("Payments", "/api/candidate", "candidate")
staff_routes = Routes("Refunds", "/api/staff", "staff")

RefundPath = Annotated[str, Path(pattern=r"^(RFD-[0-9A-F]{12}(\.[0-9]{1,3})?|EXT-[A-Za-z0-9_#-]{1,60})$")]
PaymentPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
Which = Annotated[Listed, Query()]


class Orders(Frozen):
    """Every order of the candidate with its payments and refunds, newest first."""

    orders: tuple[OrderLine, ...]


class Refunds(Frozen):
    """Refunds of the member's desks."""

    refunds: tuple[RefundLine, ...]


class Followed(Frozen):
    """The refund that was made."""

    refund: str


class Reason(bodies.Body):
    """Why, in the member's own words."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]


class AskRefund(bodies.Body):
    """A refund of part or all of a capture; the amount as decimal text in the currency it was paid in, `"96.00"`.

    `because` is a reason of the list, `reason` says it in words: needed for another than those. `seen` is the number that
    came with what was left; when that has changed meanwhile nothing is asked for.
    """

    capture: Annotated[str, Field(min_length=1, max_length=120)]
    amount: Annotated[str, Field(max_length=20)]
    because: PartReason = "other"
    reason: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    seen: Annotated[int, Field(ge=1)] | None = None


@routes.get("/payments")
def list_payments() -> Orders:
    """Everything you ever paid or were asked to pay, and what came back (PAY-10)."""
    return Orders(orders=payment_history.of_candidate(candidate(routes)))


@staff_routes.get("/refunds")
def list_refunds(listed: Which = "open") -> Refunds:
    """Refunds that somebody or something still has to do with (`open`), oldest first; or those that ended."""
    return Refunds(refunds=tuple(refund_line(one) for one in refund_desk.listed(member(staff_routes), listed)))


@staff_routes.get("/refunds/<refund>")
def read_refund(refund: RefundPath) -> RefundLine:
    """One refund with its dates."""
    return refund_line(refund_desk.read_refund(member(staff_routes), refund))


@staff_routes.post("/refunds/<refund>/retry")
def retry_refund(refund: RefundPath) -> Followed:
    """Send a failed refund again, as a new one that follows it. Asking again gives the same."""
    return Followed(refund=refund_desk.retry(member(staff_routes, *MAY_REVIEW), refund))


@staff_routes.post("/refunds/<refund>/by-hand")
def pay_by_hand(refund: RefundPath, given: Reason) -> RefundLine:
    """Say that it is paid another way than through the provider; it counts once a colleague has confirmed the case."""
    who = member(staff_routes, *MAY_REVIEW)
    refund_desk.by_hand(who, refund, given.reason)
    return refund_line(refund_desk.read_refund(who, refund))


@staff_routes.get("/payments/<payment>/refunds")
def read_payment_rest(payment: PaymentPath) -> part_refunds.Offer:
    """A payment of one of the member's desks: what came, what is left of it, and what went back."""
    return part_refunds.offer(member(staff_routes), payment)


@staff_routes.post("/payments/<payment>/refunds")
def ask_refund(payment: PaymentPath, given: AskRefund) -> Followed:
    """Ask for a refund. It is reserved at once, and sent when whoever the policy names has let it go."""
    who = member(staff_routes, *MAY_REVIEW)
    asked = part_refunds.ask(who, payment, given.capture, given.amount, given.reason, given.because, given.seen)
    return Followed(refund=asked)
