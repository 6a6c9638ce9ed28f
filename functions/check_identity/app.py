"""Asks the identity registry about a candidate. In: candidate. Out: state of the check."""

from typing import Any

from certification.acts import verification
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"state": verification.ask_identity(event["candidate"])}
