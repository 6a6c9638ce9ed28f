"""Where the system may die besides its cloud calls: in between the parts, and in front of the outside.

invoked   whoever invokes a function (API Gateway, a poller, the engine) dies before or after, or hears no answer
started   the bus dies before or after it starts a machine, or hears no answer
asked     a function dies before or after it asks an external body, or hears no answer
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

from certification.providers import http
from certification.providers.ports import Lost
from local.chain import Killed, Point, chain
from local.http.messages import Request, Response, message
from local.runtime.invoker import Outcome

if TYPE_CHECKING:
    from local.cloud import LocalCloud

INVOKE, START = "Invoke", "StartExecution"
NO_ANSWER = {"errorType": "Lambda.SdkClientException", "errorMessage": "the answer was lost", "stackTrace": []}


@contextmanager
def places(cloud: "LocalCloud") -> Iterator[None]:
    """Make the places between the parts of this cloud breakable, until the end of the block."""
    asked = _Asked()
    with ExitStack() as patches:
        for owner, name, instead in (
            (cloud.invoker, "invoke", _Invoked(cloud)),
            (cloud.engine, "start", _Started(cloud)),
            (cloud.gateway, "handle", _Answered(cloud)),
            (http, "before_call", asked.before),
            (http, "after_call", asked.after),
        ):
            patches.enter_context(patch.object(owner, name, instead))
        yield


class _Invoked:
    """Every invocation of a function, whoever asks for it."""

    def __init__(self, cloud: "LocalCloud") -> None:
        self._invoke, self._find = cloud.invoker.invoke, cloud.invoker.find

    def __call__(self, function: str, event: Any) -> Outcome:
        spec = self._find(function)
        with chain.acting(None, spec.name):
            point = chain.point(INVOKE)
            try:
                with point:
                    return self._invoke(function, event)
            except TimeoutError:
                return Outcome(NO_ANSWER, failed=True, request="")


class _Started:
    """Every start of a machine by a rule; a start without an answer is tried again by the bus."""

    def __init__(self, cloud: "LocalCloud") -> None:
        self._start = cloud.engine.start

    def __call__(self, machine_arn: str, input: Any, name: str | None = None) -> str:  # noqa: A002 - the engine's word
        with chain.acting(None, machine_arn.rpartition(":")[2]), chain.point(START):
            return self._start(machine_arn, input, name)


class _Answered:
    """API Gateway: when it dies, whoever asked hears nothing."""

    def __init__(self, cloud: "LocalCloud") -> None:
        self._handle = cloud.gateway.handle

    def __call__(self, request: Request) -> Response:
        try:
            return self._handle(request)
        except Killed:
            return message(504, "no answer")


class _Asked:
    """Calls to external bodies, by the hooks that the adapters have for it. One call at a time."""

    def __init__(self) -> None:
        self._point: Point | None = None

    def before(self, name: str) -> None:
        method, _, address = name.partition(" ")
        self._point = chain.point(f"{method} {urlsplit(address).path}")

    def after(self, name: str) -> None:
        point, self._point = self._point, None
        if point is None:
            return
        try:
            with point:
                pass
        except TimeoutError as reason:
            raise Lost(f"{name}: the answer was lost") from reason
