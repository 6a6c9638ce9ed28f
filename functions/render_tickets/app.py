"""Prints the admission tickets of a batch. In: sitting, items. Out: printed."""

from typing import Any

from certification.acts import tickets
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"printed": tickets.render(event["items"])}
