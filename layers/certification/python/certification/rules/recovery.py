"""RECOVERY: which proofs let somebody back into an account, in the order the policy gives (K14, ACC-10, ACC-11).

In words: two different factors of the policy's list open the account, whichever comes first: a code by SMS, a code by
e-mail, the answer to the reserved question. A factor that the account does not have cannot be asked for. Who has only one
goes to the desk, where the list ends with it: a staff case. What a factor proves is ownership of a number, an address or a
memory; so its owner may be told what it opens, and nobody else may. A number that took another's place was confirmed by
the mailbox alone, so for 72 hours it is no factor of its own: whoever reads somebody's mail cannot make a second factor
out of it before the owner has heard of the change and acted.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.model import Frozen

Factor = Literal["email_code", "sms_code", "security_question"]
Way = Literal["email_code", "sms_code", "security_question", "staff_case"]
FACTORS: tuple[Factor, ...] = ("email_code", "sms_code", "security_question")
NEEDED = 2
NEW_NUMBER = timedelta(hours=72)


class Standing(Frozen):
    """What was proved, whether that is enough, and what may be asked for next, in the policy's order."""

    proved: tuple[Factor, ...]
    opens: bool
    next: tuple[Way, ...]


def standing(order: Sequence[Way], has: Collection[Factor], proved: Collection[Factor]) -> Standing:
    """Where a recovery stands. `has` are the factors the account has."""
    counted = tuple(factor for factor in FACTORS if factor in proved and factor in order)
    opens = len(counted) >= NEEDED
    possible = [way for way in order if way == "staff_case" or (way in has and way not in counted)]
    reachable = len(counted) + sum(way != "staff_case" for way in possible) >= NEEDED
    ways = () if opens else tuple(way for way in possible if reachable or way == "staff_case")
    return Standing(proved=counted, opens=opens, next=ways)


def must_be_offered(order: Sequence[Way], factor: Factor) -> None:
    """The policy names the ways back in; any other is refused."""
    if factor not in order:
        raise Refused(
            "not_a_way_back",
            "This is not one of the ways to recover an account here.",
            "此处不支持以该方式找回账号。",
            rules=("ACC-10", "ACC-11"),
        )


def is_settled(changed_at: datetime | None, now: datetime) -> bool:
    """Whether a number is a factor of its own: it took no other's place, or did so 72 hours ago."""
    return changed_at is None or now >= changed_at + NEW_NUMBER


def must_be_settled(changed_at: datetime | None, now: datetime) -> None:
    """Refuses to let a number confirm a change while it is new itself."""
    if changed_at is not None and not is_settled(changed_at, now):
        again = changed_at + NEW_NUMBER
        hours = -(-(again - now) // timedelta(hours=1))
        raise Refused(
            "number_too_new",
            f"The mobile number was changed a short while ago, so it cannot confirm this yet. Try again in {hours} h.",
            f"手机号刚刚更换，暂不能用于确认此项变更，请在 {hours} 小时后再试。",
            rules=("ACC-10",),
            facts={"again_at": again.isoformat()},
        )
