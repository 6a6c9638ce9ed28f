"""Payments: one aggregate per attempt to pay, holding the facts the provider told us."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.disputes import UNDER_DISPUTE, DisputeStage
from certification.rules.exchange import ExchangeQuote
from certification.rules.facts import Fact
from certification.rules.findings import RefundKind
from certification.rules.ledger import Holding
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import AttemptState, Method


class Dispute(Frozen):
    """What the provider last said of a dispute."""

    stage: DisputeStage
    money: Money
    at: datetime
    why: str = ""
    evidence_by: datetime | None = None


class Payment(Record):
    """An attempt and its facts. `order` is None for money that nobody can place.

    `due` is set while somebody must still look: a checkout without an answer, or facts not yet settled (`unsettled`).
    `via` is who processes it where that is not the method itself (a wallet taken by the card provider).
    `holdings` says why we hold each capture, `returning` what is queued to go back, `entries` counts ledger entries.
    `doubted`: two of the provider's bills do not show it, so no refund leaves it until a person has asked. `forgiven`: by
    how many minor units a capture was short that settled within the tolerance. `declared_at`: when the candidate said
    that a transfer was sent; `payee` is the account they want money back to, sealed under their key. `quote` is what a
    wallet's payer was shown, as a guide. `begun_for`: the order it was begun for, where another has taken its place.
    `told_as`: our reference as the provider gives it, of money that was not begun by an attempt we know.
    `paid_out_by`: it is no candidate's, but what this provider paid out to our bank account.
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
    disputes: dict[str, Dispute] = {}
    flagged: tuple[str, ...] = ()
    entries: int = 0
    unsettled: bool = False
    forgiven: dict[str, int] = {}
    declared_at: datetime | None = None
    payee: str | None = None
    quote: ExchangeQuote | None = None
    begun_for: str | None = None
    told_as: str | None = None
    paid_out_by: Method | None = None
    doubted: bool = False
    tries: int = 0
    due: Due | None = None

    @property
    def is_disputed(self) -> bool:
        """Whether a dispute is open: then nothing can be asked back of it."""
        return any(one.stage in UNDER_DISPUTE for one in self.disputes.values())

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
