"""What a desk sees of a correction: what stands there, what is wanted, and the evidence."""

from certification.acts import corrections
from certification.acts.people import educations, opened
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case
from certification.rules.education import EducationEntry
from certification.rules.model import Frozen
from certification.rules.work import WorkHistory


class WantedField(Frozen):
    """A field that a candidate wants corrected: what stands there, and what they want."""

    field: str
    now: str
    wanted: str


class WantedEntry(Frozen):
    """An education entry: what stands there (None: it would be one more), and what they want."""

    number: int | None
    now: EducationEntry | None
    wanted: EducationEntry


class WantedWork(Frozen):
    """The work history: what stands there, and what they want."""

    now: WorkHistory
    wanted: WorkHistory


class WantedCorrection(Frozen):
    """A correction that was asked for. `evidence` is a link that lives five minutes."""

    fields: tuple[WantedField, ...]
    education: WantedEntry | None
    work: WantedWork | None
    reason: str
    evidence: str | None


def of(case: Case) -> WantedCorrection:
    """What a correction asks for, beside what stands there now."""
    application = applications.read(case.about)
    asked = corrections.wanted_of(case, application.candidate)
    now = corrections.before(application, application.candidate, tuple(asked.fields))
    candidate = candidates.read(application.candidate)
    entry = asked.education
    return WantedCorrection(
        education=WantedEntry(number=entry.number, now=educations(candidate).get(entry.number or 0), wanted=entry.entry)
        if entry
        else None,
        work=WantedWork(now=opened(candidate).work, wanted=asked.work) if asked.work is not None else None,
        fields=tuple(WantedField(field=code, now=now[code], wanted=value) for code, value in asked.fields.items()),
        reason=asked.reason,
        evidence=vault.link(settings().vault, asked.evidence, "evidence", inline=True) if asked.evidence else None,
    )
