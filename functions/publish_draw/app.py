"""Publishes seed and seats. In: sitting. Out: published (address inside the bucket)."""

from typing import Any

from certification.acts import arrangement
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"published": arrangement.publish(event["sitting"])}
