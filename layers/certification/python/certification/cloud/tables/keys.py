"""Keys: one wrapped data key per candidate. Deleting the row makes every sealed field of that person unreadable."""

from typing import Any

from certification.cloud.tables.base import Record, Row, Table, meta


class DataKey(Record):
    """`wrapped` is the data key as KMS encrypted it, base64; its encryption context names the candidate."""

    candidate: str
    wrapped: str


class DataKeyRow(Row):
    class Meta:
        table_name = meta("Keys")


class DataKeys(Table[DataKey]):
    name = "Keys"
    row = DataKeyRow
    record = DataKey

    def columns(self, record: DataKey) -> dict[str, Any]:
        return {"pk": record.candidate}


data_keys = DataKeys()
