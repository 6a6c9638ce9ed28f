"""REVIEW: what a reviewer may decide, what has to be said, and whose turn is first.

In words: a reviewer approves, returns with at least one reason from the policy's list, or rejects for good. A reason
"something else" needs a note, because it says nothing by itself. The oldest due date comes first, a tie by the time of
submission. When an application is returned the reviewer's clock stops; each resubmission gets a fresh one
(`deadlines.review_due`), and the candidate sees the same date. Where the policy asks for two people, what the first
decides is a proposal: it counts once another member of the desk has read and confirmed it, and is gone when they do not.
A case that was taken is its taker's for half an hour, up to and not including the instant at which that is over.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from certification.rules.cases import CaseKind
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import ReturnReason
from certification.rules.status import Trigger

LONGEST_NOTE = 2000
LOCK = timedelta(minutes=30)
"""How long a taken case is kept for one member of its desk; then anybody of the desk may take it."""


class Verdict(StrEnum):
    """What a reviewer decides."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Decision(Frozen):
    """A reviewer's decision. `reasons` are codes of the policy's list, `note` is read by the candidate.

    `decided_by` is a staff member's id. A second person confirms it where `needs_second` says so.
    """

    verdict: Verdict
    decided_by: str
    reasons: tuple[str, ...] = ()
    note: str = ""


class Waiting(Protocol):
    """What the queue looks at."""

    @property
    def due(self) -> datetime: ...
    @property
    def submitted(self) -> datetime: ...
    @property
    def reference(self) -> str: ...


class Sorted(Protocol):
    """What a case is sorted by."""

    @property
    def kind(self) -> CaseKind: ...
    @property
    def scheme(self) -> str | None: ...
    @property
    def desk(self) -> str: ...


class Only(Frozen):
    """Which cases of the queue somebody wants now: one kind, one scheme, one desk. None: whatever it is."""

    kind: CaseKind | None = None
    scheme: str | None = None
    desk: str | None = None

    def takes(self, case: Sorted) -> bool:
        """Whether a case is one of them."""
        asked = ((self.kind, case.kind), (self.scheme, case.scheme), (self.desk, case.desk))
        return all(wanted in (None, is_so) for wanted, is_so in asked)


EVERY = Only()

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
    return reasons


def needs_second(kind: CaseKind, verdict: Verdict, policy: Policy) -> bool:
    """Whether this decision counts only once a second person has confirmed it (policy `review.final_needs_two`, `void`)."""
    if kind is CaseKind.REVIEW:
        return verdict is Verdict.REJECT and policy.review.final_needs_two
    if kind is CaseKind.ACCOUNT_HELP:
        return verdict is Verdict.APPROVE and bool(policy.accounts.help_needs_two)
    if kind in (CaseKind.VOID_HEARING, CaseKind.APPEAL):
        return verdict is Verdict.APPROVE and policy.void is not None and policy.void.needs_two
    if kind in (CaseKind.MONEY_TO_RETURN, CaseKind.UNMATCHED_CREDIT):
        return verdict is not Verdict.REJECT and policy.refund.released.needs_two
    return False


def check_second(proposed_by: str, seconded_by: str) -> None:
    """Raises Refused unless whoever seconds is somebody else."""
    if proposed_by == seconded_by:
        raise _refused(
            "second_is_first",
            "You made this proposal. Another member of the desk must confirm it.",
            "该决定由您提出，须由本组另一名工作人员复核。",
            "agree",
        )


def is_free(taken_by: str | None, taken_at: datetime | None, member: str, now: datetime) -> bool:
    """Whether this member may take or decide the case: nobody else holds it now."""
    return taken_by in (None, member) or taken_at is None or now >= taken_at + LOCK


MAY_REFUSE = frozenset(
    {
        CaseKind.PHOTO,
        CaseKind.MAJOR_EXCEPTION,
        CaseKind.ON_SITE_CHECK,
        CaseKind.PROVISIONAL_REPORT,
        CaseKind.QUALIFICATION_CHECK,
        CaseKind.ACCOUNT_HELP,
        CaseKind.RARE_CHARACTER,
        CaseKind.CORRECTION,
        CaseKind.SUPERVISION_CHECK,
        CaseKind.COMPLAINT,
        CaseKind.VOID_HEARING,
        CaseKind.APPEAL,
        CaseKind.MONEY_TO_RETURN,
        CaseKind.EXTERNAL_REFUND,
        CaseKind.CALLED_OFF,
    }
)
"""Kinds in which somebody asks for something: it is granted or refused. Any other kind is dealt with, and then closed."""


def check_other(kind: CaseKind, decision: Decision) -> None:
    """Raises Refused unless a case that is no review may be decided so: a refusal says why, and nothing is returned."""
    if len(decision.note) > LONGEST_NOTE:
        raise _refused("note_too_long", f"Keep the note to {LONGEST_NOTE} characters.", "说明过长。", "note")
    if decision.verdict is Verdict.APPROVE:
        return
    if kind is CaseKind.ON_SITE_CHECK and decision.verdict is Verdict.RETURN:
        return  # whoever did not come may book again
    if kind is CaseKind.UNMATCHED_CREDIT and decision.verdict is Verdict.RETURN:
        return  # to whoever paid it
    reports = (CaseKind.PROVISIONAL_REPORT, CaseKind.QUALIFICATION_CHECK)
    sent_back = kind in reports and decision.verdict is Verdict.RETURN  # for another report
    if kind not in MAY_REFUSE or (decision.verdict is Verdict.RETURN and not sent_back):
        raise Refused(
            "only_done",
            "This kind of case is closed with “approve” once it is dealt with.",
            "此类事项处理完毕后请选择“通过”。",
        )
    if not decision.note.strip():
        raise _refused("note_missing", "Say why: the candidate reads it.", "请填写不予同意的理由。", "note")


def trigger_of(decision: Decision) -> Trigger:
    """What the decision does to the application."""
    return TRIGGERS[decision.verdict]


def in_order[Row: Waiting](rows: Iterable[Row]) -> list[Row]:
    """The queue: oldest due date first, then who waits longest, then by reference."""
    return sorted(rows, key=lambda row: (row.due, row.submitted, row.reference))


def _refused(code: str, en: str, zh: str, field: str) -> Refused:
    return Refused(code, en, zh, rules=("CHK-03",), field=field)
