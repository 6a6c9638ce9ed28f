"""Commitments: the notice shown, the choice, the signature in person, and taking it back."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from certification.acts import bars, challenges, code_letters, proofs
from certification.acts.answers import checks_of
from certification.acts.moving import announce, moved
from certification.acts.ordering import new_order, waits_for_money
from certification.acts.ownership import own_application
from certification.acts.people import opened
from certification.acts.sessions import fingerprint
from certification.acts.successors import placed
from certification.cloud import clock
from certification.cloud.tables.applications import Answer, Application, NoticeShown, applications
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.tables.commitments import Commitment, commitments
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_commitment_text, load_policy
from certification.rules.commitments import (
    CommitmentText,
    Offer,
    check_notice,
    check_statements,
    content_hash,
)
from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.lanes import proofs_first, unverified
from certification.rules.policy import Policy
from certification.rules.status import Status, Trigger
from certification.rules.supervision import waiver
from certification.rules.words import Because

Language = Literal["en", "zh"]


def text_of(policy: Policy) -> CommitmentText:
    """The notice and the letter of a scheme, as they are now. Refused where there is no commitment."""
    if policy.commitment is None:
        raise _not_here()
    return load_commitment_text(policy.commitment.text)


def offer_to(candidate_id: str, reference: str) -> Offer:
    """Whether the commitment is open to the candidate now, and why or why not."""
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    return bars.standing(candidates.read(candidate_id), policy).offer(policy, clock.now())


@retried
def choose(candidate_id: str, reference: str, commits: bool, shown: str, language: Language) -> None:
    """Choose before confirming. `shown` is the hash of the notice on the page: it must be this very text (COM-03)."""
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    text = text_of(policy)
    if application.status is not Status.DRAFT:
        raise Refused(
            "choice_closed",
            "You can choose until you confirm your application.",
            "确认报名信息后不能再更改选择。",
            rules=("REG-01", "COM-01"),
        )
    offered = bars.standing(candidates.read(candidate_id), policy).offer(policy, clock.now())
    if commits and not offered.open:
        raise _closed(offered)
    check_notice(text, shown)
    noted = _noted(text, language)
    commit([applications.update(application.changed(commits=commits, notice_shown=noted))])


@retried
def note_notice(candidate_id: str, reference: str, shown: str, language: Language) -> None:
    """The candidate has read the notice that is about to be signed for; it must be the text as it is now."""
    application = own_application(candidate_id, reference)
    text = text_of(load_policy(application.scheme)[0])
    check_notice(text, shown)
    if application.notice_shown is None or application.notice_shown.hash != text.hash:
        commit([applications.update(application.changed(notice_shown=_noted(text, language)))])


def _noted(text: CommitmentText, language: Language) -> NoticeShown:
    return NoticeShown(text=text.version, hash=text.hash, language=language, at=clock.now())


def ask_code(candidate_id: str, reference: str) -> str:
    """Send the code that signs, to the number of the account and to no other (COM-04). Gives the challenge's id."""
    application = own_application(candidate_id, reference)
    _must_wait_for_signature(application)
    candidate = candidates.read(candidate_id)
    person = opened(candidate)
    if person.phone is None or candidate.phone_index is None:
        raise Refused(
            "phone_missing",
            "A commitment is signed with a code to your mobile phone. Add its number first.",
            "签署承诺书需要短信验证码，请先绑定手机号码。",
            rules=("COM-04",),
        )
    subject = f"{candidate_id}:{reference}"
    challenge, code = challenges.new("commitment", subject, None, candidate.phone_index, candidate.language)
    code_letters.by_sms(person.phone, code, candidate.language, "commitment")
    return challenge.id


def sign(
    candidate_id: str, reference: str, session: str, challenge_id: str, code: str, statements: Sequence[int]
) -> bool:
    """Sign in person: all four statements, with a fresh code, in the account's own session. False when a bar was found.

    The signature, the move and the order are one transaction, so bars are asked for both at once (COM-02); an entry
    that arrives in between makes it fail and be decided anew.
    """
    application = own_application(candidate_id, reference)
    _must_wait_for_signature(application)
    policy, _ = load_policy(application.scheme)
    text = text_of(policy)
    check_notice(text, application.notice_shown.hash if application.notice_shown else None)
    check_statements(text, statements)
    challenge = challenges.proven(challenge_id, "commitment", code)
    if challenge.subject != f"{candidate_id}:{reference}":
        raise challenges.wrong_code()
    return _sign(candidate_id, reference, fingerprint(session), challenge_id)


@retried
def _sign(candidate_id: str, reference: str, session: str, challenge_id: str) -> bool:
    application = own_application(candidate_id, reference)
    challenge = challenge_rows.find(challenge_id)
    if challenge is None:
        raise challenges.wrong_code()  # used at the same moment
    _must_wait_for_signature(application)
    now = clock.now()
    policy, policy_hash = load_policy(application.scheme)
    candidate = candidates.read(candidate_id)
    known = bars.standing(candidate, policy)
    offered = known.offer(policy, now)
    used = challenge_rows.delete(challenge)
    if not offered.open:
        belongs = (*application.classes, *((offered.belongs,) if offered.belongs else ()))
        writes, news = proofs.awaited(
            application,
            policy,
            Trigger.BARRED,
            "CommitmentBarred",
            now,
            by="candidate",
            because=offered.because,
            classes=belongs,
        )
        commit([used, *writes, bars.unchanged(known)], news)
        return False
    sitting = sittings.read(application.sitting)
    signed = _signature(application, candidate, known, session, now)
    order = new_order(application, sitting, policy, policy_hash, now, now)
    kept = Answer(rule="waiver", yes=signed.waived, en=signed.why.en, zh=signed.why.zh, at=now)
    paying = moved(
        application,
        Trigger.SIGNED,
        by="candidate",
        now=now,
        **waits_for_money(order, sitting, policy, now),
        rules=("COM-04", "COM-06", "REG-01"),
        commits=True,
        commitment=signed.id,
        orders=(*application.orders, order.number),
        answers=(*(one for one in application.answers if one.rule != kept.rule), kept),
    )
    writes, news = placed(application, order)
    commit(
        [used, applications.update(paying), commitments.insert(signed), *writes, bars.unchanged(known)],
        [announce("CommitmentSigned", application, commitment=signed.id, order=order.number), *news],
    )
    return True


def _signature(
    application: Application, candidate: Candidate, known: bars.Standing, session: str, now: datetime
) -> Commitment:
    policy, policy_hash = load_policy(application.scheme)
    text = text_of(policy)
    if application.notice_shown is None:
        raise Lost([f"Applications/{application.reference}"])
    decided = waiver(
        policy,
        committed=True,
        auto_verified=not unverified(policy, checks_of(candidate, policy)),
        no_integrity_entry=not known.has_entry(),
    )
    return Commitment(
        id=f"COMM-{secrets.token_hex(16)}",
        application=application.reference,
        candidate=candidate.id,
        text=text.version,
        text_hash=text.hash,
        notice_shown_at=application.notice_shown.at,
        content=content_of(application, text),
        policy_hash=policy_hash,
        language=candidate.language,
        session=session,
        phone=candidate.phone_index or "",
        signed_at=now,
        waived=decided.waived,
        why=decided.because,
    )


def content_of(application: Application, text: CommitmentText) -> str:
    """What a signature covers: the text, and every answer and file as it was confirmed."""
    content = {"answers": application.answers_confirmed, "files": application.uploads_confirmed}
    return content_hash(text, application.reference, application.policy_hash, content)


@retried
def decline(candidate_id: str, reference: str) -> None:
    """Hand in proofs instead of signing (COM-12). Where the policy says so, this cannot be undone (COM-11)."""
    application = own_application(candidate_id, reference)
    if application.status is Status.AWAITING_PROOFS:
        return
    _must_wait_for_signature(application)
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(candidate_id)
    writes, news = proofs.awaited(
        application,
        policy,
        Trigger.DECLINED,
        "ProofsAwaited",
        clock.now(),
        by="candidate",
        because=_with(proofs_first(("not_chosen",)), "COM-11"),
        own_act=True,
        commits=False,
        classes=(*application.classes, "not_chosen"),
    )
    commit([*writes, *bars.locked(candidate, policy, "declined", bars.standing(candidate, policy))], news)


def _with(because: Because, *rules: str) -> Because:
    return because.model_copy(update={"rules": (*because.rules, *rules)})


def _must_wait_for_signature(application: Application) -> None:
    if application.status is not Status.AWAITING_SIGNATURE:
        raise Refused(
            "nothing_to_sign",
            f"This application does not wait for a signature: it is {application.status}.",
            "该申请当前无需签署承诺书。",
            rules=("COM-04",),
        )
    if not is_open(clock.now(), None, application.act_by):
        raise Refused(
            "signature_closed",
            "The time to sign is over.",
            "签署承诺书的时间已截止。",
            rules=("REG-01", "COM-04"),
        )


def _closed(offered: Offer) -> Refused:
    return Refused("commitment_not_open", offered.because.en, offered.because.zh, rules=offered.because.rules)


def _not_here() -> Refused:
    return Refused(
        "no_commitment",
        "This scheme has no commitment: every application is reviewed.",
        "本项考试不实行告知承诺制。",
        rules=("COM-01",),
    )
