"""Counting what a range of the network does, so that many guesses against many accounts end too.

Kept for two days: the range, never the address.
"""

from certification.cloud import clock
from certification.cloud.tables.base import Write
from certification.cloud.tables.codes import RangeTally, tallies
from certification.rules import guessing
from certification.rules.guessing import Event


def must_be_below(source: str, event: Event) -> None:
    """Refuses whoever asks from a range that has had its share. Without a source nothing is counted."""
    if source:
        guessing.must_be_below(_read(source, event).tally, event, clock.now())


def counted(source: str, event: Event) -> list[Write]:
    """The write that counts one event; it goes into the transaction of what it counts."""
    if not source:
        return []
    known = _read(source, event)
    later = known.changed(tally=guessing.counted(known.tally, clock.now()))
    return [tallies.update(later) if known.version else tallies.insert(later)]


def _read(source: str, event: Event) -> RangeTally:
    key = f"range:{event}:{guessing.address_range(source)}"
    return tallies.find(key) or RangeTally(key=key, tally=guessing.fresh(clock.now()))
