"""Checks of the house on a state machine, by looking at its definition only.

Links, ends and reachability; a time limit, a retry and a catcher for every task; at most 16 states; names that can be
read aloud; no Pass that only reshapes; and for an Express machine a worst path under 300 seconds (architecture §2).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.engine.retries import attempts_of, delay

SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
"""What every Retry of a task must name: the service was in trouble, not the handler."""

MOST_STATES = 16
EXPRESS_SECONDS = 300
READABLE = re.compile(r"[A-Z][a-z]*(,? ([a-z0-9'’-]+|[A-Z][a-z]+|[A-Z]{2,5}))*[?]?")
ENDS = {"Succeed", "Fail"}


@dataclass(frozen=True)
class Fault:
    """What is wrong: the check's name, the state (empty for the machine), and the problem in words."""

    check: str
    state: str
    problem: str

    def __str__(self) -> str:
        return f"{self.state or 'the machine'}: {self.problem} ({self.check})"


@dataclass(frozen=True)
class Scope:
    """The machine itself, a branch or an item processor; `owner` is the state that holds it.

    `caught` says that an error of any state in here reaches a catcher of the states around it. `kind` is EXPRESS or
    STANDARD for the machine and for a distributed map's children, which are executions; empty for other scopes.
    """

    owner: str
    start: str
    states: dict[str, dict[str, Any]]
    caught: bool = False
    kind: str = ""


def scopes(
    definition: dict[str, Any], kind: str = "STANDARD", owner: str = "", caught: bool = False
) -> Iterator[Scope]:
    """The machine, then every branch and item processor inside it."""
    scope = Scope(owner, definition.get("StartAt", ""), definition.get("States", {}), caught, kind)
    yield scope
    for name, state in scope.states.items():
        # A tolerated failure reaches nobody: the map goes on without the item
        hidden = "ToleratedFailureCount" in state or "ToleratedFailurePercentage" in state
        for inner in inner_definitions(state):
            config = inner.get("ProcessorConfig", {})
            inner_kind = config.get("ExecutionType", "STANDARD") if config.get("Mode") == "DISTRIBUTED" else ""
            yield from scopes(inner, inner_kind, name, not hidden and (caught or "Catch" in state))


def inner_definitions(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The branches of a Parallel, the item processor of a Map."""
    processor = state.get("ItemProcessor")
    return [*state.get("Branches", []), *([processor] if processor else [])]


def targets(state: dict[str, Any]) -> list[str]:
    """Every state that can follow."""
    blocks = [state, *state.get("Choices", []), *state.get("Catch", [])]
    following = [block["Next"] for block in blocks if "Next" in block]
    return following + ([state["Default"]] if "Default" in state else [])


def broken_links(scope: Scope) -> Iterator[Fault]:
    """A start or a next state that does not exist, and a state that leads nowhere without being an end."""
    if scope.start not in scope.states:
        yield Fault("links", scope.owner, f"StartAt names '{scope.start}', which does not exist")
    for name, state in scope.states.items():
        for target in targets(state):
            if target not in scope.states:
                yield Fault("links", name, f"'{target}' does not exist")
        if state["Type"] not in ENDS | {"Choice"} and ("Next" in state) == bool(state.get("End")):
            yield Fault("links", name, "needs either Next or End")


def unreachable_states(scope: Scope) -> Iterator[Fault]:
    """States to which no path leads from the start."""
    reached, following = set[str](), [scope.start]
    while following:
        name = following.pop()
        if name in scope.states and name not in reached:
            reached.add(name)
            following += targets(scope.states[name])
    yield from (Fault("reachable", name, "is never reached") for name in scope.states if name not in reached)


def missing_end(scope: Scope) -> Iterator[Fault]:
    """A scope without any state that ends it."""
    if not any(state["Type"] in ENDS or state.get("End") for state in scope.states.values()):
        yield Fault("ends", scope.owner, "no state ends it")


def careless_tasks(scope: Scope) -> Iterator[Fault]:
    """Tasks without a time limit, without a retry for service errors, or whose errors nobody catches.

    The catcher may be the task's own or belong to the Parallel or Map around it, unless that Map tolerates failures.
    The state to which States.ALL leads is the last resort (*Needs a person*) and has nobody left to turn to.
    """
    catchers = [catcher for state in scope.states.values() for catcher in state.get("Catch", [])]
    last_resorts = {catcher["Next"] for catcher in catchers if catcher["ErrorEquals"] == ["States.ALL"]}
    for name, state in scope.states.items():
        if state["Type"] != "Task":
            continue
        if "TimeoutSeconds" not in state:
            yield Fault("limits", name, "has no TimeoutSeconds")
        if not any(set(retrier["ErrorEquals"]) >= SERVICE_ERRORS for retrier in state.get("Retry", [])):
            yield Fault("retries", name, f"no Retry names {', '.join(sorted(SERVICE_ERRORS))}")
        if "Catch" not in state and not scope.caught and name not in last_resorts:
            yield Fault("catches", name, "has no Catch, and nothing around it catches")


def unreadable_names(scope: Scope) -> Iterator[Fault]:
    """Names that are not a word or some words, beginning with a capital."""
    for name in scope.states:
        if not READABLE.fullmatch(name):
            yield Fault("names", name, "is not a capitalised word or phrase that can be read aloud")


def reshaping_passes(scope: Scope) -> Iterator[Fault]:
    """Pass states that only reshape data: the state before them can do that in its own Output or Assign."""
    for name, state in scope.states.items():
        if state["Type"] == "Pass" and ("Output" in state or "Assign" in state):
            yield Fault("passes", name, "is a Pass that only reshapes; use Output or Assign of the state before")


def slow_express(scope: Scope) -> Iterator[Fault]:
    """An Express machine, or Express children of a map, whose worst path reaches the five minutes that they have."""
    if scope.kind != "EXPRESS" or any(broken_links(scope)):
        return
    try:
        seconds = worst_path(scope.start, scope.states)
    except Unbounded as unbounded:
        yield Fault("duration", unbounded.state, unbounded.reason)
    else:
        if seconds >= EXPRESS_SECONDS:
            yield Fault("duration", scope.owner, f"the worst path takes {seconds:g} s; Express has {EXPRESS_SECONDS}")


SCOPE_CHECKS: tuple[Callable[[Scope], Iterator[Fault]], ...] = (
    broken_links,
    unreachable_states,
    missing_end,
    careless_tasks,
    unreadable_names,
    reshaping_passes,
    slow_express,
)


def faults(definition: dict[str, Any], kind: str = "STANDARD") -> list[Fault]:
    """Everything that is wrong with a definition; `kind` is STANDARD or EXPRESS."""
    every_scope = list(scopes(definition, kind))
    found = [fault for scope in every_scope for check in SCOPE_CHECKS for fault in check(scope)]
    count = sum(len(scope.states) for scope in every_scope)
    if count > MOST_STATES:
        found.append(Fault("size", "", f"has {count} states, {MOST_STATES} are allowed"))
    return found


class Unbounded(Exception):
    """No upper bound can be read off the definition."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")
        self.state = state
        self.reason = reason


def worst_path(start: str, states: dict[str, dict[str, Any]]) -> float:
    """Seconds of the slowest way through: every attempt runs into its limit, every delay is the longest.

    Raises Unbounded for loops, maps, and limits or waits that only an expression knows.
    """
    known, under_way = dict[str, float](), set[str]()

    def from_here(name: str) -> float:
        if name in under_way:
            raise Unbounded(name, "is part of a loop, which has no upper bound")
        if name not in known:
            under_way.add(name)
            following = [from_here(target) for target in targets(states[name])]
            known[name] = _worst_stay(name, states[name]) + max(following, default=0.0)
            under_way.remove(name)
        return known[name]

    return from_here(start)


def _worst_stay(name: str, state: dict[str, Any]) -> float:
    retriers = state.get("Retry", [])
    attempts = 1 + sum(attempts_of(retrier) for retrier in retriers)
    pauses = sum(delay(retrier, made) for retrier in retriers for made in range(attempts_of(retrier)))
    match state["Type"]:
        case "Task":
            return attempts * _literal(name, state, "TimeoutSeconds") + pauses
        case "Wait":
            return _literal(name, state, "Seconds")
        case "Parallel":
            return attempts * max(worst_path(each["StartAt"], each["States"]) for each in state["Branches"]) + pauses
        case "Map":
            raise Unbounded(name, "is a Map, whose number of items is not known")
        case _:
            return 0.0


def _literal(name: str, state: dict[str, Any], field: str) -> float:
    value = state.get(field)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unbounded(name, f"{field} must be a plain number, else nobody can bound the path")
    return float(value)
