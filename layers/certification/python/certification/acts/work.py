"""What a candidate declares about work: jobs, leave for study, certificates held. Sealed as one field."""

from certification.acts.agreements import must_have_accepted
from certification.acts.people import opened
from certification.acts.uploads import held
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.transaction import commit, retried
from certification.rules.work import WorkHistory, cleaned


@retried
def save(candidate_id: str, history: WorkHistory) -> None:
    """The whole history: what was declared before is replaced while nothing rests on it."""
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    held(candidate)
    after = with_history(candidate, history)
    if after != candidate:
        commit([candidates.update(after)])


def with_history(candidate: Candidate, history: WorkHistory) -> Candidate:
    """The candidate with this history, not yet stored; the same candidate where nothing differs."""
    tidy = cleaned(history, clock.now().date())
    if tidy == opened(candidate).work:
        return candidate
    sealed = key_of(candidate.id).seal("work", tidy.model_dump_json()) if tidy != WorkHistory() else None
    changed: Candidate = candidate.changed(sealed_work=sealed, revision=candidate.revision + 1)
    return changed
