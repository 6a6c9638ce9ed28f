"""CHANGES: who may change a field of an application at which stage, and what must be done again (CHG-01..03).

In words: a draft (and what was returned) is the candidate's to edit. After confirming, a change is a correction that the
candidate asks for, with evidence where the policy wants it, and a desk decides. Once paid, what the exam is about
(specialty, level, subjects) stays as it is; while tickets are printed only personal data may still be corrected, and
only until the printing closes. The photo is never changed on the candidate's wish. What the policy names no rule for,
nobody changes. A change may lead to another check of the conditions, another signature, price or ticket.
"""

from collections.abc import Mapping
from datetime import datetime

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_changes import ChangeRule, Consequence, Stage
from certification.rules.status import ENDED, Status

LONGEST_VALUE = 300
LONGEST_REASON = 1000
MOST_FIELDS = 12

STAGES: dict[Status, Stage] = {
    Status.DRAFT: Stage.DRAFT,
    Status.RETURNED: Stage.DRAFT,
    Status.VERIFYING: Stage.CONFIRMED,
    Status.AWAITING_SIGNATURE: Stage.CONFIRMED,
    Status.AWAITING_PROOFS: Stage.CONFIRMED,
    Status.AWAITING_REVIEW: Stage.CONFIRMED,
    Status.AWAITING_PAYMENT: Stage.CONFIRMED,
    Status.REGISTERED: Stage.PAID,
    Status.SEATED: Stage.PAID,
    Status.AWAITING_CHOICE: Stage.PAID,
    Status.CERTIFIED: Stage.CERTIFIED,
}

RESCREENABLE = frozenset({Status.AWAITING_REVIEW, Status.AWAITING_PAYMENT})
"""Where what was screened may still change: before, the screening or the candidate is at work on it."""


class Wish(Frozen):
    """A correction as the policy sees it: what must be done again, and whether evidence is needed."""

    then: frozenset[Consequence]
    needs_evidence: bool


def stage_of(status: Status, tickets: tuple[datetime, datetime] | None, exam_over: datetime, now: datetime) -> Stage:
    """How far an application has come. `tickets`: when printing opens and closes, where it is known."""
    stage = STAGES.get(status, Stage.EXAM_OVER)
    if stage is not Stage.PAID:
        return stage
    if now >= exam_over:
        return Stage.EXAM_OVER
    if tickets is None or now < tickets[0]:
        return Stage.PAID
    return Stage.TICKET_OPEN if now < tickets[1] else Stage.TICKET_CLOSED


def rule_for(policy: Policy, field: str, stage: Stage) -> ChangeRule | None:
    """The line of the matrix for a field at a stage; None: nobody may change it."""
    rules = policy.changes.rules if policy.changes else ()
    return next((rule for rule in rules if field in rule.fields and stage in rule.stages), None)


def correctable(policy: Policy, status: Status, stage: Stage) -> tuple[str, ...]:
    """The fields for which the candidate may ask for a correction now, in the order of the matrix."""
    if status in ENDED or policy.changes is None:
        return ()
    found = [rule for rule in policy.changes.rules if rule.who == "case" and stage in rule.stages]
    if stage is Stage.CONFIRMED and status not in RESCREENABLE:
        found = [rule for rule in found if "rescreen" not in rule.then]
    return tuple(dict.fromkeys(field for rule in found for field in rule.fields))


def check_wish(policy: Policy, status: Status, stage: Stage, wanted: Mapping[str, str], *, evidence: bool) -> Wish:
    """What a correction of these fields means. Raises Refused, naming the first field that may not be changed."""
    if not wanted:
        raise _refused("nothing_to_correct", "Say what should be corrected.", "请填写需更正的信息。", "")
    if len(wanted) > MOST_FIELDS or any(len(value) > LONGEST_VALUE for value in wanted.values()):
        raise _refused("value_too_long", f"Keep each answer to {LONGEST_VALUE} characters.", "内容过长。", "")
    allowed = correctable(policy, status, stage)
    for field in wanted:
        if field not in allowed:
            raise _not_now(field, stage)
        if not wanted[field].strip():
            raise _refused("value_missing", "Enter the correct value.", "请填写正确的内容。", field)
    rules = [rule for rule in (rule_for(policy, field, stage) for field in wanted) if rule is not None]
    needs = any(rule.evidence == "needed" for rule in rules)
    if needs and not evidence:
        raise _refused(
            "evidence_missing", "Upload the evidence for this correction first.", "请先上传更正证明材料。", "evidence"
        )
    return Wish(then=frozenset(one for rule in rules for one in rule.then), needs_evidence=needs)


def _not_now(field: str, stage: Stage) -> Refused:
    if field == "photo":
        return _refused(
            "photo_is_staffs",
            "The photo is not changed on request.",
            "照片原则上不得更改。",
            field,
            ("CHG-03", "PHO-08"),
        )
    if stage is Stage.DRAFT:
        return _refused(
            "still_yours", "Nothing is confirmed yet: change it yourself.", "尚未确认，请自行修改。", field, ("REG-04",)
        )
    if stage is Stage.TICKET_CLOSED:
        return _refused(
            "print_deadline_over",
            "The time to report errors ended when ticket printing closed.",
            "准考证打印已截止，不再受理更正申请。",
            field,
            ("CHG-02",),
        )
    paid = stage in (Stage.PAID, Stage.TICKET_OPEN)
    return _refused(
        "not_changeable_now",
        "This cannot be changed at this stage" + (": it is fixed once you have paid." if paid else "."),
        "当前阶段不可更改" + ("：缴费后不得更改。" if paid else "。"),
        field,
        ("CHG-03", "REG-07") if paid else ("CHG-03",),
    )


def _refused(code: str, en: str, zh: str, field: str, rules: tuple[str, ...] = ("CHG-01",)) -> Refused:
    return Refused(code, en, zh, rules=rules, field=field or None)
