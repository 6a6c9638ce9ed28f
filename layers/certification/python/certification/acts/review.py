"""The desks' work: the queue, taking the next case, keeping it, giving it back, and deciding it, by page or by file."""

from typing import Literal

from certification.acts.appointments import must_be_passed
from certification.acts.authority import decides, sees
from certification.acts.cases import decided
from certification.acts.crediting import is_unplaced, must_be_placeable
from certification.acts.unbinding import must_be_possible
from certification.acts.voids import must_be_heard
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.cases import Case, Proposal, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import payment_due
from certification.rules.errors import NotFound, Refused
from certification.rules.review import (
    EVERY,
    Decision,
    Only,
    Verdict,
    check_decision,
    check_other,
    check_second,
    is_free,
    needs_second,
)

A_PAGE = 50
FEW, MANY = 50, 1000
"""How many cases of a desk are looked at for the next one: a few, and more only where colleagues hold all of those, or
they are not of the kind that is asked for."""


def queue(
    member: StaffMember, most: int = 50, *, below: bool = False, others: bool = False, only: Only = EVERY
) -> list[Case]:
    """The open cases that wait for the member's desks, oldest promise first; at most so many per desk are looked at.

    `below`: and for those under them. `others`: instead, those of the desks that wait for somebody else.
    """
    at = sorted(sees(member)) if below else member.desks
    wanted = [desk for desk in at if only.desk in (None, desk)]
    found = [case for desk in wanted for case in cases.queue(desk, most, others=others) if only.takes(case)]
    return sorted(found, key=lambda case: (case.promised, case.opened_at, case.id))


def take_next(member: StaffMember, only: Only = EVERY) -> Case | None:
    """Lock the oldest case nobody holds for this member; None when there is none. Two people never get the same.

    A proposal that waits for its second person is never given to the first.
    """
    looked_at: set[str] = set()
    for most in (FEW, MANY):
        for waiting in queue(member, most, only=only):
            if waiting.id in looked_at:
                continue
            looked_at.add(waiting.id)
            case = cases.read(waiting.id)
            if may_take(case, member):
                try:
                    commit([cases.update(case.changed(taken_by=member.id, taken_at=clock.now()))])
                except Lost:
                    continue
                return cases.read(case.id)
    return None


@retried
def keep(member: StaffMember, case_id: str) -> Case:
    """Hold a case, or hold it longer: for half an hour from now, unless somebody else holds it.

    Only who may decide it may hold it; and who proposed a decision leaves the case to their second person.
    """
    case = read_case(member, case_id)
    if case.decision is not None:
        return case
    if not may_decide(case, member) or not _free(case, member):
        raise held()
    if case.seconding is not None:
        check_second(case.seconding.by, member.id)
    commit([cases.update(case.changed(taken_by=member.id, taken_at=clock.now()))])
    return cases.read(case.id)


@retried
def give_back(member: StaffMember, case_id: str) -> Case:
    """Let a case go that this member holds; one that they do not hold stays as it is."""
    case = read_case(member, case_id)
    if case.taken_by != member.id or case.decision is not None:
        return case
    commit([cases.update(case.changed(taken_by=None, taken_at=None))])
    return cases.read(case.id)


def may_take(case: Case, member: StaffMember) -> bool:
    """Whether the case is open, nobody else holds it, and no proposal of this member's own waits for its second person."""
    own = case.seconding is not None and case.seconding.by == member.id
    return case.decision is None and not own and _free(case, member)


def may_decide(case: Case, member: StaffMember) -> bool:
    """Whether role and desk let this member decide the case, whoever holds it."""
    return "reviewer" in member.roles and case.desk in decides(member)


def _free(case: Case, member: StaffMember) -> bool:
    return is_free(case.taken_by, case.taken_at, member.id, clock.now())


def held() -> Refused:
    """Somebody else's turn."""
    return Refused(
        "not_yours_to_decide",
        "Another reviewer holds this case now, or your role may not decide it. Take the next one.",
        "该事项正由其他审核人员处理，或您无权办理，请领取下一项。",
    )


def read_case(member: StaffMember, case_id: str) -> Case:
    """A case of one of the member's desks, or of one under them; any other looks as if it did not exist."""
    case = cases.find(case_id) if len(case_id) < 40 else None
    if case is None or case.desk not in sees(member):
        raise NotFound("case")
    return case


@retried
def decide(member: StaffMember, case_id: str, decision: Decision, by: Literal["page", "file"] = "page") -> None:
    """Decide a case. The decision is stored and announced; a listener applies it. The same decision again is no error.

    Where two people are needed it is a proposal until the second has confirmed it (`seconding.py`); proposing the same
    again changes nothing.
    """
    case = check(member, case_id, decision)
    if case.decision is not None or _is_proposed(case, decision):
        return
    now = clock.now()
    if _needs_second(case, decision):
        commit([cases.update(_proposed(case, decision))])
        return
    write, told = decided(case, decision, now, by=by)
    commit([write], [told])


def _needs_second(case: Case, decision: Decision) -> bool:
    """Whether the policy of the case's scheme wants two people for this decision."""
    if case.kind is CaseKind.UNMATCHED_CREDIT and not is_unplaced(case):
        return False  # something to know, and no money to move
    scheme = case.scheme
    if scheme is None and case.kind is CaseKind.UNMATCHED_CREDIT:
        return (
            decision.verdict is not Verdict.REJECT
        )  # on an account that all schemes share: no policy says that one may
    if scheme is None and case.subject is Subject.APPLICATION:
        scheme = application_of(case).scheme
    return scheme is not None and needs_second(case.kind, decision.verdict, load_policy(scheme)[0])


def _is_proposed(case: Case, decision: Decision) -> bool:
    """Whether this member proposed just this before, and it still waits."""
    waiting = case.seconding
    asked = (decision.decided_by, decision.verdict, decision.reasons, decision.note)
    return waiting is not None and (waiting.by, waiting.outcome, waiting.reasons, waiting.note) == asked


def _proposed(case: Case, decision: Decision) -> Case:
    """The case with a proposal that waits; the first person lets it go, so that the second can take it."""
    proposal = Proposal(
        outcome=decision.verdict,
        reasons=decision.reasons,
        note=decision.note,
        by=decision.decided_by,
        at=clock.now(),
    )
    waiting: Case = case.changed(proposals=(*case.proposals, proposal), taken_by=None, taken_at=None)
    return waiting


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
    if not may_decide(case, member) or not _free(case, member):
        raise held()
    if case.seconding is not None and not _is_proposed(case, decision):
        raise Refused(
            "waits_for_second",
            "A decision of this case waits for its second person. Confirm it or disagree first.",
            "该事项的决定正在等待复核，请先复核。",
            rules=("CHK-03",),
        )
    _allowed(case, decision)
    return case


def _allowed(case: Case, decision: Decision) -> None:
    if case.kind is not CaseKind.REVIEW:
        check_other(case.kind, decision)
        must_be_placeable(case, decision)
        if decision.verdict is Verdict.APPROVE:
            must_be_heard(case)
        if case.kind is CaseKind.ACCOUNT_HELP and decision.verdict is Verdict.APPROVE:
            must_be_possible(case)
        return
    application = application_of(case)
    policy, _ = load_policy(application.scheme)
    check_decision(decision, policy)
    if decision.verdict is Verdict.APPROVE:
        must_be_passed(application)
        sitting = sittings.read(application.sitting)
        payment_due(clock.now(), sitting.dates, policy, load_calendar(policy.calendar))  # refused once payment closed


def application_of(case: Case) -> Application:
    """The application a review is about."""
    return applications.read(case.about)
