"""Validates and stages a marks file, or reports every bad row. In: bucket, key. Out: sitting, rows, errors."""

from typing import Any

from certification.acts import marks
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return marks.read_file(event["key"])
