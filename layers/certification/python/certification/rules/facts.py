"""FACTS: what happened to one payment at its provider, and what that adds up to.

In words: a payment is a set of facts, keyed by what happened (`CAP#pi_1`: this payment intent was captured), never by
who told us or how often. A fact is never refused: the money has moved. The same fact again changes nothing; the same
key with another amount becomes a conflict, the first amount stays, and a person looks at it. What is captured, on its
way back, returned, kept and disputed is the fold over the set, so the order and the number of reports cannot matter.
What we ask for (a refund) is a command, not a fact, and goes through only while enough is left (`refund_request.py`).

Every refund and dispute names the capture whose money it moves, because providers return money to a capture.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from pydantic import AwareDatetime, Field, model_validator

from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payment_sums import CaptureSums, PaymentSums

MOST_FACTS = 200
BY_HAND = "by_hand"
"""The reference that a refund paid another way than through its provider carries: who says so."""
REJECTED = "rejected"
"""The reference that a refund carries which a person refused to let go: it is owed to nobody any more."""


class FactKind(StrEnum):
    """What happened."""

    CAPTURED = "captured"
    REFUND_REQUESTED = "refund_requested"
    REFUND_DONE = "refund_done"
    REFUND_FAILED = "refund_failed"
    DISPUTE_OUT = "dispute_out"
    DISPUTE_IN = "dispute_in"
    EARNED = "earned"
    CONFLICT = "conflict"


PREFIX = {
    FactKind.CAPTURED: "CAP",
    FactKind.REFUND_REQUESTED: "RREQ",
    FactKind.REFUND_DONE: "ROK",
    FactKind.REFUND_FAILED: "RFAIL",
    FactKind.DISPUTE_OUT: "DOUT",
    FactKind.DISPUTE_IN: "DIN",
    FactKind.EARNED: "EARN",
    FactKind.CONFLICT: "CONFLICT",
}


class Fact(Frozen):
    """One thing that happened.

    `key` is the kind's prefix and the provider's id (`CAP#pi_1`, `ROK#re_1`; `RREQ#` carries our refund's id).
    `money` is positive. `at` is the provider's time of success, not of arrival. `source` says who told us.
    `capture` is the key of the capture concerned, `about` our refund's or the provider's dispute id, or the fee item earned. `kept` is the
    handling fee in minor units that stays with us when this requested refund is paid. `references` holds further ids.
    """

    kind: FactKind
    key: str
    money: Money
    at: AwareDatetime
    source: str
    capture: str
    about: str
    kept: int = 0
    references: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> "Fact":
        if not self.key.startswith(PREFIX[self.kind] + "#"):
            raise ValueError(f"the key of a fact of kind {self.kind} starts with {PREFIX[self.kind]}#")
        if self.money.amount <= 0 or self.kept < 0:
            raise ValueError("a fact moves a positive amount and keeps none or a positive one")
        return self

    @property
    def reference(self) -> str:
        """The id behind the prefix: the provider's, or our refund's for a request."""
        return self.key.partition("#")[2]


Facts = Mapping[str, Fact]


def fact_of(
    kind: FactKind,
    reference: str,
    money: Money,
    at: datetime,
    source: str,
    *,
    capture: str | None = None,
    about: str | None = None,
    kept: int = 0,
    references: Mapping[str, str] | None = None,
) -> Fact:
    """A fact with its key made from the kind and the provider's id.

    A capture is its own `capture`. `about` links a provider's refund to ours; without it the refund is external.
    """
    key = f"{PREFIX[kind]}#{reference}"
    return Fact(
        kind=kind,
        key=key,
        money=money,
        at=at,
        source=source,
        capture=capture or key,
        about=about or reference,
        kept=kept,
        references=dict(references or {}),
    )


def add_fact(facts: Facts, fact: Fact) -> dict[str, Fact]:
    """The facts with this one. Same key and same money: one of the two stays, whichever order they came in (the one
    linked to our refund, then the earlier). Same key and other money: the first stays and a CONFLICT is added."""
    known = facts.get(fact.key)
    if known is None:
        return {**facts, fact.key: fact}
    if (known.kind, known.money, known.kept) == (fact.kind, fact.money, fact.kept):
        return {**facts, fact.key: _merged(known, fact)}
    claim = f"{PREFIX[FactKind.CONFLICT]}#{fact.key}#{fact.money.currency}{fact.money.amount}+{fact.kept}"
    return add_fact(facts, fact.model_copy(update={"kind": FactKind.CONFLICT, "key": claim, "about": fact.key}))


def _merged(one: Fact, other: Fact) -> Fact:
    """One of two tellings of the same fact with the references of both; which of them comes first does not matter."""
    both = dict(one.references)
    for name, value in other.references.items():
        both[name] = min(value, both.get(name, value))
    return min(one, other, key=_preference).model_copy(update={"references": both})


def _preference(fact: Fact) -> tuple[bool, datetime, str, str, str]:
    return fact.about == fact.reference, fact.at, fact.source, fact.about, fact.capture


def fold(facts: Facts) -> PaymentSums:
    """The sums of a set of facts: a pure function of the set."""
    anomalies = {"too_many_facts"} if len(facts) > MOST_FACTS else set()
    anomalies |= {f"conflict:{fact.about}" for fact in facts.values() if fact.kind is FactKind.CONFLICT}
    moving = [fact for fact in facts.values() if fact.kind is not FactKind.CONFLICT]
    captures = tuple(
        _fold_capture(capture, currency, list(group), anomalies)
        for (capture, currency), group in groupby(sorted(moving, key=_place), key=lambda fact: _place(fact)[:2])
    )
    if not captures:
        return PaymentSums(anomalies=tuple(sorted(anomalies)))
    first = min(moving, key=lambda fact: (fact.kind is not FactKind.CAPTURED, fact.at, fact.key))
    currency = first.money.currency
    if any(sums.currency != currency for sums in captures):
        anomalies.add("currency")
    if sum(sums.at is not None for sums in captures) > 1:
        anomalies.add("captured_twice")
    return _total(currency, captures, anomalies)


def _place(fact: Fact) -> tuple[str, str, str]:
    return fact.capture, fact.money.currency, fact.key


def _total(currency: str, captures: tuple[CaptureSums, ...], anomalies: set[str]) -> PaymentSums:
    same = [sums for sums in captures if sums.currency == currency]
    return PaymentSums(
        captured=sum(sums.captured for sums in same),
        reserved=sum(sums.reserved for sums in same),
        refunded=sum(sums.refunded for sums in same),
        kept=sum(sums.kept for sums in same),
        disputed=sum(sums.disputed for sums in same),
        refundable=sum(sums.refundable for sums in same),
        currency=currency,
        anomalies=tuple(sorted(anomalies)),
        captures=captures,
    )


def _fold_capture(capture: str, currency: str, facts: list[Fact], anomalies: set[str]) -> CaptureSums:
    first = next((fact for fact in facts if fact.kind is FactKind.CAPTURED), None)
    refunded, kept, reservations = _refunds(facts, anomalies)
    missing = _missing(facts, anomalies)
    by_hand = sum(
        fact.money.amount for fact in facts if fact.kind is FactKind.REFUND_DONE and BY_HAND in fact.references
    )
    sums = CaptureSums(
        capture=capture,
        currency=currency,
        at=first.at if first else None,
        captured=first.money.amount if first else 0,
        refunded=refunded,
        kept=kept,
        disputed=_disputed(facts, anomalies),
        by_hand=by_hand,
        lost=sum(amount for amount in missing if amount > 0),
        surplus=-sum(amount for amount in missing if amount < 0),
        reservations=reservations,
        promised=_promised(facts),
        earned=tuple(sorted((fact.about, fact.money.amount) for fact in facts if fact.kind is FactKind.EARNED)),
    )
    if sums.refundable < 0:
        anomalies.add(f"negative:{capture}")
    return sums


def _of(facts: Iterable[Fact], kind: FactKind) -> dict[str, Fact]:
    return {fact.reference: fact for fact in facts if fact.kind is kind}


def _refunds(facts: list[Fact], anomalies: set[str]) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    """(refunded, kept, reservations). A failure wins over a success of the same provider refund, whichever came
    first: the money came back, and all of it is owed again, whatever the way back cost. A failed refund releases its
    reservation and its fee; sending again is a new refund."""
    asked = _of(facts, FactKind.REFUND_REQUESTED)
    done, failed = _of(facts, FactKind.REFUND_DONE), _of(facts, FactKind.REFUND_FAILED)
    paid = [fact for reference, fact in done.items() if reference not in failed]
    stopped = {fact.about for fact in failed.values()}
    kept, reservations = 0, []
    for refund, request in asked.items():
        sent = [fact.money.amount for fact in paid if fact.about == refund]
        if not sent and refund in stopped:
            continue
        kept += request.kept
        if not sent:
            reservations.append((refund, request.money.amount))
        elif sum(sent) != request.money.amount:
            anomalies.add(f"refund_amount:{refund}")
    anomalies |= {f"external_refund:{fact.reference}" for fact in paid if fact.about not in asked}
    return sum(fact.money.amount for fact in paid), kept, tuple(sorted(reservations))


def _promised(facts: list[Fact]) -> int:
    """What was decided to go back, with the fee that was kept, whether it went, waits or failed; of refunds that follow one
    another the largest. What a person refused to let go is not promised."""
    refused = {fact.about for fact in facts if REJECTED in fact.references}
    most: dict[str, int] = {}
    for fact in facts:
        if fact.kind is FactKind.REFUND_REQUESTED and fact.about not in refused:
            first = fact.about.partition(".")[0]
            most[first] = max(most.get(first, 0), fact.money.amount + fact.kept)
    return sum(most.values())


def _missing(facts: list[Fact], anomalies: set[str]) -> list[int]:
    """For each refund that went and came back: by how much less it came back."""
    done, failed = _of(facts, FactKind.REFUND_DONE), _of(facts, FactKind.REFUND_FAILED)
    answer = []
    for reference in done.keys() & failed.keys():
        answer.append(done[reference].money.amount - failed[reference].money.amount)
        if answer[-1] < 0:
            anomalies.add(f"returned_more:{failed[reference].about}")
    return answer


def _disputed(facts: list[Fact], anomalies: set[str]) -> int:
    """Money that a dispute took out and did not bring back. Money that came back before we heard that it left counts
    only when both are known: else the rest would look larger than what was captured."""
    out, back = _of(facts, FactKind.DISPUTE_OUT), _of(facts, FactKind.DISPUTE_IN)
    anomalies |= {f"dispute_back_before_out:{reference}" for reference in back if reference not in out}
    returned = sum(fact.money.amount for reference, fact in back.items() if reference in out)
    return sum(fact.money.amount for fact in out.values()) - returned
