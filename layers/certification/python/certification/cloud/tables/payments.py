"""Payments: one aggregate per attempt to pay, holding the facts the provider told us."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.facts import Fact
from certification.rules.findings import RefundKind
from certification.rules.ledger import Holding
from certification.rules.payments import AttemptState, Method


class Payment(Record):
    """An attempt and its facts. `order` is None for money that nobody can place.

    `due` is set while somebody must still look: a checkout without an answer, or facts not yet settled (`unsettled`).
    `via` is who processes it where that is not the method itself (a wallet taken by the card provider).
    `holdings` says why we hold each capture, `returning` what is queued to go back, `entries` counts ledger entries.
    """

    id: str
    order: str | None
    application: str | None
    method: Method
    via: Method | None = None
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

    @property
    def provider(self) -> Method:
        """Who is asked about this payment, and whose clearing account holds its money."""
        return self.via or self.method


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
