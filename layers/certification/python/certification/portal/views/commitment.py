"""The commitment and the proofs of an application as pages show them: every text in one language."""

from certification.acts import commitment_view
from certification.acts.commitment_view import CommitmentNow, Proof
from certification.letters.formats import Language
from certification.portal.views import whole
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.status import Status
from certification.rules.supervision import MODES

Facts = tuple[tuple[str, str], ...]


class Row(Frozen):
    """One proof: what it is, where it is uploaded, and how far it is."""

    title: str
    href: str
    words: str
    done: bool


class Check(Frozen):
    """A check that waits: why, by when, what it asks for, and whether paper will do."""

    why: str
    answer_by: str
    proofs: tuple[Row, ...]
    ready: bool
    on_paper: bool


class View(Frozen):
    """Notice and letter in the page's language. `final` warns that the choice cannot be undone."""

    reference: str
    name: str
    hash: str
    version: str
    title: str
    basis: str
    notice: tuple[tuple[str, str], ...]
    letter: str
    statements: tuple[str, ...]
    open: bool
    because: str
    choosing: bool
    signing: bool
    final: bool
    chosen: str
    sign_by: str
    signature: Facts
    withdrawable_until: str
    proofs: tuple[Row, ...]
    ready: bool
    handing_in: bool
    hand_in_by: str
    advised_by: str
    check: Check | None


def of(candidate_id: str, reference: str, language: Language) -> View:
    """The candidate's own; refused where the scheme has no commitment."""
    now = commitment_view.of(candidate_id, reference)
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    handing_in = now.status is Status.AWAITING_PROOFS
    return View(
        reference=reference,
        name=whole.name(known, say),
        hash=now.hash,
        version=now.text.version,
        title=say.said(now.text.title),
        basis=say.said(now.text.legal_basis),
        notice=tuple((say.said(one.heading), say.said(one.words)) for one in now.text.notice),
        letter=say.said(now.text.letter),
        statements=tuple(say.said(one) for one in now.text.statements),
        open=now.offer.open,
        because=now.offer.because.zh if language == "zh" else now.offer.because.en,
        choosing=now.choosing,
        signing=now.status is Status.AWAITING_SIGNATURE,
        final=now.final,
        chosen="" if now.chosen is None else "commit" if now.chosen else "proofs",
        sign_by=say.deadline(now.act_by) if now.act_by else "",
        signature=_signature(now, say),
        withdrawable_until=say.deadline(now.withdrawable_until) if now.withdrawable_until else "",
        proofs=_proofs(now.proofs, say, f"/{language}/apply/{reference}"),
        ready=not now.missing,
        handing_in=handing_in,
        hand_in_by=say.deadline(now.act_by) if handing_in and now.act_by else "",
        advised_by=say.moment(now.advised_by) if now.advised_by else "",
        check=_check(now, say, f"/{language}/apply/{reference}"),
    )


def _signature(now: CommitmentNow, say: Speech) -> Facts:
    signed = now.signed
    if signed is None:
        return ()
    rows = [
        (say("commitment.number"), signed.id),
        (say("commitment.signed_at"), say.moment(signed.signed_at)),
        (say("commitment.notice_at"), say.moment(signed.notice_shown_at)),
        (say("commitment.version"), f"{signed.text} ({signed.text_hash})"),
        (say("commitment.content"), signed.content),
        (say("commitment.check"), signed.why.zh if say.language == "zh" else signed.why.en),
    ]
    if signed.withdrawn_at:
        rows.append((say("commitment.withdrawn_at"), say.moment(signed.withdrawn_at)))
    return tuple(rows)


def _check(now: CommitmentNow, say: Speech, base: str) -> Check | None:
    check = now.check
    if check is None:
        return None
    return Check(
        why=say.said(MODES[check.mode]),
        answer_by=say.deadline(check.answer_by),
        proofs=_proofs(check.proofs, say, base),
        ready=not check.missing,
        on_paper=check.on_paper,
    )


def _proofs(proofs: tuple[Proof, ...], say: Speech, base: str) -> tuple[Row, ...]:
    return tuple(
        Row(
            title=say.said(proof.words),
            href=f"{base}/{proof.code.replace('_', '-')}",
            words=say(f"commitment.proof_{proof.state}"),
            done=proof.state == "accepted",
        )
        for proof in proofs
    )
