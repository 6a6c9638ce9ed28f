"""Sessions: an opaque id, stored only as its hash, for candidates and staff alike; and the list of each person's."""

from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import NumberAttribute

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.model import Frozen


class Session(Record):
    """Who is signed in. `subject` is a candidate's or a staff member's id; `seen_at` moves with use, every 15 minutes.

    `proved_twice`: two factors opened it, so that for a while no further proof is asked for.
    """

    hash: str
    kind: Literal["candidate", "staff"]
    subject: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_twice: bool = False


class Begun(Frozen):
    """One session in the list of a person's: where it was begun, in words that name no device."""

    hash: str
    created_at: datetime
    device: str


class OwnSessions(Record):
    """The sessions of one person that may be alive. It makes it possible to end them all in one transaction."""

    subject: str
    begun: tuple[Begun, ...] = ()


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


class SessionLists(Table[OwnSessions]):
    name = "Sessions"
    row = SessionRow
    record = OwnSessions

    def columns(self, record: OwnSessions) -> dict[str, Any]:
        last = max((int(one.created_at.timestamp()) for one in record.begun), default=0)
        return {"pk": f"of:{record.subject}", "expires": last + 2 * 86_400}


sessions = Sessions()
session_lists = SessionLists()
