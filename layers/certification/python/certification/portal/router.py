"""From method and path to a page."""

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote

from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.rules.model import Frozen

Access = Literal["anybody", "candidate", "staff"]
Page = Callable[..., Response]
_SEGMENT = r"(?P<{}>[^/]{{1,100}})"


class Route(Frozen):
    """One page: `path` may hold `{names}` of one segment each, which the page gets as keyword arguments beside `fixed`."""

    method: Literal["GET", "POST"]
    path: str
    access: Access
    page: Page
    fixed: dict[str, str] = {}

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the names, if the path is this page's."""
        pattern = re.sub(r"\{(\w+)\}", lambda name: _SEGMENT.format(name[1]), self.path)
        found = re.fullmatch(pattern, path)
        return self.fixed | {name: unquote(value) for name, value in found.groupdict().items()} if found else None


class Found(Frozen):
    """A page and the values of its path."""

    route: Route
    names: dict[str, str]

    def show(self, request: Request) -> Response:
        return self.route.page(request, **self.names)


def find(routes: tuple[Route, ...], request: Request) -> tuple[Found | None, tuple[str, ...]]:
    """The page for a request, and every method its path has (for a 405). HEAD is answered as GET."""
    method = "GET" if request.method == "HEAD" else request.method
    known: list[str] = []
    for route in routes:
        names = route.match(request.path)
        if names is None:
            continue
        if route.method == method:
            return Found(route=route, names=names), (method,)
        known.append(route.method)
    return None, tuple(known)
