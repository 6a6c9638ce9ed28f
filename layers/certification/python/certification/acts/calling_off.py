"""Calling an exam off: everybody concerned is offered what the policy says, one by one, and silence has its default.

The machine of deadlines lists who is concerned; an application that was missed is found when its own date comes.
"""

from datetime import datetime, timedelta

from certification.acts import disputes
from certification.acts.authority import plans
from certification.acts.cases import new_case, opened
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.parts import looked_at_again
from certification.acts.places import freed
from certification.acts.refund_grounds import decision_on
from certification.acts.rescheduling import rescheduled
from certification.acts.returning import closed_order
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import CalledOff, Sitting, sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.called_off import Offer, by_default, needs_a_choice, offers
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import choice_due
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound, Refused
from certification.rules.findings import RefundKind
from certification.rules.payments import OrderState, move_order
from certification.rules.refunds import Ground
from certification.rules.review import LONGEST_NOTE, Verdict
from certification.rules.status import Status, Trigger

CONCERNED = (Status.REGISTERED, Status.SEATED, Status.AWAITING_PAYMENT)
AGAIN = timedelta(days=1)
RULES = ("REF-03",)


@retried
def call_off(member: StaffMember, sitting_id: str, why_en: str, why_zh: str, instead: tuple[str, ...]) -> None:
    """Call a sitting off. Doing it again changes nothing. Not once the exam has begun."""
    sitting = sittings.find(sitting_id) if len(sitting_id) <= 60 else None
    if sitting is None or not plans(member, sitting.scheme):
        raise NotFound("sitting")
    if sitting.called_off is not None:
        return
    now = clock.now()
    if now >= sitting.dates.first_subject:
        raise Refused("exam_began", "The exam has begun.", "考试已开始，不能取消。", rules=RULES)
    for field, why in (("why_en", why_en), ("why_zh", why_zh)):
        if not why.strip() or len(why) > LONGEST_NOTE:
            raise Refused(
                "why_missing",
                f"Say why, in both languages, in 1 to {LONGEST_NOTE} characters each.",
                f"请用中英文分别填写原因（1 至 {LONGEST_NOTE} 个字符）。",
                field=field,
            )
    others = [sittings.find(name) for name in instead]
    if any(other is None or not _may_follow(sitting, other) for other in others):
        raise Refused(
            "no_such_sitting",
            "A sitting offered instead must be of the same scheme, and its list not yet closed.",
            "替代考期须属同一考试且尚未截止。",
            field="instead",
        )
    off = CalledOff(at=now, by=member.id, why_en=why_en.strip(), why_zh=why_zh.strip(), instead=instead)
    about = {"sitting": sitting.id, "job": f"{CALL_OFF}{sitting.id}"}
    told = Announcement(name="SittingCalledOff", subject=sitting.id, key=sitting.id, about=about)
    commit([sittings.update(sitting.changed(called_off=off, due=None))], [told])


CALL_OFF = "call_off#"
"""The beginning of the job that lists who is concerned; the sitting's name follows."""


def _may_follow(sitting: Sitting, other: Sitting) -> bool:
    same = other.scheme == sitting.scheme and other.id != sitting.id
    return same and other.called_off is None and other.stage == "announced"


def concerned(job: str) -> list[str]:
    """The applications that a call-off concerns, by the name of its job."""
    sitting = job.removeprefix(CALL_OFF)
    return [one.reference for status in CONCERNED for one in applications.in_status(sitting, status)]


@retried
def offer(reference: str) -> None:
    """Offer one candidate what there is, or give it where there is nothing to choose. Again changes nothing."""
    application = applications.read(reference)
    sitting = sittings.read(application.sitting)
    if sitting.called_off is None or application.status not in CONCERNED:
        return
    now = clock.now()
    if application.status is Status.AWAITING_PAYMENT:
        commit(*_cancelled_unpaid(application, now))
        return
    policy, _ = load_policy(application.scheme)
    offered = offers(policy.cancellation, sitting.called_off.instead)
    due = choice_due(sitting.called_off.at, policy, load_calendar(policy.calendar)).due
    waiting = moved(application, Trigger.CALLED_OFF, by="calling_off", now=now, due=Due(at=due), rules=RULES)
    if offered == ("full_refund",):
        writes, news = _cancelled(application, waiting, now, by="calling_off")
        commit(writes, [announce("ExamCalledOff", application), *news])
        return
    if needs_a_choice(offered):
        commit([applications.update(waiting)], [announce("ExamCalledOff", application)])
        return
    case = _case(application, due, now)
    waiting = waiting.changed(open_cases=(*waiting.open_cases, case.as_open))
    commit([applications.update(waiting), cases.insert(case)], [announce("ExamCalledOff", application), opened(case)])


def _case(application: Application, due: datetime, now: datetime) -> Case:
    """The body decides: approve returns everything, reject ends the registration without."""
    policy, _ = load_policy(application.scheme)
    return new_case(
        CaseKind.CALLED_OFF,
        Subject.APPLICATION,
        application.reference,
        application.sitting,
        now=now,
        due=due,
        desk=desk_for(policy, CaseKind.CALLED_OFF, application.region).code,
        facts={"order": application.order or ""},
        scheme=application.scheme,
    )


def choices(application: Application) -> tuple[tuple[Offer, ...], tuple[Sitting, ...]]:
    """What a candidate who waits for it may choose, and the sittings offered instead that are still open."""
    off = sittings.read(application.sitting).called_off
    if off is None or application.status is not Status.AWAITING_CHOICE:
        return (), ()
    others = [found for found in map(sittings.find, off.instead) if found is not None]
    still = tuple(one for one in others if one.called_off is None and one.stage == "announced")
    policy, _ = load_policy(application.scheme)
    return offers(policy.cancellation, [one.id for one in still]), still


@retried
def choose(candidate_id: str, reference: str, choice: str, sitting: str | None = None) -> None:
    """What the candidate chose: everything back, or another date. The same choice again changes nothing."""
    application = own_application(candidate_id, reference)
    if choice == "full_refund" and application.status is Status.CANCELLED:
        return
    if choice == "reschedule" and application.status is Status.REGISTERED and application.sitting == sitting:
        return
    offered, still = choices(application)
    if choice not in offered or choice == "staff_decision":
        raise Refused(
            "no_such_choice", "Choose one of the offers.", "请从所列方案中选择。", field="choice", rules=RULES
        )
    now = clock.now()
    if choice == "full_refund":
        commit(*_cancelled(application, application, now, by="candidate"))
        return
    to = next((one for one in still if one.id == sitting), None)
    if to is None:
        raise Refused("no_such_sitting", "Choose one of the dates.", "请选择一个考期。", field="sitting", rules=RULES)
    commit(*rescheduled(application, to, now, by="candidate"))


@retried
def fell_due(reference: str) -> None:
    """Nobody chose in time: the policy's default. While the payer's bank disputes the payment, it waits."""
    application = applications.read(reference)
    now = clock.now()
    if application.status is not Status.AWAITING_CHOICE or application.due is None or application.due.at > now:
        return
    offered, still = choices(application)
    policy, _ = load_policy(application.scheme)
    default = by_default(policy.cancellation, [one.id for one in still])
    if default == "staff_decision" or not offered:
        commit([applications.update(application.changed(due=Due(at=now + AGAIN)))])  # its case is escalated by itself
        return
    try:
        if default == "reschedule":
            writes, news = rescheduled(application, still[0], now, by="deadlines")
        else:
            writes, news = _cancelled(application, application, now, by="deadlines")
    except Refused:
        writes, news = [applications.update(application.changed(due=Due(at=now + AGAIN)))], []
    commit(writes, news)


@retried
def decided(case: Case) -> None:
    """The body's decision about one candidate of an exam that was called off."""
    application = applications.read(case.about)
    if case.decision is None or application.status is not Status.AWAITING_CHOICE:
        return
    back = case.decision.outcome == Verdict.APPROVE
    commit(*_cancelled(application, application, clock.now(), by=case.decision.decided_by, back=back))


def _cancelled(
    before: Application, waiting: Application, now: datetime, *, by: str, back: bool = True
) -> tuple[list[Write], list[Announcement]]:
    """The end of the registration, with all that was paid on its way back. `before` is the row as it is stored."""
    held = disputes.going_on(before)
    over = moved(waiting, Trigger.CANCELLED, by=by, now=now, due=None, rules=RULES, open_cases=held)
    order = orders.read(before.order or "")
    writes: list[Write] = [applications.update(over), *freed(before)]
    news: list[Announcement] = []
    if back:
        found = decision_on(Ground.EXAM_CANCELLED, before, order)
        more, news = closed_order(before, order, found, RefundKind.EXAM_CANCELLED, now, by=by)
        writes += more
    else:
        writes.append(orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))))
    writes += disputes.over_with(before, "called_off", "system", now)
    return writes, [announce("RegistrationCancelled", before), *news]


def _cancelled_unpaid(application: Application, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """Nothing was paid: it ends. Money that still arrives for its order goes back whole."""
    held = disputes.going_on(application)
    over = moved(application, Trigger.CANCELLED, by="calling_off", now=now, due=None, rules=RULES, open_cases=held)
    writes: list[Write] = [applications.update(over), *freed(application)]
    order = orders.read(application.order or "")
    news: list[Announcement] = []
    if order.state is OrderState.OPEN:
        more, news = looked_at_again(order)
        writes += [orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))), *more]
    writes += disputes.over_with(application, "called_off", "system", now)
    return writes, [announce("RegistrationCancelled", application), *news]
