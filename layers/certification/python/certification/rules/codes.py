"""CODES AND SESSIONS: proving that an address or phone is yours, and how long a sign-in lasts.

In words: a one-time code has six digits, lives ten minutes and allows five tries; a right answer after five wrong ones
is wrong. At most three codes go to one address in fifteen minutes and ten in a day (24 hours); an older code stays
valid for its own ten minutes. One account has codes sent to at most ten other addresses and numbers in a day, and enters at
most ten other ID documents in a day: nobody writes to strangers at our cost, or tries numbers until one is known. Whether
an address is known is never told. A session ends after three hours without use
and after twelve hours in any case; a person has at most ten. Two factors that opened a session stand for the proof that a
change of address or number needs, for half an hour.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.model import Frozen

DIGITS = 6
LIFETIME = timedelta(minutes=10)
TRIES = 5
SHORT_LIMIT, SHORT_WINDOW = 3, timedelta(minutes=15)
DAY_LIMIT, DAY_WINDOW = 10, timedelta(hours=24)
Limits = tuple[tuple[int, timedelta], ...]
FOR_ONE: Limits = ((SHORT_LIMIT, SHORT_WINDOW), (DAY_LIMIT, DAY_WINDOW))
"""For one address, one looked-up document, one person's requests."""
FOR_OTHERS: Limits = ((DAY_LIMIT, DAY_WINDOW),)
"""For one account: the other addresses and numbers it has codes sent to, the other documents it enters."""
Matter = Literal["code", "look_up", "document", "request"]
TOO_MANY: dict[Matter, tuple[str, str]] = {
    "code": ("We sent {limit} codes already.", "已发送 {limit} 次验证码"),
    "look_up": ("This document was looked up {limit} times already.", "该证件已查询 {limit} 次"),
    "document": ("You entered {limit} ID documents already.", "您已填写 {limit} 次证件"),
    "request": ("You sent {limit} requests already.", "您已提交 {limit} 次申请"),
}
IDLE = timedelta(hours=3)
ABSOLUTE = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=15)
"""How much a session's last use may lag behind, so that not every page view is a write."""
MOST_SESSIONS = 10
FRESHLY_PROVED = timedelta(minutes=30)


class CodeAnswer(StrEnum):
    """What became of one try."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    NO_TRIES_LEFT = "no_tries_left"


class CodeDecision(Frozen):
    """The answer to one try, and what to say. `tries_left` counts after this try."""

    answer: CodeAnswer
    tries_left: int
    en: str
    zh: str

    @property
    def accepted(self) -> bool:
        return self.answer is CodeAnswer.RIGHT


class IssuedCode(Frozen):
    """A code as it is kept: only its digest, when it was made, how often it was tried, whether it was used."""

    digest: bytes
    made_at: datetime
    tries: int = 0
    used: bool = False

    @property
    def expires_at(self) -> datetime:
        return self.made_at + LIFETIME


class SessionAnswer(StrEnum):
    """Whether a session counts."""

    LIVE = "live"
    IDLE_TOO_LONG = "idle_too_long"
    TOO_OLD = "too_old"
    SIGNED_OUT = "signed_out"


def code_from(random: int) -> str:
    """Six digits from a random number below 1,000,000 (`secrets.randbelow(10**6)`)."""
    if not 0 <= random < 10**DIGITS:
        raise ValueError("a code is made from a random number below one million")
    return f"{random:0{DIGITS}d}"


def may_send(now: datetime, sent: Sequence[datetime], matter: Matter = "code", limits: Limits = FOR_ONE) -> None:
    """Refuses a further one (by default: code for one address); `sent` are the instants of those of the last 24 hours."""
    for limit, window in limits:
        recent = sorted(instant for instant in sent if instant > now - window)
        if len(recent) >= limit:
            again = recent[-limit] + window
            minutes = -(-(again - now) // timedelta(minutes=1))
            en, zh = (words.format(limit=limit) for words in TOO_MANY[matter])
            raise Refused(
                "too_many_codes",
                f"{en} Try again in {minutes} min.",
                f"{zh}，请在 {minutes} 分钟后重试。",
                rules=("ACC-09",),
                facts={"again_at": again.isoformat()},
            )


def judge(issued: IssuedCode, typed_digest: bytes, now: datetime) -> CodeDecision:
    """One try at a code. The caller counts the try in the same write, whatever the answer."""
    if issued.used:
        return _decision(
            CodeAnswer.USED, 0, "This code was used already. Ask for a new one.", "验证码已使用，请重新获取。"
        )
    if issued.tries >= TRIES:
        return _decision(
            CodeAnswer.NO_TRIES_LEFT, 0, "Too many tries. Ask for a new code.", "错误次数过多，请重新获取。"
        )
    if now >= issued.expires_at:
        return _decision(
            CodeAnswer.EXPIRED, 0, "This code has expired. Ask for a new one.", "验证码已过期，请重新获取。"
        )
    left = TRIES - issued.tries - 1
    if hmac.compare_digest(issued.digest, typed_digest):
        return _decision(CodeAnswer.RIGHT, left, "The code is right.", "验证码正确。")
    return _decision(
        CodeAnswer.WRONG, left, f"This code is not right. {left} tries left.", f"验证码错误，还可尝试 {left} 次。"
    )


def session(now: datetime, started: datetime, last_used: datetime, signed_out: bool = False) -> SessionAnswer:
    """Whether a session still counts at `now`."""
    if signed_out:
        return SessionAnswer.SIGNED_OUT
    if now >= started + ABSOLUTE:
        return SessionAnswer.TOO_OLD
    if now >= last_used + IDLE:
        return SessionAnswer.IDLE_TOO_LONG
    return SessionAnswer.LIVE


def session_ends(started: datetime, last_used: datetime) -> datetime:
    """When the session will end if it is not used again."""
    return min(started + ABSOLUTE, last_used + IDLE)


def typed_code(text: str) -> str:
    """What somebody typed, without spaces and hyphens and in half width; it may still not be a code."""
    return "".join(str(int(character)) for character in text if character.isdecimal())


def _decision(answer: CodeAnswer, left: int, en: str, zh: str) -> CodeDecision:
    return CodeDecision(answer=answer, tries_left=left, en=en, zh=zh)
