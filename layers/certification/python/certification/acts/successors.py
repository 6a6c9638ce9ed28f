"""The order that took the place of another (PAY-06): how the two know of each other, and whose the money is.

Money that arrives for a superseded order, from a bank or against every promise of a provider, goes to the order that took
its place while that one is open; it settles it or goes back, as any payment of that order. Once it is paid, the rule calls
such money a duplicate of another order (PAY-09).
"""

from collections.abc import Sequence
from itertools import batched

from certification.acts.books import booked
from certification.acts.inbox_entries import APPLIED_WITHIN, unsettled
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import commit
from certification.rules.facts import FactKind
from certification.rules.payments import OrderState

PORTION = 40
"""Payments that are handed over in one transaction: two writes each."""


def placed(application: Application, order: Order) -> tuple[list[Write], list[Announcement]]:
    """The writes that store a new order of an application. One that made way leads to it from now on, and money that
    waits there (a part of a transfer) is settled again."""
    before = orders.read(application.order) if application.order else None
    if before is None or before.state is not OrderState.SUPERSEDED:
        return [orders.insert(order)], []
    writes = [
        orders.insert(order.changed(revises=before.number)),
        orders.update(before.changed(successor=order.number)),
    ]
    news: list[Announcement] = []
    for payment in _with_money(before)[:1]:  # settling one of them hands over all
        due = Due(at=clock.now() + APPLIED_WITHIN)
        writes.append(payments.update(payment.changed(unsettled=True, due=due)))
        news.append(unsettled(payment))
    return writes, news


def _with_money(order: Order) -> list[Payment]:
    """The payments of an order with money that is not on its way back."""
    return [
        payment
        for payment in map(payments.read, order.payments)
        if any(fact.kind is FactKind.CAPTURED and key not in payment.returning for key, fact in payment.facts.items())
    ]


def successor_of(order: Order) -> Order | None:
    """The order that took the place of this one, at the end of the chain."""
    last = None
    while order.successor is not None:
        last = order = orders.read(order.successor)
    return last


def handed_over(order: Order, successor: Order) -> bool:
    """Give the money of a superseded order to its open successor. True when there was any: the successor is settled next.

    The payments move with their books; their references at the provider stay those of the order they were begun for.
    """
    going = _with_money(order) if successor.state is OrderState.OPEN else []
    for some in batched(going, PORTION, strict=False):
        _hand_over(orders.read(order.number), orders.read(successor.number), some)
    return bool(going)


def _hand_over(order: Order, successor: Order, going: Sequence[Payment]) -> None:
    names = {payment.id for payment in going}
    writes: list[Write] = [
        orders.update(order.changed(payments=tuple(one for one in order.payments if one not in names))),
        orders.update(successor.changed(payments=(*successor.payments, *(payment.id for payment in going)))),
    ]
    for payment in going:
        after = payment.changed(order=successor.number, begun_for=payment.begun_for or order.number, unsettled=True)
        stored, entries = booked(payment, after, f"handed_over#{successor.number}")
        writes += [payments.update(stored), *entries]
    commit(writes)
