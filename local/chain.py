"""One chain in front of moto: it counts every cloud call, and breaks the one a test names.

    handler -> boto3 -> gate (before-parameter-build) -> chain (before-send) -> moto

A call is counted once, however often botocore sends it. Faults happen only inside the system (`IN_SYSTEM`): while a
handler, the relay or the engine runs, never while a test looks at what came of it. After a kill, every further call of
that invocation is killed too, until `revive()`: a dead process does not clean up.

Install it before the first boto3 session exists; a client made earlier is found out at its first call.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import SimpleNamespace, TracebackType
from typing import Any, NamedTuple, Protocol

import boto3
import botocore.endpoint as botocore_endpoint
import botocore.handlers
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber

from local.faults import conflict_answer, throttle_answer

IN_SYSTEM: ContextVar[bool] = ContextVar("in_system", default=False)
"""True while a handler, the relay or the engine runs."""
ROLE: ContextVar[str | None] = ContextVar("role", default=None)
"""The logical id of the role that acts; None for tests and tools, which the gate lets pass."""
FUNCTION: ContextVar[str | None] = ContextVar("function", default=None)
"""The function that acts, for the ledger."""
_INVOCATION: ContextVar[object | None] = ContextVar("invocation", default=None)
_IN_CHAIN: ContextVar[bool] = ContextVar("in_chain", default=False)

_endpoint: Any = botocore_endpoint

# Events name services by another name than boto3.client() does.
_SERVICES = {"eventbridge": "events", "secrets-manager": "secretsmanager", "sfn": "stepfunctions"}


class Killed(BaseException):
    """The process died here. Not an Exception: a handler that catches everything must not survive its death."""


class Mode(StrEnum):
    """What goes wrong: death before or after the effect, a lost answer, too much load, a conflicting transaction."""

    BEFORE = "before"
    AFTER = "after"
    LOST = "lost"
    THROTTLE = "throttle"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Fault:
    """Break the `at`-th counted call (from 1). `times` attempts of it are lost or throttled; the SDK tries again."""

    at: int
    mode: Mode | str
    times: int = 1


class Call(NamedTuple):
    """One cloud call, or one point: who called what."""

    role: str | None
    function: str | None
    service: str
    operation: str


class Counted(Protocol):
    """What the self-check compares with: the gate's count of the same calls."""

    seen: Counter[Call]


class Chain:
    """`count` and `ledger` since the last `arm`; `fired` are the faults that came true."""

    def __init__(self) -> None:
        self.count = 0
        self.ledger: list[Call] = []
        self.fired: list[Fault] = []
        self.seen: Counter[Call] = Counter()
        self._faults: dict[int, Fault] = {}
        self._scope: Callable[[Call], bool] | None = None
        self._dead: set[object | None] = set()
        self._broken: dict[str, tuple[Fault, int]] = {}
        self._lock = threading.RLock()
        self._originals: tuple[Any, Any] | None = None

    def install(self) -> None:
        """Take moto's place in botocore, and the waiting out of botocore's retries. Twice is once."""
        if self._originals is not None:
            return
        handlers = botocore.handlers.BUILTIN_HANDLERS
        handlers[handlers.index(("before-send", botocore_stubber))] = ("before-send", self._handle)
        self._originals = (BotocoreStubber.__call__, _endpoint.time)
        BotocoreStubber.__call__ = _found_out(BotocoreStubber.__call__)
        _endpoint.time = SimpleNamespace(sleep=lambda _seconds: None)
        boto3.DEFAULT_SESSION = None

    def uninstall(self) -> None:
        """Put moto and botocore back as they were."""
        if self._originals is None:
            return
        handlers = botocore.handlers.BUILTIN_HANDLERS
        handlers[handlers.index(("before-send", self._handle))] = ("before-send", botocore_stubber)
        BotocoreStubber.__call__, _endpoint.time = self._originals
        self._originals = None
        boto3.DEFAULT_SESSION = None

    def arm(self, fault: Fault | Iterable[Fault] | None) -> None:
        """Count from zero, everybody alive, with these faults to come (none: only count)."""
        faults = [fault] if isinstance(fault, Fault) else list(fault or ())
        with self._lock:
            self._faults = {entry.at: entry for entry in faults}
            self.count, self.ledger, self.fired = 0, [], []
            self._dead, self._broken = set(), {}

    def only(self, predicate: Callable[[Call], bool] | None) -> None:
        """Count, and break, only the calls inside the system for which `predicate` holds; None: all of them."""
        self._scope = predicate

    def revive(self) -> None:
        """A new process takes over: what was killed may call again."""
        with self._lock:
            self._dead.clear()

    @contextmanager
    def acting(self, role: str | None, function: str | None = None) -> Iterator[None]:
        """Everything called inside belongs to the system and to one invocation under this role."""
        with _set(IN_SYSTEM, True), _set(ROLE, role), _set(FUNCTION, function), _set(_INVOCATION, object()):
            yield

    def point(self, name: str) -> "Point":
        """A place outside AWS where the process may die, e.g. a call to an external body.

        The call itself is the place "before"; used as `with chain.point(name):`, the end of the block is "after", and
        a lost answer is a TimeoutError there.
        """
        call = Call(ROLE.get(), FUNCTION.get(), "point", name)
        fault = self._enter(call) if IN_SYSTEM.get() else None
        return Point(self, fault)

    def check_same_calls(self, gate: Counted) -> None:
        """Raise unless gate and chain saw the same calls under a role: a difference is a client that evades one."""
        if self.seen != gate.seen:
            past_gate, past_chain = self.seen - gate.seen, gate.seen - self.seen
            raise AssertionError(f"calls that passed no gate: {dict(past_gate)}; no chain: {dict(past_chain)}")

    def _handle(self, event_name: str, request: Any, **rest: Any) -> AWSResponse | None:
        with _set(_IN_CHAIN, True):
            return self._send(event_name, request, rest)

    def _send(self, event_name: str, request: Any, rest: dict[str, Any]) -> AWSResponse | None:
        _, service_id, operation = event_name.split(".")
        call = Call(ROLE.get(), FUNCTION.get(), _SERVICES.get(service_id, service_id), operation)
        fault = None
        if _attempt(request) > 1:
            fault = self._again(request)
        else:
            if call.role is not None:
                self._see(call)
            if IN_SYSTEM.get():
                fault = self._enter(call)
        answer = self._answer_instead(fault, call, request)
        if answer is None:
            answer = botocore_stubber(event_name=event_name, request=request, **rest)
        if fault is not None:
            self._after(fault, request)
        return answer

    def _see(self, call: Call) -> None:
        with self._lock:
            self.seen[call] += 1

    def _enter(self, call: Call) -> Fault | None:
        """Count the call; die here if it is time, or if this invocation is dead already."""
        with self._lock:
            if _INVOCATION.get() in self._dead:
                raise Killed(f"{call.operation} of a dead process")
            if self._scope is not None and not self._scope(call):
                return None
            self.count += 1
            self.ledger.append(call)
            fault = self._faults.get(self.count)
            if fault is not None and fault.mode == Mode.BEFORE:
                self._kill(fault)
            return fault

    def _again(self, request: Any) -> Fault | None:
        """The SDK tries a broken call again: broken once more while the fault says so."""
        with self._lock:
            fault, left = self._broken.get(_invocation_id(request), (None, 0))
            return fault if left > 0 else None

    def _answer_instead(self, fault: Fault | None, call: Call, request: Any) -> AWSResponse | None:
        """The service's refusal for a fault that keeps the call from having any effect."""
        if fault is None or fault.mode not in (Mode.THROTTLE, Mode.CONFLICT):
            return None
        if fault.mode == Mode.CONFLICT and call.operation != "TransactWriteItems":
            return None
        self._note(fault, request)
        return throttle_answer(call.service, request) if fault.mode == Mode.THROTTLE else conflict_answer(request)

    def _after(self, fault: Fault, request: Any) -> None:
        if fault.mode == Mode.AFTER:
            self._kill(fault)
        if fault.mode == Mode.LOST:
            self._note(fault, request)
            raise ReadTimeoutError(endpoint_url=request.url)

    def _note(self, fault: Fault, request: Any) -> None:
        with self._lock:
            identity = _invocation_id(request)
            _, left = self._broken.get(identity, (fault, fault.times))
            self._broken[identity] = (fault, left - 1)
            if fault not in self.fired:
                self.fired.append(fault)

    def _kill(self, fault: Fault) -> None:
        with self._lock:
            self.fired.append(fault)
            self._dead.add(_INVOCATION.get())
        raise Killed(f"{fault.mode} call {fault.at}")


class Point:
    """A point that was passed: leaving its block is the place "after"."""

    def __init__(self, owner: Chain, fault: Fault | None) -> None:
        self._owner, self._fault = owner, fault

    def __enter__(self) -> None:
        """The place "before" is behind us."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None or self._fault is None:
            return
        if self._fault.mode == Mode.AFTER:
            self._owner._kill(self._fault)
        if self._fault.mode == Mode.LOST:
            self._owner.fired.append(self._fault)
            raise TimeoutError("the answer was lost")


chain = Chain()
"""The chain of this process."""


@contextmanager
def _set[T](variable: ContextVar[T], value: T) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def _attempt(request: Any) -> int:
    """Which attempt of the SDK this is, from 1: botocore writes `attempt=2; max=3` into a header."""
    header = request.headers.get("amz-sdk-request", "")
    text = header.decode() if isinstance(header, bytes) else str(header)
    return next((int(part.split("=")[1]) for part in text.split("; ") if part.startswith("attempt=")), 1)


def _invocation_id(request: Any) -> str:
    return str(request.headers.get("amz-sdk-invocation-id", ""))


def _found_out(original: Any) -> Any:
    """A client made before the chain calls moto directly: inside the system that is an error, not a blind spot."""

    def call(stubber: Any, event_name: str, request: Any, **rest: Any) -> Any:
        if IN_SYSTEM.get() and not _IN_CHAIN.get() and stubber.enabled:
            raise RuntimeError(f"{event_name}: this client was made before chain.install(), so nothing counts it")
        return original(stubber, event_name, request, **rest)

    return call
