"""Announcements: past-tense facts, written in the same transaction as the row they tell about.

The relay puts them on the bus and marks them sent; the sparse `unsent` index and the hourly sweep find what was lost.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, Write, meta
from certification.rules.model import Frozen

SOURCE = "assay"
PATIENCE = timedelta(minutes=10)
"""How long an announcement may stay unsent before the sweep sends it again."""


class Announcement(Frozen):
    """What happened to which subject. `about` holds further ids, never personal data.

    `key` makes the announcement unique: the same key is the same fact, however often it is written.
    """

    name: str
    subject: str
    key: str
    about: dict[str, str] = {}


class OutboxEntry(Record):
    """An announcement on its way. `due` is when the sweep takes it over; None once it is sent."""

    id: str
    name: str
    subject: str
    about: dict[str, str]
    at: datetime
    sent_at: datetime | None = None
    due: Due | None = None

    def detail(self) -> dict[str, Any]:
        """The detail as it goes on the bus."""
        return {
            **self.about,
            "announcement": self.id,
            "name": self.name,
            "subject": self.subject,
            "at": self.at.isoformat().replace("+00:00", "Z"),
        }


class OutboxRow(Row):
    class Meta:
        table_name = meta("Outbox")

    due_index = DueIndex()
    name = UnicodeAttribute()


class Outbox(Table[OutboxEntry]):
    name = "Outbox"
    row = OutboxRow
    record = OutboxEntry

    def columns(self, record: OutboxEntry) -> dict[str, Any]:
        return {"pk": record.id, "name": record.name}

    def write(self, announcement: Announcement) -> Write:
        """The outbox row of an announcement. Writing the same key again is a loss, as for any row that exists."""
        at = clock.now()
        entry = OutboxEntry(
            id=f"{announcement.name}#{announcement.key}",
            name=announcement.name,
            subject=announcement.subject,
            about=announcement.about,
            at=at,
            due=Due(at=at + PATIENCE, job="deadlines"),
        )
        return self.insert(entry)

    def from_image(self, image: dict[str, Any]) -> OutboxEntry:
        """The entry in a stream record's new image."""
        row = OutboxRow()
        row.deserialize(image)
        return self._record(row)


outbox = Outbox()


def bus_entry(entry: OutboxEntry) -> dict[str, Any]:
    """An outbox entry as EventBridge wants it."""
    return {
        "Source": SOURCE,
        "DetailType": entry.name,
        "Detail": json.dumps(entry.detail(), sort_keys=True),
        "EventBusName": settings().bus,
        "Time": entry.at,
    }
