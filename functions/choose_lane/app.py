"""Opens the review, or returns what is missing. In: application. Out: status."""

from typing import Any

from certification.acts import screening
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"status": screening.choose_lane(event["application"])}
