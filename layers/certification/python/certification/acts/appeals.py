"""Appeals: against a rejection, a forfeit or a void; upheld by two people, the application goes on where it was.

It takes its place in the sitting again. Where that cannot be (another application has the place, payment has closed), the
decision stays recorded and a person is told by a case: an appeal that was upheld must not vanish.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from certification.acts import certificates
from certification.acts.cases import new_case
from certification.acts.cases import opened as case_opened
from certification.acts.moving import announce, moved
from certification.acts.ordering import new_order, waits_for_money
from certification.acts.ownership import own_application
from certification.acts.places import taken_again
from certification.acts.reviews import review_of
from certification.acts.settling import FREEZE_PATIENCE
from certification.acts.successors import placed
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.case_deadlines import appeal_due, hearing_due
from certification.rules.cases import CaseKind, OpenCase, Subject
from certification.rules.deadlines import is_open, warning_at
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.payments import OrderState
from certification.rules.policy import Policy
from certification.rules.reinstating import goes_on
from certification.rules.review import LONGEST_NOTE, Verdict
from certification.rules.status import WAY_BACK, Status, Trigger

FEE_SEEN_TO_WITHIN = timedelta(days=3)
Outcome = tuple[Application, list[Write], list[Announcement]]


def may_appeal_until(application: Application) -> datetime | None:
    """Until when an appeal may be filed; None where there is nothing to appeal against."""
    policy, _ = load_policy(application.scheme)
    if application.status not in WAY_BACK or policy.void is None or not application.life:
        return None
    return appeal_due(application.life[-1].at, policy, load_calendar(policy.calendar)).due


@retried
def appeal(candidate_id: str, reference: str, text: str) -> str:
    """File an appeal, once; gives its case. The same again gives the same case."""
    application = own_application(candidate_id, reference)
    until = may_appeal_until(application)
    if until is None:
        raise Refused(
            "nothing_to_appeal", "There is nothing to appeal against.", "没有可申诉的决定。", rules=("CHK-03",)
        )
    policy, _ = load_policy(application.scheme)
    now, calendar = clock.now(), load_calendar(policy.calendar)
    due = hearing_due(now, policy, calendar).due
    case = new_case(
        CaseKind.APPEAL,
        Subject.APPLICATION,
        reference,
        f"{len(application.life)}",  # one per ending
        now=now,
        due=due,
        desk=desk_for(policy, CaseKind.APPEAL, application.region).code,
        facts={"against": application.status},
        scheme=application.scheme,
        warn=warning_at(due, policy, calendar),
    )
    if cases.find(case.id) is not None:
        return case.id
    if not is_open(now, None, until):
        raise Refused("appeal_over", "The time to appeal is over.", "申诉期限已截止。", rules=("CHK-03",))
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise Refused(
            "appeal_length", f"Write 1 to {LONGEST_NOTE} characters.", f"请填写1至{LONGEST_NOTE}个字符。", field="text"
        )
    sealed = key_of(candidate_id).seal("wanted", json.dumps({"reply": said}, ensure_ascii=False))
    filed = application.changed(open_cases=(*application.open_cases, case.as_open))
    commit([applications.update(filed), cases.insert(case.changed(wanted=sealed))], [case_opened(case)])
    return case.id


def decided(case: Case) -> None:
    """What a decided appeal does."""
    _apply(case.id)


@retried
def _apply(case_id: str) -> None:
    case = cases.read(case_id)
    application = applications.read(case.about)
    if case.decision is None or not application.has_open(case.id):
        return
    rest = application.open_without(case.id)
    if case.decision.outcome != Verdict.APPROVE:
        told = [announce("AppealRefused", application, case=case.id)]
        commit([applications.update(application.changed(open_cases=rest))], told)
        return
    now = clock.now()
    try:
        after, writes, news = _back(application, rest, case, now)
    except Refused as refusal:
        stuck = _needs_a_person(application, case, refusal.code, now)
        left = application.changed(open_cases=rest)
        commit([applications.update(left), cases.insert(stuck)], [case_opened(stuck)])
        return
    commit([applications.update(after), *writes], [announce("ApplicationReinstated", application), *news])


def _back(application: Application, rest: tuple[OpenCase, ...], case: Case, now: datetime) -> Outcome:
    """The application as it goes on: its earlier status with a due date from now, its place, and what that needs."""
    policy, policy_hash = load_policy(application.scheme)
    sitting = sittings.read(application.sitting)
    earlier = application.life[-2].to if len(application.life) > 1 else Status.DRAFT
    found = goes_on(
        earlier,
        fee_went_back=_fee_went_back(application),
        payment_open=is_open(now, None, sitting.dates.payment_closes),
    )
    earlier = found.status
    due, changes, writes, news = _goes_on(application, earlier, sitting, policy, policy_hash, now)
    if found.fee_case:
        fee = _fee_owed(application, policy, now)
        writes, news = [*writes, cases.insert(fee)], [*news, case_opened(fee)]
    if "open_cases" in changes:
        rest = (*rest, *changes.pop("open_cases"))
    by = case.decision.decided_by if case.decision else "system"
    void = application.void.model_copy(update={"reinstated_at": now}) if application.void else None
    trigger: Trigger = WAY_BACK[application.status][0]
    after = moved(application, trigger, by=by, now=now, due=due, earlier=earlier, open_cases=rest, void=void, **changes)
    return after, [*taken_again(application), *writes, *certificates.valid_again(application)], news


def _fee_went_back(application: Application) -> bool:
    """Whether what was paid went back, or is on its way."""
    order = orders.read(application.order) if application.order else None
    return order is not None and order.state is OrderState.VOIDED and order.settled_by is not None


def _fee_owed(application: Application, policy: Policy, now: datetime) -> Case:
    """The money desk agrees with the candidate how the fee is paid, or waives it."""
    order = orders.read(application.order or "")
    return new_case(
        CaseKind.MONEY_TO_RETURN,
        Subject.APPLICATION,
        application.reference,
        f"fee-{len(application.life)}",
        now=now,
        due=now + FEE_SEEN_TO_WITHIN,
        desk=desk_for(policy, CaseKind.MONEY_TO_RETURN, application.region).code,
        facts={"asks": "fee_after_void", "order": order.number, "amount": str(order.total)},
        scheme=application.scheme,
    )


def _goes_on(
    application: Application, earlier: Status, sitting: Sitting, policy: Policy, policy_hash: str, now: datetime
) -> tuple[Due | None, dict[str, Any], list[Write], list[Announcement]]:
    dates = sitting.dates
    if earlier is Status.AWAITING_REVIEW:
        review, _ = review_of(application.changed(confirmed_at=now), policy, now)  # a fresh clock (decision 7)
        return (
            None,
            {"review": review.id, "open_cases": (review.as_open,)},
            [cases.insert(review)],
            [case_opened(review)],
        )
    if earlier is Status.AWAITING_PAYMENT:
        order = new_order(application, sitting, policy, policy_hash, now, now)
        told = announce("ApplicationApproved", application, order=order.number)
        waiting = waits_for_money(order, sitting, policy, now)
        owed = {"orders": (*application.orders, order.number), "promised": waiting["promised"]}
        writes, news = placed(application, order)
        return waiting["due"], owed, writes, [told, *news]
    if earlier is Status.REGISTERED:
        due = Due(at=max(dates.payment_closes + FREEZE_PATIENCE, now))
        if sitting.stage == "announced":
            return due, {}, [], []
        seat = _late_seat(application, policy, now)
        return due, {"open_cases": (seat.as_open,)}, [cases.insert(seat)], [case_opened(seat)]
    if earlier is Status.SEATED:
        opens = dates.tickets_open or dates.first_subject
        waits = Due(at=dates.exam_over) if application.ticket_announced else Due(at=max(opens, now), job="open_tickets")
        return waits, {}, [], []
    if earlier is Status.AWAITING_RESULT:
        return Due(at=max(sitting.results_due + timedelta(days=1), now)), {}, [], []
    if earlier is Status.PASSED:
        return Due(at=now, job="issue_certificates"), {}, [], []
    return (Due(at=now + timedelta(days=1)) if earlier is Status.CONCLUDING else None), {}, [], []


def _late_seat(application: Application, policy: Policy, now: datetime) -> Case:
    """The seats are drawn already: a person finds one."""
    return new_case(
        CaseKind.LATE_SEAT,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.life)}",
        now=now,
        due=now + timedelta(days=1),
        desk=desk_for(policy, CaseKind.LATE_SEAT, application.region).code,
        scheme=application.scheme,
    )


def _needs_a_person(application: Application, case: Case, why: str, now: datetime) -> Case:
    """An appeal was upheld and cannot be carried out by rule."""
    policy, _ = load_policy(application.scheme)
    return new_case(
        CaseKind.FAILED_MACHINE,
        Subject.APPLICATION,
        application.reference,
        case.id,
        now=now,
        due=now + timedelta(days=1),
        desk=desk_for(policy, CaseKind.FAILED_MACHINE, application.region).code,
        facts={"appeal": case.id, "error": why},
        scheme=application.scheme,
    )
