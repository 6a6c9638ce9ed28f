"""CARD EVENTS: what a provider's event says, as facts and as a report on the attempt.

In words: money is a fact only when the event says it was paid; the fact is keyed by the payment intent, so the
session's event, the intent's event and a query all tell one and the same fact. Its time is when the provider made the
event, or the charge where we can see it. A declined card leaves the page open, so it changes nothing. An event type
that is not in the table says nothing to us: it is stored, answered with success, and leads to no fact.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from certification.providers.card_refunds import read_dispute, read_funds_back, read_funds_out, read_refund
from certification.providers.events import CANNOT_BE_READ, ProviderEvent, UnreadableEvent
from certification.providers.ports import CheckoutState
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.money import Money
from certification.rules.payments import AttemptState


def read(event: dict[str, Any]) -> ProviderEvent:
    """The meaning of a verified event. Raises UnreadableEvent."""
    kind = event["type"]
    try:
        at = datetime.fromtimestamp(event["created"], UTC)
        meaning = ProviderEvent(id=event["id"], provider="card", type=kind, at=at)
        return meaning.with_said(READERS[kind](event["data"]["object"], at)) if kind in READERS else meaning
    except CANNOT_BE_READ as reason:
        raise UnreadableEvent(f"event {event['id']} of type {kind} cannot be read: {type(reason).__name__}") from reason


def session_state(session: dict[str, Any], at: datetime | None = None) -> CheckoutState:
    """A checkout session as the provider gives it, with its capture when it is paid.

    `at` is the time of the event; in a query with the intent's latest charge expanded, the charge's own time counts.
    """
    return CheckoutState(
        id=session["id"],
        reference=session.get("client_reference_id"),
        url=session.get("url"),
        expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
        state=_attempt_state(session),
        facts=(_session_capture(session, at),) if session["payment_status"] == "paid" else (),
    )


def _attempt_state(session: dict[str, Any]) -> AttemptState:
    if session["payment_status"] == "paid":
        return AttemptState.CAPTURED
    return AttemptState.EXPIRED if session["status"] == "expired" else AttemptState.PENDING


def _session_capture(session: dict[str, Any], at: datetime | None) -> Fact:
    intent = session["payment_intent"]
    if isinstance(intent, dict):
        return _intent_capture(intent, at, {"checkout": session["id"]})
    if at is None:
        raise ValueError("a paid session needs its intent, or the time of an event")
    return _capture(intent, session["amount_total"], session["currency"], at, "session", {"checkout": session["id"]})


def _intent_capture(intent: dict[str, Any], at: datetime | None, references: dict[str, str]) -> Fact:
    charge = intent.get("latest_charge")
    if isinstance(charge, dict):
        at, charge = datetime.fromtimestamp(charge["created"], UTC), charge["id"]
    if at is None:
        raise ValueError("an intent needs its charge, or the time of an event")
    if charge:
        references = {**references, "charge": charge}
    return _capture(intent["id"], intent["amount_received"], intent["currency"], at, "intent", references)


def _capture(intent: str, cents: int, currency: str, at: datetime, source: str, references: dict[str, str]) -> Fact:
    if not isinstance(intent, str):
        raise TypeError("a paid checkout names its payment intent")
    money = Money(amount=cents, currency=currency.upper())
    return fact_of(FactKind.CAPTURED, intent, money, at, f"card:{source}", references=references)


Said = dict[str, Any]


def _session(session: dict[str, Any], at: datetime) -> Said:
    seen, intent = session_state(session, at), session.get("payment_intent")
    return {
        "reference": seen.reference,
        "checkout": seen.id,
        "payment": intent["id"] if isinstance(intent, dict) else intent,
        "state": seen.state,
        "facts": seen.facts,
    }


def _session_failed(session: dict[str, Any], at: datetime) -> Said:
    said = _session(session, at)
    return said if said["facts"] else {**said, "state": AttemptState.FAILED}


def _intent(intent: dict[str, Any], _: datetime) -> Said:
    reference = intent["metadata"].get("reference")
    return {"reference": reference, "payment": intent["id"]}


def _intent_succeeded(intent: dict[str, Any], at: datetime) -> Said:
    return {**_intent(intent, at), "state": AttemptState.CAPTURED, "facts": (_intent_capture(intent, at, {}),)}


READERS: dict[str, Callable[[dict[str, Any], datetime], Said]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _session,
    "payment_intent.succeeded": _intent_succeeded,
    "payment_intent.payment_failed": _intent,
    "refund.created": read_refund,
    "refund.updated": read_refund,
    "refund.failed": read_refund,
    "charge.dispute.created": read_dispute,
    "charge.dispute.updated": read_dispute,
    "charge.dispute.closed": read_dispute,
    "charge.dispute.funds_withdrawn": read_funds_out,
    "charge.dispute.funds_reinstated": read_funds_back,
}
