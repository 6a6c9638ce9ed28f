"""POLICY, commitment: who may commit, what those hand in who do not, and how commitments are checked (K5-K8, K31)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from certification.rules.model import Frozen
from certification.rules.policy_applying import CandidateClass, Code, Review, Upload, Verification
from certification.rules.policy_changes import Void
from certification.rules.policy_exam import PostCheck
from certification.rules.spans import Span, Window

NOT_CHECKED = "not_checked_after_exam"
"""The ground of the hearing that a report leads to which is missing or shows nothing (CHK-16)."""
GROUNDS = ("not_checked_before_tickets", NOT_CHECKED, "false_statement")
"""The grounds of a hearing that a check of a commitment can lead to (COM-15, CHK-15, CHK-16)."""
Share = Annotated[Decimal, Field(gt=0, lt=1)]


class CommitmentWithdrawal(Frozen):
    """COM-08: every condition must hold."""

    all_of: tuple[Literal["unpaid", "before_registration_close"], ...]


class HandIn(Frozen):
    """COM-12: the uploads that these classes hand in."""

    classes: tuple[CandidateClass, ...] = Field(min_length=1)
    uploads: tuple[Code, ...] = Field(min_length=1)


class Proofs(Frozen):
    """COM-12..14: who hands in what, until when, and how much earlier we advise. Absent where nobody hands in proofs.

    `at_least`: whoever we screened has so long in any case, so that our own delay costs nobody the deadline.
    """

    hand_in: tuple[HandIn, ...] = Field(min_length=1)
    due: Window
    advised: Span | None = None
    at_least: Span | None = None


class Commitment(Frozen):
    """COM-01..15, K7, K8; absent where a scheme has no commitment.

    `text` names the notice and the letter (`policies/texts/<text>.yaml`). `sign`: until when it may be signed.
    """

    text: Code
    bars: tuple[Literal["false_commitment", "integrity_active"], ...]
    sign: Window
    withdraw: CommitmentWithdrawal
    lock_on: tuple[Literal["withdrawn", "declined"], ...]
    scope: Literal["exam_year"]
    proofs: Proofs | None = None


class Sampling(Frozen):
    """CHK-10: the sources name no proportion, so it is always marked among the policy's own choices."""

    proportion: Share
    method: Literal["commit_reveal"]


class SmartRule(Frozen):
    """CHK-12: one comparison by which a commitment is looked at more closely; `limit` is its number."""

    compares: Literal["age_at_graduation", "age_at_first_work", "changed_since_last_application"]
    limit: int | None = Field(default=None, ge=0, le=120)


class Checks(Frozen):
    """CHK-04..16, K31: who is waived, how the rest is supervised, and what a refused check costs.

    `answer`: within what time a candidate answers a check. `accepts`: what counts as a proof (CHK-06). `on_site`: the
    classes that must come in person (CHK-05).
    """

    waived_if: tuple[Literal["committed", "auto_verified", "no_integrity_entry"], ...]
    sampling: Sampling
    key: tuple[Literal["exemption_level", "reported"], ...] = ()
    smart: tuple[SmartRule, ...] = ()
    answer: Window
    accepts: tuple[Literal["electronic", "paper"], ...] = ()
    on_site: tuple[CandidateClass, ...] = ()
    refused: Literal["forfeited", "void"]


class HasCommitment(Protocol):
    """The parts of a policy that its commitment touches."""

    @property
    def lanes(self) -> Mapping[Any, Any]: ...
    @property
    def uploads(self) -> tuple[Upload, ...]: ...
    @property
    def review(self) -> Review: ...
    @property
    def commitment(self) -> Commitment | None: ...
    @property
    def checks(self) -> Checks | None: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def post_check(self) -> PostCheck | None: ...
    @property
    def void(self) -> Void | None: ...


def gaps_in_commitment(policy: HasCommitment) -> Iterator[str]:
    """What commitment and checks name and another part does not know, and classes that would have nothing to hand in."""
    terms, needed = policy.commitment, policy.review.required_for
    if "proof" in policy.lanes and (terms is None or terms.proofs is None):
        yield "lanes.proof: commitment.proofs does not say what is handed in"
    if terms is not None and "commitment" not in policy.lanes:
        yield "commitment: there is no lane for it"
    hand_in = terms.proofs.hand_in if terms and terms.proofs else ()
    uploads = {row.code for row in policy.uploads}
    for row in hand_in:
        yield from (f"commitment.proofs.hand_in: unknown upload {code}" for code in row.uploads if code not in uploads)
    if hand_in and needed != "all":
        covered = {name for row in hand_in for name in row.classes}
        yield from (f"commitment.proofs.hand_in: nothing for {name}" for name in needed if name not in covered)
    if terms is not None and needed == "all":
        yield "review.required_for: with a commitment not everybody is reviewed before paying; name the classes that are"
    if terms is not None and policy.checks is None:
        yield "commitment: checks does not say how commitments are supervised"
    yield from _gaps_in_hearings(policy)


def _gaps_in_hearings(policy: HasCommitment) -> Iterator[str]:
    """What a check or a report that shows nothing leads to must be named, or nobody could decide it."""
    named = {ground.code for ground in policy.void.grounds} if policy.void else set()
    if policy.checks is not None:
        yield from (
            f"void.grounds: {code} is missing, which a check may lead to" for code in GROUNDS if code not in named
        )
    needed, later = policy.review.required_for, [way for way in policy.verification.fallback if way.provisional]
    looked_at = policy.post_check is not None and "unverified" in policy.post_check.classes
    if (later or looked_at) and policy.checks is None and NOT_CHECKED not in named:
        yield f"void.grounds: {NOT_CHECKED} is missing, which a report may lead to"
    if any(way.complete is None or way.complete.within is None for way in later):
        yield "verification.fallback: the way that is completed later does not say within which time"
    seen_before = needed == "all" or "unverified" in needed
    if policy.commitment is not None and not seen_before and not looked_at and _takes_reports(policy):
        yield "post_check.classes: unverified is missing, so nobody would look at the report that stands for a check"


def _takes_reports(policy: HasCommitment) -> bool:
    return any(way.upload for way in policy.verification.fallback)
