"""SUPERVISION: whose check is waived, who is looked at all the same, and what a check that was missed costs.

In words: a check is waived when all three hold: a commitment was made, identity, education and major were verified
online, and the integrity register has no entry (CHK-08). Whoever is waived stays under daily supervision: a sample drawn
so that nobody can steer it, key supervision of those reported by the public or of exemption levels, and comparisons of
what was declared (CHK-09..12). A check has a date by which the candidate answers; refused or missed, the policy says
whether the right to sit is forfeited or registration and scores are void (K31).
"""

from datetime import datetime
from typing import Literal

from certification.rules.cases import Block
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.sitting import SittingDates
from certification.rules.status import Status
from certification.rules.words import Because, Words

Consequence = Literal["forfeited", "hearing"]
BEFORE_THE_EXAM = frozenset({Status.AWAITING_PAYMENT, Status.REGISTERED, Status.SEATED})

CONDITIONS: dict[str, Words] = {
    "committed": Words(en="a commitment was made", zh="已作出承诺"),
    "auto_verified": Words(
        en="identity, education and major were verified online", zh="身份、学历、专业等信息均在线核验通过"
    ),
    "no_integrity_entry": Words(en="the integrity register has no entry", zh="在资格考试诚信档案库无记录"),
}

MODES: dict[str, Words] = {
    "sample": Words(en="you were drawn in the random sample of this sitting.", zh="您在本次考试的随机抽查中被抽中。"),
    "key": Words(en="you belong to those who are watched closely.", zh="您属于重点监管对象。"),
    "smart": Words(en="a comparison of what you declared stands out.", zh="对您填报信息的比对发现异常。"),
    "desk": Words(en="the desk of your place of registration asks for it.", zh="报名地考试机构要求核查。"),
}


class Waiver(Frozen):
    """Whether the check before the exam is waived, and why."""

    waived: bool
    because: Because


def waiver(policy: Policy, *, committed: bool, auto_verified: bool, no_integrity_entry: bool) -> Waiver:
    """All conditions of the policy must hold (CHK-08); each that does not is named."""
    holds = {"committed": committed, "auto_verified": auto_verified, "no_integrity_entry": no_integrity_entry}
    wanted = policy.checks.waived_if if policy.checks else ()
    missing = [CONDITIONS[name] for name in wanted if not holds[name]]
    if not wanted:
        because = Because(en="This scheme waives no check.", zh="本项考试不免予核查。", rules=("CHK-08",))
    elif missing:
        because = Because(
            en=f"The check is not waived: it is not the case that {'; nor that '.join(one.en for one in missing)}.",
            zh=f"不符合免予核查条件：{'、'.join(one.zh for one in missing)}（未满足）。",
            rules=("CHK-08",),
        )
    else:
        because = Because(
            en=f"The check is waived: {'; '.join(CONDITIONS[name].en for name in wanted)}. Supervision goes on.",
            zh=f"免予核查：{'、'.join(CONDITIONS[name].zh for name in wanted)}。仍接受日常监管。",
            rules=("CHK-08", "CHK-09"),
        )
    return Waiver(waived=bool(wanted) and not missing, because=because)


def blocked_by_check(now: datetime, dates: SittingDates) -> Block:
    """What a check holds up: the ticket until the first subject begins, the certificate from then on (CHK-04)."""
    return Block.TICKET if now < dates.first_subject else Block.ISSUANCE


def after_missed(policy: Policy, status: Status) -> Consequence:
    """What a check that was refused or missed leads to (K31): before the exam the right to sit may be forfeited; in all
    other cases a hearing decides what is void."""
    sits = status in (Status.REGISTERED, Status.SEATED)
    return "forfeited" if policy.checks is not None and policy.checks.refused == "forfeited" and sits else "hearing"


def ground_of(status: Status, *, missed: bool) -> str:
    """The ground of the policy that a hearing is about: not checked before the tickets or after the exam, or not true."""
    if not missed:
        return "false_statement"
    return "not_checked_before_tickets" if status in BEFORE_THE_EXAM else "not_checked_after_exam"
