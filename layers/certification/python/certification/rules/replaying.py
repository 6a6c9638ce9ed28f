"""REPLAYING: everything that a policy decides about one application, asked of each rule again.

In words: what the rules read of an application is written down without name, document number, address or employer. From
it every rule answers as it did, or as it would under another policy: is the combination offered, are the conditions met,
which way does it go, with which proofs and to which desk, what does it cost, every deadline, and what a withdrawal gets
back until when. A rule that refuses, or a date that only a notice names, is an answer too.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from pydantic import AwareDatetime, Field

from certification.rules import commitment_deadlines, deadlines
from certification.rules.calendars import OutsideCalendar, WorkingCalendar
from certification.rules.cases import CaseKind
from certification.rules.choosing import Wanted, chosen
from certification.rules.commitments import CLASS_WORDS, Lock, classes_of, offer
from certification.rules.desks import desk_for
from certification.rules.eligibility import Background, EligibilityAnswer, counted_until, eligibility
from certification.rules.errors import Refused
from certification.rules.fees import order_fees
from certification.rules.integrity import Entry
from certification.rules.lanes import CheckState, LaneChoice, choose_lane
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import VerificationSubject
from certification.rules.proofs import needed
from certification.rules.refunds import preview, refund_policy
from certification.rules.sitting import SittingDates
from certification.rules.words import Because, Words

NAMES: dict[str, Words] = {
    "offered": Words(en="choice", zh="报考信息"),
    "eligible": Words(en="conditions", zh="报考条件"),
    "lane": Words(en="way", zh="办理方式"),
    "hand_in": Words(en="proofs to hand in", zh="须提交的证明材料"),
    "desk": Words(en="desk", zh="办理机构"),
    "fee": Words(en="fee", zh="费用"),
    "check_due": Words(en="online check answered by", zh="在线核验反馈时间"),
    "sign_by": Words(en="sign by", zh="签署截止"),
    "proofs_by": Words(en="hand in proofs by", zh="证明材料提交截止"),
    "review_by": Words(en="review by", zh="审核完成时间"),
    "pay_by": Words(en="pay by", zh="缴费截止"),
    "tickets": Words(en="ticket opens", zh="准考证开放"),
    "results_by": Words(en="results by", zh="成绩公布时间"),
    "refund_until": Words(en="refund until", zh="可退费至"),
    "refund": Words(en="refund on withdrawal", zh="退考可退金额"),
}
LANES: dict[str, Words] = {
    "review": Words(en="review before payment", zh="先审核后缴费"),
    "commitment": Words(en="commitment", zh="告知承诺"),
    "proof": Words(en="proofs and review", zh="提交证明材料并审核"),
}


class Choice(Frozen):
    """What a sitting offers, as an application of it needs it."""

    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    forms: tuple[str, ...]
    regions: tuple[str, ...] = ()


class Replay(Frozen):
    """One application as the rules read it: no name, no number of a document, no address, no employer.

    `saved_at` is when the person's data were complete, `registered_at` when the registration succeeded, if it did.
    """

    application: str
    wanted: Wanted
    background: Background
    checks: dict[VerificationSubject, CheckState] = Field(default_factory=dict)
    commits: bool | None = None
    entries: tuple[Entry, ...] = ()
    lock: Lock | None = None
    dates: SittingDates
    saved_at: AwareDatetime
    confirmed_at: AwareDatetime
    approved_at: AwareDatetime | None = None
    registered_at: AwareDatetime | None = None


class Point(Frozen):
    """One thing that was decided, in words, and why."""

    value: Words
    because: Because


def outcome(policy: Policy, calendar: WorkingCalendar, replay: Replay) -> dict[str, Point]:
    """Everything that this policy decides about this application, by name. What does not apply is not in it."""
    points = {"offered": _offered(policy, replay)}
    if points["offered"].value != OFFERED:
        return points
    answer = eligibility(
        replay.background, policy, replay.wanted.level, replay.wanted.occupation, counted_until(policy, replay.dates)
    )
    points["eligible"] = _eligible(answer)
    lane = _lane(policy, replay, answer)
    points["lane"] = Point(value=_lane_words(lane), because=lane.because)
    asked: dict[str, Callable[[], Point | None]] = {
        "hand_in": partial(_hand_in, policy, lane),
        "desk": partial(_desk, policy, replay, lane),
        "fee": partial(_fee, policy, replay),
        **_deadlines(policy, calendar, replay, lane),
        **_refund(policy, replay),
    }
    found = {what: _guarded(ask) for what, ask in asked.items()}
    return points | {what: point for what, point in found.items() if point.value != NOT_AT_ALL}


OFFERED = Words(en="offered", zh="开设")
NOT_OFFERED = Words(en="not offered", zh="不开设")
NOTHING_ASKED = Words(en="nothing", zh="无须提交")
NOT_AT_ALL = Words(en="none", zh="无")


def _guarded(ask: Callable[[], Point | None]) -> Point:
    """An answer, or why there is none: a refusal in its words, a date that only a notice names, a calendar's end."""
    try:
        return ask() or Point(value=NOT_AT_ALL, because=Because(en="It does not apply.", zh="不适用。"))
    except Refused as refusal:
        words = Words(en=f"refused ({refusal.code})", zh=f"不予办理（{refusal.code}）")
        return Point(value=words, because=Because(en=refusal.en, zh=refusal.zh, rules=refusal.rules))
    except OutsideCalendar as error:
        words = Words(en="beyond the calendar", zh="超出工作日历")
        return Point(value=words, because=Because(en=f"{error}.", zh=f"{error}。"))
    except ValueError as error:
        words = Words(en="not decided by the policy", zh="政策未规定")
        return Point(value=words, because=Because(en=f"{error}.", zh="以考试须知为准，或该规则不支持此写法。"))


def _offered(policy: Policy, replay: Replay) -> Point:
    everything = Choice(
        occupations=tuple(row.code for row in policy.occupations),
        levels=tuple(row.code for row in policy.levels),
        forms=tuple(row.code for row in policy.forms),
    )
    try:
        chosen(policy, everything, replay.wanted)
    except Refused as refusal:
        return Point(value=NOT_OFFERED, because=Because(en=refusal.en, zh=refusal.zh, rules=refusal.rules))
    return Point(value=OFFERED, because=Because(en="The policy has it.", zh="政策中开设。", rules=("REG-03",)))


def _eligible(answer: EligibilityAnswer) -> Point:
    year = answer.earliest_year
    if answer.eligible:
        return Point(value=Words(en="met", zh="符合"), because=answer.because)
    value = Words(en=f"not met before {year}", zh=f"{year} 年起符合") if year else Words(en="not met", zh="不符合")
    gaps = answer.missing[:1]
    return Point(
        value=value,
        because=Because(
            en=" ".join((answer.because.en, *(gap.en for gap in gaps))),
            zh="".join((answer.because.zh, *(gap.zh for gap in gaps))),
            rules=answer.because.rules,
        ),
    )


def _lane(policy: Policy, replay: Replay, answer: EligibilityAnswer) -> LaneChoice:
    open_to = offer(policy, replay.entries, replay.lock, replay.confirmed_at)
    classes = classes_of(policy, replay.wanted.level, replay.commits, open_to)
    return choose_lane(policy, replay.checks, answer, classes)


def _lane_words(lane: LaneChoice) -> Words:
    words = LANES[lane.lane]
    named = [CLASS_WORDS[name] for name in lane.classes]
    if lane.lane != "proof" or not named:
        return words
    return Words(
        en=f"{words.en} ({'; '.join(one.en for one in named)})",
        zh=f"{words.zh}（{'、'.join(one.zh for one in named)}）",
    )


def _hand_in(policy: Policy, lane: LaneChoice) -> Point | None:
    if lane.lane != "proof":
        return None
    wanted = needed(policy, lane.classes)
    words = [upload.words for upload in policy.uploads if upload.code in wanted]
    named = (
        Words(en=", ".join(one.en for one in words), zh="、".join(one.zh for one in words)) if words else NOTHING_ASKED
    )
    because = Because(
        en="Each class hands in its own proofs.", zh="按人员类别提交相应证明材料。", rules=("COM-12", "COM-13")
    )
    return Point(value=named, because=because)


def _desk(policy: Policy, replay: Replay, lane: LaneChoice) -> Point | None:
    if lane.lane == "commitment":
        return None
    desk = desk_for(policy, CaseKind.REVIEW, replay.wanted.region)
    because = Because(
        en="Cases go by exam and place of registration.", zh="按考试项目和报名地确定办理机构。", rules=("GOV-03",)
    )
    return Point(value=desk.words, because=because)


def _fee(policy: Policy, replay: Replay) -> Point:
    wanted = replay.wanted
    fees = order_fees(
        policy, wanted.occupation, wanted.level, wanted.form, _subjects(policy, replay), _paper(policy, replay)
    )
    return Point(value=Words(en=str(fees.total), zh=str(fees.total)), because=fees.because)


def _subjects(policy: Policy, replay: Replay) -> tuple[str, ...]:
    return replay.wanted.subjects or policy.subjects_of(replay.wanted.occupation, replay.wanted.level)


def _paper(policy: Policy, replay: Replay) -> str | None:
    """The zone of the paper certificate, where this policy knows it."""
    return next((zone.code for zone in policy.fees.mailing if zone.code == replay.wanted.paper), None)


def _deadlines(
    policy: Policy, calendar: WorkingCalendar, replay: Replay, lane: LaneChoice
) -> dict[str, Callable[[], Point | None]]:
    """Every deadline of this application's way, each asked of its own rule."""
    confirmed, dates = replay.confirmed_at, replay.dates

    def said(ask: Callable[[], deadlines.Deadline]) -> Callable[[], Point]:
        def point() -> Point:
            deadline = ask()
            return Point(value=_until(deadline.due, policy), because=deadline.because)

        return point

    def tickets() -> Point:
        opens, _ = deadlines.ticket_window(dates, policy, calendar)
        because = Because(
            en="The ticket opens as the policy or the notice says.", zh="按政策或须知开放。", rules=("TIC-01",)
        )
        return Point(value=_instant(opens, policy), because=because)

    found: dict[str, Callable[[], Point | None]] = {
        "check_due": said(partial(deadlines.verification_due, replay.saved_at, policy, calendar)),
        "results_by": said(partial(deadlines.results_due, dates, policy, calendar)),
        "tickets": tickets,
    }
    if lane.lane == "commitment":
        found["sign_by"] = said(
            partial(commitment_deadlines.signature_due, confirmed, confirmed, dates, policy, calendar)
        )
    else:
        found["review_by"] = said(partial(deadlines.review_due, confirmed, policy, calendar))
    if lane.lane == "proof":
        found["proofs_by"] = said(
            partial(commitment_deadlines.proofs_due, confirmed, confirmed, dates, policy, calendar, own_act=False)
        )
    if replay.approved_at is not None:
        found["pay_by"] = said(partial(deadlines.payment_due, replay.approved_at, dates, policy, calendar))
    return found


def _refund(policy: Policy, replay: Replay) -> dict[str, Callable[[], Point | None]]:
    """What a withdrawal would get the moment the registration succeeded, and until when it gets anything."""
    success = replay.registered_at
    if success is None:
        return {}

    def shown(until: bool) -> Point:
        paid = order_fees(
            policy,
            replay.wanted.occupation,
            replay.wanted.level,
            replay.wanted.form,
            _subjects(policy, replay),
            _paper(policy, replay),
        ).total
        first = replay.dates.starts_for(_subjects(policy, replay)).astimezone(policy.zone).date()
        found = preview(refund_policy(policy.refund), paid, success, first, success, policy.zone)
        if until and found.last_day is None:
            return Point(value=Words(en="never", zh="不退费"), because=found.now.because)
        value = str(found.last_day if until else found.now.amount)
        return Point(value=Words(en=value, zh=value), because=found.now.because)

    return {"refund_until": partial(shown, until=True), "refund": partial(shown, until=False)}


def _until(due: datetime, policy: Policy) -> Words:
    """The end of something; midnight is the end of the day before, as people count."""
    there = due.astimezone(policy.zone)
    if there.time() != time():
        return _instant(due, policy)
    day = there.date() - timedelta(days=1)
    return Words(en=f"the end of {day}", zh=f"{day} 24:00")


def _instant(instant: datetime, policy: Policy) -> Words:
    text = f"{instant.astimezone(policy.zone):%Y-%m-%d %H:%M}"
    return Words(en=text, zh=text)
