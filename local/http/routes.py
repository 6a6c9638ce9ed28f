"""Which route of the HTTP API a request belongs to.

The most specific route wins: literal segments before `{name}`, these before a greedy `{name+}`, a method before `ANY`,
`$default` last. A greedy variable needs at least one character, so `/` wants a route of its own.
"""

from dataclasses import dataclass

from local.stack import RouteSpec


@dataclass(frozen=True)
class Match:
    """The route, what it is called (`GET /exams/{id}`) and the values of its path variables."""

    route: RouteSpec
    key: str
    parameters: dict[str, str]


class Router:
    """All routes, the most specific first."""

    def __init__(self, routes: list[RouteSpec]) -> None:
        self._routes = sorted(routes, key=_order)

    def match(self, method: str, path: str) -> Match | None:
        """The route of a method and a decoded path; None when there is none."""
        for route in self._routes:
            if route.path == "$default":
                return Match(route, "$default", {})
            parameters = _parameters(route.path, path) if route.method in (method, "ANY") else None
            if parameters is not None:
                return Match(route, f"{route.method} {route.path}", parameters)
        return None


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _order(route: RouteSpec) -> tuple[bool, list[int], bool]:
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in _segments(route.path)]
    return route.path == "$default", kinds, route.method == "ANY"


def _parameters(pattern: str, path: str) -> dict[str, str] | None:
    wanted, given = _segments(pattern), _segments(path)
    found: dict[str, str] = {}
    for place, part in enumerate(wanted):
        if part.endswith("+}"):
            rest = "/".join(path.lstrip("/").split("/")[place:])
            return {**found, part[1:-2]: rest} if rest else None
        if place >= len(given) or (part.startswith("{") and not given[place]):
            return None
        if part.startswith("{"):
            found[part[1:-1]] = given[place]
        elif part != given[place]:
            return None
    return found if len(wanted) == len(given) else None
