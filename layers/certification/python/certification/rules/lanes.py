"""LANES: which way an application takes after it was confirmed.

In words: where the policy asks for a review of everybody (cgptc), every application goes to review. Where there is a
commitment, the candidate chooses: who commits and belongs to no class that needs a review signs and pays; everybody
else hands in proofs first, and goes on to the review at once when they are all there already. The answer also names
what a reviewer should look at, so that nobody has to tick twenty boxes; nothing named here keeps an application from
going on, because a person decides.
"""

from collections.abc import Mapping
from typing import Literal

from certification.rules.commitments import CLASS_WORDS
from certification.rules.eligibility import EligibilityAnswer
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass, VerificationSubject
from certification.rules.policy_lanes import LaneName
from certification.rules.status import Trigger
from certification.rules.words import Because

CheckState = Literal["waiting", "passed", "failed", "on_site"]
CHECKED_ZH: dict[VerificationSubject, str] = {"identity": "身份信息", "education": "学历学位"}
STATE_ZH: dict[CheckState, str] = {"waiting": "未反馈", "passed": "通过", "failed": "未通过", "on_site": "需现场核查"}


class LaneChoice(Frozen):
    """The lane, the trigger that moves the application into it, why, and what the reviewer should look at."""

    lane: LaneName
    trigger: Trigger
    because: Because
    classes: tuple[CandidateClass, ...] = ()
    look_at: tuple[Because, ...] = ()


RULES: dict[CandidateClass, str] = {
    "barred": "COM-02",
    "not_chosen": "COM-12",
    "withdrawn": "COM-09",
    "unverified": "CHK-05",
    "exemption_level": "ELI-08",
    "unlisted_major": "ELI-05",
}


def choose_lane(
    policy: Policy,
    checks: Mapping[VerificationSubject, CheckState],
    eligible: EligibilityAnswer,
    classes: frozenset[CandidateClass] = frozenset(),
    *,
    complete: bool = False,
) -> LaneChoice:
    """The lane of a confirmed application.

    `checks` are the answers about the person, `classes` what is known of the candidate's choice, bars and level
    (`not_chosen` when the commitment was not chosen); `unverified` is added here from the checks. `complete`: every
    proof that is needed was accepted.
    """
    look_at = _look_at(checks, eligible)
    if policy.commitment is None:
        because = Because(
            en="Every application of this scheme is reviewed before payment.",
            zh="本项考试的所有报名均须先审核后缴费。",
            rules=("REG-02", "REG-08"),
        )
        found = tuple(sorted(classes))
        return LaneChoice(
            lane="review", trigger=Trigger.SENT_TO_REVIEW, because=because, classes=found, look_at=look_at
        )
    belongs = with_unverified(policy, checks, classes)
    needed = policy.review.required_for
    reviewed = tuple(sorted(belongs if needed == "all" else belongs & set(needed)))
    if reviewed or needed == "all":
        trigger = Trigger.SENT_TO_REVIEW if complete else Trigger.SENT_TO_PROOFS
        because = proofs_first(reviewed)
        return LaneChoice(
            lane="proof", trigger=trigger, because=because, classes=tuple(sorted(belongs)), look_at=look_at
        )
    because = Because(
        en="You chose the commitment and nothing bars it. No proofs are asked for.",
        zh="您选择采用告知承诺制，且无不适用情形，不再索要有关证明。",
        rules=("COM-01", "COM-06"),
    )
    return LaneChoice(
        lane="commitment",
        trigger=Trigger.SENT_TO_SIGNATURE,
        because=because,
        classes=tuple(sorted(belongs)),
        look_at=look_at,
    )


def proofs_first(classes: tuple[CandidateClass, ...]) -> Because:
    """Why somebody of these classes hands in proofs before paying."""
    words = [CLASS_WORDS[name] for name in classes]
    return Because(
        en=f"Proofs are needed first: {'; '.join(one.en for one in words) or 'everybody hands them in'}.",
        zh=f"须先提交证明材料：{'、'.join(one.zh for one in words) or '全部报考人员'}。",
        rules=("COM-13", *(RULES[name] for name in classes)),
    )


def with_unverified(
    policy: Policy, checks: Mapping[VerificationSubject, CheckState], classes: frozenset[CandidateClass]
) -> frozenset[CandidateClass]:
    """The classes, with `unverified` where a check gave no pass."""
    return classes | {"unverified"} if unverified(policy, checks) else classes


def unverified(policy: Policy, checks: Mapping[VerificationSubject, CheckState]) -> bool:
    """Whether a check that the policy names gave no pass."""
    return any(checks.get(subject) != "passed" for subject in policy.verification.subjects)


def _look_at(checks: Mapping[VerificationSubject, CheckState], eligible: EligibilityAnswer) -> tuple[Because, ...]:
    found = [
        Because(
            en=f"The online check of {subject} did not pass: {state}.",
            zh=f"{CHECKED_ZH[subject]}在线核验未通过：{STATE_ZH[state]}。",
            rules=("EDU-05", "CHK-05"),
        )
        for subject, state in sorted(checks.items())
        if state != "passed"
    ]
    found += [Because(en=gap.en, zh=gap.zh, rules=("ELI-01",)) for gap in eligible.missing]
    return tuple(found)
