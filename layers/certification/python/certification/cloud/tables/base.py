"""What every table has in common: a key, a version, the record as JSON, and a sparse index of what is due.

Keys, version, due date and the attributes we query by are columns, derived from the record at each write;
the record itself is one JSON text, without what has its default, because a write costs by its size.
Nothing is written but through `transaction.commit`.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from pydantic import Field
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from certification.cloud import clients, clock
from certification.cloud.settings import settings
from certification.rules.errors import NotFound
from certification.rules.model import Frozen


class Record(Frozen):
    """A row's content. `version` counts its writes; 0 means it was never stored."""

    version: int = Field(default=0, exclude=True)

    def changed(self, **changes: Any) -> "Any":
        """The same record with other values, validated anew."""
        return type(self).model_validate({**dict(self), **changes})


class Due(Frozen):
    """When a row must be looked at again, and by which scheduled job."""

    at: datetime
    job: str = "deadlines"


def moment(instant: datetime) -> str:
    """An instant as stored and sorted: UTC, ISO 8601, microseconds, Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def due_bucket(job: str, day: date, shard: int) -> str:
    """The partition of the `due` index that holds one day (UTC) of one job's rows in one shard."""
    return f"{job}#{day}#{shard}"


class DueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Sparse: only rows with a due date are in it."""

    class Meta:
        index_name = "due"
        projection = AllProjection()

    due_bucket = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class Row(Model):
    """The columns every table has. Subclasses add the attributes they are queried by."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    record = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """Every table shares one client: pynamodb would make a session and a client for each."""
        connection = super()._get_connection()
        connection.connection._client = clients.dynamodb()  # type: ignore[assignment]
        return connection


class Write(Frozen):
    """One item of a transaction, and the words to say which one when it is refused."""

    label: str
    item: dict[str, Any]


class Table[R: Record]:
    """Reads and writes one kind of record. `name` is the table's plain name, `row` its columns, `record` its type."""

    name: ClassVar[str]
    row: ClassVar[type[Row]]
    record: type[R]
    due_shards: ClassVar[int] = 1
    """How many partitions one day of one job's due rows is spread over."""

    def columns(self, record: R) -> dict[str, Any]:
        """The columns of a record besides version and record: key and whatever is queried."""
        raise AssertionError(f"table {self.name} does not say the columns of {type(record).__name__}")

    def due(self, record: R) -> Due | None:
        """When this record is due, or None."""
        return getattr(record, "due", None)

    # reading

    def find(self, *key: str) -> R | None:
        """The record under this key, read consistently, or None."""
        try:
            return self._record(self.row.get(key[0], key[1] if len(key) > 1 else None, consistent_read=True))
        except self.row.DoesNotExist:
            return None

    def read(self, *key: str) -> R:
        """The record under this key; `NotFound` when there is none."""
        record = self.find(*key)
        if record is None:
            raise NotFound(self.name.lower().rstrip("s"))
        return record

    def within(self, key: str, *, backwards: bool = False, limit: int | None = None) -> Iterator[R]:
        """The records of one partition in the order of their sort key."""
        rows = self.row.query(key, consistent_read=True, scan_index_forward=not backwards, limit=limit)
        return (self._record(row) for row in rows)

    def due_by(self, job: str, day: date, until: datetime) -> Iterator[R]:
        """The records of this job that fall due on this day (UTC), up to `until`; eventually consistent."""
        index: Any = self.row.due_index  # type: ignore[attr-defined]
        for shard in range(self.due_shards):
            query = index.query(due_bucket(job, day, shard), self.row.due <= moment(until))
            yield from (self._record(row) for row in query)

    def everything(self) -> Iterator[R]:
        """Every record of the table: for nightly proofs and exports, never for a door."""
        return (self._record(row) for row in self.row.scan(consistent_read=True))

    # writing

    def insert(self, record: R) -> Write:
        """A new row; refused if the key is taken."""
        return self._put(record, 1, {"ConditionExpression": "attribute_not_exists(pk)"})

    def put(self, record: R) -> Write:
        """A row whose key follows from its content: writing it again changes nothing."""
        return self._put(record, 1, {})

    def update(self, record: R) -> Write:
        """The next version of a row; refused if somebody else wrote it since it was read."""
        condition = {
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(record.version)}},
        }
        return self._put(record, record.version + 1, condition)

    def delete(self, record: R) -> Write:
        """Remove a row as it was read."""
        item = {
            "TableName": self.row.Meta.table_name,
            "Key": self._key(record),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(record.version)}},
        }
        return Write(label=self._label(record), item={"Delete": item})

    def unchanged(self, record: R) -> Write:
        """Nothing is written, but the transaction fails if the row is no longer as it was read."""
        item = {
            "TableName": self.row.Meta.table_name,
            "Key": self._key(record),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(record.version)}},
        }
        return Write(label=self._label(record), item={"ConditionCheck": item})

    def absent(self, *key: str) -> Write:
        """Nothing is written, but the transaction fails if there is a row under this key by now."""
        item = {
            "TableName": self.row.Meta.table_name,
            "Key": {name: {"S": value} for name, value in zip(("pk", "sk"), key, strict=False)},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        return Write(label="/".join([self.name, *key]), item={"ConditionCheck": item})

    # inside

    def _put(self, record: R, version: int, condition: dict[str, Any]) -> Write:
        columns = self.columns(record)
        due = self.due(record)
        if due is not None:
            shard = int(hashlib.sha256(columns["pk"].encode()).hexdigest(), 16) % self.due_shards
            at = max(due.at, clock.now())  # a bucket of the past may have been read for the last time
            columns |= {"due_bucket": due_bucket(due.job, at.astimezone(UTC).date(), shard), "due": moment(at)}
        row = self.row(version=version, record=record.model_dump_json(exclude_defaults=True), **columns)
        item = {"TableName": self.row.Meta.table_name, "Item": row.serialize(), **condition}
        return Write(label=self._label(record), item={"Put": item})

    def _key(self, record: R) -> dict[str, Any]:
        columns = self.columns(record)
        return {name: {"S": columns[name]} for name in ("pk", "sk") if name in columns}

    def _label(self, record: R) -> str:
        columns = self.columns(record)
        return "/".join([self.name, columns["pk"], *([columns["sk"]] if "sk" in columns else [])])

    def _record(self, row: Row) -> R:
        record = self.record.model_validate_json(row.record)
        return record.model_copy(update={"version": int(row.version)})


def meta(name: str) -> str:
    """The physical table name, for a row's Meta."""
    return settings().table(name)
