"""What a decided review does to its application: an order to pay, or back to the candidate with reasons."""

from collections.abc import Callable
from typing import Any

from certification.acts import (
    appeals,
    appointments,
    bill_findings,
    calling_off,
    corrections,
    crediting,
    disputes,
    late_reports,
    majors,
    names,
    photos,
    refund_desk,
    supervision,
    unbinding,
    voids,
)
from certification.acts.moving import announce, moved
from certification.acts.ordering import new_order, waits_for_money
from certification.acts.places import freed
from certification.acts.successors import placed
from certification.cloud import clock
from certification.cloud.tables.applications import Application, Returned, ReturnReason, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import Block, CaseKind, Subject, blocking
from certification.rules.deadlines import supplement_due
from certification.rules.policy import Policy
from certification.rules.review import Verdict
from certification.rules.status import Status, Trigger

EFFECTS: dict[CaseKind, Callable[[Case], None]] = {
    CaseKind.MAJOR_EXCEPTION: majors.decided,
    CaseKind.CORRECTION: corrections.apply,
    CaseKind.VOID_HEARING: voids.decided,
    CaseKind.APPEAL: appeals.decided,
    CaseKind.SUPERVISION_CHECK: supervision.decided,
    CaseKind.PHOTO: photos.decided,
    CaseKind.RARE_CHARACTER: names.apply,
    CaseKind.ACCOUNT_HELP: unbinding.apply,
    CaseKind.ON_SITE_CHECK: appointments.apply,
    CaseKind.PROVISIONAL_REPORT: late_reports.decided,
    CaseKind.QUALIFICATION_CHECK: late_reports.decided,
    CaseKind.DISPUTE: disputes.decided,
    CaseKind.MONEY_TO_RETURN: refund_desk.decided,
    CaseKind.UNMATCHED_CREDIT: crediting.decided,
    CaseKind.EXTERNAL_REFUND: refund_desk.seat_decided,
    CaseKind.CALLED_OFF: calling_off.decided,
    CaseKind.BILL_DIFFERENCE: bill_findings.explained,
}
"""What a decided case does, by its kind; a review moves its application, below."""


@retried
def apply(case_id: str) -> None:
    """Apply a decided case, once. A kind that nothing is said about has no effect beyond its own row."""
    case = cases.read(case_id)
    if case.kind in EFFECTS and case.decision is not None:
        EFFECTS[case.kind](case)
        _go_on(case)
        return
    if case.kind is not CaseKind.REVIEW or case.decision is None:
        return
    application = applications.read(case.about)
    if application.status is not Status.AWAITING_REVIEW or application.review != case.id:
        return
    if case.decision.outcome == Verdict.APPROVE:
        others = _others(application, case)["open_cases"]
        if not blocking(Block.PAYMENT, others):  # else it goes on when the last of them is decided
            _approve(application, case, case.decision)
    elif case.decision.outcome == Verdict.RETURN:
        _return(application, case, case.decision)
    else:
        _reject(application, case, case.decision)


def _go_on(case: Case) -> None:
    """An approval that waited for this case is applied now."""
    if case.subject is not Subject.APPLICATION or case.blocks is not Block.PAYMENT:
        return
    review = applications.read(case.about).review
    if review is not None:
        apply(review)


def _others(application: Application, case: Case) -> dict[str, Any]:
    return {"open_cases": application.open_without(case.id)}


def _approve(application: Application, case: Case, decision: Decided) -> None:
    """An order with the fees of today's schedule, frozen; payable until its due date (decision 8)."""
    now = clock.now()
    sitting = sittings.read(application.sitting)
    policy, policy_hash = load_policy(application.scheme)
    order = new_order(application, sitting, policy, policy_hash, now, decision.decided_at)
    approved = moved(
        application,
        Trigger.APPROVED,
        by=decision.decided_by,
        now=now,
        rules=("CHK-02", "REG-08"),
        **waits_for_money(order, sitting, policy, now),
        orders=(*application.orders, order.number),
        **_others(application, case),
    )
    writes, news = placed(application, order)
    told = announce("ApplicationApproved", application, order=order.number)
    commit([applications.update(approved), *writes], [told, *news])


def _return(application: Application, case: Case, decision: Decided) -> None:
    """Back to the candidate with the reasons; the answers may be edited again (CHK-03, decision 7)."""
    now = clock.now()
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(application.scheme)
    due = supplement_due(now, sitting.dates, policy, load_calendar(policy.calendar))
    candidate = candidates.read(application.candidate)
    returned = moved(
        application,
        Trigger.RETURNED,
        by=decision.decided_by,
        now=now,
        due=Due(at=due.due),
        rules=due.because.rules,
        returned=Returned(reasons=_reasons(policy, decision), note=decision.note, at=now),
        **_others(application, case),
    )
    writes: list[Write] = [applications.update(returned)]
    if candidate.held_by == application.reference:
        writes.append(candidates.update(candidate.changed(held_by=None)))
    commit(writes, [announce("ApplicationReturned", application)])


def _reasons(policy: Policy, decision: Decided) -> tuple[ReturnReason, ...]:
    return tuple(
        ReturnReason(code=reason.code, applies_to=reason.applies_to, en=reason.words.en, zh=reason.words.zh)
        for reason in policy.review.reasons
        if reason.code in decision.reasons
    )


def _reject(application: Application, case: Case, decision: Decided) -> None:
    """Refused for good by two people: the place is free again."""
    now = clock.now()
    policy, _ = load_policy(application.scheme)
    rejected = moved(
        application,
        Trigger.REJECTED,
        by=decision.decided_by,
        now=now,
        due=None,
        rules=("CHK-03",),
        returned=Returned(reasons=_reasons(policy, decision), note=decision.note, at=now),
        **_others(application, case),
    )
    commit([applications.update(rejected), *freed(application)], [announce("ApplicationRejected", application)])
