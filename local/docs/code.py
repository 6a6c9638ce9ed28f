"""Which code a handler reaches, and what that code announces and moves. Read from the syntax trees, nothing is run.

A definition is a function, a class or a variable at the top of a module. It leads to every definition it mentions,
and a variable to what is registered on it (`@router.get`). Rules' transition table is a border: it mentions every step.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "layers/certification/python", ROOT)
ANNOUNCEMENT = ("certification.cloud.outbox", "Announcement")
TRIGGER = ("certification.rules.status", "Trigger")
MOVED = ("certification.acts.moving", "moved")
BORDERS = {"certification.rules.status"}

type Definition = tuple[str, str]
"""Module and name."""


class Module:
    """One file: its definitions, and what its names stand for."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.definitions: dict[str, list[ast.AST]] = {}
        self.names: dict[str, tuple[str, str]] = {}
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            self._read(node)

    def _read(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.definitions.setdefault(node.name, []).append(node)
            for decorator in node.decorator_list:
                root = _root(decorator)
                if root in self.definitions:
                    self.definitions[root].append(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for each in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(each, ast.Name):
                    self.definitions.setdefault(each.id, []).append(node)
        elif isinstance(node, ast.ImportFrom) and node.module:
            self.names |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Expr):
            self.definitions.setdefault("", []).append(node)

    def local_names(self, node: ast.AST) -> dict[str, tuple[str, str]]:
        """What names stand for inside a definition, imports of its own included."""
        found = dict(self.names)
        for each in ast.walk(node):
            if isinstance(each, ast.ImportFrom) and each.module:
                found |= {alias.asname or alias.name: (each.module, alias.name) for alias in each.names}
        return found


def _root(node: ast.expr) -> str:
    """The first name of a dotted or called expression: `router` of `router.get("/")`."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@cache
def module(name: str) -> Module | None:
    """A module of ours by its dotted name."""
    for source in SOURCES:
        base = source / name.replace(".", "/")
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return Module(name, path)
    return None


def resolve(home: Module, names: dict[str, tuple[str, str]], node: ast.AST) -> Definition | None:
    """The definition that a name or `module.name` stands for, through re-exports; None for anything else."""
    if isinstance(node, ast.Name):
        if node.id in home.definitions and node.id not in names:
            return (home.name, node.id)
        return _imported(*names[node.id]) if node.id in names else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
        whence, what = names[node.value.id]
        return _imported(f"{whence}.{what}", node.attr)
    return None


def _imported(whence: str, what: str) -> Definition | None:
    found = module(whence)
    if found is None:
        return None
    if what in found.definitions:
        return (whence, what)
    return _imported(*found.names[what]) if what in found.names else None


def nodes(definition: Definition) -> list[ast.AST]:
    found = module(definition[0])
    return found.definitions.get(definition[1], []) if found else []


@cache
def mentioned(definition: Definition) -> frozenset[Definition]:
    """The definitions of ours that a definition mentions."""
    home = module(definition[0])
    assert home is not None
    found = set()
    for node in nodes(definition):
        names, own = home.local_names(node), _variables(node)
        for each in ast.walk(node):
            target = resolve(home, names, each)
            if target is not None and target != definition and not (isinstance(each, ast.Name) and each.id in own):
                found.add(target)
    return frozenset(found)


def _variables(node: ast.AST) -> set[str]:
    """The names a function gives to its own values: they hide definitions of the same name."""
    if not isinstance(node, ast.FunctionDef):
        return set()
    given = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return given | {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


@cache
def reached(function: str) -> frozenset[Definition]:
    """Everything of ours that the handler of functions/<function>/app.py can come to."""
    start = module(f"functions.{function}.app")
    assert start is not None, f"functions/{function}/app.py does not exist"
    seen: set[Definition] = set()
    waiting: list[Definition] = [(start.name, name) for name in start.definitions]
    while waiting:
        definition = waiting.pop()
        if definition in seen or definition[0] in BORDERS:
            continue
        seen.add(definition)
        waiting += mentioned(definition)
    return frozenset(seen)


def triggers(function: str) -> set[str]:
    """The steps of an application that a handler can cause, by their names in `Trigger`: none if it never moves one."""
    found: set[str] = set()
    if MOVED not in reached(function):
        return found
    for definition in reached(function):
        home = module(definition[0])
        assert home is not None
        for node in nodes(definition):
            for each in ast.walk(node):
                if isinstance(each, ast.Attribute) and resolve(home, home.local_names(node), each.value) == TRIGGER:
                    found.add(each.attr)
    return found


def announcements(function: str) -> set[str]:
    """The announcements that a handler can make."""
    return {name for definition in reached(function) for name in announced_by(definition)}


def announced_by(definition: Definition) -> set[str]:
    """The announcements that are named in a definition: directly, or to a helper that makes them."""
    return {text for _, value in _named(definition) for text in _texts(definition, value)}


@cache
def makers() -> dict[Definition, tuple[str, int]]:
    """What makes an announcement of a name it is given: the parameter's name and position."""
    known: dict[Definition, tuple[str, int]] = {ANNOUNCEMENT: ("name", 0)}
    acts = ROOT / "layers/certification/python/certification/acts"
    definitions = [
        (found.name, name)
        for path in sorted(acts.glob("*.py"))
        if (found := module(f"certification.acts.{path.stem}"))
        for name in found.definitions
    ]
    while True:
        before = len(known)
        for definition in definitions:
            for function, value in _named(definition, known):
                parameters = [each.arg for each in function.args.args]
                if isinstance(value, ast.Name) and value.id in parameters:
                    known[definition] = (value.id, parameters.index(value.id))
        if len(known) == before:
            return known


def _named(
    definition: Definition, known: dict[Definition, tuple[str, int]] | None = None
) -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
    """Every expression that names an announcement inside a function, with the function."""
    home = module(definition[0])
    makes = makers() if known is None else known
    for function in nodes(definition):
        if home is None or not isinstance(function, ast.FunctionDef):
            continue
        names = home.local_names(function)
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and (target := resolve(home, names, call.func)) in makes:
                keyword, position = makes[target]
                given = [each.value for each in call.keywords if each.arg == keyword]
                given += call.args[position : position + 1]
                yield from ((function, value) for value in given)


def _texts(definition: Definition, value: ast.expr) -> set[str]:
    """The texts an expression can have, through variables of the function."""
    if isinstance(value, ast.Name):
        assigned = [
            each.value
            for node in nodes(definition)
            for each in ast.walk(node)
            if isinstance(each, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == value.id for target in each.targets)
        ]
        return {text for each in assigned for text in _texts(definition, each)}
    if isinstance(value, ast.IfExp):
        return _texts(definition, value.body) | _texts(definition, value.orelse)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return {value.value}
    return set()
