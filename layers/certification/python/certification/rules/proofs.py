"""PROOFS: what somebody hands in who does not commit, and when we remind them.

In words: the policy says which uploads each class hands in; who belongs to several classes hands in all of them, each
once, in the policy's order. They are handed in together, when every one was looked at and accepted by the candidate. A
reminder goes out when the advised time begins, one day before the end, if the wait began before that (COM-12..14). In
the commitment lane nothing is asked for (COM-06).
"""

from collections.abc import Collection
from datetime import datetime

from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass


def needed(policy: Policy, classes: Collection[CandidateClass]) -> tuple[str, ...]:
    """The codes of the uploads that these classes hand in, in the policy's order."""
    rows = policy.commitment.proofs.hand_in if policy.commitment and policy.commitment.proofs else ()
    wanted = {code for row in rows if set(row.classes) & set(classes) for code in row.uploads}
    return tuple(upload.code for upload in policy.uploads if upload.code in wanted)


def looked_at_first(now: datetime, advised: datetime, due: datetime) -> datetime:
    """When the wait is looked at first: at the reminder if it is still to come, else at its end."""
    return advised if now < advised < due else due


def asked_in_check(policy: Policy, level: str) -> tuple[str, ...]:
    """What somebody who committed hands in when a check asks: the proofs that would have been asked for (CHK-11).

    Nothing by upload where the scheme takes proofs on paper only (CHK-06).
    """
    if policy.checks is None or (policy.checks.accepts and "electronic" not in policy.checks.accepts):
        return ()
    classes: set[CandidateClass] = {"not_chosen"}
    if policy.level(level).waives:
        classes.add("exemption_level")
    return needed(policy, classes)
