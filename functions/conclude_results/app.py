"""Lists who of a sitting is qualified. In: sitting. Out: qualified (number)."""

from typing import Any

from certification.acts import conclusion
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"qualified": conclusion.conclude(event["sitting"])}
