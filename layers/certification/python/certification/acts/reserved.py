"""The reserved answer: kept as scrypt over a hash keyed in KMS, so that whoever steals the rows cannot even guess."""

import hashlib
import hmac
import secrets

from certification.acts import home
from certification.acts.agreements import must_have_accepted
from certification.acts.contact_changes import Proof, confirmed
from certification.acts.people import opened
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.outbox import Announcement
from certification.cloud.tables.account_parts import ReservedAnswer
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.codes import Counter, counters
from certification.cloud.transaction import commit, retried
from certification.rules.codes import DAY_WINDOW
from certification.rules.errors import Refused
from certification.rules.guessing import ANSWERS_A_DAY
from certification.rules.recovery import must_be_offered
from certification.rules.reserved_answers import must_be_an_answer, must_be_known, normal

COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""16 MB and some hundredths of a second for each guess, on top of a call to KMS."""


@retried
def reserve(
    candidate_id: str, question: str, answer: str, confirmation: Proof | None = None, session_id: str | None = None
) -> None:
    """Choose a question and answer it, confirmed by a fresh code like every way back. The person hears of it by e-mail."""
    must_be_offered(home.policy_of(candidate_id).accounts.recovery, "security_question")
    must_be_known(question)
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    person = opened(candidate)
    told = (person.email, person.phone or "", person.native_name or "", person.latin_name or "", str(person.birth_date))
    normalised = must_be_an_answer(answer, told)
    salt = secrets.token_hex(16)
    kept = ReservedAnswer(
        question=question, salt=salt, digest=_digest(candidate_id, normalised, salt), set_at=clock.now()
    )
    account = candidate.account.model_copy(update={"reserved_answer": kept})
    heard = Announcement(
        name="AnswerReserved",
        subject=candidate_id,
        key=f"{candidate_id}#{candidate.version + 1}",
        about={"candidate": candidate_id},
    )
    used = confirmed(candidate, "question", confirmation, session_id)
    commit([*used, candidates.update(candidate.changed(account=account))], [heard])


@retried
def must_be_right(candidate_id: str, answer: str) -> None:
    """Refuses a wrong answer, and any answer after five a day. The try is counted before anybody hears of it."""
    now = clock.now()
    counter = counters.find(f"answers:{candidate_id}") or Counter(key=f"answers:{candidate_id}")
    tries = tuple(instant for instant in counter.sent_at if instant > now - DAY_WINDOW)
    if len(tries) >= ANSWERS_A_DAY:
        raise Refused(
            "too_many_codes",
            f"{ANSWERS_A_DAY} answers were tried. Try again tomorrow, or ask a desk for help.",
            f"今日已尝试 {ANSWERS_A_DAY} 次，请明日再试或联系服务台。",
            rules=("ACC-10",),
            facts={"again_at": (tries[-ANSWERS_A_DAY] + DAY_WINDOW).isoformat()},
            field="answer",
        )
    counted = counter.changed(sent_at=(*tries, now))
    commit([counters.update(counted) if counter.version else counters.insert(counted)])
    kept = candidates.read(candidate_id).account.reserved_answer
    # Without a question the work is the same, and no answer is right.
    salt, digest = (kept.salt, kept.digest) if kept else ("0" * 32, "")
    if not hmac.compare_digest(_digest(candidate_id, normal(answer), salt), digest):
        raise Refused(
            "answer_wrong",
            f"This answer is not right. {ANSWERS_A_DAY - len(tries) - 1} tries left today.",
            f"答案不正确，今日还可尝试 {ANSWERS_A_DAY - len(tries) - 1} 次。",
            rules=("ACC-10",),
            field="answer",
        )


def _digest(candidate_id: str, normalised: str, salt: str) -> str:
    keyed = blind("answer", f"{candidate_id}|{normalised}")
    return hashlib.scrypt(keyed.encode(), salt=bytes.fromhex(salt), **COST).hex()
