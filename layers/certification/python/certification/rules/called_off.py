"""CALLED OFF: what a candidate is offered when the exam does not take place (K3, REF-03).

In words: the policy offers a full refund, another date, or leaves it to a decision of the body. Another date is offered
only where the body names one. Where nothing but a full refund is offered, nobody has to choose: it is paid. Whoever does
not choose in time gets the policy's default; a default that is not among the offers is the first of them.
"""

from collections.abc import Sequence
from typing import Literal

from certification.rules.policy_money import Cancellation

Offer = Literal["full_refund", "reschedule", "staff_decision"]


def offers(terms: Cancellation, instead: Sequence[str]) -> tuple[Offer, ...]:
    """What is offered, in the policy's order; a full refund where nothing else is left."""
    found: tuple[Offer, ...] = tuple(one for one in terms.offer if one != "reschedule" or instead)
    return found or ("full_refund",)


def by_default(terms: Cancellation, instead: Sequence[str]) -> Offer:
    """What silence means."""
    offered = offers(terms, instead)
    return terms.default if terms.default in offered else offered[0]


def needs_a_choice(offered: Sequence[Offer]) -> bool:
    """Whether the candidate has anything to choose."""
    return len(offered) > 1 or offered[0] == "reschedule"
