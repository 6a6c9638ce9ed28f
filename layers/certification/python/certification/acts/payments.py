"""Payments: facts in, by webhook or query, all through the inbox; and the machine's step that applies them.

Inbox before answer: an event is stored, with its announcement, before the provider hears that we have it. Facts are
never refused. The same fact again, from whatever source, changes nothing.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from certification.acts.books import booked
from certification.acts.cases import opened
from certification.acts.providers import payment_provider
from certification.acts.settling import unmatched_case
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import InboxEntry, inbox
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import Lost, commit, retried
from certification.providers import card_events, ports
from certification.providers.events import ProviderEvent
from certification.rules.facts import add_fact
from certification.rules.payments import ATTEMPT_ALIVE, AttemptState, Method, attempt_after

APPLIED_WITHIN = timedelta(minutes=15)
LOOK_AGAIN = timedelta(hours=1)
READERS: dict[Method, Callable[[dict[str, Any]], ProviderEvent]] = {"card": card_events.read}
"""Each provider's words, as events."""


def arrived(entry: str, key: str) -> Announcement:
    """The announcement that starts the payment machine for an inbox entry."""
    return Announcement(name="PaymentFactArrived", subject=entry, key=key, about={"entry": entry})


def unsettled(payment: Payment) -> Announcement:
    """Starts the machine again for a payment whose facts were applied and not settled."""
    entry = f"settle#{payment.id}"
    return arrived(entry, f"{payment.id}#{payment.version + 1}")


def receive(provider: Method, event_id: str, body: str) -> bool:
    """Store a verified event. False when it was there before: the provider is told the same."""
    now = clock.now()
    entry = InboxEntry(
        id=f"{provider}#{event_id}", provider=provider, received_at=now, body=body, due=Due(at=now + APPLIED_WITHIN)
    )
    try:
        commit([inbox.insert(entry)], [arrived(entry.id, entry.id)])
    except Lost:
        return False
    return True


@retried
def apply(entry_id: str) -> dict[str, str | None]:
    """Apply an inbox entry: facts, sums, ledger entry and the mark that it was applied, in one transaction.

    Gives `payment` and `order`; `order` is None where nothing can be settled (no order known, or nothing to do).
    """
    if entry_id.startswith("settle#"):
        payment = payments.read(entry_id.removeprefix("settle#"))
        return {"payment": payment.id, "order": payment.order if payment.unsettled else None}
    entry = inbox.read(entry_id)
    if entry.applied_at is not None:
        waiting = payments.find(entry.payment) if entry.payment else None
        return {"payment": entry.payment, "order": waiting.order if waiting and waiting.unsettled else None}
    event = _meaning(entry)
    now = clock.now()
    if event.state is None and not event.facts:
        commit([inbox.update(entry.changed(applied_at=now, due=None))])
        return {"payment": None, "order": None}
    payment, writes, news = _payment_of(event, entry, now)
    after = _with_facts(payment, _exact(payment, event), now)
    stored, entries = booked(payment, after, entry.id)
    done = entry.changed(applied_at=now, payment=payment.id, due=None)
    write = payments.update(stored) if payment.version else payments.insert(stored)
    commit([inbox.update(done), write, *entries, *writes], news)
    return {"payment": payment.id, "order": stored.order if stored.unsettled else None}


def _meaning(entry: InboxEntry) -> ProviderEvent:
    """What an entry says: a provider's event, or what a query of ours found."""
    body: dict[str, Any] = json.loads(entry.body)
    if "queried" not in body:
        return READERS[entry.provider](body)
    state = ports.CheckoutState.model_validate(body["queried"])
    return ProviderEvent(
        id=entry.id,
        provider=entry.provider,
        type="query",
        at=entry.received_at,
        reference=state.reference,
        checkout=state.id,
        state=state.state,
        facts=state.facts,
    )


def _payment_of(
    event: ProviderEvent, entry: InboxEntry, now: datetime
) -> tuple[Payment, list[Write], list[Announcement]]:
    """The payment an event belongs to; for money that nobody expects, a new one without an order, and a case."""
    known = payments.find(event.attempt) if event.attempt else None
    if known is not None:
        return known, [], []
    reference = event.payment or event.checkout or event.id
    held = payments.find(f"unplaced-{reference}")
    if held is not None:
        return held, [], []
    stranger = Payment(
        id=f"unplaced-{reference}",
        order=None,
        application=None,
        method=event.provider,
        state=AttemptState.PENDING,
        created_at=now,
        checkout=event.checkout,
    )
    if not event.facts:
        return stranger, [], []
    case = unmatched_case(stranger.id, entry.id, now, str(event.facts[0].money))
    return stranger, [cases.insert(case)], [opened(case)]


def _exact(payment: Payment, event: ProviderEvent) -> ProviderEvent:
    """An event tells its own time; the charge's may be earlier. Before money counts as late the provider is asked."""
    if payment.order is None or event.type == "query" or not event.facts:
        return event
    pay_by = orders.read(payment.order).pay_by
    if all(fact.at <= pay_by for fact in event.facts):
        return event
    found = payment_provider(payment.provider).find_checkout(
        event.checkout or payment.checkout or f"{payment.order}.{payment.id}", payment.created_at
    )
    return event.model_copy(update={"facts": (*event.facts, *(found.facts if found else ()))})


def _with_facts(payment: Payment, event: ProviderEvent, now: datetime) -> Payment:
    facts = payment.facts
    for fact in event.facts:
        facts = add_fact(facts, fact)
    news = facts != payment.facts
    state = attempt_after(payment.state, event.state) if event.state else payment.state
    unsettled_now = payment.unsettled or (news and payment.order is not None)
    due = Due(at=now + APPLIED_WITHIN) if unsettled_now else payment.due if state in ATTEMPT_ALIVE else None
    after: Payment = payment.changed(
        facts=facts, state=state, checkout=payment.checkout or event.checkout, unsettled=unsettled_now, due=due
    )
    return after


def query(payment_id: str) -> bool:
    """Ask the provider what became of an attempt, and put what it says in the inbox. True when money was found.

    An attempt the provider knows nothing of is closed; one that is still open is looked at again later.
    """
    payment = payments.read(payment_id)
    if payment.state not in ATTEMPT_ALIVE:
        return payment.state is AttemptState.CAPTURED
    reference = f"{payment.order}.{payment.id}"
    try:
        found = payment_provider(payment.provider).find_checkout(
            payment.checkout or reference, payment.created_at - timedelta(hours=1)
        )
    except (ports.Unreachable, ports.Lost, ports.ProviderRefused):
        _look_again(payment)
        return False
    if found is not None and (found.facts or found.state not in ATTEMPT_ALIVE):
        _record(payment.provider, found)
        return bool(found.facts)
    if found is None:
        _close(payment)
    else:
        _look_again(payment)
    return False


def close(payment_id: str) -> bool:
    """Have the provider close an open attempt. True when it can never take money; False when it has, or may have."""
    payment = payments.read(payment_id)
    if payment.state not in ATTEMPT_ALIVE:
        return payment.state is not AttemptState.CAPTURED
    try:
        found = payment_provider(payment.provider).find_checkout(
            payment.checkout or f"{payment.order}.{payment.id}", payment.created_at - timedelta(hours=1)
        )
        if found is not None and found.state in ATTEMPT_ALIVE:
            found = payment_provider(payment.provider).expire_checkout(found.id)
    except (ports.Unreachable, ports.Lost, ports.ProviderRefused):
        return False
    if found is None:
        _close(payment)
    elif found.facts or found.state in ATTEMPT_ALIVE:
        _record(payment.provider, found)
        return False
    else:
        _ended(payment, found)
    return payments.read(payment_id).state not in (*ATTEMPT_ALIVE, AttemptState.CAPTURED)


def _ended(payment: Payment, found: ports.CheckoutState) -> None:
    """The provider says that the page is closed and took nothing."""
    ended = payment.changed(state=attempt_after(payment.state, found.state), checkout=found.id, due=None)
    try:
        commit([payments.update(ended)])
    except Lost:
        return  # an event told us more meanwhile


def _record(provider: Method, found: ports.CheckoutState) -> None:
    now = clock.now()
    captures = "+".join(fact.key for fact in found.facts) or found.state
    body = json.dumps({"queried": found.model_dump(mode="json")})
    entry = InboxEntry(
        id=f"{provider}#query#{found.id}#{captures}",
        provider=provider,
        received_at=now,
        body=body,
        due=Due(at=now + APPLIED_WITHIN),
    )
    try:
        commit([inbox.insert(entry)], [arrived(entry.id, entry.id)])
    except Lost:
        return  # found before


def _look_again(payment: Payment) -> None:
    try:
        commit([payments.update(payment.changed(tries=payment.tries + 1, due=Due(at=clock.now() + LOOK_AGAIN)))])
    except Lost:
        return  # somebody else learned something meanwhile


def _close(payment: Payment) -> None:
    """The provider proves that it has no such checkout: this attempt can never take money."""
    order = orders.read(payment.order or "")
    closed = payment.changed(state=attempt_after(payment.state, AttemptState.CLOSED), due=None)
    try:
        commit([payments.update(closed), orders.unchanged(order)])
    except Lost:
        return
