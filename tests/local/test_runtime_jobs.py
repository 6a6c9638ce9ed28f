"""Jobs run in order, and the pump lets what they cause settle."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.runtime.pump import DoesNotSettle, Pump
from local.runtime.schedules import Schedules, UnknownJob
from local.stack import RuleSpec
from tests.local.runtime_world import FUNCTION, START, World, queue_poller, send, world_in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def job(name: str, expression: str, enabled: bool = True) -> RuleSpec:
    return RuleSpec(name, name, "default", None, expression, "Asia/Hong_Kong", enabled, ())


def jobs_of(world: World, rules: list[RuleSpec]) -> tuple[Schedules, list[tuple[str, str]], Pump]:
    ran: list[tuple[str, str]] = []

    def note(rule: RuleSpec, event: dict[str, Any]) -> None:
        ran.append((rule.name, event["time"]))

    made = Schedules(rules, world.clock.now, note)
    return made, ran, Pump(world.clock, [], made)


def test_jobs_run_in_order_while_the_clock_is_moved(world: World) -> None:
    rules = [job("nightly", "cron(0 12 * * ? *)"), job("hourly", "rate(1 hour)")]
    _, ran, pump = jobs_of(world, rules)
    pump.advance(START + timedelta(hours=3))
    assert ran == [
        ("hourly", "2026-03-14T03:12:00Z"),
        ("nightly", "2026-03-14T04:00:00Z"),
        ("hourly", "2026-03-14T04:12:00Z"),
        ("hourly", "2026-03-14T05:12:00Z"),
    ]


def test_two_jobs_of_one_instant_run_by_name(world: World) -> None:
    _, ran, pump = jobs_of(world, [job("b", "rate(1 hour)"), job("a", "rate(1 hour)")])
    pump.advance(START + timedelta(hours=1))
    assert [name for name, _ in ran] == ["a", "b"]


def test_what_a_job_causes_settles_before_the_next_job(world: World) -> None:
    order: list[str] = []

    def start(rule: RuleSpec, _event: dict[str, Any]) -> None:
        order.append(rule.name)
        world.asynchronous.add(FUNCTION, {})

    made = Schedules([job("first", "rate(1 hour)"), job("second", "rate(1 hour)")], world.clock.now, start)

    class Noting(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            order.append("work")

    world._module().answers = Noting([1])
    Pump(world.clock, [world.asynchronous], made).advance(START + timedelta(hours=1))
    assert order == ["first", "work", "second", "work"]


def test_a_missed_job_runs_once_and_goes_on_from_now(world: World) -> None:
    made, ran, pump = jobs_of(world, [job("hourly", "rate(1 hour)")])
    state = made.dump()
    world.clock.move_to(START + timedelta(days=2, minutes=30))
    made.load(state)
    pump.settle()
    assert len(ran) == 1
    assert made.next_due() == START + timedelta(days=2, hours=1)


def test_a_job_can_be_run_by_hand_without_moving_its_schedule(world: World) -> None:
    made, ran, _ = jobs_of(world, [job("hourly", "rate(1 hour)")])
    made.run_now("hourly")
    assert ran == [("hourly", "2026-03-14T02:12:00Z")]
    assert made.next_due() == START + timedelta(hours=1)
    with pytest.raises(UnknownJob, match="weekly"):
        made.run_now("weekly")


def test_a_disabled_job_is_never_due(world: World) -> None:
    made, _, _ = jobs_of(world, [job("hourly", "rate(1 hour)", enabled=False)])
    assert made.next_due() is None


def test_a_paused_source_delivers_nothing_until_it_goes_on(world: World) -> None:
    poller = queue_poller(world)
    pump = world.pump(poller)
    send(world, "one")
    pump.paused.add(poller.name)
    pump.advance(START + timedelta(hours=1))
    assert world.calls == []
    pump.paused.clear()
    pump.settle()
    assert len(world.calls) == 1


def test_work_that_causes_itself_is_reported_with_its_source(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.runtime.pump.MOST_STEPS", 10)

    class Endless:
        name = "endless"

        def step(self) -> bool:
            return True

        def next_due(self) -> datetime:
            return START

        def dump(self) -> None: ...

        def load(self, state: Any) -> None: ...

    with pytest.raises(DoesNotSettle, match="endless"):
        world.pump(Endless()).settle()
