"""An order makes way for its revision (PAY-06), and no cent is lost on the way.

First nobody may begin to pay it any more; then every open page is closed at its provider and the provider is asked what
became of it; only when none is paid and none can be paid the order is superseded. What arrives for it all the same is
the matter of `successors`.
"""

from certification.acts import payments as paying
from certification.acts.taking_back import OPENING
from certification.cloud import clock
from certification.cloud.tables.base import Write
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import commit, retried
from certification.rules.payments import ATTEMPT_ALIVE, OrderState, move_order


class PagesOpen(Exception):
    """An order cannot make way yet: somebody may be paying it. `order` is its number."""

    def __init__(self, order: str) -> None:
        super().__init__(order)
        self.order = order


def superseded(order: Order) -> Write:
    """The write by which an order makes way. Raises PagesOpen while a page may take money or money is being looked at."""
    if _in_the_way(order):
        raise PagesOpen(order.number)
    return orders.update(order.changed(state=move_order(order.state, OrderState.SUPERSEDED)))


def _in_the_way(order: Order) -> list[Payment]:
    """A page that may be paid, and money that nobody has settled yet. Transfers are under way by themselves."""
    every = [payments.read(payment) for payment in order.payments]
    pages = [one for one in every if one.state in ATTEMPT_ALIVE and one.method != "bank_transfer"]
    return [*pages, *(one for one in every if one.unsettled)]


def shut(number: str) -> None:
    """Let nobody begin to pay this order, and have every open page closed at its provider.

    Raises PagesOpen while one of them may still take money, or has: the caller comes again, and either the page is
    closed then or the order is paid, and paid is paid.
    """
    order = _blocked(number)
    for attempt in _in_the_way(order):
        opening = attempt.checkout is None and clock.now() < attempt.created_at + OPENING
        if attempt.state in ATTEMPT_ALIVE and not opening:
            paying.close(attempt.id)
    if _in_the_way(order):
        raise PagesOpen(number)


@retried
def _blocked(number: str) -> Order:
    order = orders.read(number)
    if order.state is OrderState.OPEN and not order.revising:
        commit([orders.update(order.changed(revising=True))])
        return orders.read(number)
    return order


def payable_again(number: str | None) -> list[Write]:
    """The write that lets an order be paid again when no revision came of it; none where there is nothing to undo."""
    order = orders.read(number) if number else None
    if order is None or not order.revising or order.state is not OrderState.OPEN:
        return []
    return [orders.update(order.changed(revising=False))]
