"""A dump in the middle, a load into another engine, and kills at every place where the engine calls out."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from local.engine import EngineKilled, Execution, StateMachineDoesNotExist
from tests.local.test_engine_maps import apart, each
from tests.local.test_engine_workbench import MACHINES, Definition, Workbench, fails, machine, task


class Killed(BaseException):
    """Like the fault chain's kill: nobody may swallow it."""


def story() -> Definition:
    """A task, a parallel with a wait in it, an inline map, a distributed map with a reader and a writer."""
    rest = {"Type": "Wait", "Seconds": 30, "Next": "Check"}
    branches = [machine("Rest", Rest=rest, Check=task("check")), machine("Ask", Ask=task("ask"))]
    read = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "vault", "Key": "items"},
        "ReaderConfig": {"InputType": "JSONL"},
    }
    write = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "vault", "Prefix": "out"}}
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3}]
    return machine(
        "Begin",
        Begin=task("begin", Assign={"kept": "{% $states.input.n %}"}, Retry=retry, Next="Fork"),
        Fork={"Type": "Parallel", "Branches": branches, "Output": "{% [$kept, 2] %}", "Next": "Every"},
        Every={"Type": "Map", "ItemProcessor": machine("Work", Work=task("work")), "Next": "Each"},
        Each={
            "Type": "Map",
            "ItemReader": read,
            "ItemProcessor": apart(Send=task("send")),
            "MaxConcurrency": 1,
            "ResultWriter": write,
            "Next": "Say",
        },
        Say={"Type": "Succeed", "Output": "{% [$kept, $exists($states.input.MapRunArn)] %}"},
    )


def story_bench() -> Workbench:
    bench = Workbench(begin=fails("Busy", times=1))
    bench.shelf.objects["vault", "items"] = b'"a"\n"b"\n'
    return bench


def summary(executions: list[Execution]) -> list[tuple[Any, ...]]:
    return [(each.arn, each.status, each.output, each.path, each.error) for each in executions]


def test_after_a_dump_and_load_before_every_single_step_the_story_ends_as_it_does_undisturbed() -> None:
    quiet = story_bench()
    quiet.engine.start(quiet.define(story()), {"n": 1}, name="story")
    quiet.settle()

    bench = story_bench()
    bench.engine.start(bench.define(story()), {"n": 1}, name="story")
    steps = 0
    while bench.engine.step() or bench.engine.next_due():
        if due := bench.engine.next_due():
            bench.clock.move_to(due)
        state = json.dumps(bench.engine.dump())
        bench.new_engine()
        bench.define(story())
        bench.engine.load(json.loads(state))
        assert json.dumps(bench.engine.dump()) == state
        steps += 1
    assert steps > 12
    assert summary(bench.engine.executions()) == summary(quiet.engine.executions())
    assert bench.engine.executions()[0].output == [1, True]
    assert bench.shelf.objects == quiet.shelf.objects


def test_a_dump_is_a_picture_and_does_not_change_when_the_engine_goes_on() -> None:
    bench = story_bench()
    bench.engine.start(bench.define(story()), {"n": 1})
    bench.engine.step()
    state = bench.engine.dump()
    text = json.dumps(state)
    bench.settle()
    assert json.dumps(state) == text


def test_a_waiting_execution_keeps_its_instant_over_a_restart() -> None:
    bench = Workbench()
    bench.engine.start(bench.define(machine("Rest", Rest={"Type": "Wait", "Seconds": 60, "End": True})), {})
    bench.work()
    due, state = bench.engine.next_due(), bench.engine.dump()
    bench.new_engine()
    bench.define(machine("Rest", Rest={"Type": "Wait", "Seconds": 60, "End": True}))
    bench.engine.load(state)
    assert bench.engine.next_due() == due
    bench.settle()
    assert bench.engine.executions()[0].status == "SUCCEEDED"


def test_a_dump_taken_while_a_task_is_in_flight_runs_that_task_again() -> None:
    dumps: list[dict[str, Any]] = []
    bench = Workbench()

    def work(_payload: Any) -> str:
        dumps.append(bench.engine.dump())
        return "fine"

    bench.functions["work"] = work
    assert bench.run(machine("Work", Work=task("work"))).status == "SUCCEEDED"
    bench.new_engine()
    bench.define(machine("Work", Work=task("work")))
    bench.engine.load(dumps[0])
    assert bench.engine.executions()[0].status == "RUNNING"
    bench.settle()
    assert len(bench.calls) == 2


def test_after_a_load_unnamed_executions_do_not_get_names_that_are_taken() -> None:
    bench = Workbench()
    end = machine("End", End={"Type": "Succeed"})
    first = bench.engine.start(bench.define(end), {})
    state = bench.engine.dump()
    bench.new_engine()
    bench.define(end)
    bench.engine.load(state)
    assert bench.engine.start(MACHINES + "trial", {}) != first


def test_a_load_refuses_another_version_and_a_machine_that_is_gone() -> None:
    bench = Workbench()
    bench.engine.start(bench.define(machine("End", End={"Type": "Succeed"})), {})
    state = bench.engine.dump()
    bench.new_engine()
    with pytest.raises(StateMachineDoesNotExist):
        bench.engine.load(state)
    with pytest.raises(ValueError, match="version"):
        bench.engine.load({**state, "version": 0})


def dying(call: Callable[..., Any], left: list[int], after: bool) -> Callable[..., Any]:
    """The same call, but the process is killed in the one that finds nothing left, before or after its effect."""

    def wrapped(*arguments: Any) -> Any:
        left[0] -= 1
        last = left[0] == -1
        if last and not after:
            raise Killed
        try:
            return call(*arguments)
        finally:
            if last:
                raise Killed

    return wrapped


def quiet_paths() -> tuple[int, list[list[str]]]:
    """How often the undisturbed story calls out, and the paths of its executions."""
    bench = story_bench()
    bench.run(story(), {"n": 1})
    return len(bench.calls) + len(bench.shelf.roles), [each.path for each in bench.engine.executions()]


@pytest.mark.parametrize("reload", [False, True], ids=["same engine", "loaded again"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_in_any_call_leaves_the_unit_undone_and_the_end_is_the_same(after: bool, reload: bool) -> None:
    points, paths = quiet_paths()
    assert points == 11
    for point in range(points):
        bench, left = story_bench(), [point]
        bench._invoke = dying(bench._invoke, left, after)  # type: ignore[method-assign]
        bench.shelf._enter = dying(bench.shelf._enter, left, after)  # type: ignore[method-assign]
        bench.new_engine()
        bench.engine.start(bench.define(story()), {"n": 1})
        with pytest.raises(Killed):
            bench.settle()
        if reload:
            state = bench.engine.dump()
            bench.new_engine()
            bench.define(story())
            bench.engine.load(state)
        bench.settle()
        assert {each.status for each in bench.engine.executions()} == {"SUCCEEDED"}
        assert [each.path for each in bench.engine.executions()] == paths


def test_a_kill_in_the_gate_leaves_the_map_to_be_done_again() -> None:
    bench = Workbench()

    def kill(*_question: str) -> None:
        bench.engine.authorize = None
        raise Killed

    bench.engine.authorize = kill
    bench.engine.start(bench.define(each(apart(Work=task()))), [1])
    with pytest.raises(Killed):
        bench.settle()
    bench.settle()
    assert {each.status for each in bench.engine.executions()} == {"SUCCEEDED"}


def test_a_kill_while_the_engine_itself_works_leaves_it_dead_until_an_earlier_state_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Workbench()
    arn = bench.define(machine("Work", Work=task(Next="End"), End={"Type": "Succeed"}))
    bench.engine.start(arn, {})
    state = bench.engine.dump()

    def kill(*_arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("local.engine.flow.Flow._enter", kill)
        with pytest.raises(Killed):
            bench.engine.step()
    for attempt in (bench.engine.step, bench.engine.dump, lambda: bench.engine.start(arn, {})):
        with pytest.raises(EngineKilled):
            attempt()
    bench.engine.load(state)
    bench.settle()
    assert bench.engine.executions()[0].path == ["Work", "End"]
    assert len(bench.calls) == 2


def test_executions_may_be_started_from_other_threads_and_from_inside_a_function() -> None:
    bench = Workbench()
    arn = bench.define(machine("Work", Work=task("work")))
    bench.functions["work"] = lambda n: bench.engine.start(arn, n + 100) if n < 100 else n
    threads = [threading.Thread(target=bench.engine.start, args=(arn, n)) for n in range(50)]
    for thread in threads:
        thread.start()
    bench.work()
    for thread in threads:
        thread.join()
    bench.work()
    assert sorted(each.input for each in bench.engine.executions()) == [*range(50), *range(100, 150)]
    assert {each.status for each in bench.engine.executions()} == {"SUCCEEDED"}


def test_a_step_inside_a_step_does_nothing() -> None:
    bench = Workbench()
    bench.functions["work"] = lambda _: bench.engine.step()
    assert bench.run(machine("Work", Work=task("work"))).output is False
