"""Queueing a refund: its row, and the reservation of its money on the payment, in one transaction of the caller's."""

from datetime import datetime, timedelta

from certification.acts.books import booked
from certification.acts.cases import new_case, opened
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.payments import Payment
from certification.cloud.tables.refunds import Refund, RefundStep, refunds
from certification.policies import load_calendar, load_policy
from certification.rules.calendars import end_of_day
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.facts import FactKind, add_fact, fact_of
from certification.rules.findings import RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.refund_life import RefundState
from certification.rules.refund_request import request_refund
from certification.rules.words import Because

STARTED_WITHIN = timedelta(minutes=15)
"""How soon the machine must have taken a refund that was let go; until then its row is due again."""
DECIDED_WITHIN = 3
"""Working days that the money desk has."""


class Wanted(Frozen):
    """A refund as decided: which, of which capture, how much, what is kept, why, from when on, and by whom.
    `let_go_already`: a person has said yes to the one that it follows; `asks_person`: one has to, whatever the kind."""

    refund: str
    capture: str
    kind: RefundKind
    money: Money
    kept: int = 0
    because: Because
    not_before: datetime
    early: bool = False
    let_go_already: bool = False
    asks_person: bool = False
    by: str


def let_go(refund: Refund) -> Announcement:
    """Starts the machine that sends a refund."""
    return Announcement(
        name="RefundReleased", subject=refund.id, key=f"{refund.id}#{refund.version + 1}", about={"refund": refund.id}
    )


def told(name: str, refund: Refund) -> list[Announcement]:
    """What the candidate hears of a refund; nothing where nobody knows whose money it is."""
    if refund.application is None or refund.candidate is None:
        return []
    about = {"application": refund.application, "candidate": refund.candidate, "refund": refund.id}
    return [Announcement(name=name, subject=refund.id, key=f"{refund.id}#{refund.version + 1}", about=about)]


def told_taken_back(order: str, application: str, candidate: str, taken: int, key: str) -> Announcement:
    """The payer's bank took this much of an order back for good: the candidate hears so once for a `key`."""
    about = {"application": application, "candidate": candidate, "order": order, "taken": str(taken)}
    return Announcement(name="PaymentTakenBack", subject=order, key=key, about=about)


def not_sent(
    payment: Payment, refund: Refund, name: str, now: datetime, by: str, references: dict[str, str] | None = None
) -> tuple[Payment, list[Write]]:
    """The payment without what was reserved for a refund that is not sent, and its entries; `name` is the fact's."""
    capture = refund.capture
    fact = fact_of(
        FactKind.REFUND_FAILED, name, refund.money, now, by, capture=capture, about=refund.id, references=references
    )
    return booked(payment, payment.changed(facts=add_fact(payment.facts, fact)), fact.key)


def must_be_undisputed(payment: Payment) -> None:
    """Raises Refused while the payer's bank disputes the payment: the provider would send nothing back."""
    if payment.is_disputed:
        raise Refused(
            "payment_disputed",
            "The payer's bank disputes this payment. Nothing can be returned until that is decided.",
            "付款人的银行正对该笔付款提出争议，争议解决前不能退款。",
            rules=("REF-04",),
        )


def queued(
    payment: Payment, application: Application, wanted: Wanted, now: datetime
) -> tuple[Payment, list[Write], list[Announcement]]:
    """The payment with the money reserved, the writes of the row and its case, and what is announced.

    The caller books the payment and commits everything together. Raises Refused where not enough is left, or while the
    payer's bank disputes the payment.
    """
    must_be_undisputed(payment)
    fact = request_refund(payment.facts, wanted.refund, wanted.capture, wanted.money, now, kept=wanted.kept)
    policy, _ = load_policy(application.scheme)
    asks = wanted.asks_person or wanted.kind in policy.refund.released.by_person
    person = asks and not wanted.let_go_already
    state = RefundState.REQUESTED if person else RefundState.RESERVED
    goes_now = not person and wanted.not_before <= now
    refund = Refund(
        id=wanted.refund,
        payment=payment.id,
        order=payment.order,
        application=application.reference,
        candidate=application.candidate,
        scheme=application.scheme,
        desk=desk_for(policy, CaseKind.MONEY_TO_RETURN, application.region).code,
        capture=wanted.capture,
        kind=wanted.kind,
        money=wanted.money,
        kept=wanted.kept,
        state=state,
        steps=(RefundStep(state=state, at=now, by=wanted.by),),
        reason_en=wanted.because.en,
        reason_zh=wanted.because.zh,
        rules=wanted.because.rules,
        requested_at=now,
        not_before=max(wanted.not_before, now),
        due=None if person else Due(at=now + STARTED_WITHIN if goes_now else wanted.not_before),
    )
    case = asked(refund, "release" if person else "early", now) if person or wanted.early else None
    refund = refund.model_copy(update={"case": case.id if case else None})
    known = payment.returning.get(wanted.capture, ())
    returning = known if wanted.kind in known else (*known, wanted.kind)
    after: Payment = payment.changed(
        facts=add_fact(payment.facts, fact), returning={**payment.returning, wanted.capture: returning}
    )
    writes = [refunds.insert(refund), *([cases.insert(case)] if case else [])]
    news = [*told("PaymentQueuedForReturn", refund), *([opened(case)] if case else [])]
    return after, writes, [*news, *([let_go(refund)] if goes_now else [])]


def asked(refund: Refund, what: str, now: datetime, **facts: str) -> Case:
    """What a person of the money desk is asked about a refund: to let it go (`release`), to know that it goes before its
    date (`early`), or to see to it (`failed`, `manual`, `stuck`)."""
    return new_case(
        CaseKind.MONEY_TO_RETURN,
        Subject.PAYMENT,
        refund.payment,
        refund.id,
        what,
        now=now,
        due=_due(refund.scheme, now),
        desk=refund.desk,
        facts={
            "refund": refund.id,
            "asks": what,
            "order": refund.order or "",
            "amount": str(refund.money),
            "kept": str(Money(amount=refund.kept, currency=refund.money.currency)),
            "finding": refund.kind,
            **facts,
        },
        scheme=refund.scheme,
    )


def _due(scheme: str | None, now: datetime) -> datetime:
    if scheme is None:
        return now + timedelta(days=DECIDED_WITHIN)
    policy, _ = load_policy(scheme)
    calendar = load_calendar(policy.calendar)
    return end_of_day(calendar.add_working_days(now.astimezone(policy.zone).date(), DECIDED_WITHIN), policy.zone)
