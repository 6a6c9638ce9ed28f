"""Orders: what is owed. One in force per application; fees and policy are frozen on it."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.findings import RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import OrderState
from certification.rules.words import Because


class OrderLine(Frozen):
    """One fee item: its code and words, and the amount."""

    code: str
    en: str
    zh: str
    amount: Money


class GivesBack(Frozen):
    """What a closed order still gives back, as it was decided at `at`: `amount`, less the handling `fee`, because of
    `because`. `told_at` is when the candidate was told that nothing more follows."""

    kind: RefundKind
    amount: Money
    fee: Money
    because: Because
    at: datetime
    by: str
    told_at: datetime | None = None


class Order(Record):
    """`pay_by` is the last instant at which a payment counts. `payments` are the attempts and whatever else was paid on it.

    `closes` is the latest instant `pay_by` may ever move to (payment close of the sitting). `due`, once it is settled, is
    when it is looked at what becomes of its money. `settled_by` is the capture that
    settled it, `settled_with` the parts before it. `revising`: it is about to make way, so nobody may begin to pay it.
    `successor` is the order that took its place, `revises` the one whose place it took. `gives_back` is there where not
    all of its refund could be asked for when it was closed.
    """

    number: str
    application: str
    candidate: str
    sitting: str
    policy_hash: str
    fees_version: str
    lines: tuple[OrderLine, ...]
    total: Money
    created_at: datetime
    pay_by: datetime
    closes: datetime
    state: OrderState = OrderState.OPEN
    payments: tuple[str, ...] = ()
    settled_by: str | None = None
    settled_with: tuple[str, ...] = ()
    settled_at: datetime | None = None
    revising: bool = False
    successor: str | None = None
    revises: str | None = None
    gives_back: GivesBack | None = None
    due: Due | None = None

    @property
    def settling(self) -> tuple[str, ...]:
        """The captures that settled it, the latest first."""
        return (self.settled_by, *reversed(self.settled_with)) if self.settled_by else ()


class OrderRow(Row):
    class Meta:
        table_name = meta("Orders")

    due_index = DueIndex()


class Orders(Table[Order]):
    name = "Orders"
    row = OrderRow
    record = Order

    def columns(self, record: Order) -> dict[str, Any]:
        return {"pk": record.number}


orders = Orders()
