"""Part of a payment goes back by the money desk's own decision: found, shown with what is left, asked for.

It is reserved at once and waits for whoever the policy names. Whoever asks has seen what was left: when that has changed
meanwhile they look again, and the same asked twice is one refund.
"""

from datetime import datetime

from certification.acts.authority import decides, sees
from certification.acts.books import booked
from certification.acts.payment_history import RefundLine, of_payment, refund_line
from certification.acts.refunding import Wanted, must_be_undisputed, queued
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refund_id, refunds
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound, Refused
from certification.rules.facts import fold
from certification.rules.findings import RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.numbers import NumberRefused, parse_application_reference
from certification.rules.part_refund import PartReason, amount_to_return, because_of
from certification.rules.payment_sums import CaptureSums
from certification.rules.payments import Method
from certification.rules.review import LONGEST_NOTE


class Left(Frozen):
    """One capture: what came when, and what is left of it; the other sums say where the rest is."""

    capture: str
    at: datetime
    came: Money
    left: Money
    reserved: Money
    returned: Money
    kept: Money
    disputed: Money


class Offer(Frozen):
    """A payment of which part may go back. `seen` is what whoever asks names, to say what they have seen; `disputed`: now
    nothing can be asked for; `by_person`: a case is opened and decided first, by `two` people where the policy says so."""

    payment: str
    order: str
    application: str
    method: Method
    seen: int
    disputed: bool
    by_person: bool
    two: bool
    captures: tuple[Left, ...]
    refunds: tuple[RefundLine, ...]


def found(member: StaffMember, text: str) -> tuple[Offer, ...]:
    """The payments with money of an application, an order or a payment number, as far as the member's desks reach."""
    typed = text.strip()
    try:
        application = applications.find(parse_application_reference(typed))
    except NumberRefused:
        application = None
    if application is not None:
        names = [payment for number in application.orders for payment in orders.read(number).payments]
    elif (order := orders.find(typed) if 0 < len(typed) < 80 else None) is not None:
        names = list(order.payments)
    else:
        names = [typed] if 0 < len(typed) < 80 else []
    known = [payments.find(name) for name in names]
    return tuple(_offer(one) for one in known if one is not None and one.facts and _sees(member, one))


def offer(member: StaffMember, payment: str) -> Offer:
    """One payment of the member's desks; any other looks as if it did not exist."""
    found = payments.find(payment) if 0 < len(payment) < 80 else None
    if found is None or not found.facts or not _sees(member, found):
        raise NotFound("payment")
    return _offer(found)


@retried
def ask(
    member: StaffMember,
    payment: str,
    capture: str,
    amount: str,
    said: str,
    reason: PartReason = "other",
    seen: int | None = None,
) -> str:
    """Ask for a refund of part or all of a capture. Gives its id; it waits for whoever the policy says lets it go.

    Refused: an amount that is none or more than is left, no reason, a payment under dispute, or what was seen has changed.
    """
    paid = payments.find(payment) if len(payment) < 80 else None
    if paid is None or paid.order is None or capture not in paid.facts:
        raise NotFound("payment")
    application = _of(paid)[1]
    if "reviewer" not in member.roles or _desk(application) not in decides(member):
        raise Refused("not_your_desk", "Your role may not decide this.", "您无权办理该事项。")
    because = because_of(reason, _said(said))
    name = refund_id(paid.id, capture, f"{paid.version if seen is None else seen}")
    known = refunds.find(name) if seen is not None else None
    whole = paid.facts[capture].money
    asked = (member.id, amount_to_return(amount, whole), because.en)
    if known is not None and (known.steps[0].by, known.money, known.reason_en) == asked:
        return name  # the same form sent twice; what a colleague asked for at the same moment is another refund
    if seen not in (None, paid.version):
        raise Refused(
            "changed_meanwhile",
            "Something happened to this payment meanwhile. Look at what is left, and ask again.",
            "该笔付款信息已变更，请查看最新余额后重新提交。",
            rules=("REF-04",),
        )
    must_be_undisputed(paid)
    money = amount_to_return(amount, _left(paid, capture).left)
    now = clock.now()
    wanted = Wanted(
        refund=name,
        capture=capture,
        kind=RefundKind.DECIDED,
        money=money,
        because=because,
        not_before=now,
        by=member.id,
    )
    after, writes, news = queued(paid, application, wanted, now)
    stored, entries = booked(paid, after, f"asked#{wanted.refund}")
    commit([*writes, payments.update(stored), *entries], news)
    return wanted.refund


def _said(text: str) -> str:
    said = text.strip()
    if len(said) > LONGEST_NOTE:
        raise Refused(
            "note_too_long", f"Keep it to {LONGEST_NOTE} characters.", "说明过长。", rules=("REF-04",), field="reason"
        )
    return said


def _of(payment: Payment) -> tuple[Order, Application]:
    order = orders.read(payment.order or "")
    return order, applications.read(order.application)


def _desk(application: Application) -> str:
    policy, _ = load_policy(application.scheme)
    return desk_for(policy, CaseKind.MONEY_TO_RETURN, application.region).code


def _sees(member: StaffMember, payment: Payment) -> bool:
    return payment.order is not None and _desk(_of(payment)[1]) in sees(member)


def _offer(payment: Payment) -> Offer:
    order, application = _of(payment)
    released = load_policy(application.scheme)[0].refund.released
    by_person = RefundKind.DECIDED in released.by_person
    lines = sorted((refund_line(one) for one in of_payment(payment)), key=lambda one: (one.requested_at, one.id))
    captures = [sums.capture for sums in fold(payment.facts).captures if sums.at is not None]
    return Offer(
        payment=payment.id,
        order=order.number,
        application=application.reference,
        method=payment.method,
        seen=payment.version,
        disputed=payment.is_disputed,
        by_person=by_person,
        two=by_person and released.needs_two,
        captures=tuple(_left(payment, capture) for capture in captures),
        refunds=tuple(lines),
    )


def _left(payment: Payment, capture: str) -> Left:
    fact = payment.facts[capture]
    sums: CaptureSums = next(
        one for one in fold(payment.facts).captures if (one.capture, one.currency) == (capture, fact.money.currency)
    )

    def money(amount: int) -> Money:
        return Money(amount=amount, currency=fact.money.currency)

    return Left(
        capture=capture,
        at=fact.at,
        came=fact.money,
        left=money(max(0, sums.refundable)),
        reserved=money(sums.reserved),
        returned=money(sums.refunded),
        kept=money(sums.kept),
        disputed=money(sums.disputed),
    )
