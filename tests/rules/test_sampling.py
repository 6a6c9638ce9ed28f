"""The sample: nobody can steer it, anybody can repeat it, and it says nothing about who anybody is."""

import json
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from certification.rules import errors
from certification.rules.errors import Refused
from certification.rules.sampling import (
    Population,
    canonical_population,
    name_of,
    population_document,
    population_hash,
    sample,
    sample_document,
    size,
)
from certification.rules.seating import commitment_document

PROGRAM = Path(errors.__file__).parents[1] / "portal" / "static" / "recompute_sample.py"
SEED, VALUE = bytes(range(32)), bytes(range(100, 132))
NUMBERS = tuple(f"COMM-{number:032x}" for number in range(100))
POPULATION = Population(sitting="s-1", proportion=Decimal("0.05"), names=tuple(map(name_of, NUMBERS)))


@pytest.mark.rule("CHK-10")
@pytest.mark.parametrize(
    ("number", "proportion", "drawn"),
    [(0, "0.05", 0), (1, "0.05", 1), (20, "0.05", 1), (21, "0.05", 2), (100, "0.05", 5), (3, "0.999", 3)],
)
def test_the_share_is_rounded_up_and_of_anybody_at_least_one_is_drawn(number: int, proportion: str, drawn: int) -> None:
    assert size(number, Decimal(proportion)) == drawn
    listed = POPULATION.model_copy(update={"names": POPULATION.names[:number], "proportion": Decimal(proportion)})
    assert len(sample(SEED, VALUE, listed)) == drawn


@pytest.mark.rule("CHK-10")
def test_the_same_input_draws_the_same_in_whatever_order_and_any_other_draws_otherwise() -> None:
    drawn = sample(SEED, VALUE, POPULATION)
    mixed = list(POPULATION.names)
    random.Random(7).shuffle(mixed)
    assert sample(SEED, VALUE, POPULATION.model_copy(update={"names": tuple(mixed)})) == drawn
    assert sample(SEED[::-1], VALUE, POPULATION) != drawn
    assert sample(SEED, VALUE[::-1], POPULATION) != drawn
    assert sample(SEED, VALUE, POPULATION.model_copy(update={"names": POPULATION.names[1:]})) != drawn


@pytest.mark.rule("CHK-10")
def test_everybody_is_drawn_about_as_often_as_the_share_says() -> None:
    often = dict.fromkeys(POPULATION.names, 0)
    for turn in range(400):
        for name in sample(SEED, turn.to_bytes(16), POPULATION):
            often[name] += 1
    assert sum(often.values()) == 400 * 5
    assert 5 <= min(often.values()) <= 20 <= max(often.values()) <= 45


def test_a_list_names_nobody_twice_and_holds_names_that_tell_nothing() -> None:
    twice = POPULATION.model_copy(update={"names": (*POPULATION.names, POPULATION.names[0])})
    with pytest.raises(Refused) as refused:
        canonical_population(twice)
    assert refused.value.code == "name_twice"
    assert not any(number.removeprefix("COMM-") in canonical_population(POPULATION).decode() for number in NUMBERS)
    with pytest.raises(ValidationError):
        Population(sitting="s-1", proportion=Decimal(1), names=())
    with pytest.raises(ValueError, match="32"):
        sample(SEED[1:], VALUE, POPULATION)


def published(tmp_path: Path, **changed: dict[str, Any]) -> list[str]:
    """The three files as they are published, each with what `changed` says."""
    documents = {
        "commitment": commitment_document("s-1", "all", SEED, "beacon", "2026-09-01"),
        "list": population_document(POPULATION, "2026-09-15"),
        "sample": sample_document(POPULATION, SEED, VALUE, "2026-09-16", "2026-09-16"),
    }
    for name, document in documents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({**document, **changed.get(name, {})}), encoding="utf-8")
    return [str(tmp_path / f"{name}.json") for name in documents]


def run(files: list[str], *more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *files, *more], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.rule("CHK-09", "CHK-10")
def test_a_stand_alone_program_recomputes_who_was_drawn_and_tells_each_their_own(tmp_path: Path) -> None:
    drawn = sample(SEED, VALUE, POPULATION)
    chosen = next(number for number in NUMBERS if name_of(number) in drawn)
    spared = next(number for number in NUMBERS if name_of(number) not in drawn)
    files = published(tmp_path)
    code, said = run(files, chosen)
    assert (code, f"{chosen}: drawn" in said, "OK: 5 of 100" in said) == (0, True, True)
    assert f"{spared}: not drawn" in run(files, spared)[1]
    assert "COMM-other: not in the list" in run(files, "COMM-other")[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"commitment": {"commitment": "0" * 64}},
        {"list": {"commitments": sorted(POPULATION.names)[1:]}},
        {"list": {"proportion": "0.06"}},
        {"sample": {"drawn": sorted(sample(SEED, VALUE, POPULATION))[1:]}},
        {"sample": {"public_value": "00" * 32}},
        {"sample": {"sitting": "s-2"}},
    ],
)
def test_the_program_finds_every_file_that_was_changed(tmp_path: Path, changed: dict[str, Any]) -> None:
    code, said = run(published(tmp_path, **changed))
    assert (code, "DIFFERS" in said) == (1, True)


def test_the_program_names_what_it_cannot_read(tmp_path: Path) -> None:
    files = published(tmp_path, list={"format": "other"})
    assert run(files)[0] == 2
    assert run(files[:2])[0] == 2
    assert population_hash(POPULATION).hex() == population_document(POPULATION, "x")["hash"]
