"""Claims: uniqueness guards. Whoever inserts the row first holds the thing; a second insert is refused."""

from typing import Any

from certification.cloud.tables.base import Record, Row, Table, meta


class Claim(Record):
    """`key` names what is claimed (`phone:<blind index>`, `live:<candidate>:<sitting>`), `holder` who holds it."""

    key: str
    holder: str


class ClaimRow(Row):
    class Meta:
        table_name = meta("Claims")


class Claims(Table[Claim]):
    name = "Claims"
    row = ClaimRow
    record = Claim

    def columns(self, record: Claim) -> dict[str, Any]:
        return {"pk": record.key}


claims = Claims()
