"""The receipts of an order as its payer sees them: which there are, and where each is downloaded or queried (PAY-11)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from certification.cloud.tables.orders import Order
from certification.cloud.tables.receipts import Receipt, receipts
from certification.cloud.tables.refunds import Refund
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.receipts import ReceiptKind, turns_of


class ReceiptLine(Frozen):
    """One receipt. `refers_to` is the number of the one it is about.

    `address` is the public platform's page where it is queried by the number of the order; None where the receipt is
    ours and downloaded here. `ready` is false for the moments in which its PDF is being made.
    """

    number: str
    kind: ReceiptKind
    order: str
    total: Money
    issued_at: datetime
    refers_to: str | None
    address: str | None
    ready: bool


def rows_of(order: Order, back: Iterable[Refund]) -> Iterator[Receipt]:
    """The receipts of an order and of what went back of it, in the order in which they were given."""
    first = receipts.find(f"order:{order.number}") if order.settled_by else None
    if first is None:
        return
    yield first
    turns = [
        (turn.at, turn.source(refund.id))
        for refund in back
        if refund.capture in order.settling
        for turn in turns_of((step.state, step.at) for step in refund.steps)
    ]
    for _, source in sorted(turns):
        found = receipts.find(source)
        if found is not None:
            yield found


def line(receipt: Receipt) -> ReceiptLine:
    """A receipt as its payer sees it."""
    return ReceiptLine(
        number=receipt.number,
        kind=receipt.kind,
        order=receipt.order,
        total=receipt.total,
        issued_at=receipt.issued_at,
        refers_to=receipt.refers_to,
        address=receipt.address,
        ready=receipt.file is not None or receipt.address is not None,
    )
