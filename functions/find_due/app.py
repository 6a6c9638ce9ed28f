"""Lists the rows of one job that are due. In: job. Out: list, number."""

from typing import Any

from certification.acts import deadlines
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return deadlines.find_due(event["job"])
