"""Writes docs/scenarios.md: every numbered scenario of the payments study, and the tests that play it.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.policy_tools.scenarios_index

Nothing in the page is claimed by hand. A scenario is *played* when a test of the product's own parts is marked with its
number; a *rule* when only tests of the pure rules, of one adapter alone or of the local cloud are; else it is *open*.
"""

import ast
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.policy_tools.rules_index import PRODUCT, ROOT, listed_files

TARGET = "docs/scenarios.md"
THROUGH_THE_PRODUCT = (*PRODUCT, "faults/")
HEAD = """\
# What can go wrong with a payment

The numbered scenarios of the payments study (`scenarios.csv`, {count} rows; the missing numbers were never given), and the
tests that play them. This page is written by `local/policy_tools/scenarios_index.py` and compared in a test.

**{played} are played through the product, {rule} by tests of a rule or an adapter alone, {open} by none{missing}.**

C is a capture, R a refund that was done, F a refund that failed, D money taken by a dispute, W a dispute won, a small d a
duplicate, ∥ at the same time.

| no. | what happens | what must come of it | status | played by |
|---:|---|---|---|---|
"""


class UnknownScenario(ValueError):
    """A marker names a scenario that docs/scenarios.csv does not have."""


@dataclass
class Scenario:
    """One row of scenarios.csv with the tests that are marked with it."""

    number: int
    text: str
    expected: str
    tests: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        if any(test.startswith(THROUGH_THE_PRODUCT) for test in self.tests):
            return "played"
        return "rule" if self.tests else "open"


def scenarios(root: Path) -> dict[int, Scenario]:
    """All rows, filled in."""
    with (root / "docs/scenarios.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            int(row["number"]): Scenario(int(row["number"]), row["scenario"], row["expected"])
            for row in csv.DictReader(file)
        }
    for path in listed_files(root, "tests"):
        if path.suffix != ".py":
            continue
        place = path.relative_to(root / "tests").with_suffix("").as_posix()
        for number, test in played(path.read_text(encoding="utf-8")):
            if number not in rows:
                raise UnknownScenario(f"{place} names scenario {number}, which docs/scenarios.csv does not have")
            rows[number].tests.append(f"{place}: {test}")
    return rows


def played(source: str) -> Iterator[tuple[int, str]]:
    """(scenario, test in words) for each `pytest.mark.scenario(...)` of a test file, on a function or a parameter."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in (inner for decorator in function.decorator_list for inner in ast.walk(decorator)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr == "scenario":
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, int):
                        yield given.value, function.name.removeprefix("test_").replace("_", " ")


def render(root: Path = ROOT) -> str:
    """The page."""
    rows = scenarios(root)
    counts = Counter(row.status for row in rows.values())
    unplayed = [str(row.number) for row in rows.values() if row.status == "open"]
    head = HEAD.format(
        count=len(rows),
        played=counts["played"],
        rule=counts["rule"],
        open=counts["open"],
        missing=f": {', '.join(unplayed)}" if unplayed else "",
    )
    return head + "".join(_line(row) for row in rows.values())


def _line(row: Scenario) -> str:
    cells = (str(row.number), row.text, row.expected, row.status, "<br>".join(sorted(set(row.tests))))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    (ROOT / TARGET).write_text(render(), encoding="utf-8")
