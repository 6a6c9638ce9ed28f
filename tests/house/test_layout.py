"""Where things are and how large: one file per function, short handlers, short files, nothing unfinished."""

import ast
import re
import statistics
import tokenize
from pathlib import Path

import pytest

from tests.house.sources import FUNCTIONS, PACKAGE, ROOT, files, handlers, named, python_files, tree

# The client's folders, ours (local, docs) and what tools want at the top.
TOP = {
    ".ci",
    ".gitignore",
    ".python-version",
    "LICENSE",
    "Makefile",
    "README.md",
    "docs",
    "events",
    "functions",
    "layers",
    "local",
    "pyproject.toml",
    "requirements",
    "statemachines",
    "template.yaml",
    "tests",
}

PYTHON_LINES, RULES_LINES = 300, 300
HANDLER_LINES, HANDLER_MEDIAN = 60, 25


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def product() -> list[Path]:
    """The Python files that ship or run locally; tests may be longer."""
    return python_files(PACKAGE, FUNCTIONS, ROOT / "local")


def test_the_top_level_holds_what_the_layout_names_and_nothing_else() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in files()} <= TOP


def test_a_function_folder_holds_one_file() -> None:
    found = {path.parent for path in files() if path.is_relative_to(FUNCTIONS)}
    for folder in found:
        inside = [path.name for path in files() if path.is_relative_to(folder)]
        assert inside == ["app.py"], f"{named(folder)} holds {inside}; anything else belongs to the package"


def test_handlers_are_short() -> None:
    sizes = {named(path): lines(path) for path in handlers()}
    assert max(sizes.values()) <= HANDLER_LINES, max(sizes, key=lambda name: sizes[name])
    assert statistics.median(sizes.values()) <= HANDLER_MEDIAN


def test_every_handler_says_what_it_does_and_is_called_handler() -> None:
    for path in handlers():
        module = tree(path)
        assert ast.get_docstring(module), f"{named(path)} does not say what it does"
        top = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
        top |= {
            t.id
            for node in module.body
            if isinstance(node, ast.Assign)
            for t in node.targets
            if isinstance(t, ast.Name)
        }
        assert "handler" in top, f"{named(path)} has no handler"


def test_no_python_file_is_too_long_to_read() -> None:
    found = {named(path): lines(path) for path in product() if lines(path) > PYTHON_LINES}
    assert not found


def test_every_file_of_the_package_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in product()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert not silent


UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b|^\s+raise NotImplementedError\b")


def test_nothing_is_left_unfinished() -> None:
    kinds = {".py", ".yaml", ".yml", ".html", ".css", ".js", ".typ", ".sh", ".md"}
    found = [
        f"{named(path)}:{number}"
        for path in files()
        if path.suffix in kinds and not path.is_relative_to(Path(__file__).parent)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found, "\n".join(found)


def commented_code(path: Path) -> list[int]:
    """Lines whose comment is a statement of Python: code that was switched off."""
    found = []
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            text = token.string.lstrip("# ")
            if token.type == tokenize.COMMENT and re.search(r"[=(]\s*\S|^(import|from|return|raise)\b", text):
                try:
                    body = ast.parse(text).body
                except SyntaxError:
                    continue
                if body and not (isinstance(body[0], ast.Expr) and not isinstance(body[0].value, ast.Call)):
                    found.append(token.start[0])
    return found


def test_no_code_is_commented_out() -> None:
    found = [f"{named(path)}:{line}" for path in product() for line in commented_code(path)]
    assert not found, "\n".join(found)


def test_the_rules_stand_in_words_before_they_stand_in_code() -> None:
    """Every rule's file begins with the rule in a sentence, so that it can be checked by who does not read Python."""
    for path in python_files(PACKAGE / "rules"):
        words = (ast.get_docstring(tree(path)) or "").split()
        assert len(words) >= 6, f"{named(path)} does not state its rule"


@pytest.mark.parametrize("folder", ["utils", "util", "helpers", "common", "misc", "lib", "services", "core"])
def test_no_room_is_called_after_nothing(folder: str) -> None:
    parts = {part.removesuffix(".py") for path in product() for part in path.relative_to(ROOT).parts}
    assert folder not in parts
