"""Money that nobody can place, on our account or at a provider: who paid it, whose it may be, where a person says that
it belongs.

References, amount and name only propose; a person places it with an application, or sends it back the way it came. Where
the policy wants two people to let money go, it wants two here as well; money at a provider, which no scheme's policy is
about, always needs two.
"""

import re
from datetime import timedelta

from pydantic import AwareDatetime

from certification.acts.bank_lines import owed
from certification.acts.books import booked
from certification.acts.inbox_entries import unsettled
from certification.acts.portions import Portion
from certification.acts.refunding import let_go, must_be_undisputed
from certification.acts.stored_lines import Particulars, particulars
from certification.acts.stored_lines import read as read_line
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, Decided
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, RefundStep, refund_id, refunds
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.rules.bank_matching import Awaited, Proposal, propose
from certification.rules.cases import CaseKind
from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, add_fact, fold
from certification.rules.findings import RefundKind
from certification.rules.ledger import Holding
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.numbers import NumberRefused, parse_application_reference
from certification.rules.payments import Method
from certification.rules.reference import application_of, reference_of
from certification.rules.refund_life import RefundState
from certification.rules.refund_request import request_refund
from certification.rules.review import Decision, Verdict
from certification.rules.status import Status

STARTED_WITHIN = timedelta(minutes=15)
PAYOUT = re.compile(r"\bpayout\W+(card|alipay|wechat_pay)\b", re.IGNORECASE)
"""How a note says that a credit on our account is what a provider paid out to us."""


class Shown(Frozen):
    """What a person needs to know to place money. `said` is what the payer's bank said, where it came by transfer;
    `provider_payment` and `reference` are what a provider calls it, where it came through one."""

    money: Money
    at: AwareDatetime
    method: Method
    said: Particulars | None = None
    provider_payment: str = ""
    reference: str = ""
    proposals: tuple[Proposal, ...] = ()


def is_unplaced(case: Case) -> bool:
    """Whether the case is about money that is here and still has no order."""
    return _unplaced(case) is not None


def _unplaced(case: Case) -> Payment | None:
    if case.kind is not CaseKind.UNMATCHED_CREDIT or "entry" not in case.facts:
        return None
    payment = payments.find(case.about)
    if payment is None or payment.order is not None or payment.paid_out_by is not None:
        return None
    return payment if _here(payment) else None


def _here(payment: Payment) -> list[tuple[Fact, Money]]:
    """The captures of which something is left, and how much."""
    sums = {(one.capture, one.currency): one.refundable for one in fold(payment.facts).captures}
    captures = [fact for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED]
    found = [
        (fact, Money(amount=sums[fact.key, fact.money.currency], currency=fact.money.currency)) for fact in captures
    ]
    return [(fact, rest) for fact, rest in found if rest.amount > 0]


def shown(case: Case) -> Shown | None:
    """Who paid, and what the money may be for; None where there is nothing to place."""
    payment = _unplaced(case)
    if payment is None:
        return None
    capture, _ = min(_here(payment), key=lambda one: one[0].at)
    known = Shown(money=capture.money, at=capture.at, method=payment.method)
    if payment.method == "bank_transfer":
        return _by_transfer(case, known)
    order = orders.find((payment.told_as or "").partition(".")[0])
    return known.model_copy(
        update={
            "provider_payment": capture.reference,
            "reference": payment.told_as or "",
            "proposals": (Proposal(application=order.application, why=("known_order",)),) if order else (),
        }
    )


def _by_transfer(case: Case, known: Shown) -> Shown | None:
    """What the bank said of it, and which open orders of the scheme on whose account it is it may be for."""
    entry = inbox.read(case.facts["entry"])
    line = read_line(entry).line
    if line is None or case.scheme is None:
        return None
    said = particulars(entry)
    whole = line.model_copy(update=said.model_dump() | {"other": said.other})
    waiting = (
        _awaited(application, order)
        for sitting in sittings.of(case.scheme)
        for application in applications.in_status(sitting.id, Status.AWAITING_PAYMENT)
        if application.order and (order := orders.find(application.order)) is not None
    )
    return known.model_copy(update={"said": said, "proposals": propose(whole, waiting)})


def _awaited(application: Application, order: Order) -> Awaited:
    person = candidates.read(application.candidate)
    return Awaited(
        application=application.reference,
        reference=reference_of(application.reference),
        owed=owed(order),
        names=tuple(name for name in (person.native_name, person.latin_name) if name),
    )


def must_be_placeable(case: Case, decision: Decision) -> None:
    """Raises Refused when a decision about an unplaced credit does not say where it belongs, or why it goes back."""
    if not is_unplaced(case):
        return
    if decision.verdict is Verdict.APPROVE:
        if _payer_named(payments.read(case.about), decision.note) is None:
            _order_named(decision.note)
    elif not decision.note.strip():
        raise Refused("note_missing", "Say why it goes back.", "请填写退回理由。", rules=("REF-04",), field="note")
    else:
        must_be_undisputed(payments.read(case.about))


def _order_named(note: str) -> tuple[Application, Order]:
    """The application that a note names: by its number, or by the reference on the transfer."""
    for word in (note, *re.split(r"[\s,;:]+", note)):
        application = applications.find(_reference(word)) if _reference(word) else None
        order = orders.find(application.order) if application and application.order else None
        if application is not None and order is not None:
            return application, order
    raise Refused(
        "application_missing",
        "Write the number of the application that the money is for; it must have something to pay. Of what a provider "
        "paid out to our bank account, write: payout card, payout alipay or payout wechat_pay.",
        "请填写款项所属的报名编号，且该报名须有缴费单。支付机构结算至我方银行账户的款项，请填写：payout card、payout alipay "
        "或 payout wechat_pay。",
        rules=("PAY-02",),
        field="note",
    )


def _payer_named(payment: Payment, note: str) -> str | None:
    """The provider whose payout a credit on our bank account is, where a note says so."""
    found = PAYOUT.search(note) if payment.method == "bank_transfer" else None
    return found[1].lower() if found else None


def _reference(word: str) -> str:
    try:
        return parse_application_reference(word)
    except NumberRefused:
        pass
    try:
        return application_of(word)
    except Refused:
        return ""


def decided(case: Case) -> None:
    """Place the money with the application that was named, or send it back the way it came. Doing it again changes
    nothing."""
    while _portion(case):
        pass  # a payment of many captures: what did not fit into one transaction goes in the next


@retried
def _portion(case: Case) -> bool:
    """Do what fits into one transaction. Whether there is more."""
    payment = payments.find(case.about)
    if payment is None or payment.order is not None or case.decision is None or "entry" not in case.facts:
        return False
    if payment.paid_out_by is not None:
        return False
    payer = _payer_named(payment, case.decision.note)
    if case.decision.outcome == Verdict.APPROVE and payer is not None:
        _as_payout(payment, payer, f"payout#{case.id}")
        return False
    if case.decision.outcome == Verdict.APPROVE:
        _place(payment, case, case.decision)
        return False
    return _send_back(payment, case, case.decision)


def _as_payout(payment: Payment, provider: str, why: str) -> None:
    """No candidate's: what this provider held for us has come to our account."""
    captures = [fact.key for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED]
    ours = payment.changed(holdings=dict.fromkeys(captures, Holding.TRANSIT), paid_out_by=provider)
    stored, entries = booked(payment, ours, why)
    commit([payments.update(stored), *entries])


def _place(payment: Payment, case: Case, decision: Decided) -> None:
    """The order's from now on; settling it says what follows."""
    application, order = _order_named(decision.note)
    placed: Payment = payment.changed(
        order=order.number,
        application=application.reference,
        unsettled=True,
        due=Due(at=clock.now() + STARTED_WITHIN),
    )
    stored, entries = booked(payment, placed, f"placed#{case.id}")
    with_it = order.changed(payments=(*order.payments, payment.id))
    commit([payments.update(stored), orders.update(with_it), *entries], [unsettled(payment)])


def _send_back(payment: Payment, case: Case, decision: Decided) -> bool:
    """All that is left of it, the way it came. Whether there is more."""
    now = clock.now()
    after, portion = payment, Portion()
    for capture, rest in _here(payment):
        if not portion.has_room:
            break
        refund = Refund(
            id=refund_id(capture.key, str(RefundKind.DECIDED)),
            payment=payment.id,
            order=None,
            scheme=case.scheme,
            desk=case.desk,
            capture=capture.key,
            kind=RefundKind.DECIDED,
            money=rest,
            state=RefundState.RESERVED,
            steps=(RefundStep(state=RefundState.RESERVED, at=now, by=decision.decided_by),),
            reason_en=decision.note,
            reason_zh=decision.note,
            rules=("REF-04",),
            requested_at=now,
            not_before=now,
            due=Due(at=now + STARTED_WITHIN),
        )
        if capture.key in payment.returning:
            continue  # it went before; what came back since is seen to by its own case
        must_be_undisputed(payment)
        asked = request_refund(payment.facts, refund.id, capture.key, rest, now)
        returning = {**after.returning, capture.key: (RefundKind.DECIDED,)}
        after = after.changed(facts=add_fact(after.facts, asked), returning=returning)
        portion.add([refunds.insert(refund)], [let_go(refund)])
    stored, entries = booked(payment, after, f"sent_back#{case.id}")
    if portion.writes:
        commit([payments.update(stored), *entries, *portion.writes], portion.news)
    return not portion.whole
