"""One application's commitment and proofs as they stand now: what pages and API both show."""

from datetime import datetime
from typing import Literal

from certification.acts import bars, commitments, proofs, supervision
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.cloud.tables.applications import Application, NoticeShown
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.commitments import Commitment
from certification.cloud.tables.commitments import commitments as signatures
from certification.cloud.tables.sittings import sittings
from certification.policies import load_calendar, load_policy
from certification.rules.commitment_deadlines import proofs_advised
from certification.rules.commitments import CommitmentText, Offer, chosen_before_confirming, locks
from certification.rules.deadlines import is_open
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.proofs import asked_in_check, needed
from certification.rules.status import Status
from certification.rules.words import Words


class Proof(Frozen):
    """One upload that is handed in. `state` is that of the file in use, or of the newest one sent."""

    code: str
    words: Words
    formats: tuple[str, ...]
    merged: bool
    state: Literal["none", "checked", "refused", "asked", "accepted"]


class Check(Frozen):
    """A check that waits for the candidate: why it was opened, what it asks for, and by when."""

    case: str
    mode: str
    answer_by: datetime
    proofs: tuple[Proof, ...]
    missing: tuple[str, ...]
    on_paper: bool


class CommitmentNow(Frozen):
    """`choosing`: the choice is made now, before confirming. `final`: choosing no commitment cannot be undone.

    `signed` is the newest signature, `stands` whether it is in force; `act_by` the end of the present wait and
    `advised_by` the day before which we advise to act.
    """

    reference: str
    status: Status
    text: CommitmentText
    hash: str
    offer: Offer
    choosing: bool
    final: bool
    chosen: bool | None
    notice_shown: NoticeShown | None
    signed: Commitment | None
    stands: bool
    withdrawable_until: datetime | None
    proofs: tuple[Proof, ...]
    missing: tuple[str, ...]
    act_by: datetime | None
    advised_by: datetime | None
    check: Check | None


def of(candidate_id: str, reference: str) -> CommitmentNow:
    """The candidate's own; refused where the scheme has no commitment."""
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    text = commitments.text_of(policy)
    candidate = candidates.read(candidate_id)
    signed = signatures.find(application.commitment) if application.commitment else None
    stands = signed is not None and signed.withdrawn_at is None and bool(application.commits)
    handing_in = application.status is Status.AWAITING_PROOFS and application.act_by is not None
    return CommitmentNow(
        reference=reference,
        status=application.status,
        text=text,
        hash=text.hash,
        offer=bars.standing(candidate, policy).offer(policy, clock.now()),
        choosing=application.status is Status.DRAFT and chosen_before_confirming(policy),
        final=locks(policy, "declined"),
        chosen=application.commits,
        notice_shown=application.notice_shown,
        signed=signed,
        stands=stands,
        withdrawable_until=_until(application, stands=stands),
        proofs=_proofs(candidate, policy, needed(policy, application.classes)),
        missing=proofs.missing(candidate, policy, application.classes),
        act_by=application.act_by,
        advised_by=proofs_advised(application.act_by, policy, load_calendar(policy.calendar))
        if handing_in and application.act_by
        else None,
        check=_check(application, candidate, policy),
    )


def _until(application: Application, *, stands: bool) -> datetime | None:
    """Until when the commitment may be taken back, if that is still possible (COM-08)."""
    if not stands or application.status is not Status.AWAITING_PAYMENT:
        return None
    closes = sittings.read(application.sitting).dates.registration_closes
    return closes if is_open(clock.now(), None, closes) else None


def _check(application: Application, candidate: Candidate, policy: Policy) -> Check | None:
    case = supervision.waiting_check(application)
    if case is None or policy.checks is None:
        return None
    asked = _proofs(candidate, policy, asked_in_check(policy, application.level or ""))
    return Check(
        case=case.id,
        mode=case.facts.get("mode", ""),
        answer_by=case.promised,
        proofs=asked,
        missing=tuple(proof.code for proof in asked if proof.state != "accepted"),
        on_paper="paper" in policy.checks.accepts,
    )


def _proofs(candidate: Candidate, policy: Policy, wanted: tuple[str, ...]) -> tuple[Proof, ...]:
    return tuple(
        Proof(
            code=upload.code,
            words=upload.words,
            formats=upload.formats,
            merged=upload.merged,
            state=_state(candidate, upload.code),
        )
        for upload in policy.uploads
        if upload.code in wanted
    )


def _state(candidate: Candidate, code: str) -> Literal["none", "checked", "refused", "asked", "accepted"]:
    draft, used = candidate.drafts.get(code), candidate.files.get(code)
    if draft is not None:
        return draft.state
    return used.state if used is not None else "none"
