"""Asks the registry of higher education about each entry. In: candidate. Out: state of each entry's check, by number."""

from typing import Any

from certification.acts import verification
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"states": verification.ask_education(event["candidate"])}
