"""Applies a decided case to what it is about, and a registry's late word to what waited for a report instead."""

from certification.acts import decisions, late_reports
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    if detail["name"] == "EducationVerified":
        late_reports.confirmed(detail["candidate"])
    else:
        decisions.apply(detail["case"])
