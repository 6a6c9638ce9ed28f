"""Freezes the list of the registered of a sitting. In: sitting. Out: number, hash."""

from typing import Any

from certification.acts import arrangement
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return arrangement.freeze(event["sitting"])
