"""Draws the seats of a frozen sitting. In: sitting. Out: list (key of the drawn seats)."""

from typing import Any

from certification.acts import arrangement
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return arrangement.draw_seats(event["sitting"])
