"""SEATING: seats drawn so that nobody can steer the draw and anybody can repeat it.

In words: before registration closes the hash of a secret seed is published. After payment has closed the list of
candidates and rooms is frozen and its hash published; then a public value is awaited that nobody could know before.
Everybody's place in the order is SHA-256(seed ‖ hash of the list ‖ public value ‖ candidate number), so neither the
keeper of the seed nor the keeper of the list can choose it. In that order candidates take the seats, room after room in
the list's order. Who must be at a certain site (another slot of the same day put them there, or an accommodation was
decided) takes a seat of that site first. Nothing else about a person enters: no specialty, employer, address or time of
registration. One draw covers one slot and every room that can host it.

The canonical list is text, one line each, ending in a line feed: `assay-draw-1`, `sitting <code>`, `slot <code>`, then
`room <site>,<room>,<capacity>` sorted by site and room, then `candidate <number>,<site or nothing>` sorted by number.
`portal/static/recompute_draw.py` does all of this again without our package.
"""

import hashlib
import itertools
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from certification.rules.errors import Refused
from certification.rules.model import Frozen

FORMAT = "assay-draw-1"
SEED_BYTES = 32
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class Room(Frozen):
    """A room of a site with seats 1 to `capacity`."""

    site: Code
    room: Code
    capacity: int = Field(ge=1, le=10_000)


class Entry(Frozen):
    """A candidate of the frozen list. `site` only where the candidate must be at that site."""

    candidate_number: Annotated[str, Field(pattern=r"^\d{11}$")]
    site: Code | None = None


class FrozenList(Frozen):
    """Everything the draw depends on, apart from seed and public value."""

    sitting: Code
    slot: Code
    rooms: tuple[Room, ...]
    entries: tuple[Entry, ...]


class Assignment(Frozen):
    """Where one candidate sits."""

    candidate_number: str
    site: str
    room: str
    seat: int


def commitment(seed: bytes) -> str:
    """What is published before registration closes: SHA-256 of the seed, in hexadecimal."""
    return hashlib.sha256(_seed(seed)).hexdigest()


def canonical_list(frozen: FrozenList) -> bytes:
    """The text whose hash is published. Raises Refused for a candidate or room that occurs twice."""
    rooms = sorted((room.site, room.room, room.capacity) for room in frozen.rooms)
    entries = sorted((entry.candidate_number, entry.site or "") for entry in frozen.entries)
    _once("room", [f"{site} {room}" for site, room, _ in rooms])
    _once("candidate", [number for number, _ in entries])
    lines = [FORMAT, f"sitting {frozen.sitting}", f"slot {frozen.slot}"]
    lines += [f"room {site},{room},{capacity}" for site, room, capacity in rooms]
    lines += [f"candidate {number},{site}" for number, site in entries]
    return "".join(line + "\n" for line in lines).encode("ascii")


def list_hash(frozen: FrozenList) -> bytes:
    """SHA-256 of the canonical list."""
    return hashlib.sha256(canonical_list(frozen)).digest()


def draw(
    seed: bytes, frozen_hash: bytes, public_value: bytes, entries: Sequence[Entry], rooms: Sequence[Room]
) -> tuple[Assignment, ...]:
    """Everybody's seat, by candidate number. The same input always gives the same seats, in whatever order it comes.

    Raises Refused (`too_few_seats`, `too_few_seats_at_site`) with the numbers when not everybody can sit.
    """
    if len(public_value) < 16 or len(frozen_hash) != 32:
        raise ValueError("the draw needs a public value of at least 16 bytes and a list hash of 32")
    prefix = hashlib.sha256(_seed(seed) + frozen_hash + public_value)  # copied for each candidate: hashed once only

    def place(entry: Entry) -> bytes:
        order = prefix.copy()
        order.update(entry.candidate_number.encode("ascii"))
        return order.digest()

    ordered = sorted(entries, key=place)
    ordered_rooms = sorted(rooms, key=lambda room: (room.site, room.room))
    free: dict[str, deque[tuple[str, int]]] = {}
    for room in ordered_rooms:
        free.setdefault(room.site, deque()).extend((room.room, seat) for seat in range(1, room.capacity + 1))
    _enough(ordered, free)
    answer = [_take(entry, entry.site, free) for entry in ordered if entry.site is not None]
    sites = deque(free)
    for entry in ordered:
        if entry.site is None:
            while not free[sites[0]]:
                sites.popleft()
            answer.append(_take(entry, sites[0], free))
    return tuple(sorted(answer, key=lambda seat: seat.candidate_number))


def commitment_document(sitting: str, slot: str, seed: bytes, beacon: str, published_at: str) -> dict[str, Any]:
    """What is published first."""
    return {
        "format": FORMAT,
        "sitting": sitting,
        "slot": slot,
        "commitment": commitment(seed),
        "beacon": beacon,
        "published_at": published_at,
    }


def list_document(frozen: FrozenList, published_at: str) -> dict[str, Any]:
    """What is published once nobody can be added any more."""
    return {
        "format": FORMAT,
        "sitting": frozen.sitting,
        "slot": frozen.slot,
        "rooms": [room.model_dump() for room in frozen.rooms],
        "candidates": [{"number": entry.candidate_number, "site": entry.site} for entry in frozen.entries],
        "hash": list_hash(frozen).hex(),
        "published_at": published_at,
    }


def draw_document(
    frozen: FrozenList, seed: bytes, public_value: bytes, beacon_round: str, published_at: str
) -> dict[str, Any]:
    """What is published last: with the other two documents anybody can recompute every seat."""
    seats = draw(seed, list_hash(frozen), public_value, frozen.entries, frozen.rooms)
    return {
        "format": FORMAT,
        "sitting": frozen.sitting,
        "slot": frozen.slot,
        "seed": seed.hex(),
        "list_hash": list_hash(frozen).hex(),
        "public_value": public_value.hex(),
        "beacon_round": beacon_round,
        "seats": [
            {"number": seat.candidate_number, "site": seat.site, "room": seat.room, "seat": seat.seat} for seat in seats
        ],
        "published_at": published_at,
    }


def _seed(seed: bytes) -> bytes:
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has exactly {SEED_BYTES} bytes")
    return seed


def _take(entry: Entry, site: str, free: dict[str, deque[tuple[str, int]]]) -> Assignment:
    room, seat = free[site].popleft()
    return Assignment(candidate_number=entry.candidate_number, site=site, room=room, seat=seat)


def _enough(entries: Sequence[Entry], free: dict[str, deque[tuple[str, int]]]) -> None:
    have = sum(map(len, free.values()))
    if len(entries) > have:
        raise _too_few("too_few_seats", "this slot", "本场次", len(entries), have)
    bound: dict[str, int] = {}
    for entry in entries:
        if entry.site is not None:
            bound[entry.site] = bound.get(entry.site, 0) + 1
    for site, needed in sorted(bound.items()):
        if needed > len(free.get(site, ())):
            raise _too_few("too_few_seats_at_site", f"site {site}", f"考点 {site}", needed, len(free.get(site, ())))


def _too_few(code: str, where_en: str, where_zh: str, needed: int, have: int) -> Refused:
    return Refused(
        code,
        f"{needed} candidates need a seat and {where_en} has {have}. Add the missing {needed - have} and draw again.",
        f"{where_zh}需要 {needed} 个座位，现有 {have} 个。请增加 {needed - have} 个座位后重新编排。",
        rules=("ARR-01",),
        facts={"needed": str(needed), "seats": str(have)},
    )


def _once(what: str, names: Sequence[str]) -> None:
    for before, after in itertools.pairwise(names):
        if before == after:
            raise Refused(
                f"{what}_twice",
                f"The {what} {after} is in the list twice. Remove one.",
                f"名单中 {after} 重复，请删除其一。",
                rules=("ARR-01",),
            )
