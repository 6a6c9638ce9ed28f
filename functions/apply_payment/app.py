"""Applies one inbox entry to its payment. In: entry. Out: payment, order (None where there is none)."""

from typing import Any

from certification.acts import payments
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return payments.apply(event["entry"])
