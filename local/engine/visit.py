"""One visit of one frame to one state: what it may read, whom it may call, and what can come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from local.clock import Clock
from local.engine.errors import TaskError
from local.engine.expressions import evaluate
from local.engine.records import Execution, FanOut, Frame, Run
from local.stack import MachineSpec


class ObjectStore(Protocol):
    """S3 as distributed maps need it; each call happens under the machine's role."""

    def read(self, bucket: str, key: str, role: str) -> bytes:
        """The object's bytes."""

    def write(self, bucket: str, key: str, body: bytes, role: str) -> None:
        """Store the object."""


@dataclass
class Services:
    """Everybody outside whom a state may call.

    `invoke(function_arn, payload, role)` raises TaskError with the name of the handler's exception.
    `authorize(role, action, resource)` raises when the role may not do that.
    """

    clock: Clock
    invoke: Callable[[str, Any, str], Any]
    objects: ObjectStore
    authorize: Callable[[str, str, str], None] | None = None


@dataclass(frozen=True)
class Moved:
    """The state is done: go to `next` (None: this was the last one)."""

    next: str | None
    output: Any
    variables: dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """The state waits for an instant."""

    until: datetime


@dataclass(frozen=True)
class Forked:
    """The state waits for children."""

    fan_out: FanOut


@dataclass(frozen=True)
class Failed:
    """The state failed; Retry and Catch decide what follows."""

    error: str
    cause: str


@dataclass(frozen=True)
class Overdue:
    """The execution has reached its time limit."""


Outcome = Moved | Waiting | Forked | Failed | Overdue


def scope_of(definition: dict[str, Any], path: list[Any]) -> dict[str, Any]:
    """The object with StartAt and States at `path`."""
    scope: Any = definition
    for key in path:
        scope = scope[key]
    found: dict[str, Any] = scope
    return found


def machine_arn_of(machine: MachineSpec, execution: Execution) -> str:
    """The machine's ARN as an execution sees it: children of a distributed map see their label behind a slash."""
    return machine.arn.removesuffix(machine.name) + execution.machine


@dataclass(frozen=True)
class Visit:
    """A frame in its state. Nothing here changes the frame: what comes of the visit is an Outcome."""

    services: Services
    machine: MachineSpec
    run: Run
    frame: Frame

    @property
    def state(self) -> dict[str, Any]:
        """The state's definition."""
        state: dict[str, Any] = scope_of(self.machine.definition, self.frame.scope)["States"][self.frame.state]
        return state

    @property
    def fan_out(self) -> FanOut:
        """The children under way. Only a state that was forked may ask."""
        if self.frame.fan_out is None:
            raise LookupError(f"'{self.frame.state}' has no children")
        return self.frame.fan_out

    def now(self) -> datetime:
        """The clock's instant."""
        return self.services.clock.now()

    def is_overdue(self) -> bool:
        """Whether the execution has reached its time limit."""
        return self.run.deadline is not None and self.now() >= self.run.deadline

    def evaluate(self, template: Any, *, item: dict[str, Any] | None = None, **states: Any) -> Any:
        """The value of a template; `states` adds `result` or `errorOutput`, `item` is a map's Index and Value."""
        context = self._context(item or self.frame.item)
        return evaluate(template, {"input": self.frame.input, "context": context, **states}, self.frame.variables)

    def _context(self, item: dict[str, Any] | None) -> dict[str, Any]:
        execution = self.run.execution
        context: dict[str, Any] = {
            "Execution": {"Id": execution.arn, "Name": execution.name, "Input": execution.input},
            "State": {"Name": self.frame.state, "RetryCount": sum(self.frame.attempts.values())},
            "StateMachine": {"Id": machine_arn_of(self.machine, execution), "Name": execution.machine},
        }
        if item is not None:
            context["Map"] = {"Item": item}
        return context

    def number(self, field: str) -> float | None:
        """A number field of the state, given as it is or by an expression; None when absent."""
        if field not in self.state:
            return None
        value = self.evaluate(self.state[field])
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise TaskError("States.QueryEvaluationError", f"{field} must be a number from 0 up, not {value!r}")
        return value

    def leave(self, block: dict[str, Any], following: str | None, default: Any, **states: Any) -> Moved:
        """Leave by `block` (the state, a choice rule or a catcher). Output and Assign both see the old variables."""
        output = self.evaluate(block["Output"], **states) if "Output" in block else default
        assigned = self.evaluate(block["Assign"], **states) if "Assign" in block else {}
        return Moved(following, output, {**self.frame.variables, **assigned})

    def after(self, seconds: float) -> datetime:
        """The instant that is so many seconds away."""
        return self.now() + timedelta(seconds=seconds)
