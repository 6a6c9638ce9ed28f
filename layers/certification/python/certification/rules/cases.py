"""CASES: duties that run beside an application's status, and the step each of them holds up.

In words: a case has a kind, a subject, somebody it waits for, a due date and a decision. While it is open it may block
one step: confirming, paying, opening the ticket, releasing results, issuing the certificate, or nothing. The kind says
what is blocked unless the case itself says otherwise (a supervision check blocks the ticket before the exam and the
issuance after it). A desk that is late never costs the candidate anything: an overdue case escalates.
"""

from collections.abc import Iterable
from enum import StrEnum

from certification.rules.model import Frozen


class Block(StrEnum):
    """The step that cannot be taken while the case is open."""

    CONFIRM = "confirm"
    PAYMENT = "payment"
    TICKET = "ticket"
    RELEASE = "release"
    ISSUANCE = "issuance"
    NOTHING = "nothing"


class CaseKind(StrEnum):
    """Every duty with a decision; the comment names what blocks by default and why, where it is not plain."""

    REVIEW = "review"
    PROOF = "proof"
    ON_SITE_CHECK = "on_site_check"
    MAJOR_EXCEPTION = "major_exception"
    PHOTO = "photo"
    ACCOUNT_HELP = "account_help"
    RARE_CHARACTER = "rare_character"
    CORRECTION = "correction"
    ACCOMMODATION = "accommodation"
    SUPERVISION_CHECK = "supervision_check"
    PROVISIONAL_REPORT = "provisional_report"
    TICKET_HELP = "ticket_help"
    INCIDENT = "incident"
    RECHECK = "recheck"
    QUALIFICATION_CHECK = "qualification_check"
    COMPLAINT = "complaint"
    INTEGRITY_PROPOSAL = "integrity_proposal"
    VOID_HEARING = "void_hearing"
    APPEAL = "appeal"
    REISSUE = "reissue"
    CERTIFICATE_CORRECTION = "certificate_correction"
    LOST_MAIL = "lost_mail"
    UNMATCHED_CREDIT = "unmatched_credit"
    MONEY_TO_RETURN = "money_to_return"
    EXTERNAL_REFUND = "external_refund"
    CALLED_OFF = "called_off"
    BILL_DIFFERENCE = "bill_difference"
    LATE_SEAT = "late_seat"
    DISPUTE = "dispute"
    FAILED_MACHINE = "failed_machine"


class Subject(StrEnum):
    """What a case is about."""

    CANDIDATE = "candidate"
    APPLICATION = "application"
    CERTIFICATE = "certificate"
    PAYMENT = "payment"
    SITTING = "sitting"
    NONE = "none"


DEFAULT_BLOCK: dict[CaseKind, Block] = {
    **dict.fromkeys(CaseKind, Block.NOTHING),
    CaseKind.PHOTO: Block.CONFIRM,  # PHO-02: only a photo that passed may go on
    CaseKind.REVIEW: Block.PAYMENT,  # REG-02, COM-13: approved before paying
    CaseKind.PROOF: Block.PAYMENT,
    CaseKind.ON_SITE_CHECK: Block.PAYMENT,  # EDU-18: payment only after the check is passed
    CaseKind.MAJOR_EXCEPTION: Block.PAYMENT,
    CaseKind.SUPERVISION_CHECK: Block.TICKET,  # CHK-15: not checked before ticket printing, no ticket
    CaseKind.INCIDENT: Block.RELEASE,  # an incident nobody decided must not become a mark
    CaseKind.PROVISIONAL_REPORT: Block.ISSUANCE,  # EDU-12
    CaseKind.QUALIFICATION_CHECK: Block.ISSUANCE,  # QUA-01
    CaseKind.COMPLAINT: Block.ISSUANCE,  # PUB-03
    CaseKind.VOID_HEARING: Block.ISSUANCE,
    CaseKind.DISPUTE: Block.ISSUANCE,  # decision 22 of policy.md §5
}


class OpenCase(Frozen):
    """An open case as far as a rule needs it. `reference` is the case's own id, shown to staff and candidate."""

    reference: str
    kind: CaseKind
    blocks: Block


def open_case(reference: str, kind: CaseKind, blocks: Block | None = None) -> OpenCase:
    """An open case that blocks what its kind blocks, unless `blocks` says otherwise."""
    return OpenCase(reference=reference, kind=kind, blocks=DEFAULT_BLOCK[kind] if blocks is None else blocks)


def blocking(block: Block, open_cases: Iterable[OpenCase]) -> tuple[OpenCase, ...]:
    """The open cases that hold up this step, in the order given; empty when the step is free."""
    return tuple(case for case in open_cases if case.blocks is block and block is not Block.NOTHING)
