"""GIVING BACK: what of a closed order's refund may be asked for now, and what a dispute leaves of it.

In words: what comes back was decided when the order was closed, by the rule of that instant; a later day changes nothing
of it. While the payer's bank disputes a payment of the order, the bank holds the money and nothing is asked for. Once it
has given the money back (won), the refund goes on as it was decided. What it has kept (lost) is with the payer already:
that much of the refund is not owed any more, and where it is all of it, nothing more is. What the bank says and what it took
must agree first: of a dispute that is won the money must have come back, of one that is lost it must have gone.

Each payment of the order gives once, the latest first (`spreading.py`).
"""

from collections.abc import Sequence

from certification.rules.model import Frozen
from certification.rules.spreading import Share, spread


class Settling(Frozen):
    """A capture that settled the order, in minor units: what is left of it, what disputes have `taken` and not brought back,
    what disputes that were `lost` are about, and what was `asked` for by this decision already (None: nothing yet)
    with what was `kept` of it. `disputed`: a dispute is open."""

    capture: str
    rest: int
    taken: int = 0
    lost: int = 0
    disputed: bool = False
    asked: int | None = None
    kept: int = 0


class StillToGive(Frozen):
    """`shares` may be asked for now. `waits`: a dispute must end first, or its money come back. `kept_by_bank`: minor
    units that the payer's bank took for good; `over` says that nothing more is owed because of that."""

    waits: bool
    shares: tuple[Share, ...] = ()
    kept_by_bank: int = 0
    over: bool = False


def still_to_give(amount: int, fee: int, settling: Sequence[Settling]) -> StillToGive:
    """What may be asked for now of a refund of `amount` with a handling `fee`; `settling` are latest first."""
    taken = sum(one.taken for one in settling)
    if any(one.disputed or one.taken != one.lost for one in settling):
        return StillToGive(waits=True)
    asked = sum(one.asked or 0 for one in settling)
    owed = amount - taken - asked
    if owed <= 0:
        return StillToGive(waits=False, kept_by_bank=taken, over=bool(taken) and not asked)
    rests = [(one.capture, one.rest) for one in settling if one.asked is None]
    kept = sum(one.kept for one in settling)
    return StillToGive(waits=False, shares=spread(owed, max(0, fee - kept), rests), kept_by_bank=taken)
