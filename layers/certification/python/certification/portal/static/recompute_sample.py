#!/usr/bin/env python3
"""Recompute who was drawn for a check of their commitment. Needs Python 3.9 or later and nothing else.

    python3 recompute_sample.py commitment.json sample-list.json sample.json [number of a commitment]

The three files are those on the page of the sitting. The first was published before registration closed, the second
after payment closed, the third after the public value was known. This program believes none of them:

  1. the seed of the sample is the one whose SHA-256 was published first;
  2. the list has the hash that was published with it, and the sample was drawn from that list;
  3. drawn are the first of the list in the order of SHA-256(seed || hash of the list || public value || name), as many
     as the proportion says, rounded up.

No file says who anybody is. With the number of your own commitment (COMM-...) the program says whether it was drawn.

It prints OK and ends with 0, or names every difference and ends with 1; with 2 when a file cannot be read.
"""

import hashlib
import json
import sys
from decimal import ROUND_CEILING, Decimal
from typing import Any

FORMAT = "assay-sample-1"
PROMISED = ("sitting", "commitment", "beacon", "published_at")
LISTED = ("format", "sitting", "proportion", "commitments", "hash", "published_at")
DRAWN = ("format", "sitting", "seed", "list_hash", "public_value", "beacon_round", "drawn")
Document = dict[str, Any]


class Unreadable(Exception):
    """A file is not what it should be."""


def read(path: str, keys: tuple[str, ...]) -> Document:
    """The JSON object in a file; every key must be there."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not isinstance(data, dict):
        raise Unreadable(f"{path}: not an object")
    absent = [key for key in keys if key not in data]
    if absent:
        raise Unreadable(f"{path}: {', '.join(absent)} is missing")
    if "format" in keys and data["format"] != FORMAT:
        raise Unreadable(f"{path}: not a file of the format {FORMAT}")
    return data


def list_hash(published: Document) -> bytes:
    """SHA-256 of the text of the list: one line each, sorted, ending in a line feed."""
    lines = [FORMAT, f"sitting {published['sitting']}", f"proportion {published['proportion']}"]
    lines += [f"commitment {name}" for name in sorted(published["commitments"])]
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("ascii")).digest()


def drawn(seed: bytes, public_value: bytes, published: Document) -> list[str]:
    """The names that the published rule draws, sorted."""
    prefix = seed + list_hash(published) + public_value
    order = sorted(published["commitments"], key=lambda name: hashlib.sha256(prefix + name.encode("ascii")).digest())
    share = (len(order) * Decimal(published["proportion"])).to_integral_value(ROUND_CEILING)
    return sorted(order[: int(share)])


def differences(promise: Document, published: Document, result: Document) -> list[str]:
    """Everything that is not as it should be."""
    found = []
    if len({promise["sitting"], published["sitting"], result["sitting"]}) > 1:
        found.append("the files speak of different sittings")
    if hashlib.sha256(bytes.fromhex(result["seed"])).hexdigest() != promise["commitment"]:
        found.append("the seed is not the one that was promised: its SHA-256 is not the commitment")
    if list_hash(published).hex() != published["hash"]:
        found.append("the list is not the one that was hashed: it was changed after it was frozen")
    if list_hash(published).hex() != result["list_hash"]:
        found.append("the sample was drawn from another list")
    if len(set(published["commitments"])) != len(published["commitments"]):
        found.append("a name is in the list twice")
    right = drawn(bytes.fromhex(result["seed"]), bytes.fromhex(result["public_value"]), published)
    found += [f"{name} was not drawn, but the rule draws it" for name in right if name not in result["drawn"]]
    found += [f"{name} was drawn, but the rule does not draw it" for name in result["drawn"] if name not in right]
    return found


def main(arguments: list[str]) -> int:
    """Reads the files and tells; the exit code."""
    if len(arguments) not in (3, 4):
        print(__doc__)
        return 2
    try:
        promise, published, result = (read(path, keys) for path, keys in zip(arguments, (PROMISED, LISTED, DRAWN)))  # noqa: B905 - strict came with Python 3.10
        found = differences(promise, published, result)
        print(f"sitting       {result['sitting']}, proportion {published['proportion']}")
        print(f"commitment    {promise['commitment']}, published {promise['published_at']}")
        print(f"list          {published['hash']}, published {published['published_at']}")
        print(f"public value  {result['public_value']}")
        print(f"              must be what {promise['beacon']} gave as {result['beacon_round']}")
        if len(arguments) == 4:
            own = hashlib.sha256(f"{FORMAT}|{arguments[3]}".encode()).hexdigest()[:32]
            listed = (
                "drawn"
                if own in result["drawn"]
                else "not drawn"
                if own in published["commitments"]
                else "not in the list"
            )
            print(f"{arguments[3]}: {listed}")
    except Unreadable as problem:
        print(f"CANNOT READ {problem}")
        return 2
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
        print(f"CANNOT READ: a value has another form than expected ({type(problem).__name__}: {problem})")
        return 2
    for line in found:
        print(f"DIFFERS  {line}")
    if found:
        print(f"NOT OK: {len(found)} {'difference' if len(found) == 1 else 'differences'}")
        return 1
    print(f"OK: {len(result['drawn'])} of {len(published['commitments'])} were drawn as the rule draws them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
