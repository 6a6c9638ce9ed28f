"""Writes the refunds by bank transfer that wait into files for the bank."""

from typing import Any

from certification.acts import transfer_batches
from certification.cloud.handlers import Event, step


@step
def handler(_event: Event) -> Any:
    return {"transfers": transfer_batches.write_all()}
