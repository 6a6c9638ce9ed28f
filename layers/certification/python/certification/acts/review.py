"""The desks' work: the queue, taking the next case, and deciding it, by page or by file."""

from datetime import timedelta
from typing import Literal

from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.tables.staff import StaffMember, staff
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.errors import NotFound, Refused
from certification.rules.review import Decision, Verdict, check_decision

LOCK = timedelta(minutes=30)
"""How long a taken case is kept for one reviewer; then anybody of the desk may take it."""


def queue(member: StaffMember, most: int = 50) -> list[Case]:
    """The open cases of the member's desks, oldest promise first; at most so many per desk."""
    found = [case for desk in member.desks for case in cases.queue(desk, most)]
    return sorted(found, key=lambda case: (case.promised, case.opened_at, case.id))


def take_next(member: StaffMember) -> Case | None:
    """Lock the oldest case nobody holds for this member; None when there is none. Two people never get the same."""
    for waiting in queue(member):
        case = cases.read(waiting.id)
        if case.decision is None and _free(case, member):
            try:
                commit([cases.update(case.changed(taken_by=member.id, taken_at=clock.now()))])
            except Lost:
                continue
            return cases.read(case.id)
    return None


def _free(case: Case, member: StaffMember) -> bool:
    held = case.taken_by is not None and case.taken_by != member.id
    return not (held and case.taken_at is not None and clock.now() < case.taken_at + LOCK)


def read_case(member: StaffMember, case_id: str) -> Case:
    """A case of one of the member's desks; any other looks as if it did not exist."""
    case = cases.find(case_id) if len(case_id) < 40 else None
    if case is None or case.desk not in member.desks:
        raise NotFound("case")
    return case


@retried
def decide(member: StaffMember, case_id: str, decision: Decision, by: Literal["page", "file"] = "page") -> None:
    """Decide a case. The decision is stored and announced; a listener applies it. The same decision again is no error."""
    case = check(member, case_id, decision)
    if case.decision is not None:
        return
    now = clock.now()
    decided = Decided(
        outcome=decision.verdict,
        reasons=decision.reasons,
        note=decision.note,
        decided_by=member.id,
        seconded_by=decision.seconded_by,
        decided_at=now,
        by=by,
    )
    told = Announcement(name="CaseDecided", subject=case.id, key=case.id, about={"case": case.id, "kind": case.kind})
    commit([cases.update(case.changed(decision=decided, due=None))], [told])


def check(member: StaffMember, case_id: str, decision: Decision) -> Case:
    """The case, if this member may decide it so now. Raises Refused; a decision that was made before is accepted."""
    case = read_case(member, case_id)
    if case.decision is not None:
        if (case.decision.outcome, case.decision.reasons) == (decision.verdict, decision.reasons):
            return case
        raise Refused(
            "already_decided",
            f"Case {case.id} was decided before, by {case.decision.decided_by}.",
            f"事项 {case.id} 已由 {case.decision.decided_by} 办结。",
        )
    if "reviewer" not in member.roles or not _free(case, member):
        raise Refused(
            "not_yours_to_decide",
            "Another reviewer holds this case now, or your role may not decide it. Take the next one.",
            "该事项正由其他审核人员处理，或您无权办理，请领取下一项。",
        )
    _allowed(case, decision)
    return case


def _allowed(case: Case, decision: Decision) -> None:
    if case.kind is not CaseKind.REVIEW:
        if decision.verdict is not Verdict.APPROVE:
            raise Refused(
                "only_done",
                "This kind of case is closed with “approve” once it is dealt with.",
                "此类事项处理完毕后请选择“通过”。",
            )
        return
    application = application_of(case)
    policy, _ = load_policy(application.scheme)
    check_decision(decision, policy)
    second = staff.find(decision.seconded_by) if decision.seconded_by else None
    if decision.seconded_by and (second is None or "reviewer" not in second.roles or case.desk not in second.desks):
        raise Refused(
            "second_unknown",
            "The second person must be another reviewer of this desk. Give their staff id.",
            "复核人须为本组另一名审核人员，请填写其工号。",
            rules=("CHK-03",),
            field="seconded_by",
        )


def application_of(case: Case) -> Application:
    """The application a review is about."""
    return applications.read(case.about)
