"""The candidate's education: entries that are added and corrected, and what the registry said about each."""

from certification.acts import education as acts
from certification.acts.education import EntryNow
from certification.api import bodies
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.rules.education import EducationEntry
from certification.rules.model import Frozen

routes = Routes("Education", "/api/candidate", "candidate")


class Educations(Frozen):
    """Every entry with the state of its check; `most` is how many there can be. No entry can be deleted."""

    entries: tuple[EntryNow, ...]
    most: int


@routes.get("/education")
def read_education() -> Educations:
    """The education entries, each with the result of its online check."""
    return _now(candidate(routes))


@routes.post("/education")
def add_education(entry: bodies.Qualification) -> Educations:
    """Add one entry. Its check starts at once. It cannot be deleted; what looks like a duplicate has to be meant."""
    who = candidate(routes)
    acts.add(who, entry_of(entry), duplicate_meant=entry.duplicate_meant)
    return _now(who)


@routes.put("/education/<number>")
def correct_education(number: bodies.EntryPath, entry: bodies.Qualification) -> Educations:
    """Correct an entry that no registry has confirmed; it is checked anew. What it was before is kept."""
    who = candidate(routes)
    acts.correct(who, number, entry_of(entry))
    return _now(who)


@routes.post("/without-degree")
def declare_no_degree() -> Educations:
    """Say that there is no formal education to add. Refused once there is an entry."""
    who = candidate(routes)
    acts.declare_none(who)
    return _now(who)


def entry_of(body: bodies.Qualification) -> EducationEntry:
    return EducationEntry(**{name: value for name, value in dict(body).items() if name != "duplicate_meant"})


def _now(candidate_id: str) -> Educations:
    return Educations(entries=acts.read(candidate_id), most=acts.most_entries())
