"""REVIEW: what a reviewer may decide, what has to be said, and whose turn is first.

In words: a reviewer approves, returns with at least one reason from the policy's list, or rejects for good, for which a
second person is needed. A reason "something else" needs a note, because it says nothing by itself. The oldest due date
comes first, a tie by the time of submission. When an application is returned the reviewer's clock stops; each
resubmission gets a fresh one (`deadlines.review_due`), and the candidate sees the same date.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import ReturnReason
from certification.rules.status import Trigger

LONGEST_NOTE = 2000


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Decision(Frozen):
    """A reviewer's decision. `reasons` are codes of the policy's list, `note` is read by the candidate.

    `decided_by` and `seconded_by` are staff members' ids; the second is needed to reject.
    """

    verdict: Verdict
    decided_by: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    seconded_by: str | None = None


class Waiting(Protocol):
    """What the queue looks at."""

    @property
    def due(self) -> datetime: ...
    @property
    def submitted(self) -> datetime: ...
    @property
    def reference(self) -> str: ...


TRIGGERS = {
    Verdict.APPROVE: Trigger.APPROVED,
    Verdict.RETURN: Trigger.RETURNED,
    Verdict.REJECT: Trigger.REJECTED,
}


def check_decision(decision: Decision, policy: Policy) -> tuple[ReturnReason, ...]:
    """The reasons as the candidate will read them. Raises Refused when the decision is not one the rule allows."""
    known = {reason.code: reason for reason in policy.review.reasons}
    unknown = [code for code in decision.reasons if code not in known]
    if unknown:
        raise _refused(
            "unknown_reason", f"This reason is not in the list: {unknown[0]}.", "理由不在列表中。", "reasons"
        )
    if len(set(decision.reasons)) != len(decision.reasons):
        raise _refused("reason_twice", "A reason is named twice.", "同一理由重复。", "reasons")
    if len(decision.note) > LONGEST_NOTE:
        raise _refused("note_too_long", f"Keep the note to {LONGEST_NOTE} characters.", "说明过长。", "note")
    if decision.verdict is Verdict.APPROVE:
        if decision.reasons:
            raise _refused("approved_with_reasons", "An approval has no reasons.", "通过审核无需理由。", "reasons")
        return ()
    if not decision.reasons:
        raise _refused("reason_missing", "Name at least one reason.", "请至少选择一项理由。", "reasons")
    reasons = tuple(known[code] for code in decision.reasons)
    if any(reason.applies_to == "other" for reason in reasons) and not decision.note.strip():
        raise _refused("note_missing", "This reason needs a note.", "选择该理由须填写说明。", "note")
    if decision.verdict is Verdict.REJECT and policy.review.final_needs_two:
        if decision.seconded_by is None:
            raise _refused("second_missing", "A second person must agree.", "最终不通过须由两人决定。", "seconded_by")
        if decision.seconded_by == decision.decided_by:
            raise _refused("second_is_first", "The second must be another person.", "复核人须为另一人。", "seconded_by")
    return reasons


def trigger_of(decision: Decision) -> Trigger:
    """What the decision does to the application."""
    return TRIGGERS[decision.verdict]


def in_order[Row: Waiting](rows: Iterable[Row]) -> list[Row]:
    """The queue: oldest due date first, then who waits longest, then by reference."""
    return sorted(rows, key=lambda row: (row.due, row.submitted, row.reference))


def _refused(code: str, en: str, zh: str, field: str) -> Refused:
    return Refused(code, en, zh, rules=("CHK-03",), field=field)
