"""Sittings: one date-window of a scheme, with its sites and rooms."""

from datetime import date, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta, moment
from certification.rules.model import Frozen
from certification.rules.seating import Room
from certification.rules.sitting import SittingDates

Stage = Literal["announced", "payment_closed", "seated", "releasing", "released", "concluded"]


class Draw(Frozen):
    """The promise and the proof of the seat draw (decision 9).

    `commitment` is SHA-256(seed), published before closing; `sealed_seed` is the seed under our KMS key until then.
    `sampled_from`: how many commitments the sample of checks is drawn from, with the same seed (CHK-10).
    """

    commitment: str
    sealed_seed: str
    list_hash: str | None = None
    sampled_from: int = 0
    frozen_at: datetime | None = None
    public_value: str | None = None
    beacon_day: date | None = None
    published_at: datetime | None = None


class CalledOff(Frozen):
    """The exam does not take place: since when, by whom, why, and the sittings offered instead."""

    at: datetime
    by: str
    why_en: str
    why_zh: str
    instead: tuple[str, ...] = ()


class MarksImport(Frozen):
    """The marks file that counts. Setting it is the one switch that makes a staged file count."""

    id: str
    file: str
    rows: int
    imported_by: str
    imported_at: datetime


class Sitting(Record):
    """One date-window of a scheme. `number` counts the sittings of a year (1 to 99). `dates.tickets_open` is always set.

    `regions` are the places of registration, where they are not all that the policy has.

    `due` is the next milestone; which one follows from `stage` and the dates. `results_due` is the promise (RES-01),
    `release_at` when the job releases what was imported.
    """

    id: str
    number: int
    scheme: str
    policy_hash: str
    name_en: str
    name_zh: str
    stage: Stage = "announced"
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    forms: tuple[str, ...]
    regions: tuple[str, ...] = ()
    dates: SittingDates
    rooms: tuple[Room, ...]
    address_en: str
    address_zh: str
    results_due: datetime
    release_at: datetime
    draw: Draw
    marks: MarksImport | None = None
    released_at: datetime | None = None
    called_off: CalledOff | None = None
    due: Due | None = None


class OpenIndex(GlobalSecondaryIndex["SittingRow"]):  # type: ignore[no-untyped-call]
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
            "registration_opens": moment(record.dates.registration_opens),
        }

    def of(self, scheme: str) -> list[Sitting]:
        """The sittings of a scheme, earliest registration first."""
        return [self._record(row) for row in SittingRow.scheme_index.query(scheme)]


sittings = Sittings()
