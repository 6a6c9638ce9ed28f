"""Marks a sitting released. In: sitting. Out: sitting."""

from typing import Any

from certification.acts import release
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"sitting": release.finish(event["sitting"])}
