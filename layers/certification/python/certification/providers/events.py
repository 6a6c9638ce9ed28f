"""EVENTS: what a payment provider told us, in one shape whoever told it: facts, and a report on the attempt.

Each provider's own words are read by its own reader (`card_events.py` is the card provider's); nothing behind the
readers knows one provider from another.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certification.providers.refund_ports import DisputeSeen, RefundSeen
from certification.rules.facts import Fact
from certification.rules.model import Frozen
from certification.rules.money import digits
from certification.rules.payments import AttemptState, Method

CANNOT_BE_READ = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, OSError)
"""What a reader meets in words that are not as their type says: a part missing, text for a number, a time beyond time."""


class UnreadableEvent(Exception):
    """A genuine event of a type we know lacks what its type must have: a person must look."""


class ProviderEvent(Frozen):
    """What an event means. `reference` is ours (`<order>.<attempt>`), None if the event does not carry it; `state` is a
    report on the attempt, None if it says nothing; `checkout` and `payment` are the provider's ids of its page and of
    the payment. `type` is the provider's word, or `query` for what we asked ourselves. `refund` and `dispute` are what it
    says of one; the money that moved stands in `facts`. `paid_out_by`: it is this provider's payout. `asks_about_payment`
    and `asks_about_refund` (the number under which the refund was asked for there): it proves nothing by itself, or tells
    no amount, so the provider is asked."""

    id: str
    provider: Method
    type: str
    at: datetime
    reference: str | None = None
    checkout: str | None = None
    payment: str | None = None
    state: AttemptState | None = None
    facts: tuple[Fact, ...] = ()
    refund: RefundSeen | None = None
    dispute: DisputeSeen | None = None
    paid_out_by: Method | None = None
    asks_about_payment: bool = False
    asks_about_refund: str | None = None

    def with_said(self, said: Mapping[str, Any]) -> "ProviderEvent":
        """The event with what its object says; ValueError where a part of that is not what it must be, or the
        currency one whose minor unit nobody knows."""
        event = ProviderEvent.model_validate({**dict(self), **said})
        for fact in event.facts:
            digits(fact.money.currency)
        return event

    @property
    def asks(self) -> bool:
        """Whether the provider must be asked before it counts."""
        return self.asks_about_payment or self.asks_about_refund is not None

    @property
    def says_nothing(self) -> bool:
        """Whether it is stored and leads to nothing."""
        told = self.state is None and not self.facts and self.refund is None and self.dispute is None
        return told and not self.asks

    @property
    def order(self) -> str | None:
        """The order in our reference."""
        return self.reference.partition(".")[0] if self.reference else None

    @property
    def attempt(self) -> str | None:
        """The attempt in our reference."""
        return self.reference.partition(".")[2] or None if self.reference else None
