"""The pages of the control room: facts put into templates. Plain HTML, one small style sheet, no script."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.control_room import facts, samples
from local.control_room.actions import ZONE

if TYPE_CHECKING:
    from local.cloud import LocalCloud

TEMPLATES = Path(__file__).parent / "templates"
NAVIGATION = (
    ("", "Overview"),
    ("inbox", "Inbox"),
    ("samples", "Samples"),
    ("executions", "Executions"),
    ("simulators", "Simulators"),
    ("permissions", "Permissions"),
    ("errors", "Errors and log"),
)

Arguments = dict[str, str]


def page(cloud: "LocalCloud", path: str, arguments: Arguments) -> str | None:
    """The HTML of a page, e.g. `inbox` or `inbox/<id>`; None when there is no such page."""
    name, _, rest = path.partition("/")
    maker = _PAGES.get(name)
    if maker is None:
        return None
    found = maker(cloud, {**arguments, **({"id": rest} if rest else {})})
    if found is None:
        return None
    template, values = found
    common = {
        "now": cloud.clock.now(),
        "moving_to": cloud.room.actions.moving_to,
        "navigation": NAVIGATION,
        "current": name,
        "limits_en": facts.LIMITS_EN,
        "limits_zh": facts.LIMITS_ZH,
    }
    return _environment().get_template(template).render(**common, **values)


def style() -> bytes:
    """The style sheet."""
    return (TEMPLATES / "style.css").read_bytes()


Made = tuple[str, dict[str, Any]] | None


def _overview(cloud: "LocalCloud", _: Arguments) -> Made:
    nothing: Arguments = {}
    return "overview.html", {
        "clock": facts.clock(cloud, nothing),
        "jobs": facts.jobs(cloud, nothing),
        "queues": facts.queues(cloud, nothing),
        "sources": facts.sources(cloud, nothing),
        "calls": facts.calls(cloud, nothing),
        "letters": cloud.inbox.letters()[:5],
        "failures": len(cloud.invoker.failures) + len(cloud.undelivered),
        "accounts": cloud.accounts,
        "address": cloud.address,
    }


def _inbox(cloud: "LocalCloud", arguments: Arguments) -> Made:
    if "id" in arguments:
        found = [letter for letter in cloud.inbox.letters() if letter.identifier == arguments["id"]]
        return ("letter.html", {"letter": found[0]}) if found else None
    kind: Any = arguments.get("kind") or None
    letters = cloud.inbox.letters(arguments.get("to") or None, arguments.get("q") or None, kind)
    return "inbox.html", {"letters": letters, "arguments": arguments}


def _samples(cloud: "LocalCloud", arguments: Arguments) -> Made:
    return None if "id" in arguments else ("samples.html", {"samples": samples.shown(cloud)})


def _executions(cloud: "LocalCloud", arguments: Arguments) -> Made:
    if "id" in arguments:
        found = facts.executions(cloud, arguments)
        return ("execution.html", {"run": found}) if found else None
    machines = sorted({machine.name for machine in cloud.stack.machines.values()})
    shown = facts.executions(cloud, arguments)
    return "executions.html", {"runs": shown, "machines": machines, "arguments": arguments}


def _simulators(cloud: "LocalCloud", _: Arguments) -> Made:
    shown = {name: simulator.control("status", {}) for name, simulator in sorted(cloud.simulators.items())}
    return "simulators.html", {"simulators": shown}


def _permissions(cloud: "LocalCloud", _: Arguments) -> Made:
    return "permissions.html", {"permissions": cloud.system.permissions(), "calls": facts.calls(cloud, {})}


def _errors(cloud: "LocalCloud", arguments: Arguments) -> Made:
    return "errors.html", {
        "errors": facts.errors(cloud, {}),
        "lines": facts.log(cloud, arguments),
        "arguments": arguments,
    }


_PAGES: dict[str, Callable[["LocalCloud", Arguments], Made]] = {
    "": _overview,
    "inbox": _inbox,
    "samples": _samples,
    "executions": _executions,
    "simulators": _simulators,
    "permissions": _permissions,
    "errors": _errors,
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = when
    environment.filters["readable"] = readable
    return environment


def when(instant: datetime | None) -> str:
    """An instant for people, in Hong Kong time; a dash for none."""
    return instant.astimezone(ZONE).strftime("%a %d %b %Y %H:%M:%S") if instant else "–"


def readable(value: Any) -> str:
    """Indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=facts.plain)
