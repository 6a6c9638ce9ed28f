"""One-time codes: a challenge that was sent to an address, and the proof that its code came back.

Codes are stored only as a salted hash; every wrong try is counted before anybody hears of it.
"""

import hashlib
import secrets
from datetime import datetime

from certification.acts import guessing
from certification.cloud import clock
from certification.cloud.tables.base import Write
from certification.cloud.tables.codes import Challenge, Counter, Language, Purpose, challenges, counters
from certification.cloud.transaction import commit, retried
from certification.rules import codes
from certification.rules.errors import Refused

TO_OTHERS: tuple[Purpose, ...] = ("sign_up_phone", "new_email")


@retried
def new(
    purpose: Purpose, subject: str | None, address: str | None, index: str, language: Language, source: str = ""
) -> tuple[Challenge, str]:
    """A stored challenge and its code, within the limits per address (3 in 15 minutes, 10 a day) and account.

    `source` is the network address of somebody who is not signed in: its range has limits of its own.
    """
    now = clock.now()
    guessing.must_be_below(source, "code")
    counter = counters.find(f"sent:{index}") or Counter(key=f"sent:{index}")
    sent = tuple(instant for instant in counter.sent_at if instant > now - codes.DAY_WINDOW)
    codes.may_send(now, sent)
    more = _by_account(subject, now) if purpose in TO_OTHERS and subject else []
    code = codes.code_from(secrets.randbelow(10**codes.DIGITS))
    challenge_id = secrets.token_urlsafe(18)
    challenge = Challenge(
        id=challenge_id,
        purpose=purpose,
        subject=subject,
        address=address,
        address_index=index,
        code_hash=_hash(challenge_id, code),
        language=language,
        created_at=now,
        expires_at=now + codes.LIFETIME,
    )
    counted = counter.changed(sent_at=(*sent, now))
    count = counters.update(counted) if counter.version else counters.insert(counted)
    commit([challenges.insert(challenge), count, *more, *guessing.counted(source, "code")])
    return challenge, code


def _by_account(subject: str, now: datetime) -> list[Write]:
    """Counts a code that an account has sent to an address or number that is not its own yet (10 a day)."""
    counter = counters.find(f"others:{subject}") or Counter(key=f"others:{subject}")
    sent = tuple(instant for instant in counter.sent_at if instant > now - codes.DAY_WINDOW)
    codes.may_send(now, sent, limits=codes.FOR_OTHERS)
    counted = counter.changed(sent_at=(*sent, now))
    return [counters.update(counted) if counter.version else counters.insert(counted)]


def _hash(challenge_id: str, code: str) -> str:
    return hashlib.sha256(f"{challenge_id}|{code}".encode()).hexdigest()


@retried
def proven(challenge_id: str, purpose: Purpose, code: str, source: str = "") -> Challenge:
    """The challenge, if this is its code and may still be used. A wrong try is counted before anybody hears of it."""
    guessing.must_be_below(source, "wrong")
    challenge = challenges.find(challenge_id) if len(challenge_id) < 100 else None
    if challenge is None or challenge.purpose != purpose:
        count = guessing.counted(source, "wrong")
        if count:
            commit(count)
        raise wrong_code()
    issued = codes.IssuedCode(digest=challenge.code_hash.encode(), made_at=challenge.created_at, tries=challenge.tries)
    decision = codes.judge(issued, _hash(challenge.id, codes.typed_code(code)).encode(), clock.now())
    if decision.accepted:
        return challenge
    if decision.answer is codes.CodeAnswer.WRONG:
        tried = challenges.update(challenge.changed(tries=challenge.tries + 1))
        commit([tried, *guessing.counted(source, "wrong")])
    raise Refused(f"code_{decision.answer}", decision.en, decision.zh, rules=("ACC-09",), field="code")


def wrong_code() -> Refused:
    """The same answer for a challenge that does not exist, is somebody else's, or was used at the same moment."""
    return Refused(
        "code_wrong",
        "This code is not right. Check it, or ask for a new one.",
        "验证码不正确，请核对或重新获取。",
        rules=("ACC-09",),
        field="code",
    )
