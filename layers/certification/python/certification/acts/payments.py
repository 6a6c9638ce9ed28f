"""Payments: facts in, by webhook or query, all through the inbox; and the machine's step that applies them.

Inbox before answer: an event is stored, with its announcement, before the provider hears that we have it. Facts are
never refused. The same fact again, from whatever source, changes nothing.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from certification.acts import bank_lines
from certification.acts.asking import answered
from certification.acts.books import booked
from certification.acts.inbox_entries import APPLIED_WITHIN, receive
from certification.acts.placing import payment_of
from certification.acts.providers import payment_provider
from certification.acts.refund_reports import reported
from certification.acts.stored_lines import told_by_bank
from certification.cloud import clock, metrics
from certification.cloud.tables.base import Due
from certification.cloud.tables.inbox import InboxEntry, inbox
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Dispute, Payment, payments
from certification.cloud.transaction import Lost, commit, retried
from certification.providers import alipay_events, bill_events, card_events, ports, wechat_events
from certification.providers.events import ProviderEvent, UnreadableEvent
from certification.providers.refund_ports import RefundSeen
from certification.rules.disputes import later_report
from certification.rules.errors import NotFound
from certification.rules.facts import FactKind, add_fact
from certification.rules.payments import ATTEMPT_ALIVE, AttemptState, Method, attempt_after

LOOK_AGAIN = timedelta(hours=1)
READERS: dict[Method, Callable[[dict[str, Any]], ProviderEvent]] = {
    "card": card_events.read,
    "alipay": alipay_events.read,
    "wechat_pay": wechat_events.read,
}
"""Each provider's words, as events."""


def reference_of(payment: Payment) -> str:
    """Our reference of an attempt, as providers give it back: `<order>.<attempt>`."""
    return payment.told_as or f"{payment.begun_for or payment.order}.{payment.id}"


@retried
def apply(entry_id: str) -> dict[str, str | None]:
    """Apply an inbox entry: facts, sums, ledger entry and the mark that it was applied, in one transaction.

    Gives `payment` and `order`; `order` is None where nothing can be settled (no order known, or nothing to do). An entry
    whose payment or order cannot be read yet stays as it is, and is applied when the sweep brings it again.
    """
    if entry_id.startswith("settle#"):
        payment = payments.read(entry_id.removeprefix("settle#"))
        return {"payment": payment.id, "order": payment.order if payment.unsettled else None}
    entry = inbox.read(entry_id)
    if entry.applied_at is not None:
        waiting = payments.find(entry.payment) if entry.payment else None
        return {"payment": entry.payment, "order": waiting.order if waiting and waiting.unsettled else None}
    if told_by_bank(entry) and bank_lines.divided(entry):
        return {"payment": None, "order": None}
    event = _meaning(entry)
    event = answered(event) if event.asks else event
    now = clock.now()
    if event.says_nothing:
        commit([inbox.update(entry.changed(applied_at=now, due=None))])
        return {"payment": None, "order": None}
    try:
        payment, writes, news = payment_of(event, entry, now)
        after = _with_facts(payment, _exact(payment, event), now)
    except NotFound:
        if entry.tries:
            raise
        return {"payment": None, "order": None}  # its rows cannot be read yet: the sweep brings it again
    if event.refund is not None:
        more, told = reported(event.refund, after, now)
        writes, news = writes + more, news + told
    stored, entries = booked(payment, after, entry.id)
    done = entry.changed(applied_at=now, payment=payment.id, due=None)
    write = payments.update(stored) if payment.version else payments.insert(stored)
    commit([inbox.update(done), write, *entries, *writes], news)
    return {"payment": payment.id, "order": stored.order if stored.unsettled else None}


def _meaning(entry: InboxEntry) -> ProviderEvent:
    """What an entry says: a provider's event, or what a query of ours found."""
    body: dict[str, Any] = json.loads(entry.body)
    if told_by_bank(entry):
        return bank_lines.meaning(entry)
    if "billed" in body:
        return bill_events.read(entry.id, body)
    if "refund" in body:
        return _refund_seen(entry, RefundSeen.model_validate(body["refund"]))
    if "queried" not in body:
        return _told(entry.provider, body)
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


def _told(provider: Method, body: dict[str, Any]) -> ProviderEvent:
    """What a provider's own words mean. What cannot be read is counted, stays as it came, and is for a person."""
    try:
        return READERS[provider](body)
    except UnreadableEvent:
        metrics.count("MessageUnreadable")
        raise


def _refund_seen(entry: InboxEntry, seen: RefundSeen) -> ProviderEvent:
    """What the provider answered when we asked it about a refund."""
    return ProviderEvent(
        id=entry.id,
        provider=entry.provider,
        type="query",
        at=entry.received_at,
        payment=seen.capture,
        refund=seen,
        facts=seen.facts(f"{entry.provider}:refund"),
    )


def _exact(payment: Payment, event: ProviderEvent) -> ProviderEvent:
    """An event tells its own time; the charge's may be earlier. Before money counts as late the provider is asked."""
    captures = [fact for fact in event.facts if fact.kind is FactKind.CAPTURED]
    if payment.order is None or event.type == "query" or not captures or payment.provider == "bank_transfer":
        return event  # a bank tells days, and cannot be asked
    pay_by = orders.read(payment.order).pay_by
    if all(fact.at <= pay_by for fact in captures):
        return event
    found = payment_provider(payment.provider).find_checkout(
        event.checkout or payment.checkout or reference_of(payment), payment.created_at
    )
    return event.model_copy(update={"facts": (*event.facts, *(found.facts if found else ()))})


def _with_facts(payment: Payment, event: ProviderEvent, now: datetime) -> Payment:
    facts = payment.facts
    for fact in event.facts:
        facts = add_fact(facts, fact)
    disputes = _with_dispute(payment, event)
    news = facts != payment.facts or disputes != payment.disputes
    state = attempt_after(payment.state, event.state) if event.state else payment.state
    unsettled_now = payment.unsettled or (news and payment.order is not None)
    due = Due(at=now + APPLIED_WITHIN) if unsettled_now else payment.due if state in ATTEMPT_ALIVE else None
    after: Payment = payment.changed(
        facts=facts,
        disputes=disputes,
        state=state,
        checkout=payment.checkout or event.checkout,
        unsettled=unsettled_now,
        due=due,
    )
    return after


def _with_dispute(payment: Payment, event: ProviderEvent) -> dict[str, Dispute]:
    """The disputes with what is said of one; the later report counts, whichever came first."""
    if event.dispute is None:
        return payment.disputes
    said = event.dispute
    reported = Dispute(stage=said.stage, money=said.money, at=said.at, why=said.why, evidence_by=said.evidence_by)
    known = payment.disputes.get(said.id, reported)
    at, stage = later_report((known.at, known.stage), (reported.at, reported.stage))
    return {**payment.disputes, said.id: reported if (at, stage) == (reported.at, reported.stage) else known}


def query(payment_id: str) -> bool:
    """Ask the provider what became of an attempt, and put what it says in the inbox. True when money was found.

    An attempt the provider knows nothing of is closed; one that is still open is looked at again later.
    """
    payment = payments.read(payment_id)
    if payment.state not in ATTEMPT_ALIVE or payment.provider == "bank_transfer":
        return payment.state is AttemptState.CAPTURED
    reference = reference_of(payment)
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
            payment.checkout or reference_of(payment), payment.created_at - timedelta(hours=1)
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
    captures = "+".join(fact.key for fact in found.facts) or found.state
    receive(provider, f"query#{found.id}#{captures}", json.dumps({"queried": found.model_dump(mode="json")}))


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
