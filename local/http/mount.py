"""What the HTTP server carries besides the API: simulators of external bodies, each under `/_local/<name>/`."""

import importlib
from collections.abc import Mapping
from typing import Any, Protocol

from local.http.messages import Request, Response

PREFIX = "/_local/"


class Simulator(Protocol):
    """An external body played on this machine. `name` is its place in the path, e.g. `card` for `/_local/card/`.

    `handle` gets the path below that place, beginning with a slash and with the query, if any, still on it.
    It answers a status, headers and a body.
    """

    name: str

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer one request; runs on the server's threads, several at once."""


def simulators(cloud: Any) -> list[Simulator]:
    """The simulators of `local.simulators.ALL`; none while that module does not exist.

    A class is made with the cloud as its only argument when it takes one, else with none.
    """
    try:
        known = importlib.import_module("local.simulators")
    except ModuleNotFoundError as missing:
        if missing.name != "local.simulators":
            raise
        return []
    return [entry(cloud) if isinstance(entry, type) and _takes_cloud(entry) else _made(entry) for entry in known.ALL]


def handle(simulator: Simulator, request: Request) -> Response:
    """Pass a request below `/_local/<name>` to its simulator."""
    below = request.path.removeprefix(f"{PREFIX}{simulator.name}") or "/"
    target = f"{below}?{request.query}" if request.query else below
    status, headers, body = simulator.handle(request.method, target, request.headers, request.body)
    return Response(status, tuple(headers.items()), body)


def _takes_cloud(entry: type) -> bool:
    import inspect

    return len(inspect.signature(entry).parameters) > 0


def _made(entry: Any) -> Any:
    return entry() if isinstance(entry, type) else entry
