"""Commitments shown to the public (CHK-14): masked, as the policy says and for as long; removed at the end.

Staff write the notice for a sitting, or for one place of registration in it; who is in it is not theirs to choose:
everybody whose commitment is in force.
"""

from certification.acts.certificates import masked
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.sittings import sittings
from certification.policies import load_calendar, load_policy
from certification.rules.deadlines import due_after
from certification.rules.errors import Refused
from certification.rules.notices import Notice, NoticeKind, Shown
from certification.rules.policy_information import Supervision
from certification.rules.status import Status

COMMITTED = (Status.AWAITING_PAYMENT, Status.REGISTERED)
TAIL = 4
MOST = 3000
"""How many people one list holds: each is read by itself before the door's time is over, and a row stays below its limit."""


def as_written(notice: Notice) -> Notice:
    """What people wrote of it, and agree on: who is in a list, and until when, follows on the day it is published."""
    if notice.kind is not NoticeKind.COMMITMENTS:
        return notice
    return notice.model_copy(update={"people": (), "ends": None})


def completed(notice: Notice) -> Notice:
    """The notice with its people and its end, if it is a list of commitments; any other as it is."""
    if notice.kind is not NoticeKind.COMMITMENTS:
        return notice
    if notice.people or notice.ends:
        raise Refused(
            "list_is_ours",
            "Leave people and end out: they follow from the commitments and the policy.",
            "请勿填写名单和截止时间，系统将根据承诺情况和政策生成。",
            rules=("CHK-14",),
            field="people",
        )
    sitting = sittings.find(notice.sitting) if notice.sitting else None
    if sitting is None or sitting.scheme != notice.scheme:
        raise Refused("sitting_unknown", "The scheme has no such sitting.", "该项目没有此考试场次。", field="sitting")
    policy, _ = load_policy(sitting.scheme)
    terms = policy.information.supervision if policy.information else None
    if terms is None or terms.lasts.within is None:
        raise Refused(
            "no_supervision",
            "This scheme does not show commitments to the public.",
            "本项目不公示承诺情况。",
            rules=("CHK-14",),
            field="kind",
        )
    begins = notice.effective or clock.now()
    ends = due_after(begins, terms.lasts.within, load_calendar(policy.calendar), policy.zone)
    return notice.model_copy(update={"people": _people(sitting.id, notice.region, terms), "ends": ends})


def _people(sitting: str, region: str | None, terms: Supervision) -> tuple[Shown, ...]:
    committed = [
        application
        for status in COMMITTED
        for application in applications.in_status(sitting, status)
        if application.commitment and region in (None, application.region)
    ]
    if len(committed) > MOST:
        raise Refused(
            "list_too_long",
            f"{len(committed)} people committed, and one list holds {MOST}. Publish a list for each place of registration.",
            f"共有 {len(committed)} 人作出承诺，超过每份名单 {MOST} 人的上限，请按报名地分别公示。",
            rules=("CHK-14",),
            field="region",
        )
    return tuple(_shown(application, terms) for application in sorted(committed, key=lambda one: one.reference))


def _shown(application: Application, terms: Supervision) -> Shown:
    candidate = candidates.read(application.candidate)
    name = masked(candidate.native_name or candidate.latin_name or "") if "masked_name" in terms.fields else ""
    return Shown(name=name, reference=application.reference[-TAIL:] if "reference_tail" in terms.fields else "")
