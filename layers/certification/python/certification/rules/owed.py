"""OWED: an order as the settlement rule sees it, and what was paid for it."""

from pydantic import AwareDatetime, Field

from certification.rules.facts import Fact
from certification.rules.findings import RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import OrderState
from certification.rules.spans import Span


class OwedOrder(Frozen):
    """What is owed: `amount` until `due` (inclusive). `settled_by` is the capture that settled it, if one has, and
    `settled_with` the parts before it. `successor` is the order that took its place, where this one is superseded.
    `tolerance`: transfers may be short by so many minor units (decision 6)."""

    order: str
    amount: Money
    due: AwareDatetime
    state: OrderState
    settled_by: str | None = None
    settled_with: tuple[str, ...] = ()
    successor: "OwedOrder | None" = None
    tolerance: int = Field(default=0, ge=0)


class PaymentMade(Frozen):
    """One attempt's facts. `returning`: the refund kinds that are queued for a capture already. `by_transfer`: its
    captures are credits on our bank account, of which there may be several, each of them short. `disputed`: the payer's
    bank disputes it, so nothing is queued until that is over. `refundable_within`: how long its provider sends back."""

    payment: str
    facts: dict[str, Fact]
    by_transfer: bool = False
    returning: dict[str, tuple[RefundKind, ...]] = Field(default_factory=dict)
    disputed: bool = False
    refundable_within: Span | None = None
