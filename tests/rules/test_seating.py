"""Seats drawn by a rule that nobody can steer, and a second program that finds every row that was touched."""

import hashlib
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certification.rules import errors
from certification.rules.errors import Refused
from certification.rules.numbers import candidate_number
from certification.rules.seating import (
    Assignment,
    Entry,
    FrozenList,
    Room,
    canonical_list,
    commitment,
    commitment_document,
    draw,
    draw_document,
    list_document,
    list_hash,
)

SEED, PUBLIC = bytes(range(32)), hashlib.sha256(b"what the beacon said").digest()
PROGRAM = Path(errors.__file__).parents[1] / "portal" / "static" / "recompute_draw.py"
ROOMS = (
    Room(site="wan-chai", room="101", capacity=30),
    Room(site="wan-chai", room="102", capacity=25),
    Room(site="kowloon", room="A", capacity=50),
)


def entries(count: int) -> tuple[Entry, ...]:
    return tuple(Entry(candidate_number=candidate_number(2026, 1, sequence)) for sequence in range(1, count + 1))


def frozen(count: int = 90, rooms: tuple[Room, ...] = ROOMS) -> FrozenList:
    return FrozenList(sitting="cgptc-2026-spring", slot="theory", rooms=rooms, entries=entries(count))


def seats_of(listed: FrozenList, seed: bytes = SEED, public: bytes = PUBLIC) -> tuple[Assignment, ...]:
    return draw(seed, list_hash(listed), public, listed.entries, listed.rooms)


@pytest.mark.rule("ARR-01")
def test_everybody_gets_one_seat_and_no_seat_is_given_twice() -> None:
    seats = seats_of(frozen())
    assert [seat.candidate_number for seat in seats] == [entry.candidate_number for entry in entries(90)]
    places = {(seat.site, seat.room, seat.seat) for seat in seats}
    assert len(places) == 90
    capacity = {(room.site, room.room): room.capacity for room in ROOMS}
    assert all(1 <= number <= capacity[site, room] for site, room, number in places)


@pytest.mark.rule("ARR-01")
def test_the_order_is_the_hash_of_seed_list_public_value_and_number_and_nothing_else() -> None:
    listed = frozen(3, (Room(site="kowloon", room="A", capacity=3),))
    keys = {
        entry.candidate_number: hashlib.sha256(SEED + list_hash(listed) + PUBLIC + entry.candidate_number.encode())
        for entry in listed.entries
    }
    expected = sorted(keys, key=lambda number: keys[number].digest())
    seats = {seat.seat: seat.candidate_number for seat in seats_of(listed)}
    assert [seats[number] for number in (1, 2, 3)] == expected


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_and_rooms_come_does_not_matter(shuffler: random.Random) -> None:
    listed = frozen(20)
    mixed = FrozenList(
        sitting=listed.sitting,
        slot=listed.slot,
        rooms=tuple(shuffler.sample(listed.rooms, len(listed.rooms))),
        entries=tuple(shuffler.sample(listed.entries, len(listed.entries))),
    )
    assert canonical_list(mixed) == canonical_list(listed)
    assert seats_of(mixed) == seats_of(listed)


def test_another_seed_list_or_public_value_gives_another_draw() -> None:
    seats = seats_of(frozen())
    assert seats_of(frozen(), seed=bytes(32)) != seats
    assert seats_of(frozen(), public=bytes(32)) != seats
    one_more = {seat.candidate_number: seat for seat in seats_of(frozen(91))}
    assert sum(one_more[seat.candidate_number] != seat for seat in seats) > 80


def test_one_candidate_more_in_the_list_changes_its_hash_and_so_does_one_seat_more() -> None:
    larger = (*ROOMS[:2], Room(site="kowloon", room="A", capacity=51))
    assert len({list_hash(frozen(90)), list_hash(frozen(91)), list_hash(frozen(90, larger))}) == 3


def test_the_canonical_list_is_the_text_that_the_rule_describes() -> None:
    listed = FrozenList(
        sitting="s-1",
        slot="theory",
        rooms=(Room(site="b", room="1", capacity=2), Room(site="a", room="2", capacity=1)),
        entries=(Entry(candidate_number="26010000043", site="b"), Entry(candidate_number="26010000021")),
    )
    assert canonical_list(listed).decode() == (
        "assay-draw-1\nsitting s-1\nslot theory\n"
        "room a,2,1\nroom b,1,2\n"
        "candidate 26010000021,\ncandidate 26010000043,b\n"
    )


def test_every_candidate_is_equally_likely_to_get_every_seat() -> None:
    listed = frozen(5, (Room(site="kowloon", room="A", capacity=5),))
    seen = Counter[tuple[str, int]]()
    for number in range(2000):
        for seat in seats_of(listed, seed=hashlib.sha256(str(number).encode()).digest()):
            seen[seat.candidate_number, seat.seat] += 1
    # 25 pairs, 400 expected of each; chi-square with 16 degrees of freedom stays below 39.3 in 99.9 % of cases
    assert sum((seen[pair] - 400) ** 2 / 400 for pair in seen) < 39.3
    assert len(seen) == 25


def test_who_must_be_at_a_site_is_there_and_everybody_else_still_has_a_seat() -> None:
    bound = tuple(entry.model_copy(update={"site": "wan-chai"}) for entry in entries(55))
    listed = FrozenList(sitting="s-1", slot="theory", rooms=ROOMS, entries=(*bound, *entries(105)[55:]))
    seats = seats_of(listed)
    assert len({(seat.site, seat.room, seat.seat) for seat in seats}) == 105
    assert {seat.site for seat in seats[:55]} == {"wan-chai"}
    assert {seat.site for seat in seats[55:]} == {"kowloon"}


@pytest.mark.rule("ARR-01")
def test_too_few_seats_are_refused_with_the_number_that_is_missing() -> None:
    assert len(seats_of(frozen(105))) == 105
    with pytest.raises(
        Refused, match=r"106 candidates need a seat and this slot has 105\. Add the missing 1 and"
    ) as refusal:
        seats_of(frozen(106))
    assert refusal.value.facts == {"needed": "106", "seats": "105"}


@pytest.mark.parametrize(("site", "have"), [("wan-chai", 55), ("nowhere", 0)])
def test_too_few_seats_at_one_site_are_refused_with_the_site(site: str, have: int) -> None:
    bound = tuple(entry.model_copy(update={"site": site}) for entry in entries(56))
    with pytest.raises(Refused, match=f"56 candidates need a seat and site {site} has {have}"):
        draw(SEED, bytes(32), PUBLIC, bound, ROOMS)


def test_a_candidate_or_a_room_that_occurs_twice_is_refused_by_name() -> None:
    twice = FrozenList(sitting="s-1", slot="t", rooms=ROOMS, entries=(*entries(2), *entries(1)))
    with pytest.raises(Refused, match=f"candidate {entries(1)[0].candidate_number} is in the list twice"):
        canonical_list(twice)
    with pytest.raises(Refused, match="room kowloon A is in the list twice"):
        canonical_list(frozen(1, (*ROOMS, ROOMS[2])))


def test_seed_hash_and_public_value_have_their_length() -> None:
    for seed, hashed, public in ((bytes(31), bytes(32), bytes(32)), (SEED, b"", PUBLIC), (SEED, bytes(32), bytes(15))):
        with pytest.raises(ValueError, match="bytes"):
            draw(seed, hashed, public, entries(1), ROOMS)


def test_a_code_that_could_be_mistaken_for_two_is_refused() -> None:
    for code in ("a,b", "a\nb", "", "a b"):
        with pytest.raises(ValidationError):
            Room(site=code, room="1", capacity=1)


def test_an_empty_list_draws_nothing() -> None:
    assert seats_of(frozen(0)) == ()


Files = dict[str, dict[str, Any]]


def published() -> Files:
    listed = frozen()
    return {
        "commitment": commitment_document(
            listed.sitting, listed.slot, SEED, "the public beacon", "2026-03-01T00:00:00Z"
        ),
        "list": list_document(listed, "2026-03-28T09:00:00Z"),
        "draw": draw_document(listed, SEED, PUBLIC, "round 4711", "2026-03-28T10:00:00Z"),
    }


def recompute(folder: Path, files: Files, *more: str) -> tuple[int, str]:
    for name, data in files.items():
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    paths = [str(folder / f"{name}.json") for name in ("commitment", "list", "draw")]
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *paths, *more], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.mark.rule("ARR-01")
def test_a_second_program_with_nothing_but_the_published_files_finds_the_same_seats(tmp_path: Path) -> None:
    code, said = recompute(tmp_path, published(), entries(1)[0].candidate_number)
    assert code == 0
    assert said.endswith("OK: all 90 seats are where the rule puts them\n")
    own = seats_of(frozen())[0]
    assert f"candidate {own.candidate_number}: site {own.site} room {own.room} seat {own.seat}" in said


def swap_two(files: Files) -> None:
    first, second = files["draw"]["seats"][10], files["draw"]["seats"][20]
    first["seat"], second["seat"] = second["seat"], first["seat"]
    first["room"], second["room"] = second["room"], first["room"]
    first["site"], second["site"] = second["site"], first["site"]


def drop_one(files: Files) -> None:
    del files["draw"]["seats"][5]


def add_one(files: Files) -> None:
    files["draw"]["seats"].append({"number": "26019999998", "site": "kowloon", "room": "A", "seat": 50})


def two_seats(files: Files) -> None:
    files["draw"]["seats"].append(dict(files["draw"]["seats"][0]))


def other_seed(files: Files) -> None:
    files["commitment"]["commitment"] = commitment(bytes(32))


def late_candidate(files: Files) -> None:
    files["list"]["candidates"].append({"number": "26019999998", "site": None})


def larger_room(files: Files) -> None:
    files["list"]["rooms"][0]["capacity"] = 31


def smaller_rooms(files: Files) -> None:
    files["list"]["rooms"] = files["list"]["rooms"][:1]


def other_value(files: Files) -> None:
    files["draw"]["public_value"] = bytes(32).hex()


def other_slot(files: Files) -> None:
    files["draw"]["slot"] = "practical"


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (swap_two, "NOT OK: 2 differences"),
        (drop_one, "has no seat in the draw; the rule gives site"),
        (add_one, "candidate 26019999998 has a seat in the draw but is not in the list"),
        (two_seats, f"candidate {entries(1)[0].candidate_number} has 2 seats"),
        (other_seed, "the seed is not the one that was promised"),
        (late_candidate, "the list is not the one that was hashed"),
        (larger_room, "the draw was made from another list"),
        (smaller_rooms, "the rooms have too few seats for the list"),
        (other_value, "the rule gives"),
        (other_slot, "the files speak of different slots"),
    ],
)
def test_whatever_was_touched_is_named(tmp_path: Path, tamper: Any, says: str) -> None:
    files = published()
    tamper(files)
    code, said = recompute(tmp_path, files)
    assert code == 1
    assert says in said


def test_a_swap_of_two_seats_names_exactly_these_two(tmp_path: Path) -> None:
    files = published()
    swap_two(files)
    _, said = recompute(tmp_path, files)
    named = [line.split()[2].rstrip(":") for line in said.splitlines() if line.startswith("DIFFERS")]
    assert named == [files["draw"]["seats"][index]["number"] for index in (10, 20)]


@pytest.mark.parametrize("broken", ["{", "[]", '{"format": "assay-draw-1"}'])
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_claimed(tmp_path: Path, broken: str) -> None:
    recompute(tmp_path, published())
    (tmp_path / "list.json").write_text(broken, encoding="utf-8")
    code, said = recompute(tmp_path, {})
    assert code == 2
    assert "list.json" in said
    assert "OK" not in said


def test_a_value_of_another_form_claims_nothing(tmp_path: Path) -> None:
    files = published()
    files["draw"]["seed"] = "not hexadecimal"
    code, said = recompute(tmp_path, files)
    assert code == 2
    assert "CANNOT READ" in said
