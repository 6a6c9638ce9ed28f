"""Sittings: one date-window of a scheme, with its sites and rooms."""

from datetime import date, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta, moment
from certification.rules.model import Frozen

Stage = Literal["announced", "payment_closed", "seated", "examined", "released", "concluded"]


class Room(Frozen):
    """A room with numbered seats, 1 to `seats`."""

    site: str
    room: str
    seats: int


class Slot(Frozen):
    """When a subject is examined."""

    subject: str
    starts: datetime
    ends: datetime


class Draw(Frozen):
    """The promise and the proof of the seat draw (decision 9).

    `commitment` is SHA-256(seed), published before closing; `sealed_seed` is the seed under our KMS key until then.
    """

    commitment: str
    sealed_seed: str
    list_hash: str | None = None
    public_value: str | None = None
    published_at: datetime | None = None


class MarksImport(Frozen):
    """The marks file that counts. Setting it is the one switch that makes a staged file count."""

    id: str
    file: str
    rows: int
    imported_by: str
    imported_at: datetime


class Sitting(Record):
    """The dates of a sitting. `due` is its next milestone; which one follows from `stage` and the dates."""

    id: str
    scheme: str
    policy_hash: str
    name_en: str
    name_zh: str
    stage: Stage = "announced"
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    forms: tuple[str, ...]
    registration_opens: datetime
    registration_closes: datetime
    payment_closes: datetime
    ticket_opens: datetime
    slots: tuple[Slot, ...]
    rooms: tuple[Room, ...]
    address_en: str
    address_zh: str
    results_due: datetime
    release_at: datetime
    draw: Draw
    marks: MarksImport | None = None
    released_at: datetime | None = None
    registered_list: str | None = None
    due: Due | None = None

    @property
    def first_day(self) -> datetime:
        """The start of the first subject."""
        return min(slot.starts for slot in self.slots)

    @property
    def exam_over(self) -> datetime:
        return max(slot.ends for slot in self.slots)

    def exam_date(self, zone: Any) -> date:
        return self.first_day.astimezone(zone).date()


class OpenIndex(GlobalSecondaryIndex["SittingRow"]):
    """The sittings of a scheme by registration date: few rows, read by the pages."""

    class Meta:
        index_name = "scheme"
        projection = AllProjection()

    scheme = UnicodeAttribute(hash_key=True)
    registration_opens = UnicodeAttribute(range_key=True)


class SittingRow(Row):
    class Meta:
        table_name = meta("Sittings")

    due_index = DueIndex()
    scheme_index = OpenIndex()
    scheme = UnicodeAttribute()
    registration_opens = UnicodeAttribute()


class Sittings(Table[Sitting]):
    name = "Sittings"
    row = SittingRow
    record = Sitting

    def columns(self, record: Sitting) -> dict[str, Any]:
        return {
            "pk": record.id,
            "scheme": record.scheme,
            "registration_opens": moment(record.registration_opens),
        }

    def of(self, scheme: str) -> list[Sitting]:
        """The sittings of a scheme, earliest registration first."""
        return [self._record(row) for row in SittingRow.scheme_index.query(scheme)]


sittings = Sittings()
