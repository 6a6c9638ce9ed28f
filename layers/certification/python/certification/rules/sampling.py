"""SAMPLING: who is checked although the check was waived, drawn so that nobody can steer it and anybody can repeat it.

In words: everybody whose check was waived and who is registered stands in a list under a name that says nothing about
the person. The seed is the one whose hash was published with the sitting; after payment has closed the list is frozen
and its hash published; then a public value is awaited. Everybody's place is SHA-256(seed ‖ hash of the list ‖ public
value ‖ name); the first so many, the policy's share of the list rounded up, are checked. A share and a list that is not
empty draw at least one (CHK-09, CHK-10).

The canonical list is text, one line each, ending in a line feed: `assay-sample-1`, `sitting <code>`, `proportion
<decimal>`, then `commitment <name>` sorted. `portal/static/recompute_sample.py` does all of this again without our package.
"""

import hashlib
import itertools
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from pydantic import Field

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.seating import SEED_BYTES, Code

FORMAT = "assay-sample-1"
Name = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Population(Frozen):
    """Everything the sample depends on, apart from seed and public value."""

    sitting: Code
    proportion: Decimal = Field(gt=0, lt=1)
    names: tuple[Name, ...]


def name_of(commitment: str) -> str:
    """The name of a commitment in the list: only who has its number can tell which one is theirs."""
    return hashlib.sha256(f"{FORMAT}|{commitment}".encode()).hexdigest()[:32]


def canonical_population(population: Population) -> bytes:
    """The text whose hash is published. Raises Refused for a name that occurs twice."""
    names = sorted(population.names)
    for before, after in itertools.pairwise(names):
        if before == after:
            raise Refused(
                "name_twice", f"The name {after} is in the list twice.", f"名单中 {after} 重复。", rules=("CHK-10",)
            )
    lines = [FORMAT, f"sitting {population.sitting}", f"proportion {population.proportion}"]
    return "".join(line + "\n" for line in [*lines, *(f"commitment {name}" for name in names)]).encode("ascii")


def population_hash(population: Population) -> bytes:
    """SHA-256 of the canonical list."""
    return hashlib.sha256(canonical_population(population)).digest()


def size(number: int, proportion: Decimal) -> int:
    """How many of so many are drawn: the share, rounded up."""
    return int((number * proportion).to_integral_value(ROUND_CEILING))


def sample(seed: bytes, public_value: bytes, population: Population) -> tuple[str, ...]:
    """The names drawn, sorted. The same input always gives the same sample, in whatever order it comes."""
    if len(seed) != SEED_BYTES or len(public_value) < 16:
        raise ValueError(f"a sample needs a seed of {SEED_BYTES} bytes and a public value of at least 16")
    prefix = hashlib.sha256(seed + population_hash(population) + public_value)

    def place(name: str) -> bytes:
        order = prefix.copy()
        order.update(name.encode("ascii"))
        return order.digest()

    ordered: Sequence[str] = sorted(population.names, key=place)
    return tuple(sorted(ordered[: size(len(ordered), population.proportion)]))


def population_document(population: Population, published_at: str) -> dict[str, Any]:
    """What is published once nobody can be added any more."""
    return {
        "format": FORMAT,
        "sitting": population.sitting,
        "proportion": str(population.proportion),
        "commitments": sorted(population.names),
        "hash": population_hash(population).hex(),
        "published_at": published_at,
    }


def sample_document(
    population: Population, seed: bytes, public_value: bytes, beacon_round: str, published_at: str
) -> dict[str, Any]:
    """What is published last: with the list and the sitting's commitment anybody can recompute who was drawn."""
    return {
        "format": FORMAT,
        "sitting": population.sitting,
        "seed": seed.hex(),
        "list_hash": population_hash(population).hex(),
        "public_value": public_value.hex(),
        "beacon_round": beacon_round,
        "drawn": list(sample(seed, public_value, population)),
        "published_at": published_at,
    }
