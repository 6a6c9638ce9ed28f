"""COMMITMENT: who may commit instead of handing in proofs, what is signed, and when it may be taken back.

In words: where the scheme has a commitment the candidate is free to use it. Barred is who has an entry in the integrity
register that counts now. Whoever took a commitment back, or (where the policy says so) chose none, hands in proofs for
that exam and year, whatever they apply for later. The person is shown six matters first, then signs four statements
with a fresh code; the signature covers one content: the text and the application as it was confirmed. A changed
application needs a new one. It can be taken back while nothing was paid and registration is open, and not after.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.integrity import KINDS, Entry, in_force
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass
from certification.rules.sitting import SittingDates
from certification.rules.words import Because, Words

Lock = Literal["withdrawn", "declined"]
NoticeKind = Literal["conditions", "proof", "text", "liability", "powers", "cooperation"]
NOTICE: tuple[NoticeKind, ...] = ("conditions", "proof", "text", "liability", "powers", "cooperation")
STATEMENTS = 4
CLASS_WORDS: dict[CandidateClass, Words] = {
    "barred": Words(en="the commitment is not open to you", zh="不适用告知承诺制"),
    "not_chosen": Words(en="you did not choose the commitment", zh="未选择告知承诺制"),
    "withdrawn": Words(en="you took your commitment back", zh="已撤回承诺"),
    "unverified": Words(en="the online check did not pass", zh="在线核验未通过"),
    "exemption_level": Words(en="you apply for an exemption level", zh="申报免试级别"),
    "unlisted_major": Words(en="your major is not listed", zh="所学专业不在专业目录内"),
}


class Notified(Frozen):
    """One of the six matters a candidate is told before committing (COM-03)."""

    kind: NoticeKind
    heading: Words
    words: Words


class CommitmentText(Frozen):
    """A notice and a letter in one version. A published version is never edited: a new text is a new version."""

    version: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    title: Words
    legal_basis: Words
    notice: tuple[Notified, ...]
    letter: Words
    statements: tuple[Words, ...] = Field(min_length=STATEMENTS, max_length=STATEMENTS)

    @property
    def hash(self) -> str:
        """SHA-256 of the whole text in both languages."""
        return _digest(self.model_dump(mode="json"))


class Offer(Frozen):
    """Whether the commitment is open to this person now. `belongs`: the class of whoever it is not open to."""

    open: bool
    belongs: CandidateClass | None = None
    until: datetime | None = None
    because: Because


def offer(policy: Policy, entries: Collection[Entry], lock: Lock | None, now: datetime) -> Offer:
    """Whether this person may commit: no bar of the policy, and nothing chosen before that cannot be undone."""
    terms = policy.commitment
    if terms is None:
        because = Because(
            en="This scheme has no commitment: every application is reviewed.",
            zh="本项考试不实行告知承诺制，报名均须审核。",
            rules=("COM-01",),
        )
        return Offer(open=False, because=because)
    bars = [entry for entry in in_force(entries, now) if _bars(entry, terms.bars)]
    if bars:
        worst = max(bars, key=lambda entry: (entry.until is None, entry.until or now))
        until = worst.until
        ends_en = f"until {until.astimezone(policy.zone):%Y-%m-%d %H:%M}" if until else "without an end"
        ends_zh = f"至 {until.astimezone(policy.zone):%Y-%m-%d %H:%M}" if until else "长期"
        because = Because(
            en=f"The integrity register has an entry about you ({KINDS[worst.kind].en}, {ends_en}).",
            zh=f"您在资格考试诚信档案库有记录（{KINDS[worst.kind].zh}，{ends_zh}），不适用告知承诺制。",
            rules=("COM-02", "INT-02"),
        )
        return Offer(open=False, belongs="barred", until=until, because=because)
    if lock is not None:
        return Offer(open=False, belongs="withdrawn" if lock == "withdrawn" else "not_chosen", because=LOCKED[lock])
    because = Because(
        en="You may choose freely whether to commit or to hand in proofs.",
        zh="您可自主选择是否采用告知承诺制。",
        rules=("COM-01",),
    )
    return Offer(open=True, because=because)


LOCKED: dict[Lock, Because] = {
    "withdrawn": Because(
        en="You took a commitment for this exam back this year: it is not open to you again.",
        zh="您本年度已撤回该项考试的承诺，不再适用告知承诺制。",
        rules=("COM-10",),
    ),
    "declined": Because(
        en="You chose not to commit for this exam this year: this cannot be undone.",
        zh="您本年度该项考试已选择不采用告知承诺制，不可逆转。",
        rules=("COM-11",),
    ),
}


def _bars(entry: Entry, bars: Collection[str]) -> bool:
    return ("false_commitment" if entry.kind == "false_commitment" else "integrity_active") in bars


def chosen_before_confirming(policy: Policy) -> bool:
    """Whether the candidate chooses before confirming (REG-01); else everybody may decline when asked to sign."""
    return "choose" in policy.lanes.get("commitment", ())


def classes_of(policy: Policy, level: str, commits: bool | None, offered: Offer) -> frozenset[CandidateClass]:
    """The classes of review that follow from choice, bars, locks and level (K5, COM-13)."""
    if policy.commitment is None:
        return frozenset()
    found: set[CandidateClass] = {offered.belongs} if offered.belongs else set()
    if offered.open and (commits is False or (commits is None and chosen_before_confirming(policy))):
        found.add("not_chosen")
    if policy.level(level).waives:
        found.add("exemption_level")
    return frozenset(found)


def locks(policy: Policy, lock: Lock) -> bool:
    """Whether this act cannot be undone for this exam and year (K8: COM-10, COM-11)."""
    return policy.commitment is not None and lock in policy.commitment.lock_on


def lock_key(candidate: str, policy: Policy) -> str:
    """The name of the lock of one person for one exam and year."""
    return f"no_commitment:{candidate}:{policy.exam}:{policy.year}"


def content_hash(text: CommitmentText, application: str, policy_hash: str, content: Mapping[str, Any]) -> str:
    """What one signature covers: this text, and this application as it was confirmed."""
    return _digest(
        {"text": text.hash, "application": application, "policy": policy_hash, "content": dict(sorted(content.items()))}
    )


def check_statements(text: CommitmentText, agreed: Collection[int]) -> None:
    """Refuses a signature that leaves a statement out (COM-07)."""
    if set(agreed) != set(range(1, len(text.statements) + 1)):
        raise Refused(
            "statements_missing",
            f"Agree to all {len(text.statements)} statements to sign. If one is not true, hand in proofs instead.",
            f"须同意全部 {len(text.statements)} 项承诺内容方可签署；如不符合，请选择提交证明材料。",
            rules=("COM-07",),
            field="statements",
        )


def check_notice(text: CommitmentText, shown: str | None) -> None:
    """Refuses a signature by who was not shown this very text (COM-03). `shown` is the hash of what was."""
    if shown != text.hash:
        raise Refused(
            "notice_not_shown",
            "Read the notice first. It was not shown to you, or its text has changed since.",
            "请先阅读告知事项：尚未向您展示，或内容已更新。",
            rules=("COM-03",),
            facts={"version": text.version},
        )


def must_be_withdrawable(policy: Policy, dates: SittingDates, now: datetime, *, paid: bool) -> None:
    """Refuses taking a commitment back once something was paid or registration has closed (COM-08)."""
    wanted = policy.commitment.withdraw.all_of if policy.commitment else ()
    if "unpaid" in wanted and paid:
        raise Refused(
            "commitment_paid",
            "The fee was paid, so the commitment stands.",
            "已缴费，不能撤回承诺。",
            rules=("COM-08",),
        )
    if "before_registration_close" in wanted and not is_open(now, None, dates.registration_closes):
        shown = f"{dates.registration_closes.astimezone(policy.zone):%Y-%m-%d %H:%M %Z}"
        raise Refused(
            "commitment_closed",
            f"A commitment could be taken back until {shown}.",
            f"撤回承诺已于 {shown} 截止。",
            rules=("COM-08",),
            facts={"closed": shown},
        )


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
