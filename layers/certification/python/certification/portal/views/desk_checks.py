"""What a desk's page of a case says more about checks and reports of commitments."""

from certification.acts import public_reports
from certification.cloud.tables.cases import Case
from certification.cloud.tables.staff import StaffMember
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind

Facts = tuple[tuple[str, str], ...]


def of(found: Case, member: StaffMember, facts: Facts, say: Speech) -> dict[str, object]:
    """A report's own words before its facts and the way to open a check; for a check, that proofs may come on paper."""
    told = public_reports.told(found) if "reviewer" in member.roles else None
    waits = found.kind is CaseKind.SUPERVISION_CHECK and found.decision is None and found.waits_for == "candidate"
    if told is None:
        return {"waits_for_paper": waits}
    rows = ((say("commitment.report_who"), told[0]), (say("commitment.report_what"), told[1]))
    return {"facts": (*rows, *facts), "may_open_check": True}
