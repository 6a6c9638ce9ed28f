"""INTEGRITY: which entries of the register count now, and for how long.

In words: an entry counts from the instant it begins up to, and not including, the instant its record period ends; a
long-term entry has no end. Serious violations stay five years, especially serious ones long-term (Order 31); a false
commitment is a kind of its own. An entry that was taken back counts for nothing. Nobody has to remove an entry: its end
is in it, and every door asks at its own instant (COM-02, INT-01, INT-02, decision 15).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from certification.rules.model import Frozen
from certification.rules.words import Words

EntryKind = Literal["serious", "especially_serious", "false_commitment"]
KINDS: dict[EntryKind, Words] = {
    "serious": Words(en="serious violation", zh="严重违纪违规"),
    "especially_serious": Words(en="especially serious violation", zh="特别严重违纪违规"),
    "false_commitment": Words(en="false commitment", zh="虚假承诺"),
}


class Entry(Frozen):
    """One entry about one person. `until` is the first instant at which it no longer counts; None: long-term."""

    id: str
    kind: EntryKind
    since: AwareDatetime
    until: AwareDatetime | None = None
    taken_back: bool = False


def counts(entry: Entry, now: datetime) -> bool:
    """Whether the entry is in its record period."""
    return not entry.taken_back and entry.since <= now and (entry.until is None or now < entry.until)


def in_force(entries: Iterable[Entry], now: datetime) -> tuple[Entry, ...]:
    """The entries that count now, in the order given."""
    return tuple(entry for entry in entries if counts(entry, now))


def next_end(entries: Iterable[Entry], now: datetime) -> datetime | None:
    """When the next entry that counts now will cease to; None when none will."""
    ends = [entry.until for entry in in_force(entries, now) if entry.until is not None]
    return min(ends, default=None)
