"""Gives each award of a batch its number. In: items. Out: items with number."""

from typing import Any

from certification.acts import issuance
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"items": issuance.reserve(event["items"])}
