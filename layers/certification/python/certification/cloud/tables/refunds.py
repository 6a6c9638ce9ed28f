"""Refunds: money that must go back, from the decision to the provider's word that it went."""

import hashlib
from datetime import datetime
from typing import Any, Literal

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.money import Money


class Refund(Record):
    """`requested`: it is owed and reserved nowhere else yet; sending it is the refund machine's. `capture` names the money."""

    id: str
    payment: str
    order: str | None
    capture: str
    kind: str
    money: Money
    state: Literal["requested"] = "requested"
    reason_en: str
    reason_zh: str
    rules: tuple[str, ...]
    requested_at: datetime
    case: str | None = None
    due: Due | None = None


def withdrawal_refund(order: str) -> str:
    """The id of the refund of an order whose candidate withdrew: one per order."""
    return f"RFD-{hashlib.sha256(f'{order}|withdrawal'.encode()).hexdigest()[:12].upper()}"


class RefundRow(Row):
    class Meta:
        table_name = meta("Refunds")

    due_index = DueIndex()


class Refunds(Table[Refund]):
    name = "Refunds"
    row = RefundRow
    record = Refund

    def columns(self, record: Refund) -> dict[str, Any]:
        return {"pk": record.id}


refunds = Refunds()
