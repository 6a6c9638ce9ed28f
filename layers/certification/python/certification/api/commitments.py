"""Commitment and proofs: the notice, the choice, the signature in person, taking it back, handing in proofs."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from certification.acts import commitment_view, commitments, proofs, supervision, taking_back
from certification.acts.commitment_view import Check, Proof
from certification.api import bodies, progress
from certification.api.answers import ApplicationNow, ChallengeSent, Nothing
from certification.api.bodies import Body
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.rules.commitments import Notified
from certification.rules.model import Frozen
from certification.rules.words import Because, Words

routes = Routes("Commitment", "/api/candidate", "candidate")

TextHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ChooseLane(Body):
    """Commit, or hand in proofs. `notice` is the hash of the notice that was shown."""

    commits: bool
    notice: TextHash
    language: bodies.Language


class NoticeRead(Body):
    """The hash of the notice that was shown, and its language."""

    notice: TextHash
    language: bodies.Language


class SignLetter(Body):
    """The code that arrived, and the numbers of the statements that are agreed to: all of them."""

    challenge: bodies.ChallengeId
    code: bodies.Typed
    statements: Annotated[list[Annotated[int, Field(ge=1, le=9)]], Field(max_length=9)]


class Signature(Frozen):
    """A signature: what it covers (`content`), the text it was given for, and when. `stands`: it was not taken back."""

    id: str
    text: str
    text_hash: str
    content: str
    notice_shown_at: datetime
    signed_at: datetime
    withdrawn_at: datetime | None
    stands: bool
    check_waived: bool
    why: Because


class CommitmentNow(Frozen):
    """Notice and letter as they are now, whether the commitment is open, what was chosen and signed, and the proofs."""

    text_version: str
    hash: str
    title: Words
    legal_basis: Words
    notice: tuple[Notified, ...]
    letter: Words
    statements: tuple[Words, ...]
    open: bool
    because: Because
    choosing: bool
    final: bool
    chosen: bool | None
    signature: Signature | None
    withdrawable_until: datetime | None
    proofs: tuple[Proof, ...]
    missing: tuple[str, ...]
    act_by: datetime | None
    advised_by: datetime | None
    check: Check | None


@routes.get("/applications/<reference>/commitment")
def read_commitment(reference: bodies.ReferencePath) -> CommitmentNow:
    """The notice with its six matters, the letter with its four statements, and what can be done now."""
    return _now(candidate(routes), reference)


@routes.put("/applications/<reference>/commitment/choice")
def choose_commitment(reference: bodies.ReferencePath, choice: ChooseLane) -> CommitmentNow:
    """Choose before confirming. Where `final` is true, choosing proofs cannot be undone once you confirm."""
    who = candidate(routes)
    commitments.choose(who, reference, choice.commits, choice.notice, choice.language)
    return _now(who, reference)


@routes.post("/applications/<reference>/commitment/notice")
def confirm_notice(reference: bodies.ReferencePath, read: NoticeRead) -> Nothing:
    """The notice was shown, in this version. Nothing can be signed before."""
    commitments.note_notice(candidate(routes), reference, read.notice, read.language)
    return Nothing()


@routes.post("/applications/<reference>/commitment/code")
def ask_signature_code(reference: bodies.ReferencePath) -> ChallengeSent:
    """Send the code that signs, to the phone of the account."""
    return ChallengeSent(challenge=commitments.ask_code(candidate(routes), reference))


@routes.post("/applications/<reference>/commitment/signature")
def sign_commitment(reference: bodies.ReferencePath, letter: SignLetter) -> ApplicationNow:
    """Sign in person. Then the fee can be paid; if a bar was found meanwhile, proofs are asked for instead."""
    who = candidate(routes)
    session = routes.session_id() or ""
    commitments.sign(who, reference, session, letter.challenge, letter.code, letter.statements)
    return progress.now(who, reference)


@routes.post("/applications/<reference>/commitment/decline")
def decline_commitment(reference: bodies.ReferencePath) -> ApplicationNow:
    """Hand in proofs instead of signing."""
    who = candidate(routes)
    commitments.decline(who, reference)
    return progress.now(who, reference)


@routes.post("/applications/<reference>/commitment/withdrawal")
def withdraw_commitment(reference: bodies.ReferencePath) -> ApplicationNow:
    """Take the commitment back while nothing was paid and registration is open. It is not open again this year."""
    who = candidate(routes)
    taking_back.withdraw(who, reference)
    return progress.now(who, reference)


@routes.post("/applications/<reference>/proofs")
def hand_in_proofs(reference: bodies.ReferencePath) -> ApplicationNow:
    """Hand in the proofs, once all of them were uploaded and accepted."""
    who = candidate(routes)
    proofs.hand_in(who, reference)
    return progress.now(who, reference)


@routes.post("/applications/<reference>/check")
def answer_check(reference: bodies.ReferencePath) -> CommitmentNow:
    """Answer a check of the commitment, once everything it asks for was uploaded and accepted."""
    who = candidate(routes)
    supervision.answer(who, reference)
    return _now(who, reference)


def _now(candidate_id: str, reference: str) -> CommitmentNow:
    now = commitment_view.of(candidate_id, reference)
    return CommitmentNow(
        text_version=now.text.version,
        hash=now.hash,
        title=now.text.title,
        legal_basis=now.text.legal_basis,
        notice=now.text.notice,
        letter=now.text.letter,
        statements=now.text.statements,
        open=now.offer.open,
        because=now.offer.because,
        choosing=now.choosing,
        final=now.final,
        chosen=now.chosen,
        signature=_signature(now),
        withdrawable_until=now.withdrawable_until,
        proofs=now.proofs,
        missing=now.missing,
        act_by=now.act_by,
        advised_by=now.advised_by,
        check=now.check,
    )


def _signature(now: commitment_view.CommitmentNow) -> Signature | None:
    signed = now.signed
    if signed is None:
        return None
    return Signature(
        id=signed.id,
        text=signed.text,
        text_hash=signed.text_hash,
        content=signed.content,
        notice_shown_at=signed.notice_shown_at,
        signed_at=signed.signed_at,
        withdrawn_at=signed.withdrawn_at,
        stands=now.stands,
        check_waived=signed.waived,
        why=signed.why,
    )
