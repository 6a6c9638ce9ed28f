"""DISPUTES: the payer's bank asks the provider to take a payment back.

In words: an inquiry asks and moves nothing. A dispute is open until it is won or lost; while it is, nothing of the
payment can be asked back by us, because the provider refuses it. The money leaves and comes back by facts of their own
(`facts.py`), whatever the stage says. Of two reports the later by the provider's clock counts, and at the same instant
the one that is further on: the order in which they come does not matter.
"""

from datetime import datetime
from typing import Literal

DisputeStage = Literal["inquiry", "open", "funds_out", "won", "lost", "prevented"]
UNDER_DISPUTE: tuple[DisputeStage, ...] = ("open", "funds_out")
FURTHER: tuple[DisputeStage, ...] = ("inquiry", "open", "funds_out", "prevented", "won", "lost")
"""What comes later in the life of a dispute stands later."""


def later_report(
    known: tuple[datetime, DisputeStage], reported: tuple[datetime, DisputeStage]
) -> tuple[datetime, DisputeStage]:
    """Which of two reports about one dispute says how it stands."""
    return max(known, reported, key=lambda one: (one[0], FURTHER.index(one[1])))
