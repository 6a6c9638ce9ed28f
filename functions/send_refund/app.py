"""Sends a refund whose time has come, or looks up what became of it. In: refund. Out: state."""

from typing import Any

from certification.acts import refunds
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"state": refunds.send(event["refund"])}
