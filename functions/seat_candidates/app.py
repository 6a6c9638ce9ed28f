"""Gives a batch of candidates their drawn seats. In: sitting, items. Out: seated."""

from typing import Any

from certification.acts import arrangement
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"seated": arrangement.seat(event["sitting"], event["items"])}
