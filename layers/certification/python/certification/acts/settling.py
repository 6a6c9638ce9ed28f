"""Settling an order: what the rule says about all its payments becomes rows, at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts.books import booked
from certification.acts.cases import new_case, opened
from certification.acts.moving import announce, moved
from certification.acts.places import PlaceTaken, taken_again
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.calendars import end_of_day
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY, desk_for
from certification.rules.duplicates import returned_from
from certification.rules.findings import Act
from certification.rules.payments import OrderState, move_order
from certification.rules.settlement import OwedOrder, PaymentMade, Settlement, Verdict
from certification.rules.settlement import settle as rule
from certification.rules.status import StepRefused, Trigger

SEND_BY = timedelta(days=1)
"""How soon a refund that was decided must be on its way; until then its row is due again."""
FREEZE_PATIENCE = timedelta(hours=72)
"""By when after the close a registered candidate must have a seat: 24 hours for the last query, then the public value of
the following day (at most 36), and the jobs in between."""


@retried
def settle(number: str) -> str:
    """Register the candidate, or queue what must go back. Gives what the rule said. Running it again changes nothing."""
    now = clock.now()
    order = orders.read(number)
    application = applications.read(order.application)
    sitting = sittings.read(order.sitting)
    paid = [payments.read(payment) for payment in order.payments]
    policy, _ = load_policy(sitting.scheme)
    settlement = rule(
        _owed(order),
        [PaymentMade(payment=one.id, facts=one.facts, returning=one.returning) for one in paid],
        now,
        frozen=sitting.stage != "announced",
        duplicates_from=returned_from(policy.duplicates.same_order, sitting.dates, policy),
        other_order_from=returned_from(policy.duplicates.other_order, sitting.dates, policy),
    )
    writes, news = _returns(order, settlement.verdicts, now)
    writes += _payments(paid, settlement)
    if settlement.act in (Act.REGISTER, Act.REINSTATE, Act.OFFER_LATE_SEAT):
        try:
            more, told = _register(order, application, sitting, settlement, now)
        except StepRefused:
            if orders.read(number).version != order.version:
                raise Lost([f"Orders/{number}"]) from None  # order and application were read around one transaction
            raise
        writes, news = writes + more, news + told
    alarms = _alarms(settlement, now)
    writes += [cases.insert(case) for case in alarms]
    if writes:
        commit(writes, [*news, *(opened(case) for case in alarms)])
    return str(settlement.act)


def _alarms(settlement: Settlement, now: datetime) -> list[Case]:
    """A case for each anomaly of the facts that has none yet: money is never guessed."""
    found = []
    for alarm in settlement.alarms:
        payment, _, anomaly = alarm.partition(": ")
        case = new_case(
            CaseKind.UNMATCHED_CREDIT,
            Subject.PAYMENT,
            payment,
            anomaly,
            now=now,
            due=now + SEND_BY,
            desk=TREASURY,
            facts={"anomaly": anomaly, "order": settlement.order or ""},
        )
        if cases.find(case.id) is None:
            found.append(case)
    return found


def _owed(order: Order) -> OwedOrder:
    return OwedOrder(
        order=order.number, amount=order.total, due=order.pay_by, state=order.state, settled_by=order.settled_by
    )


def _register(
    order: Order, application: Application, sitting: Sitting, settlement: Settlement, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    """Paid in time: the order is settled and the candidate registered, or, after the freeze, offered a late seat."""
    winner = next(verdict for verdict in settlement.verdicts if verdict.capture == settlement.settled_by)
    settled = order.changed(
        state=move_order(order.state, OrderState.SETTLED), settled_by=winner.capture, settled_at=winner.at
    )
    if settlement.act is Act.OFFER_LATE_SEAT:
        return [orders.update(settled)], []
    place: list[Write] = []
    if settlement.act is Act.REINSTATE:
        try:
            place = taken_again(application)
        except PlaceTaken:
            return _for_a_person(order, settled, application, winner, now)
    registered = moved(
        application,
        Trigger.SETTLED,
        by="settle_order",
        now=now,
        due=Due(at=sitting.dates.payment_closes + FREEZE_PATIENCE),
        rules=settlement.because.rules,
        registered_at=winner.at,
    )
    writes = [orders.update(settled), applications.update(registered), *place]
    if now >= sitting.dates.payment_closes:
        writes.append(sittings.unchanged(sitting))  # the list may be frozen at this moment; before closing it cannot
    return writes, [announce("CandidateRegistered", application)]


def _for_a_person(
    order: Order, settled: Order, application: Application, winner: Verdict, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    """Paid in time for an application whose place another of the same person has by now: a desk decides which stays."""
    policy, _ = load_policy(sittings.read(order.sitting).scheme)
    case = new_case(
        CaseKind.LATE_SEAT,
        Subject.PAYMENT,
        winner.payment,
        winner.capture,
        "place_taken",
        now=now,
        due=working_days_later(order.sitting, now, 3),
        desk=desk_for(policy, CaseKind.LATE_SEAT, application.region).code,
        facts={"order": order.number, "application": application.reference, "finding": "place_taken"},
        scheme=application.scheme,
    )
    return [orders.update(settled), cases.insert(case)], [opened(case)]


def _payments(paid: Sequence[Payment], settlement: Settlement) -> list[Write]:
    """Each payment with what was found about its captures, its entry, and nobody left to wait for."""
    writes: list[Write] = []
    for payment in paid:
        mine = [verdict for verdict in settlement.verdicts if verdict.payment == payment.id]
        returning = dict(payment.returning)
        for verdict in mine:
            if verdict.give_back:
                returning[verdict.capture] = (*returning.get(verdict.capture, ()), verdict.give_back.kind)
        after: Payment = payment.changed(
            holdings={verdict.capture: verdict.holding for verdict in mine},
            returning=returning,
            unsettled=False,
            due=None if payment.unsettled else payment.due,
        )
        stored, entries = booked(payment, after, f"settled#{settlement.order}")
        if stored != payment:
            writes += [payments.update(stored), *entries]
    return writes


def _returns(order: Order, verdicts: Sequence[Verdict], now: datetime) -> tuple[list[Write], list[Announcement]]:
    """A refund row and a case for everything that goes back, and the cases without a return."""
    writes: list[Write] = []
    news: list[Announcement] = []
    for verdict in verdicts:
        case = _case(order, verdict, now)
        if verdict.give_back is None:
            if case is not None and cases.find(case.id) is None:
                writes.append(cases.insert(case))
                news.append(opened(case))
            continue
        refund = Refund(
            id=f"RFD-{hashlib.sha256(verdict.give_back.key.encode()).hexdigest()[:12].upper()}",
            payment=verdict.payment,
            order=order.number,
            capture=verdict.capture,
            kind=verdict.give_back.kind,
            money=verdict.give_back.amount,
            reason_en=verdict.because.en,
            reason_zh=verdict.because.zh,
            rules=verdict.because.rules,
            requested_at=now,
            case=case.id if case else None,
            due=Due(at=max(verdict.give_back.not_before, now) + SEND_BY),
        )
        writes.append(refunds.insert(refund))
        about = {"application": order.application, "candidate": order.candidate, "refund": refund.id}
        news.append(Announcement(name="PaymentQueuedForReturn", subject=order.number, key=refund.id, about=about))
        if case is not None:
            writes.append(cases.insert(case))
            news.append(opened(case))
    return writes, news


def _case(order: Order, verdict: Verdict, now: datetime) -> Case | None:
    if verdict.case is None:
        return None
    policy, _ = load_policy(sittings.read(order.sitting).scheme)
    return new_case(
        verdict.case,
        Subject.PAYMENT,
        verdict.payment,
        verdict.capture,
        verdict.finding,
        now=now,
        due=working_days_later(order.sitting, now, 3),
        desk=desk_for(policy, verdict.case, applications.read(order.application).region).code,
        facts={"order": order.number, "amount": str(verdict.money), "finding": verdict.finding},
    )


def working_days_later(sitting: str, now: datetime, count: int) -> datetime:
    """The end of the `count`-th working day after now, in the calendar of the sitting's scheme."""
    policy, _ = load_policy(sittings.read(sitting).scheme)
    calendar = load_calendar(policy.calendar)
    return end_of_day(calendar.add_working_days(now.astimezone(policy.zone).date(), count), policy.zone)


def unmatched_case(payment: str, entry: str, now: datetime, amount: str) -> Case:
    """Money whose order nobody knows: a person looks where it belongs."""
    return new_case(
        CaseKind.UNMATCHED_CREDIT,
        Subject.PAYMENT,
        payment,
        entry,
        now=now,
        due=now + SEND_BY,
        desk=TREASURY,
        facts={"amount": amount},
    )
