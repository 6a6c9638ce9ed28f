"""CAPTURES: what each capture of an order is for it: it settles, it is a part, a duplicate, late, or for a closed order.

In words: each finding depends on the capture and the order alone, but for two things. Of several good payments the
earliest settles. And a transfer that arrived short is a part: what follows in time, by any method, is added to it, and
the parts settle together once they reach the amount.
"""

from collections.abc import Sequence

from certification.rules.facts import Fact, FactKind, fold
from certification.rules.findings import PARTIAL, Finding, RefundKind
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.owed import OwedOrder, PaymentMade
from certification.rules.payments import OrderState
from certification.rules.spans import Span


class Taken(Frozen):
    """A capture with its payment and what may still be returned of it."""

    payment: str
    fact: Fact
    rest: int
    returning: tuple[RefundKind, ...]
    by_transfer: bool
    disputed: bool = False
    refundable_within: Span | None = None

    @property
    def goes_back(self) -> bool:
        """Whether all of it is on its way back."""
        return any(kind not in PARTIAL for kind in self.returning)


def captures_of(payments: Sequence[PaymentMade]) -> list[Taken]:
    """Every capture of these payments."""
    answer = []
    for payment in payments:
        rest = {(sums.capture, sums.currency): sums.refundable for sums in fold(payment.facts).captures}
        answer += [
            Taken(
                payment=payment.payment,
                fact=fact,
                rest=max(0, rest[fact.key, fact.money.currency]),
                returning=payment.returning.get(fact.key, ()),
                by_transfer=payment.by_transfer,
                disputed=payment.disputed,
                refundable_within=payment.refundable_within,
            )
            for fact in payment.facts.values()
            if fact.kind is FactKind.CAPTURED
        ]
    return answer


class Found(Frozen):
    """The finding of every capture; those that settle together, the last of them first to reach the amount; and what is
    missing: for ever where they settle within the tolerance, else while parts wait for the rest."""

    findings: dict[str, Finding]
    together: tuple[Taken, ...] = ()
    missing: Money | None = None

    @property
    def winner(self) -> Taken | None:
        """The capture that settles, or with which the parts are complete."""
        return self.together[-1] if self.together else None

    @property
    def before(self) -> tuple[str, ...]:
        """The parts before it."""
        return tuple(one.fact.key for one in self.together[:-1])

    @property
    def paid(self) -> int:
        """What the settling payments are together, in minor units."""
        return _sum(self.together)


def find(order: OwedOrder | None, target: OwedOrder | None, taken: Sequence[Taken]) -> Found:
    """Each finding depends on the capture and the order alone, but for the race of good ones and for parts."""
    findings: dict[str, Finding] = {}
    parts: list[Taken] = []
    together: list[Taken] = []
    for one in taken:
        finding = _alone(order, target, one)
        if finding is Finding.SHORT and target is not None and (one.by_transfer or parts):
            late = Finding.LATE if one.fact.at > target.due else Finding.PART
            finding = (
                late if target is order else Finding.ORDER_CLOSED
            )  # a part of an order that was replaced goes back
        if finding in (Finding.SETTLES, Finding.PART) and together:
            finding = Finding.DUPLICATE
        elif finding is Finding.PART and target is not None:
            parts.append(one)
            if _sum(parts) + target.tolerance >= target.amount.amount:
                finding, together = Finding.SETTLES, parts
        elif finding is Finding.SETTLES:
            together = [one]
        findings[one.fact.key] = finding
    if together and together is not parts:
        findings |= {part.fact.key: Finding.DUPLICATE for part in parts}
    elif parts and not together and target is not None and target.state is OrderState.LAPSED:
        findings |= {part.fact.key: Finding.INCOMPLETE for part in parts}
    missing = target.amount.amount - _sum(parts) if target is not None and parts and together in ([], parts) else 0
    return Found(
        findings=findings,
        together=tuple(together),
        missing=Money(amount=missing, currency=target.amount.currency) if target and missing > 0 else None,
    )


def _sum(taken: Sequence[Taken]) -> int:
    return sum(one.fact.money.amount for one in taken)


def _alone(order: OwedOrder | None, target: OwedOrder | None, one: Taken) -> Finding:
    if order is None or target is None:
        return Finding.UNKNOWN_ORDER
    if one.goes_back:
        return Finding.RETURNING
    if target.state in (OrderState.VOIDED, OrderState.SUPERSEDED) and one.fact.key in _used(order):
        return Finding.SETTLED_BEFORE
    return _closed(order, target) or fits(target, one.fact) or Finding.SETTLES


def _used(order: OwedOrder) -> set[str | None]:
    """The captures that have settled this order or the one that took its place."""
    orders = [order, *([order.successor] if order.successor else [])]
    return {capture for each in orders for capture in (each.settled_by, *each.settled_with)}


def _closed(order: OwedOrder, target: OwedOrder) -> Finding | None:
    if target.state is OrderState.SUPERSEDED:
        paid = order.successor is not None and order.successor.state is OrderState.SETTLED
        return Finding.OTHER_ORDER_DUPLICATE if paid else Finding.ORDER_CLOSED
    return Finding.ORDER_CLOSED if target.state is OrderState.VOIDED else None


def fits(target: OwedOrder, capture: Fact) -> Finding | None:
    """What is wrong with this capture for the order, all others aside; None where it would settle it."""
    if capture.money.currency != target.amount.currency:
        return Finding.WRONG_CURRENCY
    if capture.money < target.amount:
        return Finding.SHORT
    return Finding.LATE if capture.at > target.due else None
