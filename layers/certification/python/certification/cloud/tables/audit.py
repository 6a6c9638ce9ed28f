"""Audit: entries that are only ever added. No role may change or delete one."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.base import Record, Row, Table, meta


class AuditEntry(Record):
    """Something that must be provable later: `log` names the series, `position` the place in it."""

    log: str
    position: str
    what: str
    by: str
    at: datetime
    facts: dict[str, str] = {}


class AuditRow(Row):
    class Meta:
        table_name = meta("Audit")

    sk = UnicodeAttribute(range_key=True)


class Audit(Table[AuditEntry]):
    name = "Audit"
    row = AuditRow
    record = AuditEntry

    def columns(self, record: AuditEntry) -> dict[str, Any]:
        return {"pk": record.log, "sk": record.position}


audit = Audit()
