"""What keeps a person from committing: the register's entries about them, and what they chose before this year."""

from datetime import datetime
from typing import cast

from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.integrity import Conduct, integrity
from certification.policies import load_policy
from certification.rules.application import Gap
from certification.rules.commitments import Lock, Offer, chosen_before_confirming, lock_key, locks, offer
from certification.rules.model import Frozen
from certification.rules.policy import Policy


class Standing(Frozen):
    """What is known of one person for one scheme. `lock` is the claim of an earlier choice, if there is one."""

    person: str
    conduct: Conduct | None
    lock: Claim | None

    def offer(self, policy: Policy, now: datetime) -> Offer:
        """Whether the commitment is open to this person now."""
        entries = self.conduct.entries if self.conduct else ()
        return offer(policy, entries, cast("Lock | None", self.lock.holder if self.lock else None), now)

    def has_entry(self) -> bool:
        """Whether the register has any entry that was not taken back, in its period or not (CHK-08)."""
        return self.conduct is not None and any(not entry.taken_back for entry in self.conduct.entries)


def standing(candidate: Candidate, policy: Policy) -> Standing:
    """Read the register and the locks. A person without an ID document is not in the register."""
    person = candidate.id_index or f"unknown-{candidate.id}"
    return Standing(person=person, conduct=integrity.find(person), lock=claims.find(lock_key(candidate.id, policy)))


def unchanged(known: Standing) -> Write:
    """The transaction fails if the register learns something about this person meanwhile."""
    return integrity.unchanged(known.conduct) if known.conduct else integrity.absent(known.person)


def locked(candidate: Candidate, policy: Policy, lock: Lock, known: Standing) -> list[Write]:
    """The lock of this exam and year, where the policy has one; a lock that is there stays as it is (COM-10, COM-11)."""
    if not locks(policy, lock) or known.lock is not None:
        return []
    return [claims.insert(Claim(key=lock_key(candidate.id, policy), holder=lock))]


def gaps(application: Application, candidate: Candidate) -> tuple[Gap, ...]:
    """Where the policy wants the choice before confirming, and it was not made."""
    policy, _ = load_policy(application.scheme)
    if policy.commitment is None or not chosen_before_confirming(policy) or application.commits is not None:
        return ()
    if not standing(candidate, policy).offer(policy, clock.now()).open:
        return ()
    gap = Gap(
        field="commitment",
        part="commitment",
        en="Choose whether to commit or to hand in proofs.",
        zh="请选择是否采用告知承诺制。",
    )
    return (gap,)
