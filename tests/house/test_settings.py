"""Every variable a function reads is declared for every function, and what is declared is read."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import FUNCTIONS, PACKAGE, called, named, python_files, tree
from tests.house.templates import written

SETTINGS = PACKAGE / "cloud/settings.py"
# Read by Lambda's runtime or a library, not by us.
READ_BY_LIBRARIES = ("POWERTOOLS_", "AWS_", "PYTHON", "PYDANTIC_")
# Set by Lambda for every function.
GIVEN_BY_LAMBDA = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME"}


def variables_read(module: ast.Module) -> dict[str, int]:
    """The environment variables that a file reads, by name with the line. A computed name is `?`."""
    found: dict[str, int] = {}
    for node in ast.walk(module):
        name: ast.expr | None = None
        if isinstance(node, ast.Subscript) and called(node.value) in {"os.environ", "environ"}:
            name = node.slice
        elif isinstance(node, ast.Call) and called(node.func) in {
            "os.getenv",
            "getenv",
            "os.environ.get",
            "environ.get",
            "os.environ.setdefault",
        }:
            name = node.args[0]
        if name is not None:
            found[str(name.value) if isinstance(name, ast.Constant) else "?"] = name.lineno
    return found


def declared() -> set[str]:
    variables = written()["Globals"]["Function"]["Environment"]["Variables"]
    return set(variables)


def reading() -> dict[Path, dict[str, int]]:
    return {path: found for path in python_files(PACKAGE, FUNCTIONS) if (found := variables_read(tree(path)))}


def test_every_variable_that_is_read_is_declared_for_every_function() -> None:
    found = [
        f"{named(path)}:{line} reads {name}"
        for path, names in reading().items()
        for name, line in names.items()
        if name not in declared() | GIVEN_BY_LAMBDA
    ]
    assert not found, "\n".join(found)


def test_every_declared_variable_is_read() -> None:
    read = {name for names in reading().values() for name in names}
    unread = {name for name in declared() - read if not name.startswith(READ_BY_LIBRARIES)}
    assert not unread


def test_the_environment_is_read_in_one_file() -> None:
    assert [named(path) for path in reading()] == [named(SETTINGS)]


def test_the_tests_set_what_the_template_declares() -> None:
    conftest = Path(__file__).parents[1] / "conftest.py"
    given = {
        keyword.arg for node in ast.walk(tree(conftest)) if isinstance(node, ast.Call) for keyword in node.keywords
    }
    ours = {name for name in declared() if not name.startswith(READ_BY_LIBRARIES)}
    assert ours <= given


@pytest.mark.parametrize(
    "source",
    ['os.environ["STACK"]', 'os.environ.get("STACK", "")', 'os.getenv("STACK")', 'environ["STACK"]'],
)
def test_every_way_to_read_the_environment_is_found(source: str) -> None:
    assert variables_read(ast.parse(source)) == {"STACK": 1}


def test_a_computed_name_is_found() -> None:
    assert variables_read(ast.parse("os.environ[name]")) == {"?": 1}
