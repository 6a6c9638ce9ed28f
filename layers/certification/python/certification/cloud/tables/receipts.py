"""Receipts: one per thing that happened to an order's money, written once and never changed but for its file."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import Method
from certification.rules.receipts import Line, ReceiptKind


class Issued(Frozen):
    """A number of ours: its series and its place in it, without gaps."""

    number: str
    series: str
    sequence: int


class Receipt(Record):
    """`source` is what happened: `order:<number>`, `refund:<id>` or `reversal:<id>`, with `#2` where it did again.

    `ours` is our number; None where a public platform issues the receipt, whose number is then `elsewhere`, and `address`
    the page where the payer queries it (PAY-11). `refers_to` is the number of the receipt a credit note or reversal is
    about. `file` is the PDF in the vault.
    """

    source: str
    kind: ReceiptKind
    scheme: str
    order: str
    application: str
    candidate: str
    lines: tuple[Line, ...]
    total: Money
    method: Method
    happened_at: datetime
    issued_at: datetime
    ours: Issued | None = None
    elsewhere: str | None = None
    refers_to: str | None = None
    file: str | None = None
    address: str | None = None

    @property
    def number(self) -> str:
        """The number the payer is given, ours or the platform's."""
        return self.ours.number if self.ours else self.elsewhere or ""


class ReceiptRow(Row):
    class Meta:
        table_name = meta("Receipts")


class Receipts(Table[Receipt]):
    name = "Receipts"
    row = ReceiptRow
    record = Receipt

    def columns(self, record: Receipt) -> dict[str, Any]:
        return {"pk": record.source}


receipts = Receipts()
