"""What follows when a row falls due. Each outcome reads the row again: only what is still due is touched."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts import calling_off, inbox_entries, late_reports, parts, supervision, transfers
from certification.acts import payments as paying
from certification.acts.cases import escalate, new_case, opened
from certification.acts.inbox_entries import unsettled
from certification.acts.lists import qualified_list
from certification.acts.moving import announce, moved
from certification.acts.places import freed
from certification.cloud import clock, relay
from certification.cloud.outbox import Announcement, outbox
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy
from certification.rules.cases import Block, CaseKind, Subject, blocking
from certification.rules.deadlines import lapses_at
from certification.rules.desks import OPERATIONS
from certification.rules.payments import ATTEMPT_ALIVE, OrderState, move_order
from certification.rules.status import Status, Trigger

AGAIN = timedelta(hours=1)
MOST_TRIES = 3
LONGEST = timedelta(days=1)
"""How often the sweep announces again what a machine should have done, before a person is told."""


LAPSED_BY: dict[Status, tuple[str, ...]] = {
    Status.DRAFT: ("INF-02", "REG-04"),
    Status.RETURNED: ("CHK-03",),
    Status.AWAITING_SIGNATURE: ("COM-04",),
    Status.AWAITING_PROOFS: ("COM-14",),
    Status.AWAITING_PAYMENT: ("REG-09", "REG-10"),
}
"""The rule by which an application lapses that waited too long in a status."""


def _over(due: Due | None, now: datetime) -> bool:
    return due is not None and due.at <= now


@retried
def of_application(key: str) -> None:
    """Lapse, open the ticket, end the exam, or start again a machine that did not finish."""
    application = applications.read(key)
    now = clock.now()
    if not _over(application.due, now):
        return
    if application.status in (Status.DRAFT, Status.RETURNED):
        _lapse(application, now, [])
    elif application.status in (Status.AWAITING_SIGNATURE, Status.AWAITING_PROOFS):
        _remind_or_lapse(application, now)
    elif application.status is Status.AWAITING_CHOICE:
        calling_off.fell_due(key)
    elif application.status in calling_off.CONCERNED and sittings.read(application.sitting).called_off is not None:
        calling_off.offer(key)
    elif application.status is Status.AWAITING_PAYMENT:
        _remind_or_lapse_unpaid(application, now)
    elif application.status is Status.VERIFYING:
        _again(application, now, announce("ApplicationConfirmed", application))
    elif application.status is Status.SEATED:
        _exam_day(application, now)
    elif application.status is Status.PASSED and blocking(Block.ISSUANCE, application.open_cases):
        held = application.changed(due=Due(at=now + timedelta(days=1), job="issue_certificates"))
        commit([applications.update(held)])
    elif application.status is Status.PASSED:
        sitting = sittings.read(application.sitting)
        at = qualified_list(sitting.id, [application.reference], f"{application.reference}-{application.version}")
        _again(application, now, announce("CandidatesQualified", application, sitting=sitting.id, list=at))
    else:
        _needs_a_person(application, now)


def _lapse(application: Application, now: datetime, writes: list[Write], news: Sequence[Announcement] = ()) -> None:
    """Time ran out: the place is free again and the answers may be used for another application."""
    rules = LAPSED_BY.get(application.status, ("REG-09",))
    lapsed = moved(application, Trigger.TIME_RAN_OUT, by="deadlines", now=now, due=None, rules=rules)
    writes = [*writes, *freed(application)]
    missed = application.status.value
    told = announce("ApplicationLapsed", application, missed=missed)
    commit([applications.update(lapsed), *writes], [told, *news])


def _remind_or_lapse(application: Application, now: datetime) -> None:
    """One letter when the advised time begins (COM-14); nothing signed or handed in by the end, and it lapses."""
    ends = application.act_by
    if ends is None or now >= ends:
        _lapse(application, now, [])
        return
    commit(
        [applications.update(application.changed(due=Due(at=ends)))],
        [announce("CandidateReminded", application, waits=application.status)],
    )


def _remind_or_lapse_unpaid(application: Application, now: datetime) -> None:
    """One letter before the due time to whoever has not paid; then nothing until the last query is over."""
    order = orders.read(application.order or "")
    if order.state is not OrderState.OPEN:
        raise Lost([f"Orders/{order.number}"])  # application and order were read around one transaction
    attempts = [payments.read(payment) for payment in order.payments]
    policy, _ = load_policy(application.scheme)
    ends = lapses_at(sittings.read(application.sitting).dates, policy)
    if now >= ends:
        _lapse_unpaid(application, order, attempts, now)
        return
    paying_now = any(one.facts or one.declared_at for one in attempts) or any(
        paying.query(one.id) for one in attempts if one.state in ATTEMPT_ALIVE
    )
    told = (
        []
        if paying_now or now >= order.pay_by
        else [announce("CandidateReminded", application, waits=application.status)]
    )
    commit([applications.update(application.changed(due=Due(at=ends))), orders.unchanged(order)], told)


def _lapse_unpaid(application: Application, order: Order, attempts: Sequence[Payment], now: datetime) -> None:
    """Nothing lapses before a last query: money debited in time counts (PAY-05, decision 8)."""
    sent = transfers.waited_for_until(order, list(attempts), application.scheme)
    if sent is not None and now < sent:
        commit([applications.update(application.changed(due=Due(at=sent)))])
        return
    alive = [attempt for attempt in attempts if attempt.state in ATTEMPT_ALIVE]
    found = [paying.query(attempt.id) for attempt in alive]
    if any(found) or any(attempt.facts and attempt.unsettled for attempt in attempts):
        commit([applications.update(application.changed(due=Due(at=now + AGAIN)))])
        return
    lapsed_order = order.changed(state=move_order(order.state, OrderState.LAPSED))
    writes, news = parts.looked_at_again(order)  # what has come of the sum goes back
    _lapse(application, now, [orders.update(lapsed_order), *writes], news)


def _exam_day(application: Application, now: datetime) -> None:
    """The ticket opens first; after the exam the marks are waited for."""
    sitting = sittings.read(application.sitting)
    if now < sitting.dates.exam_over and blocking(Block.TICKET, application.open_cases):
        commit([applications.update(application.changed(due=Due(at=now + AGAIN, job="open_tickets")))])
        return  # CHK-15: no ticket before the check is passed
    if now < sitting.dates.exam_over:
        opened_ticket = application.changed(ticket_announced=True, due=Due(at=sitting.dates.exam_over))
        commit([applications.update(opened_ticket)], [announce("TicketOpened", application)])
        return
    after = moved(
        application, Trigger.EXAM_OVER, by="deadlines", now=now, due=Due(at=sitting.results_due + timedelta(days=1))
    )
    commit([applications.update(after)])


def _again(application: Application, now: datetime, announcement: Announcement) -> None:
    if application.tries >= MOST_TRIES:
        _needs_a_person(application, now)
        return
    job = application.due.job if application.due else "deadlines"
    later = application.changed(tries=application.tries + 1, due=Due(at=now + AGAIN, job=job))
    commit([applications.update(later)], [announcement])


def _needs_a_person(application: Application, now: datetime) -> None:
    """Nobody and nothing moved it on: a case for operations; looked at again in a day."""
    case = new_case(
        CaseKind.FAILED_MACHINE,
        Subject.APPLICATION,
        application.reference,
        application.status,
        now=now,
        due=now + timedelta(days=1),
        desk=OPERATIONS,
        facts={
            "waits_in": application.status,
            "since": application.due.at.isoformat() if application.due else "",
        },
    )
    later = application.changed(tries=0, due=Due(at=now + timedelta(days=1)))
    fresh = cases.find(case.id) is None
    commit(
        [applications.update(later), *([cases.insert(case)] if fresh else [])],
        [opened(case)] if fresh else [],
    )


@retried
def of_case(key: str) -> None:
    """A desk that is late never costs the candidate anything: the case is escalated. A check that its candidate did not
    answer has the consequence that the policy names (K31)."""
    case = cases.read(key)
    if not _over(case.due, clock.now()) or (case.kind is CaseKind.SUPERVISION_CHECK and supervision.missed(key)):
        return
    if case.kind is CaseKind.PROVISIONAL_REPORT and late_reports.missed(key):
        return
    escalate(case)


@retried
def of_inbox_entry(key: str) -> None:
    """A fact that was not applied is announced again; after three times a person is told as well.

    It waits longer each time then, a day at most: what nobody can read is read once a newer version runs.
    """
    entry = inbox.read(key)
    now = clock.now()
    if entry.applied_at is not None or not _over(entry.due, now):
        return
    wait = min(AGAIN * 2 ** max(0, entry.tries + 1 - MOST_TRIES), LONGEST)
    later = entry.changed(tries=entry.tries + 1, due=Due(at=now + wait))
    case = new_case(
        CaseKind.FAILED_MACHINE,
        Subject.PAYMENT,
        entry.id,
        "not_applied",
        now=now,
        due=now + timedelta(days=1),
        desk=OPERATIONS,
        facts={"entry": entry.id, "tries": str(later.tries)},
    )
    tell = later.tries >= MOST_TRIES and cases.find(case.id) is None
    commit(
        [inbox.update(later), *([cases.insert(case)] if tell else [])],
        [inbox_entries.arrived(entry.id, f"{entry.id}#{entry.version + 1}"), *([opened(case)] if tell else [])],
    )


@retried
def of_payment(key: str) -> None:
    """An attempt without an end is looked up at the provider; facts without a settlement are announced again."""
    payment = payments.read(key)
    now = clock.now()
    if not _over(payment.due, now):
        return
    if payment.unsettled:
        again = payment.changed(tries=payment.tries + 1, due=Due(at=now + AGAIN))
        commit([payments.update(again)], [unsettled(payment)])
        return
    paying.query(payment.id)


def of_announcement(key: str) -> None:
    """An announcement that the relay lost is put on the bus again."""
    entry = outbox.read(key)
    if entry.sent_at is None:
        relay.send([entry])
