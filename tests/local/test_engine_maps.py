"""Parallel branches, inline and distributed maps: order, concurrency, batches, tolerated failures, files in S3."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.engine import Execution, TaskError
from tests.local.test_engine_workbench import MACHINES, START, Definition, Workbench, fails, machine, task

type Calls = list[tuple[str, Any]]


def branches(*names: str) -> list[Definition]:
    return [machine(name, **{name: task(name.lower())}) for name in names]


def both(**fields: Any) -> Definition:
    state = {"Type": "Parallel", "Branches": branches("Identity", "Education"), "Next": "End", **fields}
    return machine("Check both", Check_both=state, End={"Type": "Succeed"}, Saved={"Type": "Succeed"})


def test_parallel_branches_share_the_input_and_their_outputs_keep_the_order_of_the_branches() -> None:
    bench = Workbench(identity=lambda given: given["n"] + 1, education=lambda given: given["n"] + 2)
    done = bench.run(both(), {"n": 1})
    assert done.output == [2, 3]
    assert done.path == ["Check both", "Identity", "Education", "End"]


def test_parallel_arguments_become_the_input_of_every_branch() -> None:
    assert Workbench().run(both(Arguments={"only": "{% $states.input.n %}"}), {"n": 1}).output == [{"only": 1}] * 2


def test_the_first_failing_branch_fails_the_whole_with_its_own_error_and_stops_the_others() -> None:
    rest = {"Type": "Wait", "Seconds": 60, "Next": "Late"}
    slow = machine("Rest", Rest=rest, Late=task("late"))
    state = {"Type": "Parallel", "Branches": [*branches("Identity"), slow], "End": True}
    bench = Workbench(identity=fails("NoSuchPerson", "not in the registry"))
    done = bench.run(machine("Check", Check=state))
    assert (done.status, done.error, done.cause) == ("FAILED", "NoSuchPerson", "not in the registry")
    assert [name for name, _ in bench.calls] == ["identity"]
    assert bench.seconds() == 0


def test_the_catcher_and_the_retry_of_a_parallel_take_the_error_of_a_branch() -> None:
    bench = Workbench(identity=fails("NoSuchPerson", times=3))
    done = bench.run(
        both(
            Retry=[{"ErrorEquals": ["NoSuchPerson"], "MaxAttempts": 2}],
            Catch=[{"ErrorEquals": ["NoSuchPerson"], "Next": "Saved"}],
        )
    )
    assert done.path == ["Check both", *["Identity", "Education"] * 3, "Saved"]
    assert bench.seconds() == 3


def test_branches_read_the_variables_around_them_and_keep_their_own() -> None:
    inner = {"Type": "Pass", "Assign": {"own": 2}, "Output": "{% $outer %}", "End": True}
    state = {"Type": "Parallel", "Branches": [machine("Look", Look=inner)], "Next": "After"}
    first = {"Type": "Pass", "Assign": {"outer": 1}, "Next": "Fork"}
    after = {"Type": "Succeed", "Output": "{% [$states.input[0], $exists($own)] %}"}
    assert Workbench().run(machine("Set", Set=first, Fork=state, After=after)).output == [1, False]


def each(processor: Definition, **fields: Any) -> Definition:
    return machine("Each", Each={"Type": "Map", "ItemProcessor": processor, "End": True, **fields})


def test_an_inline_map_works_on_every_item_and_keeps_their_order() -> None:
    bench = Workbench(double=lambda n: n * 2)
    done = bench.run(
        each(machine("Double", Double=task("double")), Items="{% $states.input.list %}"), {"list": [1, 2, 3]}
    )
    assert done.output == [2, 4, 6]
    assert done.path == ["Each", "Double", "Double", "Double"]


def test_an_item_selector_sees_the_item_its_index_and_the_input_of_the_map() -> None:
    item = "$states.context.Map.Item"
    selector = {"n": f"{{% {item}.Index %}}", "of": f"{{% {item}.Value %}}", "exam": "{% $states.input.exam %}"}
    inner = {
        "Type": "Succeed",
        "Output": f"{{% [$states.input.n, $states.input.of, {item}.Value, $states.input.exam] %}}",
    }
    document = {"exam": "cgptc", "list": ["a", "b"]}
    done = Workbench().run(
        each(machine("Look", Look=inner), Items="{% $states.input.list %}", ItemSelector=selector), document
    )
    assert done.output == [[0, "a", "a", "cgptc"], [1, "b", "b", "cgptc"]]


@pytest.mark.parametrize(("concurrency", "order"), [(1, "aabb"), (2, "abab"), (0, "abab")])
def test_no_more_items_are_under_way_than_allowed(concurrency: int, order: str) -> None:
    bench = Workbench()
    two = machine("One", One=task(Next="Two"), Two=task())
    bench.run(each(two, MaxConcurrency=concurrency), ["a", "b"])
    assert "".join(item for _, item in bench.calls) == order


def test_a_map_over_nothing_gives_an_empty_list() -> None:
    assert Workbench().run(each(machine("Double", Double=task())), []).output == []


def test_a_failing_item_fails_an_inline_map_with_its_own_error() -> None:
    bench = Workbench(pick=lambda n: fails("TooSmall")(n) if n == 2 else n)
    done = bench.run(each(machine("Pick", Pick=task("pick")), MaxConcurrency=1), [1, 2, 3])
    assert (done.status, done.error) == ("FAILED", "TooSmall")
    assert [n for _, n in bench.calls] == [1, 2]


def test_items_that_are_no_list_are_an_error_the_map_may_catch() -> None:
    done = Workbench().run(each(machine("Double", Double=task())), {"not": "a list"})
    assert done.error == "States.QueryEvaluationError"


def test_an_error_in_an_item_selector_fails_the_map() -> None:
    done = Workbench().run(each(machine("A", A=task()), ItemSelector="{% $states.input.x %}", MaxConcurrency=1), [1])
    assert done.error == "States.QueryEvaluationError"


def apart(kind: str = "STANDARD", **states: Definition) -> Definition:
    """An item processor whose items are executions of their own."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": kind}
    return {**machine(next(iter(states)), **states), "ProcessorConfig": config}


def reader(kind: str) -> Definition:
    config = {"InputType": kind, **({"CSVHeaderLocation": "FIRST_ROW"} if kind == "CSV" else {})}
    arguments = {"Bucket": "vault", "Key": "{% $states.input.key %}"}
    return {"Resource": "arn:aws:states:::s3:getObject", "Arguments": arguments, "ReaderConfig": config}


def children(bench: Workbench, label: str = "Each") -> list[Execution]:
    return bench.engine.executions(f"trial/{label}")


@pytest.mark.parametrize(
    ("kind", "body", "items"),
    [
        ("JSONL", '{"id": "a", "say": "\u2028"}\n\n{"id": "b"}\r\n', [{"id": "a", "say": "\u2028"}, {"id": "b"}]),
        ("CSV", 'id,name\na,"陈,\n样本"\nb\n', [{"id": "a", "name": "陈,\n样本"}, {"id": "b", "name": ""}]),
    ],
)
def test_a_distributed_map_reads_its_items_from_a_file_under_the_role_of_the_machine(
    kind: str, body: str, items: list[Any]
) -> None:
    bench = Workbench()
    bench.shelf.objects["vault", "due/1"] = body.encode()
    done = bench.run(each(apart(Work=task()), ItemReader=reader(kind)), {"key": "due/1"})
    assert done.output == items
    assert bench.shelf.roles == ["MachineRole"]


@pytest.mark.parametrize("body", [None, b"{broken\n", b"\xff"], ids=["absent", "broken line", "not UTF-8"])
def test_a_file_that_cannot_be_read_fails_by_name(body: bytes | None) -> None:
    bench = Workbench()
    if body is not None:
        bench.shelf.objects["vault", "due/1"] = body
    done = bench.run(each(apart(Work=task()), ItemReader=reader("JSONL")), {"key": "due/1"})
    assert done.error == "States.ItemReaderFailed"
    assert "s3://vault/due/1" in (done.cause or "")


@pytest.mark.parametrize(("kind", "family"), [("STANDARD", "execution"), ("EXPRESS", "express")])
def test_every_child_is_an_execution_of_its_own_under_the_label(kind: str, family: str) -> None:
    bench = Workbench()
    context = {"Type": "Succeed", "Output": "{% $states.context %}"}
    done = bench.run(each(apart(kind, Look=context), Label="Every"), ["a", "b"])
    first, second = children(bench, "Every")
    assert (first.kind, first.parent, first.path) == (kind, done.arn, ["Look"])
    assert first.arn == f"arn:aws:states:ap-southeast-1:123456789012:{family}:trial/Every:{first.name}"
    assert done.path == ["Each"]
    assert done.output[1]["Execution"] == {"Id": second.arn, "Name": second.name, "Input": "b"}
    assert done.output[0]["StateMachine"] == {"Id": MACHINES + "trial/Every", "Name": "trial/Every"}
    assert "Map" not in done.output[0]


def test_a_child_execution_does_not_see_the_variables_of_the_map() -> None:
    first = {"Type": "Pass", "Assign": {"outer": 1}, "Next": "Each"}
    inner = apart(Look={"Type": "Succeed", "Output": "{% $exists($outer) %}"})
    state = {"Type": "Map", "Items": [1], "ItemProcessor": inner, "End": True}
    assert Workbench().run(machine("Set", Set=first, Each=state)).output == [False]


def test_batches_hold_the_selected_items_and_the_shared_input() -> None:
    bench = Workbench(count=lambda batch: len(batch["Items"]))
    state = {
        "ItemSelector": {"id": "{% $states.context.Map.Item.Value %}", "at": "{% $states.context.Map.Item.Index %}"},
        "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"exam": "{% $states.input.exam %}"}},
        "Items": "{% $states.input.list %}",
    }
    done = bench.run(each(apart(Work=task("count")), **state), {"exam": "cgptc", "list": ["a", "b", "c"]})
    assert done.output == [2, 1]
    assert bench.calls[1][1] == {"BatchInput": {"exam": "cgptc"}, "Items": [{"id": "c", "at": 2}]}


def picky(n: int) -> int:
    if n < 0:
        raise TaskError("TooSmall", str(n))
    return n


@pytest.mark.parametrize(
    ("fields", "items", "status"),
    [
        ({}, [1, 2, 3, -4], "FAILED"),
        ({"ToleratedFailureCount": 1}, [1, 2, 3, -4], "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, [1, 2, -3, -4], "FAILED"),
        ({"ToleratedFailurePercentage": 25}, [1, 2, 3, -4], "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 24}, [1, 2, 3, -4], "FAILED"),
        ({"ToleratedFailurePercentage": "{% 100 %}"}, [-1, -2, -3, -4], "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 1}, [1, 2, -3, -4], "FAILED"),
    ],
)
def test_so_many_failures_are_tolerated_and_not_one_more(fields: Definition, items: list[int], status: str) -> None:
    done = Workbench(pick=picky).run(each(apart(Pick=task("pick")), **fields), items)
    assert done.status == status
    assert done.error == (None if status == "SUCCEEDED" else "States.ExceedToleratedFailureThreshold")


def test_a_failed_batch_counts_with_all_its_items() -> None:
    bench = Workbench(pick=lambda batch: picky(min(batch["Items"])))
    state = {"ItemBatcher": {"MaxItemsPerBatch": 2}, "ToleratedFailureCount": 1}
    done = bench.run(each(apart(Pick=task("pick")), **state), [1, 2, 3, -4])
    assert (done.error, done.cause) == ("States.ExceedToleratedFailureThreshold", "2 of 4 items failed")


def test_a_tolerated_failure_leaves_its_record_in_the_output() -> None:
    bench = Workbench(pick=picky)
    done = bench.run(each(apart(Pick=task("pick")), ToleratedFailureCount=1), [1, -2])
    good, bad = done.output
    assert good == 1
    assert (bad["Status"], bad["Error"], bad["Cause"], bad["Input"]) == ("FAILED", "TooSmall", "-2", "-2")
    assert bad["ExecutionArn"] == children(bench)[1].arn


def test_a_map_that_fails_aborts_its_children_and_a_machine_that_ends_too() -> None:
    rest = {"Type": "Wait", "Seconds": 60, "Next": "Pick"}
    choose = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input < 0 %}", "Next": "Pick"}],
        "Default": "Rest",
    }
    bench = Workbench(pick=picky)
    done = bench.run(each(apart(Choose=choose, Rest=rest, Pick=task("pick"))), [1, -2, 3])
    assert done.status == "FAILED"
    assert [each.status for each in children(bench)] == ["ABORTED", "FAILED", "ABORTED"]
    assert bench.seconds() == 0

    bench = Workbench()
    bench.run({**each(apart(Rest={"Type": "Wait", "Seconds": 60, "End": True})), "TimeoutSeconds": 5}, [1])
    assert [each.status for each in children(bench)] == ["ABORTED"]


def test_an_express_child_that_takes_five_minutes_has_failed_for_its_map() -> None:
    bench = Workbench()
    rest = {"Type": "Wait", "Seconds": "{% $states.input %}", "End": True}
    done = bench.run(each(apart("EXPRESS", Rest=rest), ToleratedFailureCount=1), [10, 400])
    assert done.output[1]["Status"] == "TIMED_OUT"
    assert done.stopped == START + timedelta(minutes=5)


def test_a_retried_map_starts_again_with_all_its_items() -> None:
    bench = Workbench(pick=fails("Busy", times=1))
    retry = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"]}]
    done = bench.run(each(apart(Pick=task("pick")), MaxConcurrency=1, Retry=retry), ["a", "b"])
    assert (done.status, [item for _, item in bench.calls]) == ("SUCCEEDED", ["a", "a", "b"])
    assert len(children(bench)) == 3


def test_results_are_written_to_a_folder_with_a_manifest() -> None:
    bench = Workbench(pick=picky)
    arguments = {"Bucket": "vault", "Prefix": "{% 'runs/' & $states.input.day %}"}
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": arguments}
    state = {"Items": "{% $states.input.list %}", "ToleratedFailureCount": 1, "ResultWriter": writer}
    done = bench.run(each(apart(Pick=task("pick")), **state), {"day": "monday", "list": [1, -2, 3]})

    key = done.output["ResultWriterDetails"]["Key"]
    manifest = json.loads(bench.shelf.objects["vault", key])
    assert key.startswith("runs/monday/")
    assert manifest["MapRunArn"] == done.output["MapRunArn"]
    assert ":mapRun:trial/Each:" in manifest["MapRunArn"]
    files = {
        status: json.loads(bench.shelf.objects["vault", each["Key"]])
        for status, listed in manifest["ResultFiles"].items()
        for each in listed
    }
    assert [child["Output"] for child in files["SUCCEEDED"]] == ["1", "3"]
    assert [child["Error"] for child in files["FAILED"]] == ["TooSmall"]


def test_results_that_cannot_be_written_fail_by_name() -> None:
    bench = Workbench()
    bench.shelf.breaks = OSError("full")
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "vault", "Prefix": "runs"}}
    done = bench.run(each(apart(Work=task()), ResultWriter=writer), [1])
    assert done.error == "States.ResultWriterFailed"


def test_the_gate_is_asked_for_the_machines_own_right_before_children_start() -> None:
    bench = Workbench()
    asked: list[tuple[str, str, str]] = []
    bench.engine.authorize = lambda *question: asked.append(question)
    bench.run(each(apart(Work=task()), MaxConcurrency=1), [1, 2])
    assert asked == [("MachineRole", "states:StartExecution", MACHINES + "trial")]


def test_without_that_right_the_map_fails_and_no_child_starts() -> None:
    def deny(role: str, action: str, _resource: str) -> None:
        raise PermissionError(f"{role} may not {action}")

    bench = Workbench()
    bench.engine.authorize = deny
    done = bench.run(each(apart(Work=task())), [1])
    assert (done.error, done.cause) == (
        "StepFunctions.AccessDeniedException",
        "MachineRole may not states:StartExecution",
    )
    assert children(bench) == []
