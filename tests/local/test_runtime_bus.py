"""The bus delivers what matched: right input, right permission, again after a failure, dead letters at the end."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.runtime.bus import Bus, InputError, rule_arn
from local.stack import ACCOUNT, REGION, RuleSpec, TargetSpec
from tests.local.runtime_world import DEAD, FUNCTION, MACHINE, QUEUE, START, World, world_in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def bus(world: World, target: TargetSpec, schedule: str | None = None) -> Bus:
    rule = RuleSpec("Rule", "rule", "assay", {"source": ["assay"]}, schedule, None, True, (target,))
    return Bus([rule], world.destinations, world.clock.now, world.give_up)


EVENT = {"detail-type": "ApplicationConfirmed", "source": "assay", "time": "now", "detail": {"subject": "a", "n": 1}}


def test_a_rule_starts_its_machine_with_the_event(world: World) -> None:
    made = bus(world, TargetSpec(MACHINE, role="StartRole"))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.machines.started == [EVENT]


@pytest.mark.parametrize(
    ("target", "received"),
    [
        (TargetSpec(MACHINE, "StartRole", input='{"job": "deadlines"}'), {"job": "deadlines"}),
        (TargetSpec(MACHINE, "StartRole", input_path="$.detail"), {"subject": "a", "n": 1}),
        (TargetSpec(MACHINE, "StartRole", input_path="$.detail.subject"), "a"),
    ],
)
def test_input_and_input_path_choose_what_arrives(world: World, target: TargetSpec, received: Any) -> None:
    made = bus(world, target)
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.machines.started == [received]


def test_an_input_path_that_is_not_understood_is_refused_at_start(world: World) -> None:
    with pytest.raises(InputError, match=r"\$\.detail\[0\]"):
        bus(world, TargetSpec(MACHINE, "StartRole", input_path="$.detail[0]"))


def test_a_target_without_the_right_is_refused_and_its_event_kept_as_dead_letter(world: World) -> None:
    world.denied.add(("StartRole", "states:StartExecution", MACHINE))
    made = bus(world, TargetSpec(MACHINE, role="StartRole", dead_letter=DEAD))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    letter = world.dead_letters()[0]
    assert json.loads(letter["Body"]) == EVENT
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert world.given_up[0][0] == f"event ApplicationConfirmed for {MACHINE}"


def test_the_dead_letters_of_a_schedule_need_a_right_of_its_role(world: World) -> None:
    rule = RuleSpec(
        "Job",
        "job",
        "default",
        None,
        "rate(1 hour)",
        "UTC",
        True,
        (TargetSpec(MACHINE, "StartRole", dead_letter=DEAD),),
    )
    world.denied |= {("StartRole", "states:StartExecution", MACHINE), ("StartRole", "sqs:SendMessage", DEAD)}
    made = Bus([rule], world.destinations, world.clock.now, world.give_up)
    made.scheduled(rule, {"resources": ["arn"], "time": "now", "id": "1"})
    world.pump(made).settle()
    assert "its dead-letter queue: StartRole may not sqs:SendMessage" in world.given_up[0][1]


def test_without_a_policy_on_the_dead_letter_queue_the_event_is_lost_and_said_so(world: World) -> None:
    world.denied.add(("StartRole", "states:StartExecution", MACHINE))
    world.denied.add(("events.amazonaws.com", "sqs:SendMessage", DEAD))
    made = bus(world, TargetSpec(MACHINE, role="StartRole", dead_letter=DEAD))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.dead_letters() == []
    assert "and its dead-letter queue" in world.given_up[0][1]


def test_a_queue_target_needs_the_queues_policy(world: World) -> None:
    world.denied.add(("events.amazonaws.com", "sqs:SendMessage", QUEUE))
    made = bus(world, TargetSpec(QUEUE))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.given_up[0][1] == "Refused: events.amazonaws.com may not sqs:SendMessage"


def test_a_target_that_fails_for_a_while_is_tried_again(world: World) -> None:
    world.machines.failures = [RuntimeError("busy"), RuntimeError("busy")]
    made = bus(world, TargetSpec(MACHINE, role="StartRole"))
    made.announce("rule", "assay", EVENT)
    pump = world.pump(made)
    pump.advance(START + timedelta(seconds=2))
    assert world.machines.started == []
    pump.advance(START + timedelta(seconds=3))
    assert world.machines.started == [EVENT]


def test_a_target_may_allow_fewer_tries(world: World) -> None:
    world.machines.failures = [RuntimeError("busy") for _ in range(5)]
    made = bus(world, TargetSpec(MACHINE, role="StartRole", maximum_retries=3))
    made.announce("rule", "assay", EVENT)
    world.pump(made).advance(START + timedelta(hours=1))
    assert len(world.machines.failures) == 1
    assert len(world.given_up) == 1


def test_a_target_that_fails_for_a_day_is_given_up(world: World) -> None:
    world.machines.failures = [RuntimeError("busy") for _ in range(1_000)]
    made = bus(world, TargetSpec(MACHINE, role="StartRole", maximum_retries=10_000))
    made.announce("rule", "assay", EVENT)
    world.pump(made).advance(START + timedelta(hours=24, minutes=6))
    assert [why for _, why in world.given_up] == ["RuntimeError: busy"]


def test_deliveries_survive_a_restart(world: World) -> None:
    first = bus(world, TargetSpec(MACHINE, role="StartRole"))
    first.announce("rule", "assay", EVENT)
    second = bus(world, TargetSpec(MACHINE, role="StartRole"))
    second.load(first.dump())
    world.pump(second).settle()
    assert world.machines.started == [EVENT]


def test_rules_of_the_default_bus_have_no_bus_in_their_arn() -> None:
    rule = RuleSpec("Rule", "rule", "default", None, None, None, True, ())
    assert rule_arn(rule) == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"


# Asynchronous invocations


def test_an_asynchronous_event_is_tried_again_after_one_and_two_minutes_then_reported(world: World) -> None:
    world.answers.extend(ValueError("no") for _ in range(5))
    world.asynchronous.add(FUNCTION, {"n": 1})
    pump = world.pump()
    counts = []
    for seconds in (0, 59, 60, 179, 180, 1_000):
        pump.advance(START + timedelta(seconds=seconds))
        counts.append(len(world.calls))
    assert counts == [1, 1, 2, 2, 3, 3]
    assert world.given_up == [("asynchronous event for worker", "ValueError after 3 tries")]
