"""Arrangement: the list is frozen once, seats are drawn when the public value is known, and nobody can be overlooked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from certification.cloud.tables.seats import seats
from local import seed
from tests.journeys.stages import Stages, newcomer
from tests.journeys.town import SITTING, Town, publish

FROZEN = ["Freeze the list", "Is anybody registered?"]
WAITS = [*FROZEN, "Draw the seats", "Is the public value known?", "Wait for the value"]
SEATED = [*WAITS[:-1], "Seat the candidates", "Publish the draw"]
EACH = ["Give the seats", "Print the tickets"]


def published(town: Town, name: str) -> Any:
    """A published document of the draw, or None."""
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=town.cloud.stack.physical["Published"], Prefix=f"draws/{SITTING}/{name}.json")
    if not found["KeyCount"]:
        return None
    key = found["Contents"][0]["Key"]
    return json.loads(s3.get_object(Bucket=town.cloud.stack.physical["Published"], Key=key)["Body"].read())


@pytest.mark.rule("ARR-01")
def test_seats_are_drawn_when_the_value_of_the_day_after_the_freeze_is_known(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    closes = town.sitting.dates.payment_closes
    assert published(town, "commitment")["commitment"] == town.sitting.draw.commitment
    town.skip(closes + timedelta(hours=23, minutes=59))
    assert town.paths("arrangement") == []
    town.skip(closes + timedelta(hours=24))
    assert town.paths("arrangement") == [WAITS]
    assert (published(town, "list")["hash"], published(town, "draw")) == (town.sitting.draw.list_hash, None)
    frozen = town.sitting.draw.frozen_at
    noon = datetime.combine(frozen.date() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=12)
    town.skip(noon - timedelta(minutes=1))
    assert candidate.awake().status() == "registered"
    town.skip(noon + timedelta(hours=3))
    assert candidate.awake().status() == "seated"
    assert set(map(tuple, town.paths("arrangement"))) == {tuple(WAITS), tuple(SEATED)}
    assert town.paths("arrangement/Seatthecandidates") == [EACH]
    seat = published(town, "draw")["seats"][0]
    assert candidate.now()["seat"] == {
        "candidate_number": seat["number"],
        "site": seat["site"],
        "room": seat["room"],
        "seat": seat["seat"],
    }


def test_a_beacon_that_is_silent_is_asked_until_it_speaks(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    closes = town.sitting.dates.payment_closes
    town.cloud.simulators["beacon"].control("switch", {"name": "not_yet"})
    for hours in range(25, 97, 12):
        town.skip(closes + timedelta(hours=hours))
    assert set(map(tuple, town.paths("arrangement"))) == {tuple(WAITS)}
    assert [case.facts["waits_in"] for case in town.cases() if case.kind == "failed_machine"] == ["registered"]
    town.cloud.simulators["beacon"].control("clear", {})
    town.skip(closes + timedelta(hours=100))
    assert candidate.awake().status() == "seated"


def test_a_beacon_that_is_down_needs_a_person_and_the_draw_goes_on_later(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    closes = town.sitting.dates.payment_closes
    town.cloud.simulators["beacon"].control("switch", {"name": "down"})
    town.skip(closes + timedelta(hours=25))
    town.wait(timedelta(minutes=5))
    assert town.paths("arrangement") == [[*FROZEN, "Draw the seats", "Needs a person", "Stopped"]]
    assert [case.facts["state"] for case in town.cases() if case.kind == "failed_machine"] == ["Draw the seats"]
    town.cloud.simulators["beacon"].control("clear", {})
    town.skip(closes + timedelta(hours=60))
    assert candidate.awake().status() == "seated"


def test_a_sitting_without_anybody_is_concluded_at_once(town: Town, stages: Stages) -> None:
    stages.at("draft")
    town.skip(town.sitting.dates.payment_closes + timedelta(hours=25))
    assert town.paths("arrangement") == [[*FROZEN, "Publish the draw"]]
    assert (town.sitting.stage, town.sitting.due) == ("concluded", None)
    assert list(seats.everything()) == []


def test_too_few_seats_need_a_person_who_is_told_the_state(town: Town, stages: Stages) -> None:
    stages.at("open")
    rooms = [{"site": "Sample-Hall", "room": "A", "capacity": 1}]
    publish(town, seed.demo_sitting(town.clock.now(), "small-sitting", number=2) | {"rooms": rooms})
    candidates = [newcomer(town, number, "small-sitting") for number in (1, 2)]
    for hours in (25, 60):
        town.skip(town.sitting.dates.payment_closes + timedelta(hours=hours))
    assert [*FROZEN, "Draw the seats", "Needs a person", "Stopped"] in town.paths("arrangement")
    failed = [case for case in town.cases() if case.kind == "failed_machine"]
    assert [(case.about, case.facts["machine"], case.facts["state"]) for case in failed] == [
        ("small-sitting", "assay-arrangement", "Draw the seats")
    ]
    assert [candidate.awake().status() for candidate in candidates] == ["registered", "registered"]
