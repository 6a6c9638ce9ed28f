"""Orders, payments, refunds and receipts in words: what was paid when, what comes back, and where it is."""

from certification.acts import payment_history
from certification.acts.payment_history import OrderLine, PaymentLine, RefundLine, WaitingRefund
from certification.acts.receipt_history import ReceiptLine
from certification.cloud.tables.applications import applications
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.receipts import TITLES, is_ours
from certification.rules.refund_life import RefundState

Facts = tuple[tuple[str, str], ...]
GOING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.RESERVED)


class RefundView(Frozen):
    """One refund: its number, its state in a word and in a sentence, and its dates."""

    id: str
    state: str
    says: str
    facts: Facts


class ReceiptView(Frozen):
    """One receipt: its kind and number, what there is to know, and where it is. No `href`: it is being made."""

    title: str
    says: str
    href: str
    link: str


class OrderView(Frozen):
    """One order. `paid` are rows of (when and how, how much)."""

    number: str
    application: str
    facts: Facts
    paid: Facts
    refunds: tuple[RefundView, ...]
    receipts: tuple[ReceiptView, ...]


def of(candidate_id: str, language: Language) -> tuple[OrderView, ...]:
    """The candidate's orders, newest first."""
    return tuple(_order(line, language) for line in payment_history.of_candidate(candidate_id))


def of_application(reference: str, language: Language) -> tuple[tuple[RefundView, ...], tuple[ReceiptView, ...]]:
    """The refunds of one application, and its receipts, oldest first."""
    application = applications.read(reference)
    policy, _ = load_policy(application.scheme)
    say = Speech(language, policy.time_zone)
    lines = payment_history.of_application(application)
    return (
        tuple(one for line in lines for one in _refunds(line, say)),
        tuple(one for line in lines for one in _receipts(line, policy, say)),
    )


def _order(line: OrderLine, language: Language) -> OrderView:
    policy, _ = load_policy(applications.read(line.application).scheme)
    say = Speech(language, policy.time_zone)
    rows = [
        (say("payments.total"), say.amount(line.total)),
        (say("payments.state"), say(f"pay.state_{line.state}")),
        (say("payments.held"), f"{say.amount(line.net)} ({say(f'payments.money_{line.money}')})"),
        (say("payments.ordered"), say.moment(line.created_at)),
    ]
    if line.money == "none":
        rows.append((say("payments.pay_by"), say.deadline(line.pay_by)))
    return OrderView(
        number=line.number,
        application=line.application,
        facts=tuple(rows),
        paid=tuple(row for payment in line.payments for row in _paid(payment, say)),
        refunds=_refunds(line, say),
        receipts=_receipts(line, policy, say),
    )


def _refunds(line: OrderLine, say: Speech) -> tuple[RefundView, ...]:
    """The refunds of an order, and one that is decided and not yet asked for."""
    asked = tuple(refund(one, say) for one in line.refunds)
    return (*asked, _waiting(line.number, line.waiting, say)) if line.waiting else asked


def _waiting(order: str, line: WaitingRefund, say: Speech) -> RefundView:
    over = "taken_back" if line.taken_back_at else "bank_holds"
    rows = [(say("payments.amount"), say.amount(line.money))]
    if line.kept.amount:
        rows.append((say("payments.kept"), say.amount(line.kept)))
    rows += [(say("payments.why"), say.said(line.why)), (say("payments.decided"), say.moment(line.decided_at))]
    if line.taken_back_at:
        rows.append((say("payments.refund_taken_back"), say.moment(line.taken_back_at)))
    return RefundView(
        id=order, state=say(f"payments.refund_{over}"), says=say(f"payments.says_{over}"), facts=tuple(rows)
    )


def _receipts(line: OrderLine, policy: Policy, say: Speech) -> tuple[ReceiptView, ...]:
    """The receipts of an order; what is said in the moments before there is one, where the order is paid."""
    if line.settled_at and not line.receipts:
        ours = is_ours(policy.receipt)
        says = (
            say("payments.receipt_soon") if ours else say("payments.receipt_soon_there", platform=_there(policy, say))
        )
        return (ReceiptView(title=say("payments.receipt"), says=says, href="", link=""),)
    return tuple(_receipt(one, line.application, policy, say) for one in line.receipts)


def _receipt(line: ReceiptLine, application: str, policy: Policy, say: Speech) -> ReceiptView:
    title = f"{say.said(TITLES[line.kind])} {line.number}"
    says = say("payments.receipt_of", amount=say.amount(line.total), day=say.day(line.issued_at))
    if line.refers_to:
        says = say("payments.receipt_about", says=says, number=line.refers_to)
    if line.address:
        there = say("payments.receipt_there", platform=_there(policy, say), order=line.order)
        return ReceiptView(
            title=title,
            says=f"{says} {there}",
            href=line.address,
            link=say("payments.receipt_query", number=line.number, platform=_there(policy, say)),
        )
    if not line.ready:
        return ReceiptView(title=title, says=f"{says} {say('payments.receipt_soon')}", href="", link="")
    return ReceiptView(
        title=title,
        says=says,
        href=f"/{say.language}/apply/{application}/receipts/{line.number}",
        link=say("payments.receipt_download", title=title),
    )


def _there(policy: Policy, say: Speech) -> str:
    return say.said(policy.receipt.platform) if policy.receipt.platform else ""


def _paid(payment: PaymentLine, say: Speech) -> Facts:
    how = say(f"payments.by_{payment.method}")
    if not payment.paid:
        return ((f"{say.moment(payment.started_at)}, {how}", say("payments.attempt")),)
    when = say.day if payment.method == "bank_transfer" else say.moment  # banks tell days
    return tuple((f"{when(one.at)}, {how}", say.amount(one.money)) for one in payment.paid)


def refund(line: RefundLine, say: Speech) -> RefundView:
    """A refund as its candidate reads it, and as the desk does."""
    waits = line.state in GOING and line.not_before > line.requested_at
    rows = [(say("payments.amount"), say.amount(line.money))]
    if line.kept.amount:
        rows.append((say("payments.kept"), say.amount(line.kept)))
    if line.given is not None and line.given != line.money:
        rows.append((say("payments.given"), say.amount(line.given)))
    rows.append((say("payments.why"), say.said(line.why)))
    rows += [(say(f"payments.refund_{one.state}"), say.moment(one.at)) for one in line.dates]
    if waits:
        rows.append((say("payments.not_before"), say.moment(line.not_before)))
    return RefundView(
        id=line.id,
        state=say(f"payments.refund_{line.state}"),
        says=say("payments.followed", refund=line.followed_by)
        if line.followed_by
        else say(f"payments.says_{line.state}"),
        facts=tuple(rows),
    )
