"""Holds every provider's bills against our facts, every hour; a day without open differences is closed and signed."""

from typing import Any

from certification.acts import reconciling
from certification.cloud.handlers import Event, step


@step
def handler(_event: Event) -> Any:
    return reconciling.run()
