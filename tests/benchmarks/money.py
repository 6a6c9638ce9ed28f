"""Facts folded and booked a second: a payment's fold, and the whole way of a fact into the ledger.

The reference is a plain sum over a dict: the same facts without keys, currencies, refunds or entries.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from certification.rules.facts import Fact, FactKind, Facts, add_fact, fact_of, fold
from certification.rules.ledger import Books, postings
from certification.rules.money import usd
from tests.benchmarks.measuring import Measured, compare

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAYMENTS = 500
BOOKS = Books(provider="card", order="ORD-26-000001")
GOAL = 5_000
"""Facts booked a second on one core; a sitting of 100,000 candidates pays in a week."""


def life() -> list[Fact]:
    """What happens to a payment that is refunded at the second try."""
    capture = "CAP#pi_1"

    def refund(kind: FactKind, reference: str, about: str) -> Fact:
        kept = 2_700 if kind is FactKind.REFUND_REQUESTED else 0
        return fact_of(kind, reference, usd(10_800), NOON, "card", capture=capture, about=about, kept=kept)

    return [
        fact_of(FactKind.CAPTURED, "pi_1", usd(13_500), NOON, "card"),
        refund(FactKind.REFUND_REQUESTED, "RFD-1", "RFD-1"),
        refund(FactKind.REFUND_FAILED, "re_1", "RFD-1"),
        refund(FactKind.REFUND_REQUESTED, "RFD-2", "RFD-2"),
        refund(FactKind.REFUND_DONE, "re_2", "RFD-2"),
    ]


def folded(facts: list[Fact]) -> Callable[[], int]:
    known = {fact.key: fact for fact in facts}

    def run() -> int:
        for _ in range(PAYMENTS):
            fold(known)
        return PAYMENTS * len(facts)

    return run


def booked(facts: list[Fact]) -> Callable[[], int]:
    """Each fact is added, folded before and after, and becomes an entry."""

    def run() -> int:
        for _ in range(PAYMENTS):
            known: Facts = {}
            for fact in facts:
                before, known = known, add_fact(known, fact)
                postings(fold(before), fold(known), BOOKS, why=fact.key)
        return PAYMENTS * len(facts)

    return run


def sums(facts: list[Fact]) -> Callable[[], int]:
    """The reference."""
    rows = {fact.key: (str(fact.kind), fact.money.amount) for fact in facts}

    def run() -> int:
        for _ in range(PAYMENTS):
            total: dict[str, int] = {}
            for kind, amount in rows.values():
                total[kind] = total.get(kind, 0) + amount
        return PAYMENTS * len(facts)

    return run


def measure() -> tuple[Measured, ...]:
    """A payment of five facts; the cost is per fact."""
    facts = life()
    return compare(
        {
            "fold a payment of five facts, per fact": (folded(facts), None),
            "a fact into the books: add, fold twice, entry": (booked(facts), GOAL),
        },
        sums(facts),
    )
