"""Supervision: a commitment that is looked at. The candidate answers by a date; the desk says whether it was kept.

A check blocks the ticket before the exam and the certificate after it. Missed or refused, the policy says what follows
(K31); a commitment that proves false leads to a hearing, whenever it is found (COM-15).
"""

from datetime import datetime
from typing import Literal

from certification.acts.authority import decides
from certification.acts.cases import new_case, opened
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.places import freed
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.case_deadlines import hearing_due
from certification.rules.cases import CaseKind, Subject
from certification.rules.commitment_deadlines import check_answer_due
from certification.rules.deadlines import is_open, review_due
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound, Refused
from certification.rules.policy import Policy
from certification.rules.proofs import asked_in_check
from certification.rules.review import Verdict
from certification.rules.status import Trigger, is_live
from certification.rules.supervision import after_missed, blocked_by_check, ground_of

Mode = Literal["sample", "key", "smart", "desk"]
Change = tuple[list[Write], list[Announcement]]


@retried
def open_check(reference: str, mode: Mode, cause: str, why: str, by: str = "system") -> str:
    """Ask for a check, once for the same cause. Gives the case's id; empty where nothing can be checked any more."""
    application = applications.read(reference)
    made = check_of(application, mode, cause, why, clock.now(), by)
    if made is None:
        return ""
    after, case = made
    if cases.find(case.id) is None:
        commit([applications.update(after), cases.insert(case)], [opened(case), requested(application, case)])
    return case.id


def ask_check(member: StaffMember, reference: str, why: str) -> str:
    """A desk asks for a check of a commitment, at any time: before, during or after the exam (CHK-04, CHK-11).

    `mode` is `key` when a report from the public is behind it (`why` names its case), else `desk`.
    """
    application = applications.find(reference)
    policy = load_policy(application.scheme)[0] if application else None
    if application is None or policy is None or _desk(application, policy) not in decides(member):
        raise NotFound("application")
    if not application.commits or application.commitment is None:
        raise Refused(
            "no_commitment_to_check",
            "This application does not rest on a commitment.",
            "该报名未采用告知承诺制。",
            rules=("CHK-04",),
        )
    mode: Mode = "key" if why.startswith("CASE-") else "desk"
    opened_case = open_check(reference, mode, why, why, by=member.id)
    if not opened_case:
        raise Refused("nothing_to_check", "This application has ended.", "该报名已终止。", rules=("CHK-04",))
    return opened_case


def _desk(application: Application, policy: Policy) -> str:
    return desk_for(policy, CaseKind.SUPERVISION_CHECK, application.region).code


def check_of(
    application: Application, mode: Mode, cause: str, why: str, now: datetime, by: str = "system"
) -> tuple[Application, Case] | None:
    """The application with a check beside it, and the check; neither is stored yet. None where there is nothing to check."""
    policy, _ = load_policy(application.scheme)
    if policy.checks is None or not is_live(application.status):
        return None
    dates = sittings.read(application.sitting).dates
    due = check_answer_due(now, policy, load_calendar(policy.calendar))
    case = new_case(
        CaseKind.SUPERVISION_CHECK,
        Subject.APPLICATION,
        application.reference,
        mode,
        cause,
        now=now,
        due=due.due,
        desk=_desk(application, policy),
        blocks=blocked_by_check(now, dates),
        facts={"mode": mode, "why": why, "opened_by": by},
        scheme=application.scheme,
    ).changed(waits_for="candidate")
    after: Application = application.changed(open_cases=(*application.open_cases, case.as_open))
    return after, case


def requested(application: Application, case: Case) -> Announcement:
    """The letter that asks for the proofs."""
    return announce("CheckRequested", application, case=case.id)


def waiting_check(application: Application) -> Case | None:
    """The check that waits for this candidate now."""
    for one in application.open_cases:
        if one.kind is CaseKind.SUPERVISION_CHECK:
            case = cases.read(one.reference)
            if case.decision is None and case.waits_for == "candidate":
                return case
    return None


@retried
def answer(candidate_id: str, reference: str) -> None:
    """Hand in the proofs a check asks for (CHK-11). The desk then looks at them, with a date of its own."""
    application = own_application(candidate_id, reference)
    case = waiting_check(application)
    if case is None:
        raise Refused("no_check", "No check waits for you.", "当前没有待您配合的核查。", rules=("CHK-04",))
    now = clock.now()
    if not is_open(now, None, case.promised):
        raise Refused("check_over", "The time to answer the check is over.", "核查配合期限已截止。", rules=("CHK-13",))
    policy, _ = load_policy(application.scheme)
    if policy.checks is not None and policy.checks.accepts == ("paper",):
        raise Refused(
            "on_paper_only",
            "Bring the proofs on paper to the desk of your place of registration.",
            "请将纸质证明材料提交至报名地考试机构。",
            rules=("CHK-06",),
        )
    candidate = candidates.read(candidate_id)
    accepted = {code for code, file in candidate.files.items() if file.state == "accepted"}
    lacking = [code for code in asked_in_check(policy, application.level or "") if code not in accepted]
    if lacking:
        words = {upload.code: upload.words for upload in policy.uploads}
        raise Refused(
            "proofs_missing",
            f"Upload and accept first: {'; '.join(words[code].en for code in lacking)}.",
            f"请先上传并确认：{'、'.join(words[code].zh for code in lacking)}。",
            rules=("CHK-06", "CHK-11"),
            facts={code: words[code].en for code in lacking},
        )
    commit([cases.update(_answered(case, policy, now)), candidates.unchanged(candidate)])


def _answered(case: Case, policy: Policy, now: datetime, **facts: str) -> Case:
    """The check as it waits for the desk, which has its own time to look: whatever it takes, nothing is missed."""
    due = review_due(now, policy, load_calendar(policy.calendar)).due
    told = {**case.facts, "answered_at": now.isoformat(), **facts}
    waiting: Case = case.changed(waits_for="desk", promised=due, due=Due(at=due), facts=told)
    return waiting


@retried
def received(member: StaffMember, case_id: str) -> None:
    """Proofs came to the desk on paper (CHK-06): the check is answered. Noting it again changes nothing."""
    case = cases.find(case_id)
    if case is None or case.kind is not CaseKind.SUPERVISION_CHECK or case.desk not in decides(member):
        raise NotFound("case")
    policy, _ = load_policy(case.scheme or "")
    if case.decision is not None or case.waits_for != "candidate":
        return
    if policy.checks is None or (policy.checks.accepts and "paper" not in policy.checks.accepts):
        raise Refused(
            "not_on_paper",
            "This scheme takes proofs by upload only.",
            "本项考试仅接受电子版证明材料。",
            rules=("CHK-06",),
        )
    commit([cases.update(_answered(case, policy, clock.now(), on_paper_by=member.id))])


@retried
def missed(case_id: str) -> bool:
    """A check that its candidate did not answer in time (CHK-13, CHK-15, CHK-16). False when there is nothing to do."""
    case = cases.read(case_id)
    now = clock.now()
    if case.decision is not None or case.waits_for != "candidate" or is_open(now, None, case.promised):
        return False
    application = applications.read(case.about)
    closed = _closed(case, "missed", now)
    writes, news = _consequence(application, case, now, "missed")
    commit([cases.update(closed), *writes], news)
    return True


def decided(case: Case) -> None:
    """What a desk's word does: kept, the check is over; not kept, a hearing decides (COM-15)."""
    _apply(case.id)


@retried
def _apply(case_id: str) -> None:
    case = cases.read(case_id)
    application = applications.read(case.about)
    if case.decision is None or not application.has_open(case.id):
        return
    now = clock.now()
    if case.decision.outcome == Verdict.APPROVE:
        free = application.changed(open_cases=application.open_without(case.id))
        commit([applications.update(free)], [announce("CheckPassed", application)])
        return
    writes, news = hearing_instead(application, case, now, ground_of(application.status, missed=False))
    commit(writes, news)


def _consequence(application: Application, case: Case, now: datetime, cause: str) -> Change:
    policy, _ = load_policy(application.scheme)
    if not is_live(application.status):
        return [], []
    if after_missed(policy, application.status) == "forfeited":
        over = moved(
            application,
            Trigger.FORFEITED,
            by="deadlines",
            now=now,
            due=None,
            rules=("CHK-13",),
            open_cases=application.open_without(case.id),
        )
        return [applications.update(over), *freed(application)], [announce("RightForfeited", application)]
    return hearing_instead(application, case, now, ground_of(application.status, missed=cause == "missed"))


def hearing_instead(application: Application, check: Case, now: datetime, ground: str) -> Change:
    """A hearing in the check's place: it blocks what the check blocked, until two people have decided."""
    policy, _ = load_policy(application.scheme)
    case = new_case(
        CaseKind.VOID_HEARING,
        Subject.APPLICATION,
        application.reference,
        check.id,
        now=now,
        due=hearing_due(now, policy, load_calendar(policy.calendar)).due,
        desk=desk_for(policy, CaseKind.VOID_HEARING, application.region).code,
        blocks=check.blocks,
        facts={"ground": ground, "check": check.id},
        scheme=application.scheme,
    )
    heard = application.changed(open_cases=(*application.open_without(check.id), case.as_open))
    return [applications.update(heard), cases.insert(case)], [
        opened(case),
        announce("VoidHearingOpened", application, case=case.id),
    ]


def _closed(case: Case, outcome: str, now: datetime) -> Case:
    over: Case = case.changed(
        decision=Decided(outcome=outcome, decided_by="deadlines", decided_at=now, by="system"), due=None
    )
    return over
