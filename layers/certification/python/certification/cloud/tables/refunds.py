"""Refunds: money that goes back, from the decision to the provider's word that it went, and beyond."""

import hashlib
from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta, moment
from certification.rules.findings import RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.refund_life import ENDED, RefundState

Listed = Literal["open", "ended"]


class RefundStep(Frozen):
    """A state that the refund came to, when, and by whom: `candidate`, a staff id, a machine, or the provider."""

    state: RefundState
    at: datetime
    by: str


class Refund(Record):
    """Money on its way back. It is reserved on its payment by the fact `RREQ#<id>`, made in the same transaction.

    `capture` is the key of the capture that it comes from; `kept` the handling fee in minor units. It is not sent before
    `not_before`. `desk` is the money desk, `case` what a person is asked about it now. `number` counts idempotency keys,
    `key_from` is since when the present one is used, `stored_failure` whether it is spoilt. `provider_refund` is the
    provider's id, `failure` its word for why not, `note` what a person said. `again` is the refund that follows this
    one. `tries` counts how often it was looked up. `given` is what a wallet gave its payer in their own currency: we owe
    and book `money`, whatever the wallet's rate.
    """

    id: str
    payment: str
    order: str | None
    application: str | None = None
    candidate: str | None = None
    scheme: str | None = None
    desk: str
    capture: str
    kind: RefundKind
    money: Money
    kept: int = 0
    state: RefundState
    steps: tuple[RefundStep, ...] = ()
    reason_en: str
    reason_zh: str
    rules: tuple[str, ...] = ()
    requested_at: datetime
    not_before: datetime
    case: str | None = None
    number: int = 1
    key_from: datetime | None = None
    stored_failure: bool = False
    provider_refund: str | None = None
    failure: str | None = None
    note: str = ""
    again: str | None = None
    given: Money | None = None
    tries: int = 0
    due: Due | None = None

    def at(self, state: RefundState) -> datetime | None:
        """When it last came to this state."""
        return next((step.at for step in reversed(self.steps) if step.state is state), None)

    def went_to(self, state: RefundState, at: datetime, by: str, **changes: Any) -> "Refund":
        """The refund in another state, with the step recorded; the rule says whether it may."""
        after: Refund = self.changed(
            state=state, steps=(*self.steps, RefundStep(state=state, at=at, by=by)), tries=0, **changes
        )
        return after

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything to do about it: it ended, or another follows it."""
        return self.state in ENDED or self.again is not None or self.kind is RefundKind.EXTERNAL


def withdrawal_refund(order: str) -> str:
    """The id of the refund of an order whose candidate withdrew: one per order."""
    return refund_id(order, "withdrawal")


def refund_id(*cause: str) -> str:
    """The id of the refund that this cause makes: the same cause gives the same refund, however often it is asked for."""
    return f"RFD-{hashlib.sha256('|'.join(cause).encode()).hexdigest()[:12].upper()}"


class ListIndex(GlobalSecondaryIndex["RefundRow"]):  # type: ignore[no-untyped-call]
    """Refunds of a desk that somebody or something still has to do with, and those that ended, by the time asked for."""

    class Meta:
        index_name = "listed"
        projection = AllProjection()

    listed = UnicodeAttribute(hash_key=True)
    requested = UnicodeAttribute(range_key=True)


class RefundRow(Row):
    class Meta:
        table_name = meta("Refunds")

    due_index = DueIndex()
    listed_index = ListIndex()
    listed = UnicodeAttribute()
    requested = UnicodeAttribute()


class Refunds(Table[Refund]):
    name = "Refunds"
    row = RefundRow
    record = Refund

    def columns(self, record: Refund) -> dict[str, Any]:
        listed: Listed = "ended" if record.is_over else "open"
        return {"pk": record.id, "listed": f"{record.desk}#{listed}", "requested": moment(record.requested_at)}

    def of_desk(self, desk: str, listed: Listed, limit: int = 100) -> list[Refund]:
        """A desk's refunds, oldest first where they are open, newest first where they ended; eventually consistent."""
        query = RefundRow.listed_index.query(f"{desk}#{listed}", limit=limit, scan_index_forward=listed == "open")
        return [self._record(row) for row in query]


refunds = Refunds()
