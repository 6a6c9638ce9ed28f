"""Orders, payments and refunds in words: what was paid when, what comes back, and where it is."""

from certification.acts import payment_history
from certification.acts.payment_history import OrderLine, PaymentLine, RefundLine
from certification.cloud.tables.applications import applications
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.refund_life import RefundState

Facts = tuple[tuple[str, str], ...]
GOING = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.RESERVED)


class RefundView(Frozen):
    """One refund: its number, its state in a word and in a sentence, and its dates."""

    id: str
    state: str
    says: str
    facts: Facts


class OrderView(Frozen):
    """One order. `paid` are rows of (when and how, how much)."""

    number: str
    application: str
    facts: Facts
    paid: Facts
    refunds: tuple[RefundView, ...]


def of(candidate_id: str, language: Language) -> tuple[OrderView, ...]:
    """The candidate's orders, newest first."""
    return tuple(_order(line, language) for line in payment_history.of_candidate(candidate_id))


def of_application(reference: str, language: Language) -> tuple[RefundView, ...]:
    """The refunds of one application, oldest first."""
    application = applications.read(reference)
    say = Speech(language, load_policy(application.scheme)[0].time_zone)
    lines = payment_history.of_application(application)
    return tuple(refund(one, say) for line in lines for one in line.refunds)


def _order(line: OrderLine, language: Language) -> OrderView:
    scheme = applications.read(line.application).scheme
    say = Speech(language, load_policy(scheme)[0].time_zone)
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
        refunds=tuple(refund(one, say) for one in line.refunds),
    )


def _paid(payment: PaymentLine, say: Speech) -> Facts:
    how = say(f"payments.by_{payment.method}")
    if not payment.paid:
        return ((f"{say.moment(payment.started_at)}, {how}", say("payments.attempt")),)
    return tuple((f"{say.moment(one.at)}, {how}", say.amount(one.money)) for one in payment.paid)


def refund(line: RefundLine, say: Speech) -> RefundView:
    """A refund as its candidate reads it, and as the desk does."""
    waits = line.state in GOING and line.not_before > line.requested_at
    rows = [(say("payments.amount"), say.amount(line.money))]
    if line.kept.amount:
        rows.append((say("payments.kept"), say.amount(line.kept)))
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
