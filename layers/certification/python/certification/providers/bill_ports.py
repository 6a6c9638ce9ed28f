"""BILL PORTS: where a provider's daily bill comes from, whoever writes it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

from certification.rules.bills import BillRefused, BillRow


class BillNotReady(Exception):
    """The provider has not made this day's bill yet: ask later."""


class BillSource(Protocol):
    """A provider's daily bills. A bill is fetched whole and kept as it came; it is read from what was kept."""

    def begins(self, day: date) -> datetime:
        """The first instant of the provider's day."""

    def ready_at(self, day: date) -> datetime:
        """From when on the bill of this day can be asked for."""

    def fetch(self, day: date) -> bytes:
        """The bill as the provider gives it. Raises BillNotReady, Unreachable, Lost or ProviderRefused."""

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """The lines of a bill. Raises BillRefused where it does not add up or cannot be read."""


def rows_of(source: BillSource, bill: bytes) -> Iterator[BillRow]:
    """The lines of a bill, or BillRefused. Bytes from outside can be wrong in as many ways as archives, character sets,
    tables and numbers can: whatever a reader meets is the bill's fault, and a person hears of it."""
    try:
        yield from source.rows(bill)
    except BillRefused:
        raise
    except Exception as reason:
        raise BillRefused((f"it cannot be read: {type(reason).__name__}",)) from reason
