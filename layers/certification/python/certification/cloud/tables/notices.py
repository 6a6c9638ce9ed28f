"""Notices: what was published about an exam, one row per notice with all its versions. The texts are objects."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.model import Frozen
from certification.rules.notices import Notice, Series

BOARD = "board"


class Proposal(Frozen):
    """A version that a second person must confirm before it is published; `proof` is over what people wrote of it."""

    notice: Notice
    proof: str
    by: str
    at: datetime


class NoticeRow(Record):
    """`series` holds the published versions; `due` is when objects are written again, or what people read removed."""

    id: str
    series: Series
    proposal: Proposal | None = None
    due: Due | None = None


class BoardIndex(GlobalSecondaryIndex["NoticesRow"]):  # type: ignore[no-untyped-call]
    """Every notice: a few hundred rows, read when the published index is written."""

    class Meta:
        index_name = "board"
        projection = AllProjection()

    board = UnicodeAttribute(hash_key=True)


class NoticesRow(Row):
    class Meta:
        table_name = meta("Notices")

    due_index = DueIndex()
    board_index = BoardIndex()
    board = UnicodeAttribute()


class Notices(Table[NoticeRow]):
    name = "Notices"
    row = NoticesRow
    record = NoticeRow

    def columns(self, record: NoticeRow) -> dict[str, Any]:
        return {"pk": record.id, "board": BOARD}

    def all(self) -> list[NoticeRow]:
        """Every notice, by its id; eventually consistent."""
        return sorted((self._record(row) for row in NoticesRow.board_index.query(BOARD)), key=lambda row: row.id)


notices = Notices()
