"""Runs handlers in this process, as Lambda would: JSON in, JSON out, errors by name, under the function's own role."""

import json
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.gate import AccessDenied
from local.runtime.console import HandlerLog
from local.runtime.context import LambdaContext
from local.runtime.loader import LoadError, handler_of
from local.stack import FunctionSpec, Stack

PAYLOAD_LIMIT = 6 * 1024 * 1024
FAILURES_KEPT = 200


@dataclass(frozen=True)
class Outcome:
    """What came back. With `failed`, the payload has errorType, errorMessage, stackTrace and requestId."""

    payload: Any
    failed: bool
    request: str

    @property
    def error(self) -> str | None:
        return self.payload["errorType"] if self.failed else None


@dataclass(frozen=True)
class Failure:
    """A handler error as the control room shows it."""

    at: datetime
    function: str
    request: str
    error: str
    message: str
    stack: tuple[str, ...] = ()


class UnknownFunction(LookupError):
    """No function of that name in the template."""


Acting = Callable[[str, str], AbstractContextManager[object]]
"""(role, function) -> a context in which calls have the role's rights."""


class Invoker:
    """`acting(role, function)` is entered around every handler; `killed` are the exceptions that stand for a dead process."""

    def __init__(
        self,
        stack: Stack,
        now: Callable[[], datetime],
        log: HandlerLog,
        acting: Acting = lambda _role, _function: nullcontext(),
        killed: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._now, self._log, self._acting, self._killed = now, log, acting, killed
        self._functions: dict[str, FunctionSpec] = {}
        for spec in stack.functions.values():
            self._functions |= {spec.logical_id: spec, spec.name: spec, spec.arn: spec}
        self.failures: deque[Failure] = deque(maxlen=FAILURES_KEPT)
        self.counts: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def find(self, function: str) -> FunctionSpec:
        """The function by logical id, name or ARN (with or without a qualifier)."""
        found = self._functions.get(function)
        if found is None and function.startswith("arn:"):
            found = self._functions.get(":".join(function.split(":")[:7]))
        if found is None:
            raise UnknownFunction(f"no function {function!r} in the template")
        return found

    def invoke(self, function: str, event: Any) -> Outcome:
        """Run the handler once. Never raises for what the handler does."""
        spec = self.find(function)
        text = json.dumps(event)
        try:
            handler = handler_of(spec)
        except LoadError as problem:
            return self._failed(LambdaContext(spec), problem.name, str(problem), traceback.format_exc().splitlines())
        context = LambdaContext(spec)
        with self._log.capture(spec.name, context.aws_request_id):
            outcome = self._run(handler, text, context)
        self.counts[spec.name] = self.counts.get(spec.name, 0) + 1
        self.seconds[spec.name] = self.seconds.get(spec.name, 0.0) + context.seconds_used
        return outcome

    def _run(self, handler: Callable[[Any, Any], Any], text: str, context: LambdaContext) -> Outcome:
        if len(text) > PAYLOAD_LIMIT:
            return self._failed(context, "RequestEntityTooLargeException", f"the event has {len(text)} bytes")
        _new_process()
        try:
            with self._acting(context.spec.role, context.spec.name):
                answer = handler(json.loads(text), context)
        except self._killed as killed:
            return self._failed(context, "Runtime.ExitError", f"Runtime exited with error: signal: killed ({killed})")
        except Exception as problem:
            stack = traceback.format_tb(problem.__traceback__)[1:]
            return self._failed(context, _name_of(problem), str(problem), stack)
        except SystemExit as left:
            return self._failed(context, "Runtime.ExitError", f"Runtime exited with error: exit status {left.code}")
        if context.seconds_used > context.spec.timeout:
            return self._failed(context, "Sandbox.Timedout", f"Task timed out after {context.spec.timeout:.2f} seconds")
        return self._answered(context, answer)

    def _answered(self, context: LambdaContext, answer: Any) -> Outcome:
        try:
            text = json.dumps(answer)
        except (TypeError, ValueError) as problem:
            return self._failed(context, "Runtime.MarshalError", f"Unable to marshal response: {problem}")
        if len(text) > PAYLOAD_LIMIT:
            message = f"Response payload size ({len(text)} bytes) exceeded maximum allowed ({PAYLOAD_LIMIT} bytes)."
            return self._failed(context, "Function.ResponseSizeTooLarge", message)
        return Outcome(json.loads(text), failed=False, request=context.aws_request_id)

    def _failed(self, context: LambdaContext, error: str, message: str, stack: list[str] | None = None) -> Outcome:
        name, request = context.spec.name, context.aws_request_id
        failure = Failure(self._now(), name, request, error, message, tuple(stack or ()))
        self.failures.append(failure)
        self._log.line(name, request, f"[ERROR] {error}: {message}\n{''.join(failure.stack)}".rstrip())
        payload = {"errorType": error, "errorMessage": message, "stackTrace": stack or [], "requestId": request}
        return Outcome(payload, failed=True, request=request)

    def warm(self) -> list[tuple[str, float, str | None]]:
        """Import every function now. Gives name, seconds and the problem, if any, of each."""
        report = []
        for spec in {spec.name: spec for spec in self._functions.values()}.values():
            started, problem = time.perf_counter(), None
            try:
                handler_of(spec)
            except LoadError as found:
                problem = str(found)
            report.append((spec.name, time.perf_counter() - started, problem))
        return report


def _name_of(problem: Exception) -> str:
    """A missing right is a plain ClientError on AWS; the gate's own class would not match in Retry and Catch."""
    return "ClientError" if isinstance(problem, AccessDenied) else type(problem).__name__


def _new_process() -> None:
    """Let the package forget opened keys and secrets: on AWS another function's process never held them."""
    memory = sys.modules.get("certification.cloud.memory")
    if memory is not None:
        memory.forget()
