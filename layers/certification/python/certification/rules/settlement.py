"""SETTLEMENT: what follows when money arrives for an order.

In words: a payment made in time, in the order's currency and of at least its amount settles the order. In time is what
the provider says, not when we hear of it; money debited in time counts even if the order has lapsed meanwhile, until
the seats are frozen (then a person looks for a late seat). Of several good payments the earliest by the provider's time
settles; the others are duplicates and always go back. Money that is short, in another currency, late, or for an order
that is closed goes back whole, without a fee. Money above the amount: registered, and the excess goes back. Money whose
order nobody knows is held and shown to a person. Nothing is refused or forgotten because it came at a bad moment.

`settle` says for all payments of an order at once what must be so. It may be asked again at any time: what exists
already it does not ask for twice, as long as the returns that exist are named in `returning`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from certification.rules import findings as say
from certification.rules.cases import CaseKind
from certification.rules.facts import Fact, FactKind, fold
from certification.rules.findings import RETURNED_AS, Act, Finding, RefundKind
from certification.rules.ledger import Holding
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import OrderState
from certification.rules.words import Because

__all__ = [
    "Act",
    "Finding",
    "GiveBack",
    "OwedOrder",
    "PaymentMade",
    "RefundKind",
    "Settlement",
    "Verdict",
    "settle",
]


DUPLICATES = {RefundKind.DUPLICATE, RefundKind.OTHER_ORDER_DUPLICATE}


class OwedOrder(Frozen):
    """What is owed: `amount` until `due` (inclusive). `settled_by` is the capture that settled it, if one has.
    `successor` is the order that took its place, where this one is superseded."""

    order: str
    amount: Money
    due: AwareDatetime
    state: OrderState
    settled_by: str | None = None
    successor: "OwedOrder | None" = None


class PaymentMade(Frozen):
    """One attempt's facts. `returning`: the refund kinds that are queued for a capture already."""

    payment: str
    facts: dict[str, Fact]
    returning: dict[str, tuple[RefundKind, ...]] = Field(default_factory=dict)


class GiveBack(Frozen):
    """A refund to queue in `requested`, not to be sent before `not_before`. `key` is the same at every asking."""

    key: str
    kind: RefundKind
    amount: Money
    not_before: AwareDatetime


class Verdict(Frozen):
    """What one capture is, why we hold it, what goes back, and the case to open for it."""

    payment: str
    capture: str
    money: Money
    at: AwareDatetime
    finding: Finding
    holding: Holding
    give_back: GiveBack | None
    case: CaseKind | None
    because: Because


class Settlement(Frozen):
    """What must be so now. `order` is the one that `act` is for (the successor where the money goes there) and
    `settled_by` the capture that settles it. `alarms` are anomalies of the facts, for a person: `payment: anomaly`."""

    order: str | None
    act: Act
    settled_by: str | None
    verdicts: tuple[Verdict, ...]
    alarms: tuple[str, ...]
    because: Because


class _Taken(Frozen):
    """A capture with its payment and what may still be returned of it."""

    payment: str
    fact: Fact
    rest: int
    returning: tuple[RefundKind, ...]

    @property
    def goes_back(self) -> bool:
        """Whether all of it is on its way back (an overpayment returns a part only)."""
        return any(kind is not RefundKind.OVERPAID for kind in self.returning)


def settle(
    order: OwedOrder | None,
    payments: Sequence[PaymentMade],
    now: datetime,
    *,
    frozen: bool = False,
    duplicates_from: datetime | None = None,
    other_order_from: datetime | None = None,
) -> Settlement:
    """What the captures of these payments mean for their order (None: nobody knows the order).

    `frozen`: the sitting's list is frozen, so nobody is seated by machine any more. `duplicates_from` and
    `other_order_from` are when duplicates of the same and of another order may be sent back (PAY-08, PAY-09);
    None is at once (decision 25).
    """
    target = _target(order)
    taken = sorted(_captures(payments), key=lambda one: (one.fact.at, one.payment, one.fact.key))
    findings = _find(order, target, taken)
    later = {
        RefundKind.DUPLICATE: duplicates_from or now,
        RefundKind.OTHER_ORDER_DUPLICATE: other_order_from or now,
    }
    winner = next((one for one in taken if findings[one.fact.key] is Finding.SETTLES), None)
    act = _act(target, winner, frozen)
    verdicts = tuple(_verdict(one, findings[one.fact.key], target, act, now, later) for one in taken)
    return Settlement(
        order=target.order if target else None,
        act=act,
        settled_by=winner.fact.key if winner else order.settled_by if order else None,
        verdicts=verdicts,
        alarms=_alarms(payments, taken, target, winner),
        because=_headline(act, verdicts, winner),
    )


def _target(order: OwedOrder | None) -> OwedOrder | None:
    """A superseded order's money belongs to the order that took its place, while that one is open."""
    if order and order.state is OrderState.SUPERSEDED and order.successor:
        return order.successor if order.successor.state is OrderState.OPEN else order
    return order


def _captures(payments: Sequence[PaymentMade]) -> list[_Taken]:
    answer = []
    for payment in payments:
        rest = {(sums.capture, sums.currency): sums.refundable for sums in fold(payment.facts).captures}
        answer += [
            _Taken(
                payment=payment.payment,
                fact=fact,
                rest=max(0, rest[fact.key, fact.money.currency]),
                returning=payment.returning.get(fact.key, ()),
            )
            for fact in payment.facts.values()
            if fact.kind is FactKind.CAPTURED
        ]
    return answer


def _find(order: OwedOrder | None, target: OwedOrder | None, taken: Sequence[_Taken]) -> dict[str, Finding]:
    """The finding of every capture. Each depends on the capture and the order alone, but for the race of good ones."""
    findings: dict[str, Finding] = {}
    won = False
    for one in taken:
        finding = _alone(order, target, one)
        if finding is Finding.SETTLES and won:
            finding = Finding.DUPLICATE
        won = won or finding is Finding.SETTLES
        findings[one.fact.key] = finding
    return findings


def _alone(order: OwedOrder | None, target: OwedOrder | None, one: _Taken) -> Finding:
    if order is None or target is None:
        return Finding.UNKNOWN_ORDER
    if one.goes_back:
        return Finding.RETURNING
    if target.state in (OrderState.VOIDED, OrderState.SUPERSEDED) and one.fact.key in _used(order):
        return Finding.SETTLED_BEFORE
    return _closed(order, target) or _fits(target, one.fact) or Finding.SETTLES


def _used(order: OwedOrder) -> set[str | None]:
    """The captures that have settled this order or the one that took its place."""
    return {order.settled_by, order.successor.settled_by if order.successor else None}


def _closed(order: OwedOrder, target: OwedOrder) -> Finding | None:
    if target.state is OrderState.SUPERSEDED:
        paid = order.successor is not None and order.successor.state is OrderState.SETTLED
        return Finding.OTHER_ORDER_DUPLICATE if paid else Finding.ORDER_CLOSED
    return Finding.ORDER_CLOSED if target.state is OrderState.VOIDED else None


def _fits(target: OwedOrder, capture: Fact) -> Finding | None:
    if capture.money.currency != target.amount.currency:
        return Finding.WRONG_CURRENCY
    if capture.money < target.amount:
        return Finding.SHORT
    return Finding.LATE if capture.at > target.due else None


def _act(target: OwedOrder | None, winner: _Taken | None, frozen: bool) -> Act:
    if target is None or winner is None or target.state is OrderState.SETTLED:
        return Act.NOTHING
    if frozen:
        return Act.OFFER_LATE_SEAT
    return Act.REINSTATE if target.state is OrderState.LAPSED else Act.REGISTER


def _verdict(
    one: _Taken,
    finding: Finding,
    target: OwedOrder | None,
    act: Act,
    now: datetime,
    later: Mapping[RefundKind, datetime],
) -> Verdict:
    give_back = _give_back(one, finding, target, now, later)
    case = CaseKind.MONEY_TO_RETURN if give_back else None
    if finding is Finding.UNKNOWN_ORDER:
        case = CaseKind.UNMATCHED_CREDIT
    if finding is Finding.SETTLES and act is Act.OFFER_LATE_SEAT:
        case = CaseKind.LATE_SEAT
    twice = bool(DUPLICATES & {RETURNED_AS.get(finding), *one.returning})
    return Verdict(
        payment=one.payment,
        capture=one.fact.key,
        money=one.fact.money,
        at=one.fact.at,
        finding=finding,
        holding=Holding.UNAPPLIED if target is None else Holding.DUPLICATE if twice else Holding.CANDIDATE,
        give_back=give_back,
        case=case,
        because=say.FINDINGS[finding] if give_back is None or finding is not Finding.SETTLES else say.OVERPAID,
    )


def _give_back(
    one: _Taken, finding: Finding, target: OwedOrder | None, now: datetime, later: Mapping[RefundKind, datetime]
) -> GiveBack | None:
    kind, amount = RETURNED_AS.get(finding), one.rest
    if finding is Finding.SETTLES and target is not None:
        kind, amount = RefundKind.OVERPAID, min(one.rest, one.fact.money.amount - target.amount.amount)
    elif RefundKind.OVERPAID in one.returning and target is not None:
        # It settled the order until an earlier payment became known: the excess is queued already.
        amount = min(one.rest, target.amount.amount)
    if kind is None or amount <= 0 or kind in one.returning:
        return None
    return GiveBack(
        key=f"{one.fact.key}#{kind}",
        kind=kind,
        amount=Money(amount=amount, currency=one.fact.money.currency),
        not_before=later.get(kind, now),
    )


def _alarms(
    payments: Sequence[PaymentMade], taken: Sequence[_Taken], target: OwedOrder | None, winner: _Taken | None
) -> tuple[str, ...]:
    """Anomalies of the facts; and money that is going back as late though it was, we know now, in time (PAY-05)."""
    found = {f"{payment.payment}: {anomaly}" for payment in payments for anomaly in fold(payment.facts).anomalies}
    if target and winner is None and target.state in (OrderState.OPEN, OrderState.LAPSED):
        for one in taken:
            if one.goes_back and RefundKind.LATE in one.returning and _fits(target, one.fact) is None:
                found.add(f"{one.payment}: in_time_after_all:{one.fact.key}")
    return tuple(sorted(found))


def _headline(act: Act, verdicts: Sequence[Verdict], winner: _Taken | None) -> Because:
    if act is not Act.NOTHING:
        return say.ACTS[act]
    if winner is not None:
        return say.STAYS_SETTLED
    return verdicts[-1].because if verdicts else say.NOTHING_PAID
