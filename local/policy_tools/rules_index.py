"""Writes docs/rules.md: every requirement of docs/rules.csv, how far it is met, and what proves it.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.policy_tools.rules_index

Nothing in the page is claimed by hand. A requirement is *done* when a test of the product's own parts is marked with
it (functions, state machines, journeys, browser); it is a *rule* when only tests of the pure rules, of the policy's
schema or of the local cloud are. What no code of ours can do stands in docs/rules_without_code.csv with the reason:
*content* (a text we show, once a test finds it on its page) or *external* (somebody else's system). Everything else is
*open*. Markers are read from the syntax trees of the tests, citations from the sources; a marker that names no requirement is an error.
"""

import ast
import csv
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = "docs/rules.md"
PRODUCT = ("functions/", "statemachines/", "journeys/", "browser/")
SOURCES = ("layers", "functions", "statemachines", "template.yaml")
READ = {".py", ".yaml", ".html", ".txt", ".typ", ".j2", ".jinja2", ".js", ".md"}
CITED = re.compile(r"\b([A-Z]{3})-(\d\d)(?:\.\.(?:\1-)?(\d\d))?\b")
STATUSES = {
    "done": "a test takes it through the product",
    "rule": "decided and tested as a pure rule or as policy data; not yet proven through the product",
    "content": "a text we show, because no code can do it for anybody; a test finds it on its page",
    "external": "somebody else's system",
    "open": "not built",
}
HEAD = """\
# Rules

Every requirement read from the five source texts (`rules.csv`, {count} rows), and how far it is met.
This page is written by `local/policy_tools/rules_index.py` and compared in a test; nothing in it is claimed by hand.

| status | meaning | rows |
|---|---|---:|
{counts}

Not met are therefore **{unmet} of {count}**: {open} open, and {rule} that exist as a tested rule only.
"""


class UnknownRule(ValueError):
    """A marker or a line of rules_without_code.csv names a requirement that does not exist."""


@dataclass
class Requirement:
    """One row of rules.csv with what was found about it."""

    id: str
    area: str
    text: str
    tests: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    why: str = ""
    without_code: str = ""

    @property
    def status(self) -> str:
        proven = any(test.startswith(PRODUCT) for test in self.tests)
        if self.without_code == "content":
            return "content" if proven else "open"
        if proven:
            return "done"
        return "rule" if self.tests else self.without_code or "open"


def requirements(root: Path) -> dict[str, Requirement]:
    """All rows, filled in."""
    with (root / "docs/rules.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: Requirement(row["id"], row["area"], row["rule"]) for row in csv.DictReader(file)}
    with (root / "docs/rules_without_code.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row = _known(rows, line["id"], "docs/rules_without_code.csv")
            row.without_code, row.why = line["status"], line["why"]
    for path in listed_files(root, "tests"):
        if path.suffix == ".py":
            for rule, test in marked(path.read_text(encoding="utf-8")):
                place = path.relative_to(root / "tests").with_suffix("").as_posix()
                _known(rows, rule, place).tests.append(f"{place}: {test}")
    for path in listed_files(root, *SOURCES):
        if path.suffix in READ:
            for rule in cited(path.read_text(encoding="utf-8")):
                if rule in rows:
                    rows[rule].files.add(_short(path.relative_to(root).as_posix()))
    return rows


def marked(source: str) -> Iterator[tuple[str, str]]:
    """(requirement, test in words) for each `pytest.mark.rule(...)` of a test file."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        for decorator in function.decorator_list:
            for rule in _rules_in(decorator):
                yield rule, function.name.removeprefix("test_").replace("_", " ")
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets
        ):
            for rule in _rules_in(node.value):
                yield rule, "the whole file"


def _rules_in(tree: ast.expr) -> Iterator[str]:
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "rule" and isinstance(node, ast.Call):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def cited(text: str) -> set[str]:
    """Every requirement that a text names; `FEE-01..04` names four."""
    found: set[str] = set()
    for area, first, last in CITED.findall(text):
        numbers = range(int(first), int(last or first) + 1)
        found |= {f"{area}-{number:02d}" for number in numbers}
    return found


def render(root: Path = ROOT) -> str:
    """The page."""
    rows = requirements(root)
    counts: dict[str, int] = defaultdict(int)
    areas: dict[str, list[Requirement]] = defaultdict(list)
    for row in rows.values():
        counts[row.status] += 1
        areas[row.area].append(row)
    table = "\n".join(f"| {status} | {meaning} | {counts[status]} |" for status, meaning in STATUSES.items())
    unmet = counts["open"] + counts["rule"]
    head = HEAD.format(count=len(rows), counts=table, unmet=unmet, open=counts["open"], rule=counts["rule"])
    return head + "".join(_section(area, members) for area, members in areas.items())


def _section(area: str, rows: list[Requirement]) -> str:
    lines = "".join(_line(row) for row in rows)
    return f"\n## {area[0].upper()}{area[1:]}\n\n| id | requirement | status | proven by | named in |\n|---|---|---|---|---|\n{lines}"


def _line(row: Requirement) -> str:
    tests = "<br>".join(sorted(set(row.tests))) or row.why
    files = "<br>".join(sorted(row.files))
    cells = (row.id, row.text, row.status, tests, files)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _known(rows: dict[str, Requirement], rule: str, place: str) -> Requirement:
    if rule not in rows:
        raise UnknownRule(f"{place} names {rule}, which docs/rules.csv does not have")
    return rows[rule]


def _short(path: str) -> str:
    return path.removeprefix("layers/certification/python/certification/")


def listed_files(root: Path, *places: str) -> list[Path]:
    """What git knows or would know below these places, so that caches and builds do not count."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *places]
    names = subprocess.run(listed, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(path for name in set(names) if name and (path := root / name).is_file())


if __name__ == "__main__":
    (ROOT / TARGET).write_text(render(), encoding="utf-8")
