"""Sending a refund: its row stands before anybody is called, and what is unknown is looked up before it is asked again.

The machine `refund` calls `send` when a refund is let go; the sweep calls it again for whatever fell due. Running it
twice, late or side by side sends nothing twice: a refund is submitted once in its row, and under one idempotency key.
"""

import json
from datetime import datetime, timedelta

from certification.acts.cases import opened
from certification.acts.inbox_entries import receive
from certification.acts.payments import reference_of
from certification.acts.providers import refund_provider
from certification.acts.refunding import STARTED_WITHIN, asked, let_go, not_sent, told, told_taken_back
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due
from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.transaction import Lost, commit, retried
from certification.providers import ports
from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.rules.facts import fold
from certification.rules.findings import RefundKind
from certification.rules.payments import may_send_again
from certification.rules.refund_life import AT_PROVIDER, STUCK_AFTER, WAITS_TO_BE_SENT, RefundState, move_refund
from certification.rules.refund_request import Reserved, still_there

LOOKED_UP_AFTER = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)
UNTIL_DECIDED = frozenset({"charge_disputed"})
"""A provider's no that ends by itself: the payment is disputed there, and we have not heard of it yet."""


def send(refund_id: str) -> str:
    """Send a refund whose time has come, or look up what became of it. Gives its state afterwards."""
    now = clock.now()
    refund = _submitted(refund_id, now)
    if refund is None:
        return str(refunds.read(refund_id).state)
    payment = payments.read(refund.payment)
    if refund.tries == 0 and refund.state is RefundState.SUBMITTED:
        _ask(refund, payment)
    else:
        _look(refund, payment, now)
    return str(refunds.read(refund_id).state)


@retried
def _submitted(refund_id: str, now: datetime) -> Refund | None:
    """The refund, written down as being asked for; None when there is nothing to send or to look up now."""
    refund = refunds.read(refund_id)
    if refund.state in AT_PROVIDER:
        tried = refund.changed(tries=refund.tries + 1, due=Due(at=now + _wait(refund)))
        commit([refunds.update(tried)])
        return refunds.read(refund_id)
    if refund.state not in WAITS_TO_BE_SENT or now < refund.not_before:
        return None
    payment = payments.read(refund.payment)
    there = still_there(payment.facts, refund.capture, refund.money)
    if there is Reserved.GONE and not payment.is_disputed:
        _dropped(refund, payment, now)
        return None
    if payment.is_disputed or payment.doubted or there is not Reserved.THERE:
        commit([refunds.update(refund.changed(due=Due(at=now + LONGEST_WAIT)))])
        return None
    move_refund(refund.state, RefundState.SUBMITTED)
    going = refund.went_to(RefundState.SUBMITTED, now, "send_refund", key_from=now, due=Due(at=now + LOOKED_UP_AFTER))
    commit([refunds.update(going)])
    return refunds.read(refund_id)


def _dropped(refund: Refund, payment: Payment, now: datetime) -> None:
    """The money is with the payer already. Whose bank took it hears so once; of what somebody returned in the provider's
    own pages the candidate has heard."""
    stored, entries = not_sent(payment, refund, f"gone-{refund.id}", now, "assay")
    over = refund.went_to(move_refund(refund.state, RefundState.CANCELLED), now, "send_refund", due=None)
    commit([payments.update(stored), *entries, refunds.update(over)], _taken(refund, payment))


def _taken(refund: Refund, payment: Payment) -> list[Announcement]:
    taken = sum(one.disputed for one in fold(payment.facts).captures if one.capture == refund.capture)
    if not taken or refund.application is None or refund.candidate is None or refund.order is None:
        return []
    return [told_taken_back(refund.order, refund.application, refund.candidate, taken, refund.id)]


def _wait(refund: Refund) -> timedelta:
    """Ten minutes, then ever longer, a day at most."""
    longer: int = 2 ** min(refund.tries, 10)
    return min(LOOKED_UP_AFTER * longer, LONGEST_WAIT)


def _ask(refund: Refund, payment: Payment) -> None:
    """Ask the provider once. Whatever cannot be known now is looked up when the row falls due."""
    provider = refund_provider(payment.provider)
    question = _question(refund, payment)
    try:
        seen = provider.send_refund(question)
    except ports.Unreachable:
        return
    except ports.Lost as lost:
        if isinstance(lost, ports.StoredFailure):
            _noted(refund.id)
        return
    except ports.ProviderRefused as no:
        _refused(refund.id, no.code)
        return
    _record(payment, seen)


def _look(refund: Refund, payment: Payment, now: datetime) -> None:
    """What became of it. Proven absent: asked again, under a new key where the old one is spoilt or too old."""
    try:
        seen = refund_provider(payment.provider).find_refund(_question(refund, payment))
    except (ports.Unreachable, ports.Lost, ports.ProviderRefused):
        seen = None
        absent = False
    else:
        absent = seen is None
    if seen is not None:
        _record(payment, seen)
    if absent and refund.state is RefundState.SUBMITTED:
        again = _same_or_new_key(refund, now)
        if again is not None:
            _ask(again, payment)
    elif (refund.at(RefundState.SUBMITTED) or now) + STUCK_AFTER <= now:
        _shown(refund.id, "stuck", now)


def _same_or_new_key(refund: Refund, now: datetime) -> Refund | None:
    """Providers forget keys after a day and repeat a stored failure until then; None where somebody else went on."""
    key_from = refund.key_from or now
    if not refund.stored_failure and may_send_again(key_from, now):
        return refund
    try:
        commit([refunds.update(refund.changed(number=refund.number + 1, key_from=now, stored_failure=False))])
    except Lost:
        return None
    return refunds.read(refund.id)


def _question(refund: Refund, payment: Payment) -> RefundAsked:
    twice = refund.kind in (RefundKind.DUPLICATE, RefundKind.OTHER_ORDER_DUPLICATE)
    return RefundAsked(
        refund=refund.id,
        number=refund.number,
        capture=refund.capture.partition("#")[2],
        captured=payment.facts[refund.capture].money,
        reference=reference_of(payment),
        money=refund.money,
        reason="duplicate" if twice else "requested_by_customer",
        requested_at=refund.requested_at,
    )


@retried
def _noted(refund_id: str) -> None:
    """The provider will repeat this failure under this key."""
    refund = refunds.read(refund_id)
    if refund.state is RefundState.SUBMITTED:
        commit([refunds.update(refund.changed(stored_failure=True))])


def _record(payment: Payment, seen: RefundSeen) -> None:
    """What the provider says goes the way of everything it says: through the inbox."""
    body = json.dumps({"refund": seen.model_dump(mode="json")})
    receive(payment.provider, f"refund#{seen.id}#{seen.state}", body)


@retried
def _refused(refund_id: str, code: str) -> None:
    """The provider will not send it: the money is the candidate's again, and a person sees to it."""
    refund = refunds.read(refund_id)
    now = clock.now()
    if refund.state is not RefundState.SUBMITTED:
        return
    if code in UNTIL_DECIDED:
        later = refund.changed(number=refund.number + 1, key_from=now, failure=code, due=Due(at=now + LONGEST_WAIT))
        commit([refunds.update(later)])
        return
    payment = payments.read(refund.payment)
    stored, entries = not_sent(payment, refund, f"refused-{refund.id}-{refund.number}", now, "assay")
    case = asked(refund, "failed", now, why=code)
    failed = refund.went_to(
        move_refund(refund.state, RefundState.FAILED), now, "provider", failure=code, case=case.id, due=None
    )
    writes = [payments.update(stored), *entries, refunds.update(failed), cases.insert(case)]
    commit(writes, [opened(case), *told("RefundFailed", refund)])


@retried
def _shown(refund_id: str, what: str, now: datetime) -> None:
    """A person is told once that it does not go on; it is still looked up."""
    refund = refunds.read(refund_id)
    case = asked(refund, what, now)
    if refund.state in AT_PROVIDER and cases.find(case.id) is None:
        commit([refunds.update(refund.changed(case=case.id)), cases.insert(case)], [opened(case)])


@retried
def fell_due(refund_id: str) -> None:
    """A refund whose date has come, or of which nothing was heard: the machine is started for it."""
    refund = refunds.read(refund_id)
    now = clock.now()
    if refund.due is None or refund.due.at > now:
        return
    if refund.state not in (*WAITS_TO_BE_SENT, *AT_PROVIDER):
        commit([refunds.update(refund.changed(due=None))])
        return
    commit([refunds.update(refund.changed(due=Due(at=now + STARTED_WITHIN)))], [let_go(refund)])
