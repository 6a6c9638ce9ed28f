"""Whatever dies, and wherever: a handler, a poller, the bus. What was accepted is done in the end, at least once."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from local.chain import Call, Fault, Killed, Mode, chain
from local.clock import VirtualClock
from local.cloud import LocalCloud

TEMPLATE = Path(__file__).parent / "templates" / "runtime" / "template.yaml"
START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as made:
        yield made


def add(cloud: LocalCloud, thing: str) -> int:
    body = json.dumps({"thing": thing})
    return cloud.request("POST", "/things", {"content-type": "application/json"}, body).status


def settle_in_spite_of(cloud: LocalCloud) -> int:
    """Settle; what dies is started again, as AWS starts its own parts again. Gives the number of deaths."""
    deaths = 0
    while True:
        try:
            cloud.advance(timedelta(minutes=10))
        except Killed:
            chain.revive()
            deaths += 1
        else:
            return deaths


def state(thing: str) -> str:
    item = boto3.client("dynamodb").get_item(TableName="assay-Things", Key={"pk": {"S": thing}})["Item"]
    return str(item["state"]["S"])


def calls_of_a_story(cloud: LocalCloud) -> list[Call]:
    chain.arm(None)
    add(cloud, "counted")
    cloud.settle()
    return list(chain.ledger)


def test_a_death_at_any_call_loses_nothing(cloud: LocalCloud) -> None:
    calls = calls_of_a_story(cloud)
    who = {call.function for call in calls}
    assert {"assay-door", "assay-relay", "assay-listener", "assay-step", "events.amazonaws.com"} <= who
    assert "ListenerFunctionLetters" in who
    for mode in (Mode.BEFORE, Mode.AFTER, Mode.LOST, Mode.THROTTLE):
        for at in range(1, len(calls) + 1):
            thing = f"{mode}-{at}"
            chain.arm(Fault(at, mode))
            if add(cloud, thing) != 201:
                assert add(cloud, thing) == 201
            settle_in_spite_of(cloud)
            assert chain.fired, f"{thing} broke nothing"
            assert state(thing) == "seen", thing
            assert any(letter.text == f"The {thing} is here." for letter in cloud.inbox.letters(kind="mail")), thing
    chain.arm(None)


def test_a_handler_that_dies_is_an_error_of_its_function_and_nobody_elses(cloud: LocalCloud) -> None:
    chain.arm(Fault(1, Mode.BEFORE))
    assert add(cloud, "dead") == 500
    assert cloud.invoker.failures[-1].error == "Runtime.ExitError"
    assert add(cloud, "alive") == 201
    chain.arm(None)


def test_requests_are_served_at_the_same_time_and_none_is_lost(cloud: LocalCloud) -> None:
    names = [f"many-{number}" for number in range(64)]
    problems: list[Exception] = []

    def post(mine: list[str]) -> None:
        try:
            for name in mine:
                body = json.dumps({"thing": name}).encode()
                request = urllib.request.Request(
                    f"{cloud.address}/things", body, {"content-type": "application/json"}, method="POST"
                )
                urllib.request.urlopen(request, timeout=30).close()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=post, args=(names[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    cloud.settle()
    assert {state(name) for name in names} == {"seen"}
    texts = [letter.text for letter in cloud.inbox.letters(kind="sms") if letter.text.startswith("many-")]
    assert sorted(texts) == sorted(f"{name} is here" for name in names)
