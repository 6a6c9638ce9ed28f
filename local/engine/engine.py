"""The engine: machines are defined, executions started, and each `step` does one unit of work on the calling thread.

No thread belongs to an execution and nothing sleeps: what waits is a timer, and who owns the clock asks `next_due`.
The same starts, answers and clock give the same steps in the same order.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from local.clock import Clock
from local.engine.agenda import Unit
from local.engine.errors import (
    EngineKilled,
    ExecutionAlreadyExists,
    InvalidExecutionInput,
    StartRefused,
    StateMachineDoesNotExist,
    TaskError,
)
from local.engine.expressions import as_document
from local.engine.flow import Flow
from local.engine.language import check_definition
from local.engine.records import Execution, Run
from local.engine.states import perform
from local.engine.visit import ObjectStore, Services
from local.stack import MachineSpec

LONGEST_NAME = 80
DUMP_VERSION = 1


class Engine:
    """Runs the state machines of one account.

    `invoke(function_arn, payload, role)` gives the handler's answer or raises TaskError; `objects` is S3. `authorize`,
    when set, is asked as (role, action, resource) before a distributed map starts executions of its own machine.
    """

    def __init__(self, clock: Clock, invoke: Callable[[str, Any, str], Any], objects: ObjectStore) -> None:
        self._services = Services(clock=clock, invoke=invoke, objects=objects)
        self._flow = Flow(self._services)
        self._lock = threading.RLock()
        self._stepping = False
        self._killed = False

    @property
    def authorize(self) -> Callable[[str, str, str], None] | None:
        """The gate that distributed maps pass; None lets everybody through."""
        return self._services.authorize

    @authorize.setter
    def authorize(self, gate: Callable[[str, str, str], None] | None) -> None:
        self._services.authorize = gate

    def define(self, machine: MachineSpec) -> None:
        """Take a machine on. Raises UnsupportedDefinition when anything in it is not done exactly as AWS does it."""
        check_definition(machine.name, machine.definition, machine.kind)
        with self._lock:
            self._flow.machines[machine.arn] = machine

    def start(self, machine_arn: str, input: Any, name: str | None = None) -> str:  # noqa: A002 (the API's word)
        """Start an execution and give its ARN; may be called from any thread.

        Standard: the same name with the same input, while it runs, is the same execution; else
        ExecutionAlreadyExists. Express: every call starts one. Raises StartRefused.
        """
        document = _accepted_input(input)
        if name is not None and not 1 <= len(name) <= LONGEST_NAME:
            raise StartRefused(f"the name '{name}' must have 1 to {LONGEST_NAME} characters")
        with self._lock:
            self._must_be_alive()
            machine = self._flow.machines.get(machine_arn)
            if machine is None:
                raise StateMachineDoesNotExist(f"no machine {machine_arn}")
            generated = self._flow.new_name(machine_arn) if name is None or machine.kind == "EXPRESS" else ""
            name = name or generated
            arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
            if machine.kind == "EXPRESS":
                arn = f"{machine_arn.replace(':stateMachine:', ':express:')}:{name}:{generated}"
            elif (known := self._flow.runs.get(arn)) is not None:
                if known.execution.status == "RUNNING" and known.execution.input == document:
                    return arn
                raise ExecutionAlreadyExists(f"{arn} ran before, or runs with another input")
            execution = Execution(
                arn=arn,
                machine=machine.name,
                name=name,
                kind=machine.kind,
                input=document,
                started=self._services.clock.now(),
            )
            self._flow.begin(Run(execution=execution, machine_arn=machine_arn), [], document)
            return arn

    def step(self) -> bool:
        """Do one unit of work; False when nothing can be done now.

        If something that is not an Exception strikes inside a call (invoke, objects, authorize), it passes up and the
        unit is still to be done. If it strikes anywhere else, the engine is dead until `load`.
        """
        with self._lock:
            self._must_be_alive()
            if self._stepping:
                return False
            unit = self._flow.agenda.first(self._services.clock.now(), self._flow.is_alive)
            if unit is None:
                return False
            self._stepping = True
        try:
            self._do(unit)
        finally:
            self._stepping = False
        return True

    def _do(self, unit: Unit) -> None:
        run = self._flow.runs[unit.execution]
        frame = run.frames.get(unit.frame)
        # Everything that calls out happens here, before anything is changed and without the lock
        outcome = perform(self._flow.visit(run, frame), unit.action) if frame is not None else None
        with self._lock:
            try:
                self._flow.agenda.done()
                if frame is None or outcome is None:
                    self._flow.expire(run)
                else:
                    self._flow.apply(run, frame, outcome)
            except BaseException:
                self._killed = True
                raise

    def next_due(self) -> datetime | None:
        """The earliest timer: a Wait, a retry's delay or an execution's time limit. It may lie in the past."""
        with self._lock:
            return self._flow.agenda.next_due(self._flow.is_alive)

    def executions(self, machine: str | None = None) -> list[Execution]:
        """Copies of the executions in the order of their start; those of one machine, or all.

        The children of a distributed map belong to the machine `<name>/<label>`.
        """
        with self._lock:
            known = [run.execution for run in self._flow.runs.values()]
            return [replace(each, path=list(each.path)) for each in known if machine in (None, each.machine)]

    def dump(self) -> dict[str, Any]:
        """Everything but the definitions, as plain JSON. A unit of work under way counts as not done."""
        with self._lock:
            self._must_be_alive()
            return {
                "version": DUMP_VERSION,
                "named": self._flow.named,
                "runs": [run.dump() for run in self._flow.runs.values()],
                "agenda": self._flow.agenda.dump(),
            }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a dump. The machines must be defined already; a task in flight then is run again."""
        if state["version"] != DUMP_VERSION:
            raise ValueError(f"the engine's state has version {state['version']}, this engine reads {DUMP_VERSION}")
        with self._lock:
            runs = [Run.load(each) for each in state["runs"]]
            for run in runs:
                if run.execution.status == "RUNNING" and run.machine_arn not in self._flow.machines:
                    raise StateMachineDoesNotExist(f"{run.execution.arn} runs, but {run.machine_arn} is not defined")
            self._flow.runs = {run.execution.arn: run for run in runs}
            self._flow.named = state["named"]
            self._flow.agenda.load(state["agenda"])
            self._flow.history.load(run.execution for run in runs)
            self._killed = False

    def _must_be_alive(self) -> None:
        if self._killed:
            raise EngineKilled("the engine died in the middle of a unit of work; load an earlier state")


def _accepted_input(value: Any) -> Any:
    try:
        return as_document(value)
    except TaskError as error:
        raise InvalidExecutionInput(error.cause) from error
