"""SETTLEMENT: what follows when money arrives for an order.

In words: a payment made in time, in the order's currency and of at least its amount settles the order. In time is what
the provider says, not when we hear of it; money debited in time counts even if the order has lapsed meanwhile, until
the seats are frozen (then a person looks for a late seat). Of several good payments the earliest by the provider's time
settles; the others are duplicates and always go back. Money that is short, in another currency, late, or for an order
that is closed goes back whole, without a fee. Money above the amount: registered, and the excess goes back. Money whose
order nobody knows is held and shown to a person. Nothing is refused or forgotten because it came at a bad moment.

A bank transfer may arrive short, for banks on the way keep charges: then it is a part, and what is missing may follow by
any method until the due time. The parts settle the order together once they reach its amount (less the policy's
tolerance); when the order lapses before that, all of them go back whole. A full payment settles by itself: parts that it
makes needless go back as duplicates.

`settle` says for all payments of an order at once what must be so. It may be asked again at any time: what exists
already it does not ask for twice, as long as the returns that exist are named in `returning`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime

from certification.rules import findings as say
from certification.rules.captures import Found, Taken, captures_of, find, fits
from certification.rules.cases import CaseKind
from certification.rules.duplicates import send_from
from certification.rules.facts import fold
from certification.rules.findings import RETURNED_AS, Act, Finding, RefundKind
from certification.rules.ledger import Holding
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.owed import OwedOrder, PaymentMade
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


class GiveBack(Frozen):
    """A refund to queue, not to be sent before `not_before`. `key` is the same at every asking. `early`: before the
    policy's date, because the provider would not send it back any more then; a person hears of it."""

    key: str
    kind: RefundKind
    amount: Money
    not_before: AwareDatetime
    early: bool = False


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
    `settled_by` the capture that settles it, with the parts `settled_with`. `missing` is what is still owed while parts
    wait for the rest, `forgiven` what the tolerance let be missing for ever. `alarms` are anomalies of the facts, for a
    person: `payment: anomaly`."""

    order: str | None
    act: Act
    settled_by: str | None
    settled_with: tuple[str, ...] = ()
    missing: Money | None = None
    forgiven: Money | None = None
    verdicts: tuple[Verdict, ...]
    alarms: tuple[str, ...]
    because: Because


def settle(
    order: OwedOrder | None,
    payments: Sequence[PaymentMade],
    now: datetime,
    *,
    frozen: bool = False,
    duplicates_from: datetime | None = None,
    other_order_from: datetime | None = None,
    by_person: Collection[str] = (),
) -> Settlement:
    """What the captures of these payments mean for their order (None: nobody knows the order).

    `frozen`: the sitting's list is frozen, so nobody is seated by machine any more. `duplicates_from` and
    `other_order_from` are when duplicates of the same and of another order may be sent back (PAY-08, PAY-09);
    None is at once (decision 25). `by_person`: the kinds of refund that a person lets go; each opens a case.
    """
    target = _target(order)
    taken = sorted(captures_of(payments), key=lambda one: (one.fact.at, one.payment, one.fact.key))
    found = find(order, target, taken)
    later = {
        RefundKind.DUPLICATE: duplicates_from or now,
        RefundKind.OTHER_ORDER_DUPLICATE: other_order_from or now,
    }
    winner = found.winner
    act = _act(target, winner, frozen)
    verdicts = tuple(_verdict(one, found, target, act, now, later, by_person) for one in taken)
    return Settlement(
        order=target.order if target else None,
        act=act,
        settled_by=winner.fact.key if winner else order.settled_by if order else None,
        settled_with=found.before if winner else order.settled_with if order else (),
        missing=found.missing if target and target.state is OrderState.OPEN else None,
        forgiven=found.missing if winner else None,
        verdicts=verdicts,
        alarms=_alarms(payments, taken, target, winner),
        because=_headline(act, verdicts, winner),
    )


def _target(order: OwedOrder | None) -> OwedOrder | None:
    """A superseded order's money belongs to the order that took its place, while that one is open."""
    if order and order.state is OrderState.SUPERSEDED and order.successor:
        return order.successor if order.successor.state is OrderState.OPEN else order
    return order


def _act(target: OwedOrder | None, winner: Taken | None, frozen: bool) -> Act:
    if target is None or winner is None or target.state is OrderState.SETTLED:
        return Act.NOTHING
    if frozen:
        return Act.OFFER_LATE_SEAT
    return Act.REINSTATE if target.state is OrderState.LAPSED else Act.REGISTER


def _verdict(
    one: Taken,
    found: Found,
    target: OwedOrder | None,
    act: Act,
    now: datetime,
    later: Mapping[RefundKind, datetime],
    by_person: Collection[str],
) -> Verdict:
    finding = found.findings[one.fact.key]
    give_back = _give_back(one, found, target, now, later)
    case = CaseKind.MONEY_TO_RETURN if give_back and (give_back.early or give_back.kind in by_person) else None
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
    one: Taken, found: Found, target: OwedOrder | None, now: datetime, later: Mapping[RefundKind, datetime]
) -> GiveBack | None:
    finding = found.findings[one.fact.key]
    kind, amount = RETURNED_AS.get(finding), one.rest
    if finding is Finding.SETTLES and target is not None:
        kind, amount = RefundKind.OVERPAID, min(one.rest, found.paid - target.amount.amount)
    elif RefundKind.OVERPAID in one.returning and target is not None:
        # It settled the order until an earlier payment became known: the excess is queued already.
        amount = min(one.rest, target.amount.amount)
    if kind is None or amount <= 0 or kind in one.returning or one.disputed:
        return None
    may_be_sent = send_from(later.get(kind, now), one.fact.at, one.refundable_within, now)
    return GiveBack(
        key=f"{one.fact.key}#{kind}",
        kind=kind,
        amount=Money(amount=amount, currency=one.fact.money.currency),
        not_before=may_be_sent.at,
        early=may_be_sent.early,
    )


def _alarms(
    payments: Sequence[PaymentMade], taken: Sequence[Taken], target: OwedOrder | None, winner: Taken | None
) -> tuple[str, ...]:
    """Anomalies of the facts; and money that is going back as late though it was, we know now, in time (PAY-05)."""
    found = {
        f"{payment.payment}: {anomaly}"
        for payment in payments
        for anomaly in fold(payment.facts).anomalies
        if anomaly != "captured_twice"  # a duplicate, or a part: the findings say what each capture is
    }
    if target and winner is None and target.state in (OrderState.OPEN, OrderState.LAPSED):
        for one in taken:
            if one.goes_back and RefundKind.LATE in one.returning and fits(target, one.fact) is None:
                found.add(f"{one.payment}: in_time_after_all:{one.fact.key}")
    return tuple(sorted(found))


def _headline(act: Act, verdicts: Sequence[Verdict], winner: Taken | None) -> Because:
    if act is not Act.NOTHING:
        return say.ACTS[act]
    if winner is not None:
        return say.STAYS_SETTLED
    return verdicts[-1].because if verdicts else say.NOTHING_PAID
