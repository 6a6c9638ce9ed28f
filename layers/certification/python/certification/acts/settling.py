"""Settling an order: what the rule says about all its payments becomes rows, at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts import disputes
from certification.acts.alarms import LOOKED_AT
from certification.acts.cases import new_case, opened
from certification.acts.moving import announce, moved
from certification.acts.places import PlaceTaken, taken_again
from certification.acts.portions import Portion
from certification.acts.refund_grounds import refund_preview
from certification.acts.returning import still_wanted, taken_back
from certification.acts.settled_payments import followed
from certification.acts.successors import handed_over, successor_of
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.calendars import end_of_day
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY, desk_for
from certification.rules.duplicates import returned_from
from certification.rules.findings import Act
from certification.rules.payments import OrderState, move_order
from certification.rules.policy import Policy
from certification.rules.settlement import OwedOrder, PaymentMade, Settlement, Verdict
from certification.rules.settlement import settle as rule
from certification.rules.status import StepRefused, Trigger

FREEZE_PATIENCE = timedelta(hours=72)
"""By when after the close a registered candidate must have a seat: 24 hours for the last query, then the public value of
the following day (at most 36), and the jobs in between."""


def settle(number: str) -> str:
    """Register the candidate, or queue what must go back. Gives what the rule said. Running it again changes nothing.

    What does not fit into one transaction is done in the next; until then the payments wait to be settled.
    """
    said, whole = _portion(number)
    while not whole:
        _, whole = _portion(number)
    return said


@retried
def _portion(number: str) -> tuple[str, bool]:
    """What the rule said, and whether all that follows from it is written now."""
    now = clock.now()
    order = orders.read(number)
    successor = successor_of(order)
    if successor is not None and handed_over(order, successor):
        return settle(successor.number), True
    application = applications.read(order.application)
    sitting = sittings.read(order.sitting)
    paid = [payments.read(payment) for payment in order.payments]
    policy, _ = load_policy(sitting.scheme)
    settlement = rule(
        _owed(order, policy, successor),
        [_made(one, policy) for one in paid],
        now,
        frozen=sitting.stage != "announced",
        duplicates_from=returned_from(policy.duplicates.same_order, sitting.dates, policy),
        other_order_from=returned_from(policy.duplicates.other_order, sitting.dates, policy),
        by_person=policy.refund.released.by_person,
    )
    portion, known = Portion(), application
    portion.add(*_cases(order, settlement.verdicts, now))
    for payment in paid:
        application, writes, news = disputes.followed(application, payment, now)
        portion.add(writes, news)
    if settlement.act in (Act.REGISTER, Act.REINSTATE, Act.OFFER_LATE_SEAT):
        try:
            portion.add(*_register(order, application, sitting, settlement, now))
        except StepRefused:
            if orders.read(number).version != order.version:
                raise Lost([f"Orders/{number}"]) from None  # order and application were read around one transaction
            raise
    elif application != known:
        portion.add([applications.update(application)])
    if order.state is OrderState.SETTLED and settlement.settled_by != order.settled_by:
        # An earlier payment became known: it counts, and the one that had settled goes back. What was promised stays.
        counts = order.changed(
            settled_by=settlement.settled_by, settled_with=settlement.settled_with, due=Due(at=now + LOOKED_AT)
        )
        portion.add([orders.update(counts)])
    owed, found = still_wanted(order, paid, now)
    followed(paid, application, settlement, owed, portion, now)
    if found is not None and found.over:
        portion.add(*taken_back(application, order, found, now))
    if portion.whole:
        portion.add([], _told_what_is_missing(application, order, paid, settlement))
    if portion.writes:
        commit(portion.writes, portion.news)
    return str(settlement.act), portion.whole


def _told_what_is_missing(
    application: Application, order: Order, paid: Sequence[Payment], settlement: Settlement
) -> list[Announcement]:
    """A letter about what is still missing, for each time that a part arrives."""
    fresh = next((payment for payment in paid if payment.unsettled), None)
    if settlement.missing is None or fresh is None:
        return []
    about = {"application": application.reference, "candidate": application.candidate, "order": order.number}
    missing = {"missing": str(settlement.missing.amount)}
    key = f"{fresh.id}#{fresh.version + 1}"
    return [Announcement(name="ShortTransferArrived", subject=order.number, key=key, about=about | missing)]


def _owed(order: Order, policy: Policy, successor: Order | None = None) -> OwedOrder:
    return OwedOrder(
        order=order.number,
        amount=order.total,
        due=order.pay_by,
        state=order.state,
        settled_by=order.settled_by,
        settled_with=order.settled_with,
        successor=_owed(successor, policy) if successor else None,
        tolerance=policy.payment.tolerance,
    )


def _made(payment: Payment, policy: Policy) -> PaymentMade:
    method = next((one for one in policy.payment.methods if one.code == payment.method), None)
    return PaymentMade(
        payment=payment.id,
        facts=payment.facts,
        by_transfer=payment.method == "bank_transfer",
        returning=payment.returning,
        disputed=payment.is_disputed,
        refundable_within=method.refundable_within if method else None,
    )


def _register(
    order: Order, application: Application, sitting: Sitting, settlement: Settlement, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    """Paid in time: the order is settled and the candidate registered, or, after the freeze, offered a late seat."""
    winner = next(verdict for verdict in settlement.verdicts if verdict.capture == settlement.settled_by)
    settled = order.changed(
        state=move_order(order.state, OrderState.SETTLED),
        settled_by=winner.capture,
        settled_with=settlement.settled_with,
        settled_at=winner.at,
        due=Due(at=refund_preview(application, order, winner.at).closes_at or now),
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


def _cases(order: Order, verdicts: Sequence[Verdict], now: datetime) -> tuple[list[Write], list[Announcement]]:
    """The cases of what cannot be decided by rule alone; a refund that a person lets go has its case with its row."""
    writes: list[Write] = []
    news: list[Announcement] = []
    for verdict in verdicts:
        case = _case(order, verdict, now) if verdict.give_back is None else None
        if case is not None and cases.find(case.id) is None:
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


def unmatched_case(payment: str, entry: str, now: datetime, amount: str, scheme: str | None = None) -> Case:
    """Money whose order nobody knows: a person looks where it belongs, at the desk of the scheme whose account it is on."""
    desk = desk_for(load_policy(scheme)[0], CaseKind.UNMATCHED_CREDIT).code if scheme else TREASURY
    return new_case(
        CaseKind.UNMATCHED_CREDIT,
        Subject.PAYMENT,
        payment,
        entry,
        now=now,
        due=now + LOOKED_AT,
        desk=desk,
        facts={"amount": amount, "entry": entry},
        scheme=scheme,
    )
