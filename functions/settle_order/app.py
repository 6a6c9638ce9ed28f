"""Settles an order from the facts of its payments. In: order. Out: outcome."""

from typing import Any

from certification.acts import settling
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"outcome": settling.settle(event["order"])}
