"""PAYMENTS: what an order and an attempt to pay can become, and when a checkout may be opened.

In words: an order is open until it is settled, lapses at its due date, is superseded or voided; a lapsed order comes
back when money debited in time becomes known. An attempt is ours until the provider has it; then the provider's word
counts: whatever we believed, `captured` can follow, and nothing follows `captured`. What happened to a payment is in
`facts.py`; what arrived money means for its order is in `settlement.py`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, Facts, add_fact, fold
from certification.rules.payment_sums import PaymentSums

__all__ = [
    "ATTEMPT_ALIVE",
    "ATTEMPT_STEPS",
    "ORDER_STEPS",
    "AttemptState",
    "Fact",
    "FactKind",
    "Facts",
    "Method",
    "OrderState",
    "PaymentSums",
    "add_fact",
    "attempt_after",
    "checkout_ends",
    "fold",
    "may_send_again",
    "move_order",
]


Method = Literal["card", "alipay", "wechat_pay", "bank_transfer"]
"""How a candidate pays, and who is asked about it; a wallet may be processed by the card provider."""


class OrderState(StrEnum):
    """What an order is; how much of it is paid follows from the facts."""

    OPEN = "open"
    SETTLED = "settled"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


class AttemptState(StrEnum):
    """What an attempt to pay is; `unknown`: we asked the provider and did not hear the answer."""

    CREATED = "created"
    SUBMITTING = "submitting"
    PENDING = "pending"
    CAPTURED = "captured"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    CLOSED = "closed"


O, A = OrderState, AttemptState  # noqa: E741 - read as a table

ORDER_STEPS: dict[OrderState, frozenset[OrderState]] = {
    O.OPEN: frozenset({O.SETTLED, O.LAPSED, O.SUPERSEDED, O.VOIDED}),
    O.SETTLED: frozenset({O.VOIDED}),
    # decision 8: money debited in time brings a lapsed order back
    O.LAPSED: frozenset({O.SETTLED, O.VOIDED}),
    O.SUPERSEDED: frozenset({O.VOIDED}),
    O.VOIDED: frozenset(),
}

_ENDS = frozenset({A.CAPTURED, A.FAILED, A.EXPIRED, A.CLOSED})
# The provider's word wins: captured can follow everything, and nothing follows captured.
ATTEMPT_STEPS: dict[AttemptState, frozenset[AttemptState]] = {
    A.CREATED: frozenset({A.SUBMITTING, A.PENDING}) | _ENDS,
    A.SUBMITTING: frozenset({A.PENDING, A.UNKNOWN}) | _ENDS,
    A.PENDING: frozenset({A.UNKNOWN}) | _ENDS,
    A.UNKNOWN: frozenset({A.SUBMITTING, A.PENDING}) | _ENDS,
    A.FAILED: frozenset({A.CAPTURED}),
    A.EXPIRED: frozenset({A.CAPTURED}),
    A.CLOSED: frozenset({A.CAPTURED}),
    A.CAPTURED: frozenset(),
}
# While one of these exists, no second attempt with the same method starts: the first may still take the money.
ATTEMPT_ALIVE = frozenset({A.CREATED, A.SUBMITTING, A.PENDING, A.UNKNOWN})


def move_order(state: OrderState, to: OrderState) -> OrderState:
    """The order's next state; Refused with both ends named when the table has no such step."""
    if to not in ORDER_STEPS[state]:
        raise Refused(
            "order_step_refused", f"An order that is {state} cannot become {to}.", f"订单状态“{state}”不能转为“{to}”。"
        )
    return to


def attempt_after(state: AttemptState, reported: AttemptState) -> AttemptState:
    """The attempt's state after a report. A report is never refused: one that comes too late changes nothing."""
    return reported if reported in ATTEMPT_STEPS[state] else state


SHORTEST_CHECKOUT, LONGEST_CHECKOUT = timedelta(minutes=30), timedelta(hours=24)
CLOCKS_DIFFER = timedelta(minutes=1)
SAME_KEY_FOR = timedelta(hours=23)


def checkout_ends(now: datetime, due: datetime) -> datetime | None:
    """When a card checkout opened now must expire: at the due date, at most (about) 24 hours ahead. None when that is
    less than the 30 minutes a provider needs: cards are then not offered, for the page could outlive the due date."""
    if due - now < SHORTEST_CHECKOUT + CLOCKS_DIFFER:
        return None
    return min(due, now + LONGEST_CHECKOUT - CLOCKS_DIFFER)


SHORTEST_WALLET, LONGEST_WALLET = timedelta(minutes=10), timedelta(minutes=30)


def wallet_ends(now: datetime, due: datetime) -> datetime | None:
    """When a wallet's code made now must end: at the due date, at most half an hour ahead, for a page that nobody has
    opened cannot be closed before its end. None when that is less than the ten minutes a page needs."""
    if due - now < SHORTEST_WALLET:
        return None
    return min(due, now + LONGEST_WALLET)


def may_send_again(first_sent: datetime, now: datetime) -> bool:
    """Whether a create call without an answer may be repeated under its idempotency key. Providers forget keys after 24
    hours and would then charge again; an older attempt is only looked up."""
    return now - first_sent < SAME_KEY_FOR
