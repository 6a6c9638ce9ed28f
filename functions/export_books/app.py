"""Writes the months of the ledger that are not over as accountants take them in."""

from typing import Any

from certification.acts import book_exports
from certification.cloud.handlers import Event, step


@step
def handler(_event: Event) -> Any:
    return book_exports.run()
