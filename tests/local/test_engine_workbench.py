"""The engine's test bench (scripted functions, a virtual clock, S3 in a dictionary) and first steps on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.clock import VirtualClock
from local.engine import Engine, Execution, ExecutionAlreadyExists, InvalidExecutionInput, StartRefused, TaskError
from local.engine.errors import StateMachineDoesNotExist
from local.stack import MachineSpec

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MACHINES = "arn:aws:states:ap-southeast-1:123456789012:stateMachine:"
FUNCTIONS = "arn:aws:lambda:ap-southeast-1:123456789012:function:"

type Definition = dict[str, Any]


class Shelf:
    """S3 in a dictionary; `breaks` makes every call fail."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.roles: list[str] = []
        self.breaks: BaseException | None = None

    def read(self, bucket: str, key: str, role: str) -> bytes:
        self._enter(role)
        return self.objects[bucket, key]

    def write(self, bucket: str, key: str, body: bytes, role: str) -> None:
        self._enter(role)
        self.objects[bucket, key] = body

    def _enter(self, role: str) -> None:
        self.roles.append(role)
        if self.breaks:
            raise self.breaks


class Workbench:
    """An engine whose functions are plain Python callables of the payload, by name; unknown ones give the payload."""

    def __init__(self, **functions: Callable[[Any], Any]) -> None:
        self.clock = VirtualClock(START)
        self.shelf = Shelf()
        self.functions = functions
        self.calls: list[tuple[str, Any]] = []
        self.engine = self.new_engine()

    def new_engine(self) -> Engine:
        self.engine = Engine(self.clock, self._invoke, self.shelf)
        return self.engine

    def _invoke(self, function_arn: str, payload: Any, role: str) -> Any:
        assert role == "MachineRole"
        name = function_arn.removeprefix(FUNCTIONS)
        self.calls.append((name, payload))
        return self.functions.get(name, lambda given: given)(payload)

    def define(self, definition: Definition, kind: str = "STANDARD", name: str = "trial") -> str:
        document = {"QueryLanguage": "JSONata", **definition}
        spec = MachineSpec("Trial", name, MACHINES + name, document, kind, "MachineRole")
        self.engine.define(spec)
        return spec.arn

    def settle(self) -> None:
        """Work and move the clock to the next timer until nothing is left."""
        for _ in range(100_000):
            if self.engine.step():
                continue
            due = self.engine.next_due()
            if due is None:
                return
            self.clock.move_to(due)
        raise AssertionError("the engine does not come to rest")

    def work(self) -> None:
        """Work without moving the clock."""
        while self.engine.step():
            pass

    def run(self, definition: Definition, document: Any = None, kind: str = "STANDARD") -> Execution:
        arn = self.engine.start(self.define(definition, kind), {} if document is None else document)
        self.settle()
        return self.find(arn)

    def find(self, arn: str) -> Execution:
        return next(each for each in self.engine.executions() if each.arn == arn)

    def seconds(self) -> float:
        return (self.clock.now() - START).total_seconds()


def task(function: str = "echo", **fields: Any) -> Definition:
    """A Task whose output is the function's answer."""
    arguments = {"FunctionName": FUNCTIONS + function, "Payload": "{% $states.input %}"}
    ends = {} if "Next" in fields else {"End": True}
    given = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments}
    return {**given, "Output": "{% $states.result.Payload %}", **ends, **fields}


def machine(first: str, **states: Definition) -> Definition:
    """A definition whose state names are given with underscores."""
    return {"StartAt": first, "States": {name.replace("_", " "): state for name, state in states.items()}}


def fails(error: str, cause: str = "", times: int = 1_000_000) -> Callable[[Any], Any]:
    """A function that raises so many times, then gives "fine"."""
    left = [times]

    def function(_payload: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise TaskError(error, cause)
        return "fine"

    return function


def test_a_task_gives_its_function_the_payload_and_passes_the_answer_on() -> None:
    bench = Workbench(double=lambda payload: payload["n"] * 2)
    done = bench.run(machine("Double it", Double_it=task("double")), {"n": 21})
    assert (done.status, done.output, done.path) == ("SUCCEEDED", 42, ["Double it"])
    assert bench.calls == [("double", {"n": 21})]


def test_the_result_of_a_task_has_the_fields_that_aws_gives() -> None:
    state = task("echo")
    del state["Output"]
    done = Workbench().run(machine("Ask", Ask=state), {"n": 1})
    assert done.output == {"ExecutedVersion": "$LATEST", "Payload": {"n": 1}, "StatusCode": 200}


def test_a_task_without_a_payload_sends_an_empty_object() -> None:
    bench = Workbench()
    bench.run(machine("Ask", Ask=task(Arguments={"FunctionName": FUNCTIONS + "echo"})))
    assert bench.calls == [("echo", {})]


def test_output_goes_on_and_assign_is_seen_only_by_later_states() -> None:
    done = Workbench().run(
        machine(
            "First",
            First={
                "Type": "Pass",
                "Assign": {"kept": "{% $states.input.n %}", "nothing": None},
                "Output": {"n": 2},
                "Next": "Second",
            },
            Second={
                "Type": "Pass",
                "Assign": {"kept": 9},
                "Output": "{% {'old': $kept, 'n': $states.input.n, 'nothing': $nothing} %}",
                "Next": "Third",
            },
            Third={"Type": "Succeed", "Output": "{% $merge([$states.input, {'new': $kept}]) %}"},
        ),
        {"n": 1},
    )
    assert done.output == {"old": 1, "n": 2, "nothing": None, "new": 9}
    assert done.path == ["First", "Second", "Third"]


def choosing(**more: Any) -> Definition:
    choices = [
        {"Condition": "{% $states.input.marks >= 60 %}", "Next": "Passed", "Output": "rule", "Assign": {"by": "rule"}},
        {"Condition": "{% $states.input.marks < 0 %}", "Next": "Passed"},
    ]
    end = {"Type": "Succeed", "Output": "{% [$states.input, $by] %}"}
    state = {"Type": "Choice", "Choices": choices, "Assign": {"by": "default"}, "Output": "default", **more}
    return machine("Choose", Choose=state, Passed=end, Failed=end)


@pytest.mark.parametrize(
    ("marks", "end", "output"), [(60, "Passed", ["rule", "rule"]), (59, "Failed", ["default", "default"])]
)
def test_a_choice_follows_its_rule_or_else_its_default(marks: int, end: str, output: list[str]) -> None:
    done = Workbench().run(choosing(Default="Failed"), {"marks": marks})
    assert done.path == ["Choose", end]
    assert done.output == output


def test_a_choice_that_matches_nothing_and_has_no_default_fails_by_name() -> None:
    end = {"Type": "Succeed"}
    rule = {"Condition": "{% $states.input.marks >= 60 %}", "Next": "Passed"}
    choice = {"Type": "Choice", "Choices": [rule]}
    done = Workbench().run(machine("Choose", Choose=choice, Passed=end), {"marks": 1})
    assert (done.status, done.error) == ("FAILED", "States.NoChoiceMatched")


def test_a_condition_that_is_not_true_or_false_fails_instead_of_guessing() -> None:
    rule = {"Condition": "{% $states.input.marks %}", "Next": "Passed"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "Passed"}
    done = Workbench().run(machine("Choose", Choose=choice, Passed={"Type": "Succeed"}), {"marks": 1})
    assert done.error == "States.QueryEvaluationError"


def test_a_fail_state_ends_the_execution_with_computed_error_and_cause() -> None:
    state = {"Type": "Fail", "Error": "{% 'Too' & $states.input.what %}", "Cause": "the marks"}
    done = Workbench().run(machine("Refuse", Refuse=state), {"what": "Late"})
    assert (done.status, done.error, done.cause) == ("FAILED", "TooLate", "the marks")


@pytest.mark.parametrize(
    "wait",
    [
        {"Seconds": 90},
        {"Seconds": "{% $states.input.pause %}"},
        {"Timestamp": "2026-01-05T09:01:30Z"},
        {"Timestamp": "2026-01-05T17:01:30+08:00"},
        {"Timestamp": "{% $states.input.until %}"},
    ],
    ids=["seconds", "computed seconds", "timestamp", "timestamp with offset", "computed timestamp"],
)
def test_a_wait_ends_at_its_instant_and_not_before(wait: Definition) -> None:
    bench = Workbench()
    arn = bench.define(machine("Rest", Rest={"Type": "Wait", "End": True, **wait}))
    execution = bench.engine.start(arn, {"pause": 90, "until": "2026-01-05T09:01:30Z"})
    bench.work()
    assert bench.engine.next_due() == START + timedelta(seconds=90)
    bench.clock.move_to(START + timedelta(seconds=89))
    assert not bench.engine.step()
    bench.clock.move_to(START + timedelta(seconds=90))
    bench.work()
    done = bench.find(execution)
    assert (done.status, done.stopped) == ("SUCCEEDED", START + timedelta(seconds=90))
    assert bench.engine.next_due() is None


def test_a_timestamp_without_a_time_zone_is_an_error() -> None:
    state = {"Type": "Wait", "Timestamp": "{% $states.input.until %}", "End": True}
    done = Workbench().run(machine("Rest", Rest=state), {"until": "2026-01-05T09:01:30"})
    assert done.error == "States.QueryEvaluationError"


def test_the_context_names_the_execution_the_machine_and_the_state() -> None:
    bench = Workbench()
    state = {"Type": "Succeed", "Output": "{% $states.context %}"}
    arn = bench.engine.start(bench.define(machine("Look", Look=state)), {"n": 1}, name="first-look")
    bench.settle()
    assert bench.find(arn).output == {
        "Execution": {"Id": arn, "Name": "first-look", "Input": {"n": 1}},
        "State": {"Name": "Look", "RetryCount": 0},
        "StateMachine": {"Id": MACHINES + "trial", "Name": "trial"},
    }
    assert arn == "arn:aws:states:ap-southeast-1:123456789012:execution:trial:first-look"


REST = machine("Rest", Rest={"Type": "Wait", "Seconds": 10, "End": True})


def test_starting_again_with_the_same_name_and_input_is_the_same_execution_while_it_runs() -> None:
    bench = Workbench()
    arn = bench.define(REST)
    first = bench.engine.start(arn, {"n": 1}, name="once")
    bench.work()
    assert bench.engine.start(arn, {"n": 1}, name="once") == first
    assert len(bench.engine.executions("trial")) == 1


def test_the_same_name_with_another_input_or_after_the_end_is_refused() -> None:
    bench = Workbench()
    arn = bench.define(REST)
    bench.engine.start(arn, {"n": 1}, name="once")
    with pytest.raises(ExecutionAlreadyExists):
        bench.engine.start(arn, {"n": 2}, name="once")
    bench.settle()
    with pytest.raises(ExecutionAlreadyExists):
        bench.engine.start(arn, {"n": 1}, name="once")


def test_express_starts_a_new_execution_every_time() -> None:
    bench = Workbench()
    arn = bench.define(REST, "EXPRESS")
    both = {bench.engine.start(arn, {"n": 1}, name="same") for _ in range(2)}
    assert len(both) == 2
    assert all(":express:trial:same:" in each for each in both)


def test_a_start_is_refused_for_an_unknown_machine_a_bad_name_or_an_input_that_is_not_json() -> None:
    bench = Workbench()
    arn = bench.define(REST)
    with pytest.raises(StateMachineDoesNotExist):
        bench.engine.start(MACHINES + "other", {})
    with pytest.raises(StartRefused, match="1 to 80"):
        bench.engine.start(arn, {}, name="x" * 81)
    bench.engine.start(arn, {}, name="x" * 80)
    with pytest.raises(InvalidExecutionInput):
        bench.engine.start(arn, {"when": START})


def test_the_input_may_have_256_kib_and_not_a_byte_more() -> None:
    bench = Workbench()
    arn = bench.define(REST)
    bench.engine.start(arn, "x" * (262_144 - 2))
    with pytest.raises(InvalidExecutionInput):
        bench.engine.start(arn, "x" * (262_144 - 1))
    with pytest.raises(InvalidExecutionInput):
        bench.engine.start(arn, "证" * 90_000)


def test_what_a_caller_does_with_its_copies_does_not_reach_the_engine() -> None:
    def spoil(payload: Any) -> Any:
        payload["n"] = "spoilt"
        return "done"

    bench = Workbench(spoil=spoil)
    given = {"n": 1}
    states = {"Spoil": task("spoil", Output="{% $states.input %}")}
    arn = bench.engine.start(bench.define(machine("Spoil", **states)), given)
    given["n"] = 2
    bench.settle()
    assert bench.find(arn).output == {"n": 1}
    bench.engine.executions()[0].path.append("Elsewhere")
    assert bench.find(arn).path == ["Spoil"]


def test_executions_take_turns_in_the_order_of_their_start() -> None:
    bench = Workbench()
    arn = bench.define(machine("One", One=task("first", Next="Two"), Two=task("second")))
    for n in (1, 2):
        bench.engine.start(arn, n)
    bench.settle()
    assert bench.calls == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]


def test_an_express_execution_of_long_ago_is_forgotten_and_a_standard_one_after_ninety_days() -> None:
    bench = Workbench()
    quick = bench.define(machine("End", End={"Type": "Succeed"}), "EXPRESS", "quick")
    kept = bench.define(machine("End", End={"Type": "Succeed"}), "STANDARD", "kept")
    bench.engine.start(kept, 0)
    for n in range(1_001):
        bench.engine.start(quick, n)
    bench.settle()
    assert [each.input for each in bench.engine.executions("quick")] == list(range(1, 1_001))
    for days, known in ((90, 2), (1, 2)):
        bench.clock.move_to(bench.clock.now() + timedelta(days=days))
        bench.engine.start(kept, days)
        bench.settle()
        assert len(bench.engine.executions("kept")) == known
