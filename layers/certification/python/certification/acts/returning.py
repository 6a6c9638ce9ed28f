"""Returning what settled an order: the amount a rule decided, from the payments it came by.

What cannot be asked for at once (the payer's bank disputes a payment, or there are too many for one transaction) is kept
on the order as it was decided; settling goes on with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from certification.acts.books import booked
from certification.acts.inbox_entries import unsettled
from certification.acts.portions import Portion
from certification.acts.refunding import Wanted, must_be_undisputed, queued, told_taken_back
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.orders import GivesBack, Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refund_id
from certification.rules.facts import PREFIX, FactKind, fold
from certification.rules.findings import RefundKind
from certification.rules.giving_back import Settling, StillToGive, still_to_give
from certification.rules.money import Money
from certification.rules.payments import OrderState, move_order
from certification.rules.refunds import RefundDecision
from certification.rules.spreading import Share

GONE_ON_WITHIN = timedelta(minutes=15)


def closed_order(
    application: Application, order: Order, decision: RefundDecision, kind: RefundKind, now: datetime, *, by: str
) -> tuple[list[Write], list[Announcement]]:
    """The writes that close a settled order and reserve what comes back of it, as far as that can be asked for now."""
    shut: Order = order.changed(state=move_order(order.state, OrderState.VOIDED))
    if not decision.refunded or not order.settling:
        return [orders.update(shut)], []
    given = _given(decision, kind, now, by)
    paid = [payments.read(payment) for payment in order.payments]
    found = _still(order, given, paid)
    portion = Portion()
    later = _queued(application, order, paid, _wanted(order, given, found, paid, now), portion, now)
    # The end of a dispute must not be told to an order that does not wait for it.
    portion.add([payments.unchanged(payment) for payment in paid if payment.is_disputed])
    if found.waits or later:
        shut = shut.changed(gives_back=given)
    return [orders.update(shut), *portion.writes], [*portion.news, *(unsettled(payment) for payment in later)]


def return_of_order(
    application: Application,
    order: Order,
    decision: RefundDecision,
    kind: RefundKind,
    now: datetime,
    *,
    by: str,
    asks_person: bool = False,
) -> tuple[list[Write], list[Announcement]]:
    """The writes that reserve what comes back of a settled order that stays; none where the rule decided that nothing
    does. `asks_person`: one has to let it go, whatever the policy says of the kind.

    Raises Refused while a payment of the order is disputed.
    """
    if not decision.refunded or not order.settling:
        return [], []
    given = _given(decision, kind, now, by)
    paid = [payments.read(payment) for payment in order.payments]
    for payment in paid:
        if payment.facts.keys() & set(order.settling):
            must_be_undisputed(payment)
    portion = Portion()
    wanted = _wanted(order, given, _still(order, given, paid), paid, now, asks_person=asks_person)
    _queued(application, order, paid, wanted, portion, now)
    return portion.writes, portion.news


def _given(decision: RefundDecision, kind: RefundKind, now: datetime, by: str) -> GivesBack:
    return GivesBack(kind=kind, amount=decision.amount, fee=decision.fee, because=decision.because, at=now, by=by)


def _queued(
    application: Application,
    order: Order,
    paid: Sequence[Payment],
    wanted: Mapping[str, Sequence[Wanted]],
    portion: Portion,
    now: datetime,
) -> list[Payment]:
    """Reserve as many as fit. Gives the payment that was left to settling, with all after it, if there are more."""
    later: list[Payment] = []
    for payment in paid:
        after, kind = payment, ""
        for one in wanted.get(payment.id, ()):
            if portion.has_room:
                after, writes, news = queued(after, application, one, now)
                portion.add(writes, news)
                kind = one.kind
        if not portion.whole and not later:
            after = after.changed(unsettled=True, due=Due(at=now + GONE_ON_WITHIN))
            later.append(payment)
        stored, entries = booked(payment, after, f"{kind}#{order.number}")
        if stored != payment:
            portion.add([payments.update(stored), *entries])
    return later


def still_wanted(
    order: Order, paid: Sequence[Payment], now: datetime
) -> tuple[dict[str, list[Wanted]], StillToGive | None]:
    """The refunds that a closed order may be asked for now, by payment, and what the rule says of the rest."""
    if order.gives_back is None:
        return {}, None
    found = _still(order, order.gives_back, paid)
    return _wanted(order, order.gives_back, found, paid, now), found


def taken_back(
    application: Application, order: Order, found: StillToGive, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    """The payer's bank took the payment back for good: nothing more is owed, and the candidate is told so once."""
    given = order.gives_back
    if given is None or given.told_at is not None:
        return [], []
    told = order.changed(gives_back=given.model_copy(update={"told_at": now}))
    taken, number = found.kept_by_bank, order.number
    name = told_taken_back(number, application.reference, application.candidate, taken, number)
    return [orders.update(told)], [name]


def bank_holds(order: Order) -> bool:
    """Whether what a closed order gives back waits for the end of a dispute."""
    if order.gives_back is None:
        return False
    return _still(order, order.gives_back, [payments.read(payment) for payment in order.payments]).waits


def _still(order: Order, given: GivesBack, paid: Sequence[Payment]) -> StillToGive:
    holders = {capture: payment for payment in paid for capture in payment.facts}
    settling = [_settling(order, given, holders[capture], capture) for capture in order.settling]
    return still_to_give(given.amount.amount, given.fee.amount, settling)


def _settling(order: Order, given: GivesBack, payment: Payment, capture: str) -> Settling:
    """What is known of one capture, and what was asked for of it by this decision."""
    sums = next(
        one for one in fold(payment.facts).captures if (one.capture, one.currency) == (capture, given.amount.currency)
    )
    names = (refund_id(order.number, str(given.kind)), refund_id(order.number, str(given.kind), capture))
    asked = [payment.facts.get(f"{PREFIX[FactKind.REFUND_REQUESTED]}#{name}") for name in names]
    mine = [fact for fact in asked if fact is not None and fact.capture == capture]
    by_transfer = (
        payment.method == "bank_transfer"
    )  # what a bank takes back from our account stays away: no verdict follows
    return Settling(
        capture=capture,
        rest=sums.refundable,
        taken=sums.disputed,
        lost=sums.disputed if by_transfer else _lost(payment),
        disputed=payment.is_disputed and not by_transfer,
        asked=sum(fact.money.amount for fact in mine) if mine else None,
        kept=sum(fact.kept for fact in mine),
    )


def _lost(payment: Payment) -> int:
    """What disputes are about that were lost; a payment by card or wallet has one capture."""
    return sum(one.money.amount for one in payment.disputes.values() if one.stage == "lost")


def _wanted(
    order: Order,
    given: GivesBack,
    found: StillToGive,
    paid: Sequence[Payment],
    now: datetime,
    *,
    asks_person: bool = False,
) -> dict[str, list[Wanted]]:
    holders = {capture: payment.id for payment in paid for capture in payment.facts if not payment.is_disputed}
    first = refund_id(order.number, str(given.kind))
    begun = any(f"{PREFIX[FactKind.REFUND_REQUESTED]}#{first}" in payment.facts for payment in paid)
    answer: dict[str, list[Wanted]] = {}
    shares = [share for share in found.shares if share.capture in holders]
    for number, share in enumerate(shares, int(begun)):
        asked = _asked(order, given, share, number, now).model_copy(update={"asks_person": asks_person})
        answer.setdefault(holders[share.capture], []).append(asked)
    return answer


def _asked(order: Order, given: GivesBack, share: Share, number: int, now: datetime) -> Wanted:
    # One refund of a kind per order; of an order that several payments settled, one more for each of them.
    cause = (order.number, str(given.kind)) if number == 0 else (order.number, str(given.kind), share.capture)
    return Wanted(
        refund=refund_id(*cause),
        capture=share.capture,
        kind=given.kind,
        money=Money(amount=share.amount, currency=given.amount.currency),
        kept=share.kept,
        because=given.because,
        not_before=now,
        by=given.by,
    )
