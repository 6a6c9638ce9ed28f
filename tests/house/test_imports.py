"""Who may import what: dependencies point inward, AWS is met in one room, time is read in one place."""

import ast
import sys
from pathlib import Path

import pytest

from tests.house.sources import (
    FUNCTIONS,
    PACKAGE,
    ROOT,
    called,
    handlers,
    imported,
    module_name,
    named,
    python_files,
    room,
    tree,
)

AWS = {"boto3", "botocore", "pynamodb", "aws_lambda_powertools", "mypy_boto3_dynamodb"}

# Each room and the rooms it may import from; what is not named here may not be imported.
MAY_IMPORT = {
    "rules": {"rules"},
    "policies": {"policies", "rules"},
    "imaging": {"imaging", "rules"},
    "documents": {"documents", "rules"},
    "letters": {"letters", "rules"},
    "providers": {"providers", "rules"},
    "cloud": {"cloud", "policies", "rules"},
    "acts": {"acts", "cloud", "documents", "imaging", "letters", "policies", "providers", "rules"},
    "api": {"api", "acts", "cloud", "letters", "policies", "rules"},
    "portal": {"portal", "acts", "cloud", "letters", "policies", "rules"},
}

CLOCKS = {PACKAGE / "cloud/clock.py", ROOT / "local/clock.py"}
# A stopwatch (perf_counter, monotonic) says how long something took, not what time it is.
TIME = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
TIME_OF = {"datetime", "date", "time"}


def package_files() -> list[Path]:
    return python_files(PACKAGE)


def faults_of_imports(path: Path, module: str, names: dict[str, int]) -> list[str]:
    """What a file of the package imports although its room may not."""
    here, found = room(module), []
    for name, line in names.items():
        top = name.split(".")[0]
        if top in AWS or top.startswith("mypy_boto3"):
            if here != "cloud":
                found.append(f"{named(path)}:{line} imports {name}: only the room cloud knows AWS")
        elif top == "local":
            found.append(f"{named(path)}:{line} imports {name}: the package must not know the local cloud")
        elif name.startswith("."):
            found.append(f"{named(path)}:{line} imports {name}: imports are absolute")
        elif name.startswith("certification."):
            if room(name) not in MAY_IMPORT.get(here, set()):
                found.append(f"{named(path)}:{line} imports {name}: {here or 'the top'} may not know {room(name)}")
        elif here == "rules" and top not in sys.stdlib_module_names | {"pydantic", "certification"}:
            found.append(f"{named(path)}:{line} imports {name}: rules know the standard library and pydantic only")
    return found


def test_every_room_imports_only_what_it_may() -> None:
    found = [fault for path in package_files() for fault in faults_of_imports(path, module_name(path), imported(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "name", "allowed"),
    [
        ("certification.rules.money", "decimal", True),
        ("certification.rules.money", "pydantic", True),
        ("certification.rules.money", "yaml", False),
        ("certification.rules.money", "certification.cloud.clock", False),
        ("certification.cloud.outbox", "pynamodb.models", True),
        ("certification.cloud.outbox", "certification.acts.cases", False),
        ("certification.acts.cases", "boto3", False),
        ("certification.acts.cases", "aws_lambda_powertools.event_handler", False),
        ("certification.acts.cases", "certification.portal.router", False),
        ("certification.letters.data", "certification.cloud.settings", False),
        ("certification.portal.router", "certification.acts.cases", True),
        ("certification.portal.router", "local.stack", False),
        ("certification.portal.router", ".page", False),
    ],
)
def test_an_import_over_a_boundary_is_found(module: str, name: str, allowed: bool) -> None:
    assert (faults_of_imports(PACKAGE / "planted.py", module, {name: 1}) == []) is allowed


def test_every_room_is_in_the_list_of_rooms() -> None:
    rooms = {room(module_name(path)) for path in package_files()} - {""}
    assert rooms <= set(MAY_IMPORT)


def test_handlers_import_the_package_and_the_standard_library_only() -> None:
    found = [
        f"{named(path)}:{line} imports {name}"
        for path in handlers()
        for name, line in imported(path).items()
        if name.split(".")[0] not in sys.stdlib_module_names | {"certification"}
    ]
    assert not found, "\n".join(found)


def readings_of_time(module: ast.Module) -> list[tuple[int, str]]:
    """Where a file asks what time it is, in whatever way."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in TIME:
            owner = called(node.value).split(".")[-1]
            if owner in TIME_OF:
                found.append((node.lineno, f"{owner}.{node.attr}"))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [(node.lineno, f"time.{alias.name}") for alias in node.names if alias.name in TIME]
    return found


def test_the_time_is_read_in_the_two_clocks_only() -> None:
    everywhere = python_files(PACKAGE, FUNCTIONS, ROOT / "local")
    found = [
        f"{named(path)}:{line} reads {what}"
        for path in everywhere
        if path not in CLOCKS
        for line, what in readings_of_time(tree(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("datetime.now(UTC)", 1),
        ("datetime.datetime.utcnow()", 1),
        ("default_factory=datetime.now", 1),
        ("date.today()", 1),
        ("time.time()", 1),
        ("from time import time", 1),
        ("clock.now()", 0),
        ("row.time", 0),
        ("time.sleep(1)", 0),
    ],
)
def test_every_way_to_ask_for_the_time_is_found(source: str, found: int) -> None:
    assert len(readings_of_time(ast.parse(source))) == found


def cycles(edges: dict[str, set[str]]) -> list[str]:
    """The nodes that can be reached from themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(edges.get(start, ()))
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += edges.get(node, ())
        return seen

    return sorted(node for node in edges if node in reached(node))


def test_no_module_of_the_package_imports_itself_by_a_detour() -> None:
    paths = {module_name(path): path for path in package_files()}
    edges = {
        module: {name for name in imported(path) if name in paths and name != module}
        for module, path in paths.items()
        if path.name != "__init__.py"
    }
    assert cycles(edges) == []


def test_no_room_depends_on_a_room_that_depends_on_it() -> None:
    edges = {here: there - {here} for here, there in MAY_IMPORT.items()}
    assert cycles(edges) == []
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
