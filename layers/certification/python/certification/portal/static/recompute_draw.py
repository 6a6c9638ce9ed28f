#!/usr/bin/env python3
"""Recompute a seat draw from what was published about it. Needs Python 3.9 or later and nothing else.

    python3 recompute_draw.py commitment.json list.json draw.json [candidate number]

The three files are those on the page of the sitting. The first was published before registration closed, the second
after payment closed, the third after the public value was known. This program believes none of them:

  1. the seed in the draw is the one whose SHA-256 was published first;
  2. the list of candidates and rooms has the hash that was published with it, and the draw was made from that list;
  3. every candidate sits where SHA-256(seed || hash of the list || public value || candidate number) puts them.

What it cannot know: whether you got the first two files before the later ones were made, and whether the public value
is the one the beacon gave. It prints both, so that you can compare them with your own copies and with the beacon.

It prints OK and ends with 0, or names every difference and ends with 1; with 2 when a file cannot be read.
"""

import hashlib
import json
import sys
from collections import Counter
from typing import Any

FORMAT = "assay-draw-1"
PROMISED = ("sitting", "slot", "commitment", "beacon", "published_at")
LISTED = ("sitting", "slot", "rooms", "candidates", "hash", "published_at")
DRAWN = ("sitting", "slot", "seed", "list_hash", "public_value", "beacon_round", "seats")
Document = dict[str, Any]
Seat = tuple[str, str, int]


class Unreadable(Exception):
    """A file is not what it should be."""


def read(path: str, keys: tuple[str, ...]) -> Document:
    """The JSON object in a file; every key must be there."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable(f"{path}: not a file of the format {FORMAT}")
    absent = [key for key in keys if key not in data]
    if absent:
        raise Unreadable(f"{path}: {', '.join(absent)} is missing")
    return data


def canonical(published: Document) -> bytes:
    """The text of a list whose hash counts: one line each, sorted, ending in a line feed."""
    rooms = sorted((room["site"], room["room"], room["capacity"]) for room in published["rooms"])
    people = sorted((person["number"], person["site"] or "") for person in published["candidates"])
    lines = [FORMAT, f"sitting {published['sitting']}", f"slot {published['slot']}"]
    lines += [f"room {site},{room},{capacity:d}" for site, room, capacity in rooms]
    lines += [f"candidate {number},{site}" for number, site in people]
    return "".join(line + "\n" for line in lines).encode("ascii")


def seats(seed: bytes, list_hash: bytes, public_value: bytes, published: Document) -> dict[str, Seat]:
    """Candidate number to (site, room, seat), by the published rule."""

    def place(person: Document) -> bytes:
        return hashlib.sha256(seed + list_hash + public_value + person["number"].encode("ascii")).digest()

    free: dict[str, list[Seat]] = {}
    for room in sorted(published["rooms"], key=lambda room: (room["site"], room["room"])):
        row = free.setdefault(room["site"], [])
        row.extend((room["site"], room["room"], seat) for seat in range(1, room["capacity"] + 1))
    for row in free.values():
        row.reverse()  # the next seat is taken from the end
    order = sorted(published["candidates"], key=place)
    answer = {}
    for person in order:
        if person["site"] is not None:
            answer[person["number"]] = free[person["site"]].pop()
    everywhere = [seat for site in sorted(free, reverse=True) for seat in free[site]]
    for person in order:
        if person["site"] is None:
            answer[person["number"]] = everywhere.pop()
    return answer


def files_that_disagree(promise: Document, published: Document, result: Document) -> list[str]:
    """Where the three files do not belong together."""
    found = []
    for name in ("sitting", "slot"):
        if len({promise[name], published[name], result[name]}) > 1:
            found.append(f"the files speak of different {name}s")
    if hashlib.sha256(bytes.fromhex(result["seed"])).hexdigest() != promise["commitment"]:
        found.append("the seed is not the one that was promised: its SHA-256 is not the commitment")
    list_hash = hashlib.sha256(canonical(published)).hexdigest()
    if list_hash != published["hash"]:
        found.append("the list is not the one that was hashed: it was changed after it was frozen")
    if list_hash != result["list_hash"]:
        found.append("the draw was made from another list")
    listed = Counter(person["number"] for person in published["candidates"])
    found += [f"candidate {number} is in the list {times} times" for number, times in listed.items() if times > 1]
    shown = Counter(seat["number"] for seat in result["seats"])
    found += [f"candidate {number} has {times} seats" for number, times in shown.items() if times > 1]
    return found


def rows_that_differ(published: Document, result: Document) -> list[str]:
    """Every candidate whose seat is not the one that the rule gives."""
    drawn = {seat["number"]: (seat["site"], seat["room"], seat["seat"]) for seat in result["seats"]}
    seed, public_value = bytes.fromhex(result["seed"]), bytes.fromhex(result["public_value"])
    try:
        right = seats(seed, hashlib.sha256(canonical(published)).digest(), public_value, published)
    except (IndexError, KeyError):
        return ["the rooms have too few seats for the list"]
    found = []
    for number in sorted(set(right) | set(drawn)):
        if number not in drawn:
            found.append(f"candidate {number} has no seat in the draw; the rule gives {words(right[number])}")
        elif number not in right:
            found.append(f"candidate {number} has a seat in the draw but is not in the list")
        elif right[number] != drawn[number]:
            found.append(
                f"candidate {number}: the draw says {words(drawn[number])}, the rule gives {words(right[number])}"
            )
    return found


def words(seat: Seat) -> str:
    """A seat as people say it."""
    return f"site {seat[0]} room {seat[1]} seat {seat[2]}"


def report(promise: Document, published: Document, result: Document, number: str) -> int:
    """Prints what was compared and what differs; the number of differences."""
    found = files_that_disagree(promise, published, result) + rows_that_differ(published, result)
    print(f"sitting       {result['sitting']}, slot {result['slot']}")
    print(f"commitment    {promise['commitment']}, published {promise['published_at']}")
    print(f"list          {published['hash']}, published {published['published_at']}")
    print(f"public value  {result['public_value']}")
    print(f"              must be what {promise['beacon']} gave as {result['beacon_round']}")
    for line in found:
        print(f"DIFFERS  {line}")
    own = [seat for seat in result["seats"] if seat["number"] == number]
    if number:
        seat = words((own[0]["site"], own[0]["room"], own[0]["seat"])) if own else "not in this draw"
        print(f"candidate {number}: {seat}")
    return len(found)


def main(arguments: list[str]) -> int:
    """Reads the files and tells; the exit code."""
    if len(arguments) not in (3, 4):
        print(__doc__)
        return 2
    try:
        documents = [read(path, keys) for path, keys in zip(arguments, (PROMISED, LISTED, DRAWN))]  # noqa: B905 - strict came with Python 3.10
        differences = report(documents[0], documents[1], documents[2], (arguments[3:] or [""])[0])
    except Unreadable as problem:
        print(f"CANNOT READ {problem}")
        return 2
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        print(f"CANNOT READ: a value has another form than expected ({type(problem).__name__}: {problem})")
        return 2
    if differences:
        print(f"NOT OK: {differences} {'difference' if differences == 1 else 'differences'}")
        return 1
    print(f"OK: all {len(documents[2]['seats'])} seats are where the rule puts them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
