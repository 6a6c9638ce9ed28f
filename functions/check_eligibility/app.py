"""The conditions of the scheme for one application. In: application. Out: eligible."""

from typing import Any

from certification.acts import screening
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"eligible": screening.check_eligibility(event["application"])}
