"""What a definition may contain. Everything else is refused by name when the machine is defined, never ignored.

The fields are those of the Amazon States Language with JSONata, cut down to what this engine does as AWS does it.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from local.engine.errors import UnsupportedDefinition
from local.engine.expressions import expressions_in, is_expression, objection_to
from local.engine.graph import broken_links, inner_definitions, scopes
from local.engine.maps import is_distributed
from local.engine.states import LAMBDA_INVOKE

COMMENT = {"Comment"}
MACHINE = {"StartAt", "States", "QueryLanguage", "TimeoutSeconds", "Version"} | COMMENT
INNER = {"StartAt", "States", "ProcessorConfig"} | COMMENT
COMMON = {"Type", "QueryLanguage"} | COMMENT
ONWARD = {"Next", "End", "Output", "Assign"}
TRIED = {"Retry", "Catch"}
DISTRIBUTED = {
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
}
FIELDS: dict[str, set[str]] = {
    "Task": COMMON | ONWARD | TRIED | {"Resource", "Arguments", "TimeoutSeconds"},
    "Pass": COMMON | ONWARD,
    "Choice": COMMON | {"Choices", "Default", "Output", "Assign"},
    "Wait": COMMON | ONWARD | {"Seconds", "Timestamp"},
    "Succeed": COMMON | {"Output"},
    "Fail": COMMON | {"Error", "Cause"},
    "Parallel": COMMON | ONWARD | TRIED | {"Branches", "Arguments"},
    "Map": COMMON | ONWARD | TRIED | DISTRIBUTED | {"Items", "ItemSelector", "ItemProcessor", "MaxConcurrency"},
}
REQUIRED: dict[str, set[str]] = {
    "Task": {"Resource", "Arguments"},
    "Choice": {"Choices"},
    "Parallel": {"Branches"},
    "Map": {"ItemProcessor"},
}
RULE = {"Condition", "Next", "Output", "Assign"} | COMMENT
RETRIER = {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "JitterStrategy"}
CATCHER = {"ErrorEquals", "Next", "Output", "Assign"} | COMMENT
READER = {"Resource": {"arn:aws:states:::s3:getObject"}, "InputType": {"JSONL", "CSV"}}
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
LONGEST_STATE_NAME, LONGEST_LABEL = 80, 40

Problem = tuple[str, str]
"""A state's name and what is refused in it."""


def check_definition(machine: str, definition: dict[str, Any], kind: str) -> None:
    """Raise UnsupportedDefinition with every objection to the definition, one per line."""
    if definition.get("QueryLanguage") != "JSONata":
        raise UnsupportedDefinition(f"{machine}: QueryLanguage must be JSONata on the machine")
    found = list(_problems(definition, kind))
    if found:
        lines = [
            f"{machine}: state '{state}': {problem}" if state else f"{machine}: {problem}" for state, problem in found
        ]
        raise UnsupportedDefinition("\n".join(lines))


def _problems(definition: dict[str, Any], kind: str) -> Iterator[Problem]:
    yield from _fields("", "the machine", definition, MACHINE, {"StartAt", "States"})
    if not isinstance(definition.get("TimeoutSeconds", 1), int):
        yield "", "TimeoutSeconds of the machine must be a whole number"
    seen: set[str] = set()
    for scope in scopes(definition):
        for name, state in scope.states.items():
            if name in seen or len(name) > LONGEST_STATE_NAME:
                yield name, f"a state's name must be unique and have {LONGEST_STATE_NAME} characters at most"
            seen.add(name)
            yield from _state(name, state, kind)
        if all(state.get("Type") in FIELDS for state in scope.states.values()):
            yield from ((fault.state, fault.problem) for fault in broken_links(scope))
    yield from _variables(definition, set())


def _fields(name: str, what: str, block: Any, allowed: set[str], required: Collection[str] = ()) -> Iterator[Problem]:
    if not isinstance(block, dict):
        yield name, f"{what} must be an object"
        return
    for field in sorted(set(block) - allowed):
        yield name, f"{field} of {what} is not supported (JSONata only, and only what this engine does)"
    for field in sorted(set(required) - set(block)):
        yield name, f"{field} of {what} is missing"


def _state(name: str, state: dict[str, Any], kind: str) -> Iterator[Problem]:
    what = state.get("Type", "")
    if what not in FIELDS:
        yield name, f"Type '{what}' is not supported"
        return
    yield from _fields(name, f"a {what}", state, FIELDS[what], REQUIRED.get(what, set()))
    if state.get("QueryLanguage", "JSONata") != "JSONata":
        yield name, f"QueryLanguage {state['QueryLanguage']} is not supported"
    own = {field: value for field, value in state.items() if field not in ("Branches", "ItemProcessor")}
    for text in expressions_in(own):
        if reason := objection_to(text):
            yield name, reason
    for inner in inner_definitions(state):
        yield from _fields(name, "a branch or item processor", inner, INNER, {"StartAt", "States"})
    yield from _retries(name, state)
    yield from {"Task": _task, "Choice": _choice, "Wait": _wait}.get(what, _nothing)(name, state)
    if what == "Map":
        yield from _map(name, state, kind)


def _nothing(name: str, state: dict[str, Any]) -> Iterator[Problem]:  # noqa: ARG001 (one shape for all)
    yield from ()


def _task(name: str, state: dict[str, Any]) -> Iterator[Problem]:
    if state.get("Resource") != LAMBDA_INVOKE:
        yield name, f"Resource '{state.get('Resource')}' is not supported, only {LAMBDA_INVOKE}"
    arguments = state.get("Arguments")
    yield from _fields(name, "Arguments", arguments, {"FunctionName", "Payload"}, {"FunctionName"})
    if isinstance(arguments, dict) and "${" in str(arguments.get("FunctionName")):
        yield name, f"FunctionName {arguments['FunctionName']} still has a placeholder"


def _choice(name: str, state: dict[str, Any]) -> Iterator[Problem]:
    if not state.get("Choices"):
        yield name, "Choices must have a rule"
    for rule in state.get("Choices", []):
        yield from _fields(name, "a choice rule", rule, RULE, {"Condition", "Next"})


def _wait(name: str, state: dict[str, Any]) -> Iterator[Problem]:
    if ("Seconds" in state) == ("Timestamp" in state):
        yield name, "a Wait needs either Seconds or Timestamp"


def _retries(name: str, state: dict[str, Any]) -> Iterator[Problem]:
    for field, allowed, required in (
        ("Retry", RETRIER | COMMENT, {"ErrorEquals"}),
        ("Catch", CATCHER, {"ErrorEquals", "Next"}),
    ):
        blocks = state.get(field, [])
        for position, block in enumerate(blocks, start=1):
            yield from _fields(name, f"a block of {field}", block, allowed, required)
            errors = block.get("ErrorEquals", [])
            if not errors or ("States.ALL" in errors and (len(errors) > 1 or position < len(blocks))):
                yield name, f"ErrorEquals of {field} must name errors, and States.ALL stands alone in the last block"
            if block.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
                yield name, f"JitterStrategy {block['JitterStrategy']} is not supported"
            for number in ("IntervalSeconds", "MaxAttempts", "MaxDelaySeconds", "BackoffRate"):
                if is_expression(block.get(number)):
                    yield name, f"{number} of Retry must be a plain number"


def _map(name: str, state: dict[str, Any], kind: str) -> Iterator[Problem]:
    config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    yield from _fields(name, "ProcessorConfig", config, {"Mode", "ExecutionType"})
    yield from _one_of(name, config, "Mode", {"INLINE", "DISTRIBUTED"}, "INLINE")
    yield from _one_of(name, config, "ExecutionType", {"STANDARD", "EXPRESS"}, "STANDARD")
    if not is_distributed(state):
        for field in sorted(DISTRIBUTED & set(state)):
            yield name, f"{field} belongs to a distributed Map"
        return
    if kind == "EXPRESS":
        yield name, "an Express machine cannot have a distributed Map"
    if "ItemReader" in state and "Items" in state:
        yield name, "a Map has either Items or ItemReader"
    label = str(state.get("Label", "label"))
    if len(label) > LONGEST_LABEL or re.search(r"[\s*?<>{}\[\]:;,\\|^~$#%&`\"]", label):
        yield name, f"Label '{label}' must have {LONGEST_LABEL} plain characters at most"
    if "ItemReader" in state:
        yield from _reader(name, state["ItemReader"])
    if "ItemBatcher" in state:
        yield from _fields(name, "ItemBatcher", state["ItemBatcher"], {"MaxItemsPerBatch", "BatchInput"})
        if not isinstance(state["ItemBatcher"].get("MaxItemsPerBatch"), int):
            yield name, "MaxItemsPerBatch of ItemBatcher must be a whole number"
    if "ResultWriter" in state:
        writer = state["ResultWriter"]
        yield from _fields(name, "ResultWriter", writer, {"Resource", "Arguments"}, {"Resource", "Arguments"})
        yield from _one_of(name, writer, "Resource", {"arn:aws:states:::s3:putObject"})
        yield from _fields(name, "Arguments", writer.get("Arguments"), {"Bucket", "Prefix"}, {"Bucket", "Prefix"})


def _reader(name: str, reader: dict[str, Any]) -> Iterator[Problem]:
    every = {"Resource", "Arguments", "ReaderConfig"}
    yield from _fields(name, "ItemReader", reader, every, every)
    yield from _one_of(name, reader, "Resource", READER["Resource"])
    yield from _fields(name, "Arguments", reader.get("Arguments"), {"Bucket", "Key"}, {"Bucket", "Key"})
    config = reader.get("ReaderConfig", {})
    yield from _fields(name, "ReaderConfig", config, {"InputType", "CSVHeaderLocation"}, {"InputType"})
    yield from _one_of(name, config, "InputType", READER["InputType"])
    if config.get("InputType") == "CSV":
        yield from _one_of(name, config, "CSVHeaderLocation", {"FIRST_ROW"})


def _one_of(name: str, block: dict[str, Any], field: str, offered: set[str], default: str = "") -> Iterator[Problem]:
    if block.get(field, default) not in offered:
        yield name, f"{field} '{block.get(field)}' is not supported, only {' or '.join(sorted(offered))}"


def _variables(definition: dict[str, Any], outer: set[str]) -> Iterator[Problem]:
    """Names of variables; a branch or inline item may read those around it, but not assign to their names."""
    states: dict[str, dict[str, Any]] = definition.get("States", {})
    assigned: set[str] = set()
    for name, state in states.items():
        for block in (state, *state.get("Choices", []), *state.get("Catch", [])):
            for variable in block.get("Assign", {}):
                assigned.add(variable)
                if variable == "states" or not VARIABLE.fullmatch(variable):
                    yield name, f"'{variable}' cannot be the name of a variable"
                if variable in outer:
                    yield name, f"variable '{variable}' belongs to the states around it and cannot be assigned here"
    for state in states.values():
        for inner in inner_definitions(state):
            # A distributed child is an execution of its own: it sees no variables of the map's scope
            yield from _variables(inner, set() if is_distributed(state) else outer | assigned)
