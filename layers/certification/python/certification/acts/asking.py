"""Asking: an event that proves nothing by itself, or tells no amount, with what its provider answers about it now.

A form of Alipay's international product names nobody it is for, and a refund notified by the mainland's tells the sum of
all refunds so far. Both are a reason to ask, never a fact. When the provider does not answer, neither is the event
applied: it is tried again like everything that could not be done.
"""

from datetime import timedelta

from certification.acts.providers import payment_provider
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.providers.events import ProviderEvent
from certification.providers.refund_ports import RefundAsked
from certification.rules.facts import Fact, FactKind

EARLIER = timedelta(hours=1)


def answered(event: ProviderEvent) -> ProviderEvent:
    """The event with the facts that its provider told when asked; without any where nobody knows what it is about."""
    payment = _known(event)
    if payment is None:
        return event.model_copy(update={"asks_about_payment": False, "asks_about_refund": None})
    with_payment = _about_payment(event, payment) if event.asks_about_payment or not _capture(event, payment) else event
    capture = _capture(with_payment, payment)
    if event.asks_about_refund is None or capture is None:
        return with_payment
    row = refunds.find(event.asks_about_refund)
    asked = RefundAsked(
        refund=event.asks_about_refund,
        number=1,
        capture=capture.reference,
        captured=capture.money,
        reference=f"{payment.order}.{payment.id}",
        money=row.money if row else capture.money,
        requested_at=payment.created_at,
        ours=row is not None,
    )
    seen = payment_provider(payment.provider).find_refund(asked)
    if seen is None:
        return with_payment
    facts = (*with_payment.facts, *seen.facts(f"{event.provider}:refund"))
    return with_payment.model_copy(update={"refund": seen, "facts": facts})


def _known(event: ProviderEvent) -> Payment | None:
    if event.attempt:
        return payments.find(event.attempt)
    return payments.find(f"unplaced-{event.payment}") if event.payment else None


def _about_payment(event: ProviderEvent, payment: Payment) -> ProviderEvent:
    reference = f"{payment.order}.{payment.id}"
    if payment.order is None:
        return event
    found = payment_provider(payment.provider).find_checkout(
        payment.checkout or reference, payment.created_at - EARLIER
    )
    if found is None:
        return event
    return event.model_copy(update={"state": found.state, "facts": found.facts, "checkout": found.id})


def _capture(event: ProviderEvent, payment: Payment) -> Fact | None:
    """The capture that a refund is of: told already, or just now."""
    facts = [*payment.facts.values(), *event.facts]
    captures = [fact for fact in facts if fact.kind is FactKind.CAPTURED]
    return next((fact for fact in captures if fact.reference == event.payment), captures[0] if captures else None)
