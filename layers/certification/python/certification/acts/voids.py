"""Declaring void: a hearing with its ground, the person's answer, the decision of two people, and what it does.

Before the exam the registration is void: no ticket, no score (decision 11). After it the scores of the sitting are void
(CHK-16): the status says void, and the release writes the code for it. A voided registration returns no money unless the
policy says so (REF-06). A certificate that was issued on it is void too, and whoever checks it reads so (COM-15).
"""

import json
from datetime import datetime

from certification.acts import certificates, disputes
from certification.acts.cases import new_case
from certification.acts.cases import opened as case_opened
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.parts import looked_at_again
from certification.acts.places import freed
from certification.acts.refund_grounds import decision_on
from certification.acts.returning import closed_order
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, Voided, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.tables.orders import orders
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.case_deadlines import hearing_due, reply_due
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import is_open, warning_at
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound, Refused
from certification.rules.findings import RefundKind
from certification.rules.payments import OrderState, move_order
from certification.rules.policy_changes import VoidGround
from certification.rules.refunds import Ground
from certification.rules.review import LONGEST_NOTE, Verdict
from certification.rules.status import Status, Trigger, triggers

CHECKED = ("CHK-15", "CHK-16")


def ground_of(application: Application, code: str) -> VoidGround:
    """The policy's ground. Refused when the scheme knows no such ground."""
    policy, _ = load_policy(application.scheme)
    found = next((one for one in policy.void.grounds if one.code == code), None) if policy.void else None
    if found is None:
        raise Refused("ground_unknown", "Choose a ground from the list.", "请从列表中选择事由。", field="ground")
    return found


@retried
def open_hearing(member: StaffMember, reference: str, ground: str) -> str:
    """Begin to look into whether something is void. Once per ground; gives the case. Nothing is decided by it."""
    application = applications.find(reference)
    policy, _ = load_policy(application.scheme) if application else (None, "")
    desk = desk_for(policy, CaseKind.VOID_HEARING, application.region).code if application and policy else ""
    if application is None or policy is None or desk not in member.desks:
        raise NotFound("application")
    known = ground_of(application, ground)
    if not {Trigger.VOIDED, Trigger.REJECTED} & set(triggers(application.status)):
        raise Refused(
            "nothing_to_void",
            f"An application that is {application.status} cannot be declared void.",
            "该申请当前状态不能认定无效。",
            rules=CHECKED,
        )
    now = clock.now()
    calendar = load_calendar(policy.calendar)
    due = hearing_due(now, policy, calendar).due
    case = new_case(
        CaseKind.VOID_HEARING,
        Subject.APPLICATION,
        reference,
        known.code,
        now=now,
        due=due,
        desk=desk,
        facts={"ground": known.code, "opened_by": member.id},
        scheme=application.scheme,
        warn=warning_at(due, policy, calendar),
    )
    if cases.find(case.id) is not None:
        return case.id
    heard = application.changed(open_cases=(*application.open_cases, case.as_open))
    told = announce("VoidHearingOpened", application, case=case.id)
    commit([applications.update(heard), cases.insert(case)], [case_opened(case), told])
    return case.id


def hearing_of(application: Application) -> Case | None:
    """The hearing that is open about this application."""
    for one in application.open_cases:
        if one.kind is CaseKind.VOID_HEARING:
            case = cases.read(one.reference)
            return case if case.decision is None else None
    return None


def behind(case: Case) -> str:
    """What a desk said about the check or report that led to the hearing; empty where a desk opened it by itself."""
    check = cases.find(case.facts["check"]) if "check" in case.facts else None
    return check.decision.note if check and check.decision else ""


def answer_by(case: Case) -> datetime:
    """Until when the person may answer."""
    policy, _ = load_policy(case.scheme or "")
    return reply_due(case.opened_at, policy, load_calendar(policy.calendar)).due


@retried
def reply(candidate_id: str, reference: str, text: str) -> None:
    """The person's own words, sealed, for the two who decide. A later answer takes the place of an earlier one."""
    application = own_application(candidate_id, reference)
    case = hearing_of(application)
    if case is None:
        raise Refused("no_hearing", "No hearing is open.", "当前没有进行中的无效认定。", rules=CHECKED)
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise Refused(
            "answer_length", f"Write 1 to {LONGEST_NOTE} characters.", f"请填写1至{LONGEST_NOTE}个字符。", field="text"
        )
    if not is_open(clock.now(), None, answer_by(case)):
        raise Refused("reply_over", "The time to answer is over.", "陈述意见期限已截止。", rules=CHECKED)
    sealed = key_of(candidate_id).seal("wanted", json.dumps({"reply": said}, ensure_ascii=False))
    commit([cases.update(case.changed(wanted=sealed))])


def replied(case: Case, candidate_id: str) -> str:
    """What the person answered, in clear, for those who decide; empty when nothing."""
    return str(json.loads(key_of(candidate_id).open("wanted", case.wanted))["reply"]) if case.wanted else ""


def must_be_heard(case: Case) -> None:
    """Nobody is condemned unheard: a void is decided once the person has answered, or the time for it is over."""
    if case.kind is CaseKind.VOID_HEARING and case.wanted is None and is_open(clock.now(), None, answer_by(case)):
        raise Refused(
            "not_heard_yet",
            "The person has not answered yet and still may. Wait for the answer or the end of its time.",
            "当事人陈述意见期限未满，尚不能认定无效。",
            rules=CHECKED,
            facts={"answer_by": answer_by(case).isoformat()},
        )


def decided(case: Case) -> None:
    """What a decided hearing does: void, or nothing."""
    _apply(case.id)


@retried
def _apply(case_id: str) -> None:
    case = cases.read(case_id)
    application = applications.read(case.about)
    if case.decision is None or not application.has_open(case.id):
        return
    now = clock.now()
    if case.decision.outcome != Verdict.APPROVE or not _can_end(application):
        commit([applications.update(application.changed(open_cases=application.open_without(case.id)))])
        return
    commit(*_voided(application, case, case.decision, now))


def _can_end(application: Application) -> bool:
    return bool({Trigger.VOIDED, Trigger.REJECTED} & set(triggers(application.status)))


def _voided(
    application: Application, case: Case, decision: Decided, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    ground = ground_of(application, case.facts["ground"])
    trigger = Trigger.VOIDED if Trigger.VOIDED in triggers(application.status) else Trigger.REJECTED
    over = moved(
        application,
        trigger,
        by=decision.decided_by,
        now=now,
        due=None,
        rules=CHECKED,
        open_cases=disputes.going_on(application),
        void=Voided(
            scope=ground.scope,
            ground=ground.code,
            decided_by=decision.decided_by,
            seconded_by=decision.seconded_by,
            case=case.id,
            at=now,
            earlier=application.status,
        ),
    )
    writes: list[Write] = [applications.update(over), *freed(application)]
    if application.status is Status.AWAITING_PAYMENT and application.order:
        order = orders.read(application.order)
        parts, looked_at = looked_at_again(order)
        writes += [orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))), *parts]
    else:
        looked_at = []
    writes += certificates.voided_with(application)
    more, told = _returned(application, decision, now)
    writes += [*more, *disputes.over_with(application, "void", "system", now, but=case.id)]
    return writes, [announce("ApplicationVoided", application), *told, *looked_at]


def _returned(application: Application, decision: Decided, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """What the policy gives back of a paid registration that is void: mostly nothing (REF-06)."""
    order = orders.read(application.order) if application.order else None
    if order is None or order.state is not OrderState.SETTLED:
        return [], []
    found = decision_on(Ground.VOID, application, order)
    if not found.refunded:
        return [], []
    return closed_order(application, order, found, RefundKind.VOID, now, by=decision.decided_by)
