"""What follows from a state's outcome: the next state, a timer, children, a retry, a catcher, the end.

Only this module changes runs and frames. It calls nobody outside, so a unit of work is either applied whole or not.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local.engine.agenda import Agenda, Unit
from local.engine.errors import TaskError
from local.engine.history import History
from local.engine.maps import child_input, child_record, label_of
from local.engine.records import Execution, FanOut, Frame, Run
from local.engine.retries import attempts_of, delay, first_covering
from local.engine.states import caught
from local.engine.visit import Failed, Forked, Moved, Outcome, Overdue, Services, Visit, Waiting, scope_of
from local.stack import MachineSpec

EXPRESS_LIMIT = timedelta(minutes=5)
NOT_TOLERATED = "States.ExceedToleratedFailureThreshold"


@dataclass
class Flow:
    """All executions, what is to be done with them, and how they go on."""

    services: Services
    machines: dict[str, MachineSpec] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    agenda: Agenda = field(default_factory=Agenda)
    history: History = field(default_factory=History)
    named: int = 0

    def new_name(self, machine_arn: str) -> str:
        """A name that looks like AWS's random one, but is the same when the same things are done again."""
        self.named += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{machine_arn}/{self.named}"))

    def begin(self, run: Run, scope: list[Any], document: Any) -> None:
        """Start a run at the door of `scope`, with its time limit."""
        limits = [EXPRESS_LIMIT] if run.execution.kind == "EXPRESS" else []
        definition = scope_of(self.machines[run.machine_arn].definition, scope)
        if "TimeoutSeconds" in definition:
            limits.append(timedelta(seconds=definition["TimeoutSeconds"]))
        self.runs[run.execution.arn] = run
        if limits:
            run.deadline = run.execution.started + min(limits)
            self.agenda.add_at(run.deadline, Unit(run.execution.arn, 0, 0, "expire"))
        self._enter(run, run.new_frame(scope, document), definition["StartAt"], document)

    def is_alive(self, unit: Unit) -> bool:
        """Whether a unit of work still means something."""
        run = self.runs.get(unit.execution)
        if run is None or run.execution.status != "RUNNING":
            return False
        frame = run.frames.get(unit.frame)
        return unit.action == "expire" or (frame is not None and frame.turn == unit.turn)

    def visit(self, run: Run, frame: Frame) -> Visit:
        """The frame in its state."""
        return Visit(self.services, self.machines[run.machine_arn], run, frame)

    def apply(self, run: Run, frame: Frame, outcome: Outcome) -> None:
        """Let the outcome of a visit have its effect."""
        match outcome:
            case Moved():
                self._move(run, frame, outcome)
            case Waiting(until):
                self._next_unit(run, frame, "wake", until)
            case Forked(work):
                frame.fan_out = work
                frame.turn += 1
                self._go_on_with_children(run, frame)
            case Failed():
                self._state_failed(run, frame, outcome)
            case Overdue():
                self.expire(run)

    def expire(self, run: Run) -> None:
        """The execution has reached its time limit."""
        self._finish(run, "TIMED_OUT", error="States.Timeout", cause=f"not done by {run.deadline}")

    def _next_unit(self, run: Run, frame: Frame, action: str, due: datetime | None = None) -> None:
        frame.turn += 1
        unit = Unit(run.execution.arn, frame.id, frame.turn, action)
        if due is None:
            self.agenda.add(unit)
        else:
            self.agenda.add_at(due, unit)

    def _enter(self, run: Run, frame: Frame, state: str, document: Any) -> None:
        frame.state, frame.input, frame.attempts, frame.fan_out = state, document, {}, None
        run.execution.path.append(state)
        self._next_unit(run, frame, "run")

    def _move(self, run: Run, frame: Frame, moved: Moved) -> None:
        frame.variables = moved.variables
        if moved.next is not None:
            self._enter(run, frame, moved.next, moved.output)
        elif frame.parent is None:
            self._finish(run, "SUCCEEDED", output=moved.output)
        else:
            del run.frames[frame.id]
            self._child_done(run, run.frames[frame.parent], frame.index, moved.output)

    # Errors

    def _state_failed(self, run: Run, frame: Frame, failed: Failed) -> None:
        self._drop_children(run, frame)
        visit = self.visit(run, frame)
        retriers, catchers = visit.state.get("Retry", []), visit.state.get("Catch", [])
        at = first_covering(retriers, failed.error)
        if at is not None and frame.attempts.get(str(at), 0) < attempts_of(retriers[at]):
            made = frame.attempts.get(str(at), 0)
            seed = f"{run.execution.arn}/{frame.id}/{frame.state}/{at}/{made}"
            frame.attempts = {**frame.attempts, str(at): made + 1}
            self._next_unit(run, frame, "run", visit.after(delay(retriers[at], made, seed)))
            return
        at = first_covering(catchers, failed.error)
        outcome = caught(visit, catchers[at], failed) if at is not None else failed
        if isinstance(outcome, Moved):
            self._move(run, frame, outcome)
        elif isinstance(outcome, Failed):
            self._frame_failed(run, frame, outcome)

    def _frame_failed(self, run: Run, frame: Frame, failed: Failed) -> None:
        """Nobody took the error in this scope: it is the error of the state around it, or of the execution."""
        if frame.parent is None:
            self._finish(run, "FAILED", error=failed.error, cause=failed.cause)
        else:
            del run.frames[frame.id]
            self._state_failed(run, run.frames[frame.parent], failed)

    # Children

    def _go_on_with_children(self, run: Run, frame: Frame) -> None:
        work = frame.fan_out
        try:
            while work is not None and work.has_room():
                self._start_child(run, frame, work)
        except TaskError as error:
            self._state_failed(run, frame, Failed(error.error, error.cause))
            return
        if work is not None and work.left == 0:
            self._next_unit(run, frame, "join")

    def _start_child(self, run: Run, frame: Frame, work: FanOut) -> None:
        visit, index = self.visit(run, frame), work.next
        document = child_input(visit, work, index)
        work.next += 1
        inner = ["Branches", index] if work.mode == "PARALLEL" else ["ItemProcessor"]
        scope = [*frame.scope, "States", frame.state, *inner]
        if work.mode == "DISTRIBUTED":
            self._start_child_execution(run, visit, index, scope, document)
            return
        item = {"Index": index, "Value": work.items[index]} if work.mode == "INLINE" else frame.item
        child = run.new_frame(scope, document, parent=frame.id, index=index, variables=dict(frame.variables), item=item)
        self._enter(run, child, scope_of(visit.machine.definition, scope)["StartAt"], document)

    def _start_child_execution(self, run: Run, visit: Visit, index: int, scope: list[Any], document: Any) -> None:
        machine = f"{run.execution.machine}/{label_of(visit.frame.state, visit.state)}"
        kind = visit.state["ItemProcessor"]["ProcessorConfig"].get("ExecutionType", "STANDARD")
        name = self.new_name(run.machine_arn)
        family = "express" if kind == "EXPRESS" else "execution"
        arn = visit.machine.arn.replace(":stateMachine:", f":{family}:").removesuffix(visit.machine.name)
        execution = Execution(
            arn=f"{arn}{machine}:{name}",
            machine=machine,
            name=name,
            kind=kind,
            input=document,
            started=visit.now(),
            parent=run.execution.arn,
        )
        visit.fan_out.children.append(execution.arn)
        place = (visit.frame.id, visit.frame.turn, index)
        self.begin(Run(execution=execution, machine_arn=run.machine_arn, place=place), scope, document)

    def _child_done(self, run: Run, frame: Frame, index: int, result: Any) -> None:
        work = self.visit(run, frame).fan_out
        work.results[index] = result
        work.left -= 1
        self._go_on_with_children(run, frame)

    def _child_execution_done(self, child: Run) -> None:
        """Tell the map that started it, if that still waits (a map that failed or was retried does not)."""
        parent = self.runs.get(child.execution.parent or "")
        if parent is None or child.place is None:
            return
        frame_id, turn, index = child.place
        frame = parent.frames.get(frame_id)
        if frame is None or frame.turn != turn or frame.fan_out is None:
            return
        work = frame.fan_out
        if child.execution.status != "SUCCEEDED":
            work.failed_items += len(work.items_of(index))
        if work.is_beyond_tolerance():
            cause = f"{work.failed_items} of {len(work.items)} items failed"
            self._state_failed(parent, frame, Failed(NOT_TOLERATED, cause))
        else:
            self._child_done(parent, frame, index, child_record(child.execution, self.machines[child.machine_arn]))

    def _drop_children(self, run: Run, frame: Frame) -> None:
        work, frame.fan_out = frame.fan_out, None
        if work is None:
            return
        for child in [each for each in run.frames.values() if each.parent == frame.id]:
            self._drop_children(run, child)
            del run.frames[child.id]
        for arn in work.children:
            if arn in self.runs:
                self._finish(self.runs[arn], "ABORTED")

    def _finish(self, run: Run, status: str, **result: Any) -> None:
        execution = run.execution
        if execution.status != "RUNNING":
            return
        execution.status, execution.stopped = status, self.services.clock.now()
        execution.output, execution.error = result.get("output"), result.get("error")
        execution.cause = result.get("cause")
        for frame in [each for each in run.frames.values() if each.parent is None]:
            self._drop_children(run, frame)
        run.frames.clear()
        for arn in self.history.add(execution):
            self.runs.pop(arn, None)
        self._child_execution_done(run)
