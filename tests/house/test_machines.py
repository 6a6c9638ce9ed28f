"""Every state machine of the product keeps the rules of the house; and each rule finds a fault planted for it."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.engine.graph import SERVICE_ERRORS, Unbounded, faults, worst_path
from local.engine.language import check_definition

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "statemachines").glob("*.asl.yaml"))
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")

type Definition = dict[str, Any]


class _Template(yaml.SafeLoader):
    """Reads a SAM template; what an intrinsic function would give is of no interest here."""


def _intrinsic(_loader: _Template, tag: str, _node: yaml.Node) -> str:
    return f"!{tag}"


_Template.add_multi_constructor("!", _intrinsic)


@cache
def deployed_machines() -> dict[str, Definition]:
    """The machines of template.yaml by the name of their file."""
    template = yaml.load((ROOT / "template.yaml").read_text(), _Template)
    machines = [each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::StateMachine"]
    return {Path(each["Properties"]["DefinitionUri"]).name: each["Properties"] for each in machines}


def definition_in(path: Path) -> Definition:
    """The definition with every placeholder filled by its own name."""
    definition: Definition = yaml.safe_load(PLACEHOLDER.sub(r"assay-\1", path.read_text()))
    return definition


each_machine = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".asl.yaml"))


@each_machine
def test_a_machine_keeps_the_rules_of_the_house(path: Path) -> None:
    found = faults(definition_in(path), deployed_machines()[path.name]["Type"])
    assert not found, "\n".join(map(str, found))


@each_machine
def test_the_engine_does_everything_that_a_machine_uses(path: Path) -> None:
    check_definition(path.name, definition_in(path), deployed_machines()[path.name]["Type"])


@each_machine
def test_the_template_fills_exactly_the_placeholders_of_a_machine(path: Path) -> None:
    filled = deployed_machines()[path.name].get("DefinitionSubstitutions", {})
    assert set(PLACEHOLDER.findall(path.read_text())) == set(filled)


RETRY = {"ErrorEquals": sorted(SERVICE_ERRORS), "IntervalSeconds": 2, "MaxAttempts": 2}
CATCH = {"ErrorEquals": ["States.ALL"], "Next": "Needs a person"}


def task(following: str = "Done", **fields: Any) -> Definition:
    """A Task as the house wants it."""
    arguments = {"FunctionName": "assay-CheckIdentity"}
    careful = {"TimeoutSeconds": 10, "Retry": [RETRY], "Catch": [CATCH], "Next": following}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **careful, **fields}


def machine(**states: Definition | None) -> Definition:
    """A machine as the house wants it, with states added, changed, or (None) taken away."""
    good = {
        "Check identity": task(),
        "Needs a person": {"Type": "Fail", "Error": "NeedsAPerson"},
        "Done": {"Type": "Succeed"},
    }
    merged = {**good, **{name.replace("_", " "): state for name, state in states.items()}}
    kept = {name: state for name, state in merged.items() if state is not None}
    return {"QueryLanguage": "JSONata", "StartAt": "Check identity", "States": kept}


def without(field: str) -> Definition:
    return {name: value for name, value in task().items() if name != field}


def checks(definition: Definition, kind: str = "STANDARD") -> list[tuple[str, str]]:
    return [(fault.check, fault.state) for fault in faults(definition, kind)]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_machine_as_the_house_wants_it_has_no_faults(kind: str) -> None:
    assert checks(machine(), kind) == []


@pytest.mark.parametrize(
    ("definition", "fault"),
    [
        (machine(Check_identity=task("Nowhere")), ("links", "Check identity")),
        (machine(Check_identity=task(Catch=[{**CATCH, "Next": "Nowhere"}])), ("links", "Check identity")),
        (machine(Check_identity=without("Next")), ("links", "Check identity")),
        ({**machine(), "StartAt": "Begin"}, ("links", "")),
        (machine(Alone={"Type": "Succeed"}), ("reachable", "Alone")),
        (machine(Done=task("Check identity"), Needs_a_person=task("Done")), ("ends", "")),
        (machine(Check_identity=without("TimeoutSeconds")), ("limits", "Check identity")),
        (machine(Check_identity=without("Retry")), ("retries", "Check identity")),
        (
            machine(Check_identity=task(Retry=[{**RETRY, "ErrorEquals": ["Lambda.ServiceException"]}])),
            ("retries", "Check identity"),
        ),
        (machine(Check_identity=without("Catch"), Done=task("Needs a person")), ("catches", "Check identity")),
        (machine(Done={"Type": "Pass", "Output": {"n": 1}, "End": True}), ("passes", "Done")),
        (machine(Done={"Type": "Pass", "Assign": {"n": 1}, "End": True}), ("passes", "Done")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_each_rule_finds_the_fault_planted_for_it(definition: Definition, fault: tuple[str, str]) -> None:
    assert fault in checks(definition)


@pytest.mark.parametrize(
    "name", ["Verify identity", "Screening", "Is there an order?", "Ask the QR reader", "Set the 2nd date"]
)
def test_names_that_can_be_read_aloud_are_fine(name: str) -> None:
    assert checks(machine(Check_identity=task(name), **{name: task()})) == []


@pytest.mark.parametrize(
    "name", ["verify identity", "VerifyIdentity", "Verify_identity", "Notify SNSReady", "Step (2)"]
)
def test_names_that_cannot_be_read_aloud_are_faults(name: str) -> None:
    definition = machine(Check_identity=task(name))
    definition["States"][name] = task()
    assert checks(definition) == [("names", name)]


@pytest.mark.parametrize(("count", "found"), [(16, []), (17, [("size", "")])])
def test_a_machine_has_sixteen_states_at_most_those_of_branches_included(
    count: int, found: list[tuple[str, str]]
) -> None:
    chain = [f"Step number {n}" for n in range(1, count - 3)]
    states = {name: task(following) for name, following in zip(chain, [*chain[1:], "Done"], strict=True)}
    for state in states.values():
        state["Catch"] = [CATCH]
    inner = {"StartAt": "Look", "States": {"Look": without("Next") | {"End": True, "Catch": []}}}
    fork = {"Type": "Parallel", "Branches": [inner], "Catch": [CATCH], "Next": chain[0]}
    assert checks(machine(Check_identity=fork, **states)) == found


def each_item(processor: Definition, **fields: Any) -> Definition:
    inner = {"StartAt": "Look", "States": {"Look": processor}}
    return {"Type": "Map", "ItemProcessor": inner, "Catch": [CATCH], "Next": "Done", **fields}


CARELESS = {**without("Catch"), "End": True}
del CARELESS["Next"]


def test_a_catcher_around_a_task_counts_but_not_over_a_map_that_tolerates_failures() -> None:
    distributed = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    tolerant = each_item(CARELESS, ToleratedFailurePercentage=5)
    tolerant["ItemProcessor"] |= distributed
    strict = each_item(CARELESS)
    strict["ItemProcessor"] |= distributed
    assert checks(machine(Check_identity=each_item(CARELESS))) == []
    assert checks(machine(Check_identity=strict)) == []
    assert checks(machine(Check_identity=tolerant)) == [("catches", "Look")]


def test_the_last_resort_needs_no_catcher_but_another_state_does() -> None:
    last = {**without("Catch"), "Next": "Done"}
    assert checks(machine(Needs_a_person=last)) == []
    named = {**CATCH, "ErrorEquals": ["NotEnough"]}
    definition = machine(Needs_a_person=last, Check_identity=task(Catch=[named]))
    assert checks(definition) == [("catches", "Needs a person")]


def path_of(definition: Definition) -> float:
    return worst_path(definition["StartAt"], definition["States"])


def test_the_worst_path_adds_every_attempt_and_every_delay_and_follows_the_catcher() -> None:
    assert path_of(machine()) == 3 * 10 + 2 + 4
    slow = task(TimeoutSeconds=100, Retry=[], Catch=[])
    assert path_of(machine(Needs_a_person=slow)) == 36 + 100
    two = {**RETRY, "MaxAttempts": 1, "MaxDelaySeconds": 1, "JitterStrategy": "FULL"}
    assert path_of(machine(Check_identity=task(Retry=[RETRY, two]))) == 4 * 10 + 2 + 4 + 1


def test_a_parallel_takes_as_long_as_its_slowest_branch() -> None:
    branches = [
        {"StartAt": "Look", "States": {"Look": {**CARELESS, "TimeoutSeconds": seconds, "Retry": []}}}
        for seconds in (5, 20)
    ]
    fork = {"Type": "Parallel", "Branches": branches, "Retry": [{**RETRY, "MaxAttempts": 1}], "Next": "Done"}
    assert path_of(machine(Check_identity=fork)) == 2 * 20 + 2


@pytest.mark.parametrize(("seconds", "found"), [(263, []), (264, [("duration", "")])])
def test_an_express_machine_must_end_in_less_than_five_minutes(seconds: int, found: list[tuple[str, str]]) -> None:
    definition = machine(Done={"Type": "Wait", "Seconds": seconds, "Next": "Ended"}, Ended={"Type": "Succeed"})
    assert checks(definition, "EXPRESS") == found
    assert checks(definition, "STANDARD") == []


@pytest.mark.parametrize(
    "states",
    [
        {"Check_identity": task("Check identity"), "Done": None},
        {"Check_identity": task(TimeoutSeconds="{% 10 %}")},
        {"Check_identity": {"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "Next": "Done"}},
        {"Check_identity": each_item(CARELESS)},
    ],
    ids=["loop", "computed limit", "timestamp", "map"],
)
def test_an_express_machine_without_an_upper_bound_is_a_fault(states: dict[str, Definition | None]) -> None:
    definition = machine(**states)
    assert ("duration", "Check identity") in checks(definition, "EXPRESS")
    with pytest.raises(Unbounded, match="Check identity"):
        path_of(definition)


def test_express_children_of_a_map_have_five_minutes_too() -> None:
    express = each_item({**CARELESS, "TimeoutSeconds": 98})
    express["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    assert checks(machine(Check_identity=express)) == [("duration", "Check identity")]
    express["ItemProcessor"]["States"]["Look"]["TimeoutSeconds"] = 97
    assert checks(machine(Check_identity=express)) == []
