"""Prints and seals the certificates of a batch. In: items with number. Out: items."""

from typing import Any

from certification.acts import printing
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"items": printing.issue(event["items"])}
