"""Certificates: the qualification as issued. Reserved first, published last: the public sees only what is published."""

from datetime import date, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Record, Row, Table, meta

State = Literal["reserved", "published", "void"]


class Certificate(Record):
    """What is printed, where the sealed file lies, and which results it rests on."""

    number: str
    sequence: int
    candidate: str
    application: str
    native_name: str
    latin_name: str
    scheme: str
    exam: str
    occupation: str
    level: str
    issued_on: date
    state: State = "reserved"
    rests_on: tuple[str, ...] = ()
    policy_hash: str = ""
    key: str | None = None
    sha256: str | None = None
    published_at: datetime | None = None


class CertificateHolderIndex(GlobalSecondaryIndex["CertificateRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "candidate"
        projection = AllProjection()

    candidate = UnicodeAttribute(hash_key=True)


class CertificateRow(Row):
    class Meta:
        table_name = meta("Certificates")

    candidate_index = CertificateHolderIndex()
    candidate = UnicodeAttribute(null=True)


class Certificates(Table[Certificate]):
    name = "Certificates"
    row = CertificateRow
    record = Certificate

    def columns(self, record: Certificate) -> dict[str, Any]:
        return {"pk": record.number, "candidate": record.candidate}

    def of(self, candidate: str) -> list[Certificate]:
        """A person's certificates; eventually consistent."""
        return [self._record(row) for row in CertificateRow.candidate_index.query(candidate)]


certificates = Certificates()
