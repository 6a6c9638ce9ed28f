"""Proves every night that rows and books agree; a difference opens a case for operations."""

from typing import Any

from certification.acts import invariants
from certification.cloud.handlers import Event, step


@step
def handler(_event: Event) -> Any:
    return {"differences": invariants.prove()}
