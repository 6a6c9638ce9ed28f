"""Payments: one aggregate per attempt to pay, holding the facts the provider told us."""

from datetime import datetime
from typing import Any, Literal

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.facts import Fact
from certification.rules.findings import RefundKind
from certification.rules.ledger import Holding
from certification.rules.payments import AttemptState


class Payment(Record):
    """An attempt and its facts. `order` is None for money that nobody can place.

    `due` is set while somebody must still look: a checkout without an answer, or facts not yet settled (`unsettled`).
    `holdings` says why we hold each capture, `returning` what is queued to go back, `entries` counts ledger entries.
    """

    id: str
    order: str | None
    application: str | None
    method: Literal["card"]
    state: AttemptState
    created_at: datetime
    checkout: str | None = None
    address: str | None = None
    expires_at: datetime | None = None
    facts: dict[str, Fact] = {}
    holdings: dict[str, Holding] = {}
    returning: dict[str, tuple[RefundKind, ...]] = {}
    entries: int = 0
    unsettled: bool = False
    tries: int = 0
    due: Due | None = None


class PaymentRow(Row):
    class Meta:
        table_name = meta("Payments")

    due_index = DueIndex()


class Payments(Table[Payment]):
    name = "Payments"
    row = PaymentRow
    record = Payment

    def columns(self, record: Payment) -> dict[str, Any]:
        return {"pk": record.id}


payments = Payments()
