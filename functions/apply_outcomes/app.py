"""Applies what follows for each due row of a batch. In: items. Out: applied."""

from typing import Any

from certification.acts import deadlines
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"applied": deadlines.apply_outcomes(event["items"])}
