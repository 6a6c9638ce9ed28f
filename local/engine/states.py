"""What each type of state does. A state decides and calls out; it changes nothing itself (flow.py applies the outcome).

So whatever kills the process in a call leaves the execution as it was, and the same work is done again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.engine.errors import TaskError
from local.engine.expressions import as_document
from local.engine.maps import fan_out, gathered
from local.engine.visit import Failed, Forked, Moved, Outcome, Overdue, Visit, Waiting

LAMBDA_INVOKE = "arn:aws:states:::lambda:invoke"


def perform(visit: Visit, action: str) -> Outcome:
    """Do the frame's work in its state: `run` it, `wake` from a Wait, or `join` the children."""
    if visit.is_overdue():
        return Overdue()
    try:
        outcome = _ACTIONS[action](visit)
    except TaskError as error:
        outcome = Failed(error.error, error.cause)
    except Exception as error:  # a fault of ours: the execution fails visibly, no Catch hides it
        outcome = Failed("States.Runtime", f"{type(error).__name__}: {error}")
    return Overdue() if visit.is_overdue() else outcome


def caught(visit: Visit, catcher: dict[str, Any], failed: Failed) -> Outcome:
    """Leave by a catcher; an error in the catcher itself is not caught again."""
    problem = {"Error": failed.error, "Cause": failed.cause}
    try:
        return visit.leave(catcher, catcher["Next"], problem, errorOutput=problem)
    except TaskError as error:
        return Failed(error.error, error.cause)


def _run(visit: Visit) -> Outcome:
    return _TYPES[visit.state["Type"]](visit)


def _done(visit: Visit) -> Moved:
    return visit.leave(visit.state, visit.state.get("Next"), visit.frame.input)


def _task(visit: Visit) -> Outcome:
    arguments = visit.evaluate(visit.state["Arguments"])
    function, payload = arguments["FunctionName"], arguments.get("Payload", {})
    limit = visit.number("TimeoutSeconds")
    begun, answer, problem = visit.now(), None, None
    try:
        answer = visit.services.invoke(function, payload, visit.machine.role)
    except TaskError as error:
        problem = error
    # The call is synchronous, so its limit is only noticed now. AWS would have stopped listening, whatever came of it.
    seconds = (visit.now() - begun).total_seconds()
    if limit is not None and seconds >= limit:
        raise TaskError("States.Timeout", f"{function} took {seconds:g} s of {limit:g}")
    if problem is not None:
        raise problem
    result = as_document({"ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200})
    return visit.leave(visit.state, visit.state.get("Next"), result, result=result)


def _choice(visit: Visit) -> Outcome:
    state, unchanged = visit.state, visit.frame.input
    for rule in state["Choices"]:
        verdict = visit.evaluate(rule["Condition"])
        if not isinstance(verdict, bool):
            raise TaskError("States.QueryEvaluationError", f"Condition must be true or false, not {verdict!r}")
        if verdict:
            return visit.leave(rule, rule["Next"], unchanged)
    if "Default" not in state:
        raise TaskError("States.NoChoiceMatched", f"no rule of '{visit.frame.state}' matched and it has no Default")
    return visit.leave(state, state["Default"], unchanged)


def _wait(visit: Visit) -> Outcome:
    if (seconds := visit.number("Seconds")) is not None:
        return Waiting(visit.after(seconds))
    text = visit.evaluate(visit.state["Timestamp"])
    try:
        until = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        until = None
    if until is None or until.tzinfo is None:
        raise TaskError("States.QueryEvaluationError", f"Timestamp must be ISO 8601 with a time zone, not {text!r}")
    return Waiting(until)


def _fail(visit: Visit) -> Outcome:
    return Failed(*(str(visit.evaluate(visit.state.get(field, ""))) for field in ("Error", "Cause")))


def _fork(visit: Visit) -> Outcome:
    return Forked(fan_out(visit))


def _join(visit: Visit) -> Outcome:
    result = gathered(visit)
    return visit.leave(visit.state, visit.state.get("Next"), result, result=result)


_ACTIONS: dict[str, Callable[[Visit], Outcome]] = {"run": _run, "wake": _done, "join": _join}
_TYPES: dict[str, Callable[[Visit], Outcome]] = {
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Pass": _done,
    "Succeed": _done,
    "Fail": _fail,
    "Parallel": _fork,
    "Map": _fork,
}
