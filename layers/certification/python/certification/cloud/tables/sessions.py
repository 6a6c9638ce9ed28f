"""Sessions: an opaque id, stored only as its hash, for candidates and staff alike."""

from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import NumberAttribute

from certification.cloud.tables.base import Record, Row, Table, meta


class Session(Record):
    """Who is signed in. `subject` is a candidate's or a staff member's id; `seen_at` moves with use, at most hourly."""

    hash: str
    kind: Literal["candidate", "staff"]
    subject: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


class SessionRow(Row):
    class Meta:
        table_name = meta("Sessions")

    expires = NumberAttribute()


class Sessions(Table[Session]):
    name = "Sessions"
    row = SessionRow
    record = Session

    def columns(self, record: Session) -> dict[str, Any]:
        return {"pk": record.hash, "expires": int(record.ends_at.timestamp())}


sessions = Sessions()
