"""SPREADING: from which of an order's payments a refund comes.

In words: a provider returns money to the payment it came by. An order that several payments settled together is returned
from the latest first, each no further than what is left of it; the handling fee is kept from what then remains. What is
not there any more (returned or disputed before) cannot be returned a second time.
"""

from collections.abc import Sequence

from certification.rules.model import Frozen


class Share(Frozen):
    """What one capture gives: minor units that go back, and the handling fee kept from it."""

    capture: str
    amount: int
    kept: int


def spread(amount: int, fee: int, rests: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    """The shares of a refund of `amount` with a handling `fee`; `rests` are (capture, what is left of it), latest first.

    Captures that give nothing back are not named, unless all of the fee comes from them: a fee without a refund is not
    booked by a refund.
    """
    shares: list[Share] = []
    for capture, rest in rests:
        taken = max(0, min(rest, amount))
        amount -= taken
        kept = max(0, min(rest - taken, fee)) if taken else 0
        fee -= kept
        if taken:
            shares.append(Share(capture=capture, amount=taken, kept=kept))
    return tuple(shares)
