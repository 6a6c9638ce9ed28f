"""ONE-TIME CODES: how they are made, how often they are sent, how long and how often they may be tried.

In words: a code has six digits and is valid for 10 minutes. It may be tried five times; after the fifth wrong try even
the right code is refused. An address gets at most 3 codes in 15 minutes and 10 in a day, counted back from now. What
people type may hold spaces and full-width digits.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.rules.errors import Refused

DIGITS = 6
MINUTES = 10
MOST_TRIES = 5
SENDING_LIMITS = ((timedelta(minutes=15), 3), (timedelta(days=1), 10))
RANDOM_BYTES = 8


def new_code(random: bytes) -> str:
    """Six digits from eight bytes of the operating system's generator; the modulo's bias is below 1 in 10^13."""
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"a code needs exactly {RANDOM_BYTES} random bytes")
    return f"{int.from_bytes(random) % 10**DIGITS:0{DIGITS}d}"


def typed(text: str) -> str:
    """A code as somebody typed it: half width, without spaces and hyphens."""
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isdigit())


def expires_at(sent: datetime) -> datetime:
    """The first instant at which a code sent then is no longer valid."""
    return sent + timedelta(minutes=MINUTES)


def may_send(sent: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """The sendings that still count (the last day's), if one more is allowed. Refused with the instant when it will be."""
    longest = max(length for length, _ in SENDING_LIMITS)
    counted = tuple(sorted(instant for instant in sent if instant > now - longest))
    for length, most in SENDING_LIMITS:
        within = [instant for instant in counted if instant > now - length]
        if len(within) >= most:
            again = within[-most] + length
            raise Refused(
                "too_many_codes",
                "Too many codes were sent to this address. Use the last one, or wait before asking again.",
                "验证码发送次数过多，请使用最近一次的验证码，或稍后再试。",
                rules=("ACC-09",),
                facts={"again_at": again.isoformat()},
            )
    return counted


def may_try(tries: int, expires: datetime, now: datetime) -> None:
    """Refuses a code that is over: tried too often, or past its time."""
    if tries >= MOST_TRIES:
        raise Refused(
            "too_many_tries",
            "This code was tried too often. Ask for a new one.",
            "验证码错误次数过多，请重新获取。",
            rules=("ACC-09",),
            field="code",
        )
    if now >= expires:
        raise Refused(
            "code_expired",
            f"This code is older than {MINUTES} minutes. Ask for a new one.",
            f"验证码已超过{MINUTES}分钟有效期，请重新获取。",
            rules=("ACC-09",),
            field="code",
        )
