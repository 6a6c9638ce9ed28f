"""What a desk's page shows by the kind of a case."""

from certification.cloud.tables.cases import Case
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind
from certification.rules.review import MAY_REFUSE

SHOW_APPLICATION = (
    CaseKind.REVIEW,
    CaseKind.MAJOR_EXCEPTION,
    CaseKind.SUPERVISION_CHECK,
    CaseKind.ON_SITE_CHECK,
    CaseKind.PROVISIONAL_REPORT,
    CaseKind.QUALIFICATION_CHECK,
)
"""Kinds for which a desk compares what the person declared with papers."""
OF_A_REPORT = (("approve", "report_accepted"), ("return", "report_sent_back"), ("reject", "report_refused"))
OUTCOMES: dict[CaseKind, tuple[tuple[str, str], ...]] = {
    CaseKind.ON_SITE_CHECK: (("approve", "on_site_passed"), ("reject", "on_site_failed"), ("return", "on_site_missed")),
    CaseKind.UNMATCHED_CREDIT: (("approve", "credit_placed"), ("return", "credit_sent_back")),
    CaseKind.PROVISIONAL_REPORT: OF_A_REPORT,
    CaseKind.QUALIFICATION_CHECK: OF_A_REPORT,
}


def verdicts(kind: CaseKind) -> dict[str, str]:
    """What each verdict is called for a kind: a key of `staff`."""
    if kind is CaseKind.REVIEW:
        return {}
    asked = {"approve": "grant", "reject": "refuse"} if kind in MAY_REFUSE else {"approve": "approve_done"}
    return asked | dict(OUTCOMES.get(kind, ()))


def outcomes(case: Case, say: Speech) -> tuple[tuple[str, str, str], ...]:
    """(code, words, hint) of what can come of a kind that has outcomes of its own."""
    if case.kind is CaseKind.UNMATCHED_CREDIT and not is_placeable(case):
        return ()
    return tuple((code, say(f"staff.{key}"), say(f"staff.{key}_hint")) for code, key in OUTCOMES.get(case.kind, ()))


def is_placeable(case: Case) -> bool:
    """Whether it is about money without an order; a payment that a rule cannot explain is only looked at."""
    return case.kind is CaseKind.UNMATCHED_CREDIT and "entry" in case.facts
