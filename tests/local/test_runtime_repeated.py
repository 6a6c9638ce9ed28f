"""Told to deliver twice, every source delivers twice: what at-least-once delivery may do any day."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.http.messages import Request, Response
from local.http.mount import simulators
from local.runtime.asynchronous import Asynchronous
from local.runtime.bus import Bus
from local.runtime.repeated import Deliveries, Repeated
from local.stack import RuleSpec, TargetSpec
from tests.local.runtime_world import FUNCTION, MACHINE, START, World, queue_poller, send, world_in

EVENT = {"detail-type": "ApplicationConfirmed", "source": "assay", "detail": {}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        made.invoker = Repeated(made.invoker, 2)
        yield made


def bus(world: World, repeat: Deliveries) -> Bus:
    rule = RuleSpec("Rule", "rule", "assay", {}, None, None, True, (TargetSpec(MACHINE, "StartRole"),))
    return Bus([rule], world.destinations, world.clock.now, world.give_up, repeat)


def test_a_queue_hands_each_batch_over_twice_and_then_deletes_it(world: World) -> None:
    send(world, "a", "b")
    world.pump(queue_poller(world)).settle()
    assert [[record["body"] for record in call["Records"]] for call in world.calls] == [["a", "b"], ["a", "b"]]


def test_what_failed_is_not_handed_over_again_before_its_time(world: World) -> None:
    world.answers[:] = [ValueError("no")]
    send(world, "a")
    pump = world.pump(queue_poller(world))
    pump.settle()
    assert len(world.calls) == 1
    pump.advance(START + timedelta(seconds=30))
    assert len(world.calls) == 3


def test_an_asynchronous_event_arrives_twice(world: World) -> None:
    world.asynchronous = Asynchronous(world.invoker, world.clock.now, world.give_up)
    world.asynchronous.add(FUNCTION, {"n": 1})
    world.pump().settle()
    assert world.calls == [{"n": 1}, {"n": 1}]


def test_an_event_of_the_bus_starts_its_machine_twice(world: World) -> None:
    made = bus(world, Deliveries(times=2))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.machines.started == [EVENT, EVENT]


def test_the_second_event_may_come_later(world: World) -> None:
    made = bus(world, Deliveries(times=2, again_after=timedelta(hours=1)))
    made.announce("rule", "assay", EVENT)
    pump = world.pump(made)
    pump.settle()
    assert len(world.machines.started) == 1
    pump.advance(START + timedelta(hours=1))
    assert len(world.machines.started) == 2


def test_a_simulator_posts_every_webhook_twice(world: World) -> None:
    heard: list[Any] = []

    def answer(request: Request) -> Response:
        heard.append(request.path)
        return Response(200)

    made = simulators(world.clock.now, "http://127.0.0.1:1", answer, times=2)
    made["registry"].load({"questions": {"q": {"ticket": "t", "result": "match", "answered": None, "posts": []}}})
    made["registry"].control("answer", {"question": "q", "result": "match"})
    assert made["registry"].run_due() == 1
    assert heard == ["/registry/answers", "/registry/answers"]
