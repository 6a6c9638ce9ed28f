"""Inbox: what providers told us, exactly as received, before anybody thinks about it."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.payments import Method


class InboxEntry(Record):
    """One event of a provider. `id` is `<provider>#<event id>`; `body` the raw text; `due` is the sweep's, until applied.

    `tries` counts how often the sweep announced it again; after the limit a case is opened.
    """

    id: str
    provider: Method
    received_at: datetime
    body: str
    applied_at: datetime | None = None
    payment: str | None = None
    tries: int = 0
    due: Due | None = None


class InboxRow(Row):
    class Meta:
        table_name = meta("Inbox")

    due_index = DueIndex()


class Inbox(Table[InboxEntry]):
    name = "Inbox"
    row = InboxRow
    record = InboxEntry

    def columns(self, record: InboxEntry) -> dict[str, Any]:
        return {"pk": record.id}


inbox = Inbox()
