"""What the letters about on-site checks and late reports say, from the rows as they are now."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from certification.acts import appointments, late_reports
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import Sitting

Values = dict[str, Any]
OUTCOMES = {"approve": "passed", "reject": "failed", "return": "missed"}
REPORTS = {"approve": "accepted", "reject": "refused", "return": "sent_back", "confirmed": "confirmed"}


def _asked(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    notice = appointments.notice_of(application)
    return {"when": notice.when, "where": notice.where, "how": notice.how} if notice else {}


def _booked(application: Application, sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    return {**(_asked(application, sitting, detail) or {}), "at": datetime.fromisoformat(detail["at"])}


def _decided(_application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    return {"outcome": OUTCOMES[detail["outcome"]], "note": _note(detail)}


def _note(detail: dict[str, Any]) -> str:
    """What the desk wrote to the candidate."""
    case = cases.find(detail["case"])
    return case.decision.note if case and case.decision else ""


def _report(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    case = late_reports.waiting(application)
    return {"hand_in_by": case.promised} if case else None


def _looked_at(application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    case = cases.read(detail["case"])
    return {"decided_by": case.promised} if application.has_open(case.id) else None


def _report_decided(application: Application, sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    due = _report(application, sitting, detail) or {"hand_in_by": None}
    return {"outcome": REPORTS[detail["outcome"]], "note": _note(detail), **due}


ABOUT_ON_SITE: dict[str, Callable[[Application, Sitting, dict[str, Any]], Values | None]] = {
    "OnSiteCheckAsked": _asked,
    "AppointmentBooked": _booked,
    "OnSiteCheckDecided": _decided,
    "ReportAwaited": _report,
    "ReportCheckOpened": _looked_at,
    "ReportDecided": _report_decided,
}
