"""docs/rules.md says what the tests say, and a marker that names nothing is an error."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from local.policy_tools import rules_index
from local.policy_tools.rules_index import ROOT, STATUSES, Requirement, UnknownRule, cited, marked, render, requirements

AGAIN = "write it again: PYTHONPATH=layers/certification/python:. python -m local.policy_tools.rules_index"


def test_the_page_is_what_the_generator_writes() -> None:
    assert (ROOT / rules_index.TARGET).read_text(encoding="utf-8") == render(), AGAIN


def test_every_requirement_is_on_the_page_once_and_the_counts_add_up() -> None:
    rows = requirements(ROOT)
    assert len(rows) == 228
    counted = Counter(row.status for row in rows.values())
    assert set(counted) <= set(STATUSES)
    assert sum(counted.values()) == 228
    page = render()
    assert all(page.count(f"\n| {rule} | ") == 1 for rule in rows)


def test_what_needs_no_code_gives_its_reason() -> None:
    with (ROOT / "docs/rules_without_code.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["status"] for line in lines} == {"content", "external"}
    assert all(line["why"] for line in lines)
    assert len({line["id"] for line in lines}) == len(lines)


def test_markers_are_read_from_functions_parameters_and_whole_files() -> None:
    source = """
import pytest
pytestmark = [pytest.mark.browser, pytest.mark.rule("AAA-03")]
@pytest.mark.rule("AAA-01", "AAA-02")
def test_one_thing_is_so(): pass
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("AAA-04"))])
async def test_another(x): pass
@pytest.mark.scenario(3)
def test_without(): pass
"""
    assert sorted(marked(source)) == [
        ("AAA-01", "one thing is so"),
        ("AAA-02", "one thing is so"),
        ("AAA-03", "the whole file"),
        ("AAA-04", "another"),
    ]


def test_a_range_cites_every_requirement_in_it() -> None:
    assert cited("FEE-01..03, see PAY-08 and RES-05..RES-07; UTF-8, SHA-256") == {
        "FEE-01", "FEE-02", "FEE-03", "PAY-08", "RES-05", "RES-06", "RES-07",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tests", "without_code", "status"),
    [
        (["journeys/test_a: x"], "", "done"),
        (["rules/test_a: x"], "", "rule"),
        (["local/test_a: x"], "", "rule"),
        (["rules/test_a: x", "functions/test_b: y"], "content", "content"),
        (["rules/test_a: x"], "content", "open"),
        ([], "content", "open"),
        (["functions/test_b: y"], "external", "done"),
        ([], "external", "external"),
        ([], "", "open"),
    ],
)
def test_a_requirement_is_done_only_when_a_test_beyond_the_pure_rules_proves_it(
    tests: list[str], without_code: str, status: str
) -> None:
    assert Requirement("AAA-01", "area", "text", tests=tests, without_code=without_code).status == status


def test_a_marker_that_names_no_requirement_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rules.csv", "rules_without_code.csv"):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text((ROOT / "docs" / name).read_text(encoding="utf-8"), encoding="utf-8")
    test = tmp_path / "tests" / "test_x.py"
    test.parent.mkdir()
    test.write_text('import pytest\n@pytest.mark.rule("XXX-99")\ndef test_x(): pass\n', encoding="utf-8")
    monkeypatch.setattr(rules_index, "listed_files", lambda _root, *places: [test] if places == ("tests",) else [])
    with pytest.raises(UnknownRule, match="test_x names XXX-99"):
        requirements(tmp_path)
