"""What a person declares about their education: entries that are added and corrected, never deleted, and checked."""

from datetime import datetime

from certification.acts.agreements import must_have_accepted
from certification.acts.people import education_field, educations, opened
from certification.acts.uploads import held
from certification.acts.verification import education_check, followed
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.tables.candidates import Candidate, DeclaredEducation, candidates
from certification.cloud.tables.verifications import verifications
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy, schemes
from certification.rules.education import EducationEntry, cleaned, may_add
from certification.rules.errors import NotFound, Refused
from certification.rules.model import Frozen
from certification.rules.verification import WORDS, Reason, State
from certification.rules.words import Words


class EntryNow(Frozen):
    """One entry with its check. `unasked`: it will be asked about once the person's own details are complete.

    `answer_by` is there while a registry has not answered; `corrections` counts what the entry was before.
    """

    number: int
    entry: EducationEntry
    state: State | None
    reason: Reason | None = None
    words: Words | None = None
    rules: tuple[str, ...] = ()
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    corrections: int = 0


def read(candidate_id: str) -> tuple[EntryNow, ...]:
    """The person's entries in the order in which they were added, each with its check (EDU-17)."""
    return of(candidates.read(candidate_id))


def of(candidate: Candidate) -> tuple[EntryNow, ...]:
    """The entries of a candidate's row."""
    entries = educations(candidate)
    return tuple(_now(one, entries[one.number]) for one in candidate.education)


def _now(one: DeclaredEducation, entry: EducationEntry) -> EntryNow:
    check = verifications.find(one.check) if one.check else None
    if check is None:
        return EntryNow(number=one.number, entry=entry, state=None, corrections=len(one.earlier))
    words, rules = WORDS[check.reason] if check.reason else (None, ())
    return EntryNow(
        number=one.number,
        entry=entry,
        state=check.state,
        reason=check.reason,
        words=words,
        rules=rules,
        answer_by=check.answer_by if check.state == "asked" else None,
        answered_at=check.answered_at,
        corrections=len(one.earlier),
    )


def most_entries() -> int:
    """How many entries a person may have: the least that a scheme says; the entries are the person's, not an exam's."""
    said = (load_policy(scheme)[0].verification.education_entries for scheme in schemes())
    return min((most for most in said if most is not None), default=5)


@retried
def add(candidate_id: str, entry: EducationEntry, *, duplicate_meant: bool = False) -> int:
    """Declare one more qualification; gives its number. It stays for ever (EDU-16)."""
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    held(candidate)
    added = with_added(candidate, entry, duplicate_meant=duplicate_meant)
    _save(added)
    return len(added.education)


def with_added(candidate: Candidate, entry: EducationEntry, *, duplicate_meant: bool = False) -> Candidate:
    """The candidate with one more entry; not yet stored."""
    tidy, others = cleaned(entry, clock.now().date()), educations(candidate)
    may_add(tidy, others, most_entries(), duplicate_meant)
    number = len(others) + 1
    sealed = key_of(candidate.id).seal(education_field(number), tidy.model_dump_json())
    added = DeclaredEducation(number=number, sealed=sealed, added_at=clock.now())
    changed: Candidate = candidate.changed(education=(*candidate.education, added), without_degree=False)
    return changed


@retried
def correct(candidate_id: str, number: int, entry: EducationEntry) -> None:
    """Put an entry right that no registry has confirmed; what it was before is kept. The same again changes nothing."""
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    held(candidate)
    after = with_corrected(candidate, number, entry)
    if after != candidate:
        _save(after)


def with_corrected(candidate: Candidate, number: int, entry: EducationEntry) -> Candidate:
    """The candidate with an entry put right, not yet stored; the same candidate where nothing differs."""
    before = next((one for one in candidate.education if one.number == number), None)
    if before is None:
        raise NotFound("education entry")
    tidy = cleaned(entry, clock.now().date())
    if tidy == educations(candidate)[number]:
        return candidate
    check = verifications.find(before.check) if before.check else None
    if check is not None and check.state == "passed":
        raise Refused(
            "entry_confirmed",
            "The registry has confirmed this entry, so it stands. Add another entry instead.",
            "此条学历学位信息已核验通过，不能修改；如有其他学历请另行添加。",
            rules=("EDU-16",),
            field="education",
        )
    sealed = key_of(candidate.id).seal(education_field(number), tidy.model_dump_json())
    after = before.model_copy(update={"sealed": sealed, "earlier": (*before.earlier, before.sealed)})
    changed: Candidate = candidate.changed(
        education=tuple(after if one is before else one for one in candidate.education)
    )
    return changed


@retried
def declare_none(candidate_id: str) -> None:
    """The person has no degree and adds none (EDU-21). Adding an entry later takes it back."""
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    held(candidate)
    if candidate.education:
        raise Refused(
            "entries_exist",
            "You have entries already, and an entry cannot be deleted.",
            "您已添加学历学位信息，添加后不能删除。",
            rules=("EDU-16", "EDU-21"),
            field="education",
        )
    if not candidate.without_degree:
        _save(candidate.changed(without_degree=True))


def _save(candidate: Candidate) -> None:
    saved, writes, announcements = followed(candidate.changed(revision=candidate.revision + 1))
    commit([candidates.update(saved), *writes], announcements)


def check_of(candidate: Candidate, number: int) -> str:
    """The id of the check of what an entry says now; `NotFound` for an entry that is not the candidate's."""
    entries = educations(candidate)
    if number not in entries:
        raise NotFound("education entry")
    return education_check(opened(candidate), entries[number])
