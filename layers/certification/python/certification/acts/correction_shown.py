"""What a desk sees of a correction: what stands there, what is wanted, and the evidence."""

from certification.acts import corrections
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import Case
from certification.rules.model import Frozen


class WantedField(Frozen):
    """A field that a candidate wants corrected: what stands there, and what they want."""

    field: str
    now: str
    wanted: str


class WantedCorrection(Frozen):
    """A correction that was asked for. `evidence` is a link that lives five minutes."""

    fields: tuple[WantedField, ...]
    reason: str
    evidence: str | None


def of(case: Case) -> WantedCorrection:
    """What a correction asks for, beside what stands there now."""
    application = applications.read(case.about)
    asked = corrections.wanted_of(case, application.candidate)
    now = corrections.before(application, application.candidate, tuple(asked.fields))
    return WantedCorrection(
        fields=tuple(WantedField(field=code, now=now[code], wanted=value) for code, value in asked.fields.items()),
        reason=asked.reason,
        evidence=vault.link(settings().vault, asked.evidence, "evidence", inline=True) if asked.evidence else None,
    )
