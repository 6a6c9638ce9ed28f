"""Retry, Catch, time limits, the size limit, and what an expression may do wrong."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from local.engine import Execution, TaskError
from local.engine.retries import covers
from tests.local.test_engine_workbench import START, Definition, Workbench, fails, machine, task


def retry(error: str, **fields: Any) -> list[Definition]:
    return [{"ErrorEquals": [error], **fields}]


def caught(error: str, then: str = "Saved", **fields: Any) -> Definition:
    return {"ErrorEquals": [error], "Next": then, **fields}


SAVED = {"Type": "Succeed"}


def try_with(bench: Workbench, **fields: Any) -> Execution:
    return bench.run(machine("Try", Try=task("work", Next="End", **fields), Saved=SAVED, End={"Type": "Succeed"}))


@pytest.mark.parametrize(
    ("fields", "waits"),
    [
        ({}, [1, 2, 4]),
        ({"IntervalSeconds": 5, "BackoffRate": 1}, [5, 5, 5]),
        ({"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 10, "MaxAttempts": 4}, [2, 6, 10, 10]),
        ({"MaxAttempts": 0}, []),
    ],
    ids=["defaults", "steady", "bounded", "none"],
)
def test_a_retry_waits_as_long_as_it_says_and_then_gives_up(fields: Definition, waits: list[int]) -> None:
    bench = Workbench()
    moments: list[float] = []

    def work(_payload: Any) -> Any:
        moments.append(bench.seconds())
        raise TaskError("Busy", "come back")

    bench.functions["work"] = work
    done = try_with(bench, Retry=retry("Busy", **fields))
    assert [later - earlier for earlier, later in itertools.pairwise(moments)] == waits
    assert (done.status, done.error, done.cause) == ("FAILED", "Busy", "come back")


def test_a_retry_that_succeeds_goes_on_as_if_nothing_had_been_and_the_path_names_the_state_once() -> None:
    bench = Workbench(work=fails("Busy", times=2))
    done = try_with(bench, Retry=retry("Busy"))
    assert (done.status, done.output, done.path) == ("SUCCEEDED", "fine", ["Try", "End"])
    assert bench.seconds() == 3


def test_the_retry_count_is_in_the_context_and_starts_again_in_the_next_state() -> None:
    bench = Workbench(work=fails("Busy", times=2))
    count = "{% $states.context.State.RetryCount %}"
    first = task("work", Output=count, Retry=retry("Busy"), Next="Look")
    done = bench.run(
        machine("Try", Try=first, Look={"Type": "Succeed", "Output": [count, "{% $states.input %}"]}),
    )
    assert done.output == [0, 2]


def test_each_retrier_counts_for_itself_and_the_first_that_covers_the_error_decides() -> None:
    errors = iter(["Busy", "Slow", "Busy", "Slow", "Busy"])

    def work(_payload: Any) -> Any:
        raise TaskError(next(errors))

    bench = Workbench(work=work)
    blocks = [
        {"ErrorEquals": ["Busy"], "MaxAttempts": 2, "BackoffRate": 1},
        {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 1},
    ]
    done = try_with(bench, Retry=blocks)
    assert (done.status, done.error) == ("FAILED", "Busy")
    assert bench.seconds() == 1 + 10 + 1 + 10


def test_full_jitter_stays_within_the_delay_and_is_the_same_when_repeated() -> None:
    def moment() -> float:
        bench = Workbench(work=fails("Busy", times=1))
        arn = bench.define(machine("Try", Try=task("work", Retry=retry("Busy", IntervalSeconds=100, **jitter))))
        bench.engine.start(arn, {}, name="same")
        bench.settle()
        return bench.seconds()

    jitter = {"JitterStrategy": "FULL"}
    assert 0 < moment() < 100
    assert moment() == moment()


def test_a_catcher_takes_the_error_by_its_name_and_hands_on_error_and_cause() -> None:
    catch = [caught("Elsewhere", "End"), caught("NotEnough", Assign={"from": "{% $states.context.State.Name %}"})]
    saved = {"Type": "Succeed", "Output": "{% [$states.input, $from] %}"}
    bench = Workbench(work=fails("NotEnough", "two proofs"))
    done = bench.run(machine("Try", Try=task("work", Next="End", Catch=catch), Saved=saved, End=SAVED))
    assert done.output == [{"Error": "NotEnough", "Cause": "two proofs"}, "Try"]
    assert done.path == ["Try", "Saved"]


def test_a_catcher_may_shape_its_output_from_input_and_error() -> None:
    output = {"error": "{% $states.errorOutput.Error %}", "given": "{% $states.input %}"}
    done = try_with(Workbench(work=fails("NotEnough")), Catch=[caught("States.ALL", Output=output)])
    assert done.output == {"error": "NotEnough", "given": {}}


def test_an_error_inside_a_catcher_is_not_caught_again() -> None:
    catch = [caught("States.ALL", Output="{% $states.errorOutput.Nothing %}")]
    done = try_with(Workbench(work=fails("NotEnough")), Catch=catch)
    assert (done.status, done.error) == ("FAILED", "States.QueryEvaluationError")


def test_an_error_that_no_catcher_names_fails_the_execution() -> None:
    done = try_with(Workbench(work=fails("Other")), Catch=[caught("NotEnough")])
    assert (done.status, done.error) == ("FAILED", "Other")


@pytest.mark.parametrize(
    ("names", "error", "taken"),
    [
        (["States.ALL"], "Anything", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.QueryEvaluationError", True),
        (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.DataLimitExceeded"], "States.DataLimitExceeded", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False),
        (["States.TaskFailed"], "Anything", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.TaskFailed"], "States.DataLimitExceeded", False),
        (["Any"], "Anything", False),
    ],
)
def test_wildcards_cover_what_the_guide_says(names: list[str], error: str, taken: bool) -> None:
    assert covers(names, error) is taken


@pytest.mark.parametrize(("seconds", "error"), [(9.5, None), (10, "States.Timeout"), (11, "States.Timeout")])
@pytest.mark.parametrize("raises", [False, True])
def test_a_task_that_reaches_its_limit_has_timed_out_whatever_it_answered(
    seconds: float, error: str | None, raises: bool
) -> None:
    bench = Workbench()

    def work(payload: Any) -> Any:
        bench.clock.move_to(START + timedelta(seconds=seconds))
        return fails("Other")(payload) if raises else "fine"

    bench.functions["work"] = work
    done = try_with(bench, TimeoutSeconds=10)
    assert done.error == (error or ("Other" if raises else None))


def test_a_time_limit_may_be_computed_and_a_timeout_can_be_caught() -> None:
    bench = Workbench()
    bench.functions["work"] = lambda _: bench.clock.move_to(START + timedelta(seconds=60))
    done = try_with(bench, TimeoutSeconds="{% 30 + 30 %}", Catch=[caught("States.Timeout")])
    assert done.path == ["Try", "Saved"]


@pytest.mark.parametrize(("pause", "status"), [(299, "SUCCEEDED"), (300, "TIMED_OUT"), (301, "TIMED_OUT")])
def test_an_express_execution_has_five_minutes(pause: int, status: str) -> None:
    bench = Workbench()
    done = bench.run(machine("Rest", Rest={"Type": "Wait", "Seconds": pause, "End": True}), kind="EXPRESS")
    assert (done.status, done.error) == (status, None if status == "SUCCEEDED" else "States.Timeout")
    assert bench.seconds() == min(pause, 300)


def test_the_time_limit_of_a_machine_ends_its_executions_and_nothing_of_them_is_left_to_do() -> None:
    bench = Workbench()
    rest = {"Type": "Wait", "Seconds": 1_000, "Next": "Work"}
    done = bench.run({**machine("Rest", Rest=rest, Work=task("work")), "TimeoutSeconds": 60})
    assert (done.status, done.path, done.stopped) == ("TIMED_OUT", ["Rest"], START + timedelta(seconds=60))
    assert bench.engine.next_due() is None


def test_an_answer_that_arrives_after_the_execution_timed_out_changes_nothing() -> None:
    bench = Workbench()
    bench.functions["work"] = lambda _: bench.clock.move_to(START + timedelta(seconds=60))
    catch = [caught("States.ALL")]
    done = bench.run({**machine("Try", Try=task("work", Catch=catch), Saved=SAVED), "TimeoutSeconds": 60})
    assert (done.status, done.path) == ("TIMED_OUT", ["Try"])


@pytest.mark.parametrize(("length", "status"), [(262_144 - 2, "SUCCEEDED"), (262_144 - 1, "FAILED")])
def test_an_output_above_256_kib_fails_and_a_wildcard_does_not_hide_it(length: int, status: str) -> None:
    bench = Workbench()
    output = f"{{% $pad('', {length}, 'x') %}}"
    state = task("echo", Next="End", Output=output, Catch=[caught("States.ALL")])
    done = bench.run(machine("Try", Try=state, Saved=SAVED, End={"Type": "Succeed"}))
    assert (done.status, done.error) == (status, None if status == "SUCCEEDED" else "States.DataLimitExceeded")


def test_an_answer_above_256_kib_fails_the_task() -> None:
    done = try_with(Workbench(work=lambda _: "x" * 262_144), Output="small")
    assert done.error == "States.DataLimitExceeded"


def test_a_fault_of_the_invoker_itself_fails_the_execution_visibly() -> None:
    def work(_payload: Any) -> Any:
        raise KeyError("no such function")

    done = try_with(Workbench(work=work), Catch=[caught("States.ALL")])
    assert (done.status, done.error, done.cause) == ("FAILED", "States.Runtime", "KeyError: 'no such function'")


def test_an_expression_of_a_task_that_yields_nothing_can_be_caught_by_name() -> None:
    state = {"Output": "{% $states.result.Payload.nowhere %}", "Catch": [caught("States.QueryEvaluationError")]}
    assert try_with(Workbench(), **state).path == ["Try", "Saved"]


@pytest.mark.parametrize(
    "expression",
    ["$states.input.nowhere", "$missing", "$sum('a')", "$unknown(1)", "1/0", "function($x) { $x }", "{'f': $sum}"],
)
def test_what_is_undefined_or_not_json_is_a_query_evaluation_error(expression: str) -> None:
    done = Workbench().run(machine("Try", Try={"Type": "Succeed", "Output": f"{{% {expression} %}}"}))
    assert (done.status, done.error) == ("FAILED", "States.QueryEvaluationError")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("null", None),
        ("$states.input.empty", None),
        ("{'a': $states.input.empty, 'b': $states.input.nowhere}", {"a": None}),
        ("$exists($states.input.empty)", True),
        ("$states.input.list[0]", None),
        ("$states.input.list[1]", 2),
        ("[$states.input.list[$ > 5]]", []),
        ("[1..3]", [1, 2, 3]),
        ("$partition([1..5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition($missing, 2) ~> $exists", False),
        ("$range(1, 7, 3)", [1, 4, 7]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$hash('abc', 'SHA-256')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("$hash('abc', 'MD5')", "900150983cd24fb0d6963f7d28e17f72"),
        ("""$parse('{"a": [1, null]}')""", {"a": [1, None]}),
        ("$parse('null')", None),
        ("$states.input.name & '·𬭼'", "陈样本·𬭼"),
        ("6 / 3", 2),
    ],
)
def test_expressions_tell_null_from_nothing_and_know_the_four_extra_functions(expression: str, value: Any) -> None:
    document = {"empty": None, "list": [None, 2], "name": "陈样本"}
    done = Workbench().run(machine("Try", Try={"Type": "Succeed", "Output": f"{{% {expression} %}}"}), document)
    assert (done.status, done.output) == ("SUCCEEDED", value)
