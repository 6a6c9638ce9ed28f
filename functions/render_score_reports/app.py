"""Prints the score reports of a batch. In: items. Out: printed."""

from typing import Any

from certification.acts import score_reports
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"printed": score_reports.render(event["items"])}
