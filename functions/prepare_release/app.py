"""Lists the results that count. In: sitting. Out: list, number."""

from typing import Any

from certification.acts import release
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return release.prepare(event["sitting"])
