"""Publishes the certificates of a batch and tells the holders. In: items with number. Out: published."""

from typing import Any

from certification.acts import issuance
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"published": issuance.publish(event["items"])}
