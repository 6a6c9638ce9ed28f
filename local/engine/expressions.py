"""JSONata as Step Functions uses it: `{% … %}` strings inside JSON, `$states`, variables, four extra functions.

Source: the developer guide's pages on transforming data with JSONata and on error names. Two rules of the guide matter
most here: an expression that yields nothing is States.QueryEvaluationError, and a document may have 256 KiB at most.
"""

import functools
import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any

from jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from local.engine.errors import TaskError

LARGEST_DOCUMENT = 262_144
"""Bytes of UTF-8 that an input, a payload, a result, an output or a variable may have."""

OWN_SENSE_OF_TIME_OR_CHANCE = {"now", "millis", "random", "uuid"}
UNKNOWN_TO_STEP_FUNCTIONS = {"eval"}
STATES_FIELDS = {"input", "result", "errorOutput", "context"}
CONTEXT_FIELDS = {
    "Execution": {"Id", "Name", "Input"},
    "State": {"Name", "RetryCount"},
    "StateMachine": {"Id", "Name"},
    "Map": {"Item"},
}


def as_document(value: Any) -> Any:
    """A fresh plain copy of a JSON value. Raises States.DataLimitExceeded above 256 KiB."""
    try:
        text = json.dumps(value, default=_null_or_error, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise TaskError("States.QueryEvaluationError", f"not a JSON value: {error}") from error
    if size > LARGEST_DOCUMENT:
        raise TaskError("States.DataLimitExceeded", f"a document of {size} bytes; {LARGEST_DOCUMENT} are allowed")
    return json.loads(text)


def _null_or_error(value: Any) -> None:
    if value is not Utils.NULL_VALUE:
        raise TypeError(f"{type(value).__name__} (a function?)")


def is_expression(value: Any) -> bool:
    """Whether a value of a definition is an expression: a string that starts with `{%`."""
    return isinstance(value, str) and value.startswith("{%")


def evaluate(template: Any, states: dict[str, Any], variables: dict[str, Any]) -> Any:
    """Replace every expression inside a JSON template by its value; the result is a fresh document."""
    bindings = {name: Utils.NULL_VALUE if value is None else value for name, value in variables.items()}
    bindings["states"] = states
    return as_document(_replace(template, bindings))


def _replace(template: Any, bindings: dict[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: _replace(value, bindings) for key, value in template.items()}
    if isinstance(template, list):
        return [_replace(value, bindings) for value in template]
    return _value_of(source_of(template), bindings) if is_expression(template) else template


def _value_of(source: str, bindings: dict[str, Any]) -> Any:
    try:
        value = parse(source).evaluate(None, bindings)
    except Exception as error:
        raise TaskError("States.QueryEvaluationError", f"'{source}' failed: {error}") from error
    if value is None:
        raise TaskError("States.QueryEvaluationError", f"'{source}' returned nothing (undefined)")
    return value


def source_of(text: str) -> str:
    """The JSONata between `{%` and `%}`."""
    return text[2:-2].strip()


@functools.lru_cache(maxsize=4096)
def parse(source: str) -> Any:
    """The parsed expression. Parsing costs more than evaluating, and a machine has few expressions: keep them all."""
    expression = Jsonata(source)
    expression.set_output_convert_nulls(False)  # tells null from undefined
    expression.set_validate_input(False)
    for name, function in (("partition", _partition), ("range", _range), ("hash", _hash), ("parse", _parse)):
        expression.register_lambda(name, function)
    return expression


def _partition(array: Any, size: Any) -> Any:
    if array is None:
        return None
    whole = array if isinstance(array, list) else [array]
    return [whole[start : start + int(size)] for start in range(0, len(whole), int(size))]


def _range(first: Any, last: Any, step: Any) -> Any:
    return list(range(int(first), int(last) + (1 if step > 0 else -1), int(step)))


def _hash(text: Any, algorithm: Any) -> Any:
    names = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
    return None if text is None else hashlib.new(names[algorithm], text.encode()).hexdigest()


def _parse(text: Any) -> Any:
    if text is None:
        return None
    value = json.loads(text)
    return Utils.NULL_VALUE if value is None else value


def expressions_in(template: Any) -> Iterator[str]:
    """Every string of a template that is, or looks as if it wanted to be, an expression."""
    if isinstance(template, dict):
        for value in template.values():
            yield from expressions_in(value)
    elif isinstance(template, list):
        for value in template:
            yield from expressions_in(value)
    elif isinstance(template, str) and (template.strip().startswith("{%") or template.strip().endswith("%}")):
        yield template


def objection_to(text: str) -> str | None:
    """Why an expression of a definition cannot be used, or None. Found by its parsed form, not by its spelling."""
    if not (text.startswith("{%") and text.endswith("%}")):
        return f"'{text}' must begin with {{% and end with %}}"
    source = source_of(text)
    try:
        symbols = list(_symbols(parse(source).ast, set()))
    except Exception as error:
        return f"'{source}' is not valid JSONata: {error}"
    for symbol in symbols:
        if symbol.type == "variable" and symbol.value in OWN_SENSE_OF_TIME_OR_CHANCE:
            return f"${symbol.value} bypasses the clock (or repeats differently); pass the value in"
        if symbol.type == "variable" and symbol.value in UNKNOWN_TO_STEP_FUNCTIONS:
            return f"${symbol.value} does not exist in Step Functions"
        if symbol.type == "path" and (reason := _objection_to_path(symbol)):
            return reason
    return None


def _objection_to_path(path: Any) -> str | None:
    steps = [step.value if step.type in ("variable", "name") else None for step in path.steps]
    if ("Execution", "StartTime") in itertools.pairwise(steps):
        return "Execution.StartTime bypasses the clock; pass the time in"
    if path.steps[0].type != "variable" or steps[0] != "states" or len(steps) < 2:
        return None
    if steps[1] is not None and steps[1] not in STATES_FIELDS:
        return f"$states.{steps[1]} does not exist"
    if steps[1] == "context":
        group, field = (*steps[2:4], None, None)[:2]
        if group is not None and (group not in CONTEXT_FIELDS or field not in {None, *CONTEXT_FIELDS[group]}):
            return f"$states.context.{'.'.join(filter(None, (group, field)))} is not offered"
    return None


def _symbols(part: Any, seen: set[int]) -> Iterator[Any]:
    if id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, (list, tuple)):
        for inner in part:
            yield from _symbols(inner, seen)
    elif isinstance(part, Parser.Symbol):
        yield part
        for name, inner in vars(part).items():
            if name != "_outer_instance":
                yield from _symbols(inner, seen)
