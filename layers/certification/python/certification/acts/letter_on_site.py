"""What the letters about on-site checks and late reports say, from the rows as they are now."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from certification.acts import appointments, late_reports
from certification.cloud.tables.applications import Application
from certification.cloud.tables.sittings import Sitting

Values = dict[str, Any]
OUTCOMES = {"approve": "passed", "reject": "failed", "return": "missed"}


def _asked(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    notice = appointments.notice_of(application)
    return {"when": notice.when, "where": notice.where, "how": notice.how} if notice else {}


def _booked(application: Application, sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    return {**(_asked(application, sitting, detail) or {}), "at": datetime.fromisoformat(detail["at"])}


def _decided(_application: Application, _sitting: Sitting, detail: dict[str, Any]) -> Values | None:
    return {"outcome": OUTCOMES[detail["outcome"]]}


def _report(application: Application, _sitting: Sitting, _detail: dict[str, Any]) -> Values | None:
    case = late_reports.waiting(application)
    return {"hand_in_by": case.promised} if case else None


ABOUT_ON_SITE: dict[str, Callable[[Application, Sitting, dict[str, Any]], Values | None]] = {
    "OnSiteCheckAsked": _asked,
    "AppointmentBooked": _booked,
    "OnSiteCheckDecided": _decided,
    "ReportAwaited": _report,
    "ReportDecided": lambda _application, _sitting, detail: {"accepted": detail["outcome"] == "approve"},
}
