"""What a person has read and accepted: stored with version, hash and time, and asked again when the text changes."""

from certification.cloud import clock
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.transaction import commit, retried
from certification.policies import load_agreement
from certification.rules.agreements import (
    Acceptance,
    Agreement,
    AgreementKind,
    counts,
    must_be_current,
    must_count,
)

FIELDS = {AgreementKind.REGISTRATION: "agreement", AgreementKind.CERTIFICATES: "service_notice"}


def text(kind: AgreementKind) -> Agreement:
    """The text as it is now."""
    return load_agreement(kind)


def accepted(candidate_id: str, kind: AgreementKind) -> bool:
    """Whether the person accepted the text as it is now."""
    return counts(_given(candidates.read(candidate_id), kind), text(kind))


def must_have_accepted(candidate: Candidate, kind: AgreementKind = AgreementKind.REGISTRATION) -> None:
    """Refuses whoever has not accepted the text as it is now."""
    must_count(_given(candidate, kind), text(kind), kind)


@retried
def accept(candidate_id: str, kind: AgreementKind, version: str) -> None:
    """The person read this version and accepts it. Accepting it again changes nothing."""
    current = text(kind)
    must_be_current(version, current)
    candidate = candidates.read(candidate_id)
    if counts(_given(candidate, kind), current):
        return
    given = Acceptance(version=current.version, sha256=current.hash, at=clock.now())
    account = candidate.account.model_copy(update={FIELDS[kind]: given})
    commit([candidates.update(candidate.changed(account=account))])


def _given(candidate: Candidate, kind: AgreementKind) -> Acceptance | None:
    account = candidate.account
    return account.agreement if kind is AgreementKind.REGISTRATION else account.service_notice
