"""The control room's pages and their JSON side: which address shows and does what.

Everything a page shows is also JSON under `/_local/api/`. Posts come from our own pages only: another site that a
browser has open must not move the clock.
"""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from local.control_room import facts, pages, samples
from local.control_room.actions import ActionError, Actions
from local.http.messages import Request, Response, message

if TYPE_CHECKING:
    from local.cloud import LocalCloud

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

Page = Callable[["LocalCloud", dict[str, str], str], tuple[str, Any]]


class ControlRoom:
    """Answers below `/_local/`, except for the simulators, which have their own addresses there."""

    def __init__(self, cloud: "LocalCloud") -> None:
        self._cloud, self.actions = cloud, Actions(cloud)

    def handle(self, request: Request) -> Response:
        if _host(request.headers.get("host", "")) not in LOOPBACK:
            return message(403, "The control room answers on this machine only")
        path = request.plain_path.removeprefix("/_local").strip("/")
        if request.method == "POST":
            return self._post(request, path)
        if request.method not in ("GET", "HEAD"):
            return message(405, "Method Not Allowed")
        if path == "style.css":
            return Response(200, (("content-type", "text/css; charset=utf-8"),), pages.style())
        if path.startswith("samples/"):
            return _sample(path.removeprefix("samples/"))
        if path == "api" or path.startswith("api/"):
            return self._json(path.removeprefix("api").strip("/"), request.arguments())
        return self._page(path, request.arguments())

    def _json(self, path: str, arguments: dict[str, str]) -> Response:
        name, _, rest = path.partition("/")
        known = facts.FACTS.get(name or "status")
        if known is None:
            return message(404, "Not Found")
        found = known(self._cloud, {**arguments, **({"id": unquote(rest)} if rest else {})})
        return message(404, "Not Found") if found is None else _answer(200, found)

    def _page(self, path: str, arguments: dict[str, str]) -> Response:
        html = pages.page(self._cloud, path, arguments)
        if html is None:
            return message(404, "Not Found")
        headers = (
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ),
        )
        return Response(200, headers, html.encode())

    def _post(self, request: Request, path: str) -> Response:
        if not _is_ours(request):
            return message(403, "Another site may not use the control room")
        given = _given(request)
        try:
            done = self.actions.perform(path.removeprefix("api/"), given)
        except ActionError as problem:
            return message(problem.status, re.sub(r'["\\\\]', "'", str(problem)))
        if "application/json" in request.headers.get("content-type", "") or "return" not in given:
            return _answer(200, done)
        back = given["return"] if given["return"].startswith("/_local/") else "/_local/"
        return Response(303, (("location", quote(back, safe="/?&=%")),))


def _sample(name: str) -> Response:
    found = samples.file(name)
    if found is None:
        return message(404, "Not Found")
    headers = (("content-type", found[1]), ("content-disposition", f'attachment; filename="{name}"'))
    return Response(200, headers, found[0])


def _answer(status: int, value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False, indent=2, default=facts.plain).encode()
    return Response(status, (("content-type", "application/json"), ("cache-control", "no-store")), body)


def _given(request: Request) -> dict[str, str]:
    if "application/json" in request.headers.get("content-type", ""):
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            return {}
        return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}
    return request.form()


def _host(host: str) -> str:
    return host if host in LOOPBACK else host.rsplit(":", 1)[0]


def _is_ours(request: Request) -> bool:
    """A browser names the page's origin with every post; a program on this machine names none."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
