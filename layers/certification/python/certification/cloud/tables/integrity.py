"""Integrity: the register of violations, one row per person. Found by the blind index of the ID document, never by name."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.integrity import Entry


class Recorded(Entry):
    """An entry as it was recorded: `basis` is the decision it rests on, `by` who brought it in, and when."""

    basis: str
    by: str
    at: datetime


class Conduct(Record):
    """What the register holds about one person. `person` is the index that `Candidate.id_index` holds too."""

    person: str
    entries: tuple[Recorded, ...] = ()


class IntegrityRow(Row):
    class Meta:
        table_name = meta("Integrity")


class Integrity(Table[Conduct]):
    name = "Integrity"
    row = IntegrityRow
    record = Conduct

    def columns(self, record: Conduct) -> dict[str, Any]:
        return {"pk": record.person}


integrity = Integrity()
