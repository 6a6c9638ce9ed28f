"""ORDER MONEY: how much of an order is paid now.

In words: what was captured in the order's currency, less what went back and what a dispute took, whatever became of the
order itself. Money is never a status: it is derived anew each time.
"""

from collections.abc import Iterable
from typing import Literal

from certification.rules.facts import Facts, fold
from certification.rules.model import Frozen
from certification.rules.money import Money

OrderMoney = Literal["none", "part", "exact", "over"]


class Held(Frozen):
    """What we hold for an order, and how that compares with what it costs."""

    money: OrderMoney
    net: Money


def order_money(total: Money, payments: Iterable[Facts]) -> Held:
    """The sum over all payments of an order; the reserved part of a refund under way is still held."""
    net = sum(
        sums.captured - sums.refunded - sums.disputed
        for facts in payments
        for sums in fold(facts).captures
        if sums.currency == total.currency
    )
    money: OrderMoney = (
        "none" if net <= 0 else "part" if net < total.amount else "exact" if net == total.amount else "over"
    )
    return Held(money=money, net=Money(amount=net, currency=total.currency))
