"""The way back into an account: two different factors of the policy's list open it, and everything else is ended (ACC-10).

Nobody learns anything of an account they did not prove a factor of: a code is sent to any number or address, and only
whoever got it hears whether it opens something. What was proved so far is kept under the hash of an opaque id.
"""

import hashlib
import secrets
from datetime import timedelta

from certification.acts import challenges, code_letters, guessing, home, reserved, sessions
from certification.acts.contact import phone_number
from certification.acts.visits import Visit
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import claims
from certification.cloud.tables.codes import Counter, Language, Purpose, Recovery, counters, recoveries
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.transaction import commit, retried
from certification.rules import codes
from certification.rules import recovery as rule
from certification.rules.errors import Refused
from certification.rules.id_documents import DocumentType, id_document
from certification.rules.identity import canonical_email
from certification.rules.model import Frozen
from certification.rules.recovery import Factor, Way

LIVES = timedelta(minutes=30)
CODES: dict[Factor, Purpose] = {"sms_code": "recover_by_phone", "email_code": "recover_by_email"}
CLAIMED: dict[Factor, str] = {"sms_code": "phone", "email_code": "email"}


class Progress(Frozen):
    """Where a recovery stands. `recovery` is what the next proof is given with; `session` opens the account.

    `found` is false when the proven number or address belongs to no account: its owner may sign up with it.
    """

    recovery: str
    found: bool
    proved: tuple[Factor, ...]
    next: tuple[Way, ...]
    question: str | None = None
    session: str | None = None


def ask_code(factor: Factor, to: str, language: Language, visit: Visit) -> str:
    """Send a code to a number or an address, whether it has an account or not; gives the challenge's id."""
    if factor == "sms_code":
        number = phone_number(to)
        challenge, code = challenges.new("recover_by_phone", None, None, blind("phone", number), language, visit.source)
        code_letters.by_sms(number, code, language)
    elif factor == "email_code":
        address = canonical_email(to)
        challenge, code = challenges.new(
            "recover_by_email", None, None, blind("email", address), language, visit.source
        )
        code_letters.by_email(address, code, language, "recover")
    else:
        raise _no_code()
    return challenge.id


@retried
def prove_code(factor: Factor, challenge_id: str, code: str, recovery_id: str | None, visit: Visit) -> Progress:
    """A code came back: the first proof finds the account, the second must be of the same one."""
    if factor not in CODES:
        raise _no_code()
    known = _read(recovery_id) if recovery_id else None
    challenge = challenges.proven(challenge_id, CODES[factor], code, visit.source)
    claim = claims.find(f"{CLAIMED[factor]}:{challenge.address_index}")
    holder = claim.holder if claim else None
    if known is not None and known.candidate != holder:
        raise Refused(
            "not_of_this_account",
            "This does not belong to the account you began with. Use another way, or ask a desk for help.",
            "该方式与您正在找回的账号不符，请使用其他方式或联系服务台。",
            rules=("ACC-10",),
            field="code",
        )
    return _proved(factor, known, recovery_id, holder, visit, [challenge_rows.delete(challenge)])


@retried
def prove_answer(recovery_id: str, answer: str, visit: Visit) -> Progress:
    """The answer to the reserved question, after a code found the account."""
    known = _read(recovery_id)
    if known.candidate is None:
        raise _over()
    rule.must_be_offered(home.policy_of(known.candidate).accounts.recovery, "security_question")
    guessing.must_be_below(visit.source, "wrong")
    try:
        reserved.must_be_right(known.candidate, answer)
    except Refused:
        count = guessing.counted(visit.source, "wrong")
        if count:
            commit(count)
        raise
    return _proved("security_question", known, recovery_id, known.candidate, visit, [])


def _proved(
    factor: Factor,
    known: Recovery | None,
    recovery_id: str | None,
    holder: str | None,
    visit: Visit,
    used: list[Write],
) -> Progress:
    recovery_id = recovery_id or secrets.token_urlsafe(32)
    proved = tuple(dict.fromkeys((*(known.proved if known else ()), factor)))
    candidate = candidates.read(holder) if holder else None
    if candidate is None:
        commit(used)
        return Progress(recovery=recovery_id, found=False, proved=(), next=())
    order, has = home.policy_of(candidate.id).accounts.recovery, _factors(candidate)
    standing = rule.standing(order, has, has & set(proved))
    if standing.opens:
        used = [*used, recoveries.delete(known)] if known else used
        return _opened(candidate, recovery_id, proved, visit, used)
    row = Recovery(key=_key(recovery_id), candidate=candidate.id, proved=proved, expires_at=clock.now() + LIVES)
    commit([*used, recoveries.update(known.changed(proved=proved)) if known else recoveries.insert(row)])
    kept = candidate.account.reserved_answer
    asked = kept.question if kept and "security_question" in standing.next else None
    return Progress(recovery=recovery_id, found=True, proved=standing.proved, next=standing.next, question=asked)


def _opened(
    candidate: Candidate, recovery_id: str, proved: tuple[Factor, ...], visit: Visit, used: list[Write]
) -> Progress:
    """A new session, and the end of every other; the person hears of it at every address we know."""
    session_id, begun = sessions.begin("candidate", candidate.id, visit.device, proved_twice=True, alone=True)
    told = Announcement(
        name="AccountRecovered",
        subject=candidate.id,
        key=f"{candidate.id}#{sessions.fingerprint(session_id)[:12]}",
        about={"candidate": candidate.id},
    )
    commit([*used, *begun], [told])
    return Progress(recovery=recovery_id, found=True, proved=proved, next=(), session=session_id)


@retried
def look_up(document_type: DocumentType, number: str, country: str | None, visit: Visit) -> None:
    """Is there an account for this ID document? Whoever asks gets no answer; its owner gets a letter (ACC-05).

    Known and unknown documents cost the same calls, and have the same limits as codes have. `country` issued a passport.
    """
    document, now = id_document(document_type, number, country), clock.now()
    guessing.must_be_below(visit.source, "code")
    index = blind("id", document.known_as)
    counter = counters.find(f"sought:{index}") or Counter(key=f"sought:{index}")
    asked = tuple(instant for instant in counter.sent_at if instant > now - codes.DAY_WINDOW)
    codes.may_send(now, asked, "look_up")
    counted = counter.changed(sent_at=(*asked, now))
    claim = claims.find(f"id:{index}")
    commit(
        [
            counters.update(counted) if counter.version else counters.insert(counted),
            *guessing.counted(visit.source, "code"),
        ],
        [sought(claim.holder, registering=False)] if claim else [],
    )


def sought(holder: str, *, registering: bool) -> Announcement:
    """What the owner of an ID document hears when somebody asks for its account, or tries to register it again."""
    return Announcement(
        name="AccountSearched",
        subject=holder,
        key=f"{holder}#{secrets.token_hex(6)}",
        about={"candidate": holder, "registering": "yes" if registering else "no"},
    )


def _factors(candidate: Candidate) -> set[Factor]:
    has: set[Factor] = {"email_code"}
    if candidate.sealed_phone is not None and rule.is_settled(candidate.account.phone_changed_at, clock.now()):
        has.add("sms_code")
    if candidate.account.reserved_answer is not None:
        has.add("security_question")
    return has


def _key(recovery_id: str) -> str:
    return f"recovery:{hashlib.sha256(recovery_id.encode()).hexdigest()}"


def _read(recovery_id: str) -> Recovery:
    found = recoveries.find(_key(recovery_id)) if len(recovery_id) <= 100 else None
    if found is None or clock.now() >= found.expires_at:
        raise _over()
    return found


def _over() -> Refused:
    return Refused(
        "recovery_over",
        "This recovery is over. Begin again with a code.",
        "本次找回已失效，请重新开始。",
        rules=("ACC-10",),
    )


def _no_code() -> Refused:
    return Refused("not_a_way_back", "No code can be sent this way.", "此方式无法发送验证码。", rules=("ACC-10",))
