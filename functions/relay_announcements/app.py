"""Puts new outbox rows on the bus."""

from typing import Any

from certification.cloud.handlers import Event
from certification.cloud.outbox import outbox
from certification.cloud.relay import send


def handler(event: Event, _context: Any) -> None:
    send([outbox.from_image(record["dynamodb"]["NewImage"]) for record in event["Records"]])
