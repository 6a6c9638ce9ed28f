"""So much at a time that one transaction holds it: a message may bring two hundred facts, DynamoDB takes a hundred writes.

Whoever has more to write than a portion writes what fits, keeps its row waiting, and does the same again: what was
written already is not asked for twice.
"""

from collections.abc import Sequence

from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write

ENOUGH = 60
"""Writes and announcements after which no more is begun: what is begun, and what is written beside it, still fits."""


class Portion:
    """What one transaction gathers. `whole` is false once something did not fit."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.news: list[Announcement] = []
        self.whole = True

    @property
    def has_room(self) -> bool:
        """Whether one more may be begun; asked before each, and remembered when not."""
        self.whole = self.whole and len(self.writes) + len(self.news) < ENOUGH
        return self.whole

    def add(self, writes: Sequence[Write], news: Sequence[Announcement] = ()) -> None:
        """These are written with it."""
        self.writes += writes
        self.news += news
