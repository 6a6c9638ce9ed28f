"""Ledger: balanced entries, one for each change of a payment's sums. Written once, never changed."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.ledger import Entry


class LedgerEntry(Record):
    """Entry `number` of a payment: it turns the sums before into the sums after. `at` is when it was booked; an entry of
    a provider's day (`day#…`) says what that day cost and paid out, and was booked when it closed."""

    payment: str
    number: int
    at: datetime
    entry: Entry


class LedgerRow(Row):
    class Meta:
        table_name = meta("Ledger")

    sk = UnicodeAttribute(range_key=True)


class Ledger(Table[LedgerEntry]):
    name = "Ledger"
    row = LedgerRow
    record = LedgerEntry

    def columns(self, record: LedgerEntry) -> dict[str, Any]:
        return {"pk": record.payment, "sk": f"{record.number:06d}"}


ledger = Ledger()
