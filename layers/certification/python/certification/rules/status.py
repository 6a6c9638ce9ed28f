"""STATUS: what an application waits for, and every step it can take.

In words: an application is in one status, and the status says what it waits for. A trigger is something that happened;
the table below says where it leads from each status. `move()` is the only way. A trigger that the table does not name
for the status is refused with both ends named, and so is a step that an open case blocks, with the case named.
`forfeited`, `rejected` and `void` lead back to the status before them (appeal upheld, reinstated by two people).
"""

from collections.abc import Iterable
from enum import StrEnum

from certification.rules.cases import Block, CaseKind, OpenCase, Subject, blocking, open_case
from certification.rules.errors import Refused

__all__ = [
    "AT_REST",
    "BLOCKED_BY",
    "TABLE",
    "Block",
    "CaseKind",
    "OpenCase",
    "Status",
    "StepBlocked",
    "StepRefused",
    "Subject",
    "Trigger",
    "blocking",
    "is_live",
    "move",
    "open_case",
    "triggers",
]


class Status(StrEnum):
    """What the application waits for, or how it ended."""

    DRAFT = "draft"
    VERIFYING = "verifying"
    AWAITING_SIGNATURE = "awaiting_signature"
    AWAITING_PROOFS = "awaiting_proofs"
    AWAITING_REVIEW = "awaiting_review"
    RETURNED = "returned"
    AWAITING_PAYMENT = "awaiting_payment"
    REGISTERED = "registered"
    SEATED = "seated"
    AWAITING_CHOICE = "awaiting_choice"
    AWAITING_RESULT = "awaiting_result"
    PASSED = "passed"
    CONCLUDING = "concluding"
    CERTIFIED = "certified"
    CREDITS_KEPT = "credits_kept"
    NOT_PASSED = "not_passed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    FORFEITED = "forfeited"
    VOID = "void"


class Trigger(StrEnum):
    """What happened."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    SENT_TO_REVIEW = "sent_to_review"
    SENT_TO_SIGNATURE = "sent_to_signature"
    SENT_TO_PROOFS = "sent_to_proofs"
    SIGNED = "signed"
    DECLINED = "declined"
    BARRED = "barred"
    PROOFS_UPLOADED = "proofs_uploaded"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    RESUBMITTED_WITH_CHANGES = "resubmitted_with_changes"
    SETTLED = "settled"
    COMMITMENT_WITHDRAWN = "commitment_withdrawn"
    CORRECTION_CONFIRMED = "correction_confirmed"
    TIME_RAN_OUT = "time_ran_out"
    SEAT_DRAWN = "seat_drawn"
    SEAT_RELEASED = "seat_released"
    CALLED_OFF = "called_off"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    EXAM_OVER = "exam_over"
    STANDING_COMPLETE = "standing_complete"
    CREDITS_KEPT = "credits_kept"
    NOT_PASSED = "not_passed"
    CONCLUSION_OPENED = "conclusion_opened"
    MARK_CORRECTED = "mark_corrected"
    CERTIFICATE_ISSUED = "certificate_issued"
    WITHDRAWN = "withdrawn"
    FORFEITED = "forfeited"
    VOIDED = "voided"
    APPEAL_UPHELD = "appeal_upheld"
    REINSTATED = "reinstated"


S, T = Status, Trigger

TABLE: dict[Status, dict[Trigger, Status]] = {
    S.DRAFT: {T.CONFIRMED: S.VERIFYING, T.WITHDRAWN: S.WITHDRAWN, T.TIME_RAN_OUT: S.LAPSED},
    S.VERIFYING: {
        T.SENT_TO_REVIEW: S.AWAITING_REVIEW,
        T.SENT_TO_SIGNATURE: S.AWAITING_SIGNATURE,
        T.SENT_TO_PROOFS: S.AWAITING_PROOFS,
        T.UNCONFIRMED: S.DRAFT,
    },
    S.AWAITING_SIGNATURE: {
        T.SIGNED: S.AWAITING_PAYMENT,
        T.DECLINED: S.AWAITING_PROOFS,
        T.BARRED: S.AWAITING_PROOFS,
        T.WITHDRAWN: S.WITHDRAWN,
        T.TIME_RAN_OUT: S.LAPSED,
    },
    S.AWAITING_PROOFS: {
        T.PROOFS_UPLOADED: S.AWAITING_REVIEW,
        T.WITHDRAWN: S.WITHDRAWN,
        T.TIME_RAN_OUT: S.LAPSED,
    },
    S.AWAITING_REVIEW: {
        T.APPROVED: S.AWAITING_PAYMENT,
        T.RETURNED: S.RETURNED,
        T.REJECTED: S.REJECTED,
        T.WITHDRAWN: S.WITHDRAWN,
    },
    S.RETURNED: {
        T.RESUBMITTED: S.AWAITING_REVIEW,
        T.RESUBMITTED_WITH_CHANGES: S.VERIFYING,
        T.WITHDRAWN: S.WITHDRAWN,
        T.TIME_RAN_OUT: S.LAPSED,
    },
    S.AWAITING_PAYMENT: {
        T.SETTLED: S.REGISTERED,
        T.COMMITMENT_WITHDRAWN: S.AWAITING_PROOFS,
        T.CORRECTION_CONFIRMED: S.VERIFYING,
        T.WITHDRAWN: S.WITHDRAWN,
        T.TIME_RAN_OUT: S.LAPSED,
        T.VOIDED: S.VOID,
        T.CANCELLED: S.CANCELLED,
    },
    # PAY-05: money debited in time counts, even when it becomes known after the deadline
    S.LAPSED: {T.SETTLED: S.REGISTERED},
    S.REGISTERED: {
        T.SEAT_DRAWN: S.SEATED,
        T.WITHDRAWN: S.WITHDRAWN,
        T.CALLED_OFF: S.AWAITING_CHOICE,
        T.FORFEITED: S.FORFEITED,
        T.VOIDED: S.VOID,
    },
    S.SEATED: {
        T.EXAM_OVER: S.AWAITING_RESULT,
        T.SEAT_RELEASED: S.REGISTERED,
        T.WITHDRAWN: S.WITHDRAWN,
        T.CALLED_OFF: S.AWAITING_CHOICE,
        T.FORFEITED: S.FORFEITED,
        T.VOIDED: S.VOID,
    },
    S.AWAITING_CHOICE: {T.RESCHEDULED: S.REGISTERED, T.CANCELLED: S.CANCELLED},
    S.AWAITING_RESULT: {
        T.STANDING_COMPLETE: S.PASSED,
        T.CREDITS_KEPT: S.CREDITS_KEPT,
        T.NOT_PASSED: S.NOT_PASSED,
        T.VOIDED: S.VOID,
    },
    S.PASSED: {T.CONCLUSION_OPENED: S.CONCLUDING, T.CERTIFICATE_ISSUED: S.CERTIFIED, T.VOIDED: S.VOID},  # CHK-16
    S.CONCLUDING: {T.CERTIFICATE_ISSUED: S.CERTIFIED, T.VOIDED: S.VOID, T.MARK_CORRECTED: S.NOT_PASSED},
    S.CREDITS_KEPT: {T.STANDING_COMPLETE: S.PASSED, T.VOIDED: S.VOID},
    S.NOT_PASSED: {T.STANDING_COMPLETE: S.PASSED, T.VOIDED: S.VOID},
    S.CERTIFIED: {T.VOIDED: S.VOID},
    S.WITHDRAWN: {},
    S.CANCELLED: {},
    S.REJECTED: {},
    S.FORFEITED: {},
    S.VOID: {},
}

# The ways back: the trigger, and the one that had led there; the status returned to is the one before it.
WAY_BACK: dict[Status, tuple[Trigger, Trigger]] = {
    S.REJECTED: (T.APPEAL_UPHELD, T.REJECTED),
    S.FORFEITED: (T.APPEAL_UPHELD, T.FORFEITED),
    S.VOID: (T.REINSTATED, T.VOIDED),
}

# A block stops these triggers. `ticket` stops no change of status: who opens tickets asks `blocking()`. Money that
# arrived is a fact, so `payment` stops the step that lets a candidate pay, not the settling of what was paid.
BLOCKED_BY: dict[Trigger, Block] = {
    **dict.fromkeys((T.CONFIRMED, T.RESUBMITTED, T.RESUBMITTED_WITH_CHANGES, T.CORRECTION_CONFIRMED), Block.CONFIRM),
    **dict.fromkeys((T.APPROVED, T.SIGNED), Block.PAYMENT),
    **dict.fromkeys((T.STANDING_COMPLETE, T.CREDITS_KEPT, T.NOT_PASSED), Block.RELEASE),
    T.CERTIFICATE_ISSUED: Block.ISSUANCE,
}

# Nothing is expected any more: no due date. Reopened only by recheck, correction, appeal, reinstatement, late money.
ENDED = frozenset({S.LAPSED, S.WITHDRAWN, S.CANCELLED, S.REJECTED, S.FORFEITED, S.VOID})
AT_REST = ENDED | {S.CERTIFIED, S.CREDITS_KEPT, S.NOT_PASSED}


class StepRefused(Refused):
    """The table has no such step. `facts`: `from`, `trigger`, and `to`, where the trigger leads from elsewhere."""

    def __init__(self, status: Status, trigger: Trigger) -> None:
        ends = sorted({steps[trigger].value for steps in TABLE.values() if trigger in steps}) or ["the earlier status"]
        super().__init__(
            "step_refused",
            f"An application that is {status} cannot become {' or '.join(ends)} ({trigger}).",
            f"申请处于“{status}”状态，不能因“{trigger}”转为“{'/'.join(ends)}”。",
            facts={"from": status, "trigger": trigger, "to": " or ".join(ends)},
        )


class StepBlocked(Refused):
    """An open case holds the step up. `facts["cases"]` names them."""

    def __init__(self, status: Status, to: Status, cases: tuple[OpenCase, ...]) -> None:
        named = ", ".join(f"{case.kind} {case.reference}" for case in cases)
        super().__init__(
            "step_blocked",
            f"An application that is {status} cannot become {to} while this is open: {named}.",
            f"申请处于“{status}”状态；以下事项办结前不能转为“{to}”：{named}。",
            facts={"from": status, "to": to, "cases": named},
        )


def move(
    status: Status, trigger: Trigger, open_cases: Iterable[OpenCase] = (), earlier: Status | None = None
) -> Status:
    """The status after the trigger.

    `open_cases` are the cases that stay open after this act: a decision closes its own case first. `earlier` is the
    status before an ending, needed for a way back only, and must be one from which that ending can be reached.
    Raises StepRefused or StepBlocked.
    """
    to = TABLE[status].get(trigger)
    if to is None and status in WAY_BACK and WAY_BACK[status][0] is trigger:
        to = earlier if earlier is not None and WAY_BACK[status][1] in TABLE[earlier] else None
    if to is None:
        raise StepRefused(status, trigger)
    if trigger in BLOCKED_BY and (cases := blocking(BLOCKED_BY[trigger], open_cases)):
        raise StepBlocked(status, to, cases)
    return to


def triggers(status: Status) -> tuple[Trigger, ...]:
    """Everything that can happen to an application in this status."""
    back = (WAY_BACK[status][0],) if status in WAY_BACK else ()
    return (*TABLE[status], *back)


def is_live(status: Status) -> bool:
    """Whether the application still holds the person's one place in its sitting (false once it has ended)."""
    return status not in ENDED
