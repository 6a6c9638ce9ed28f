"""docs/scenarios.md says what the tests say, and a marker that names no scenario is an error."""

from pathlib import Path

import pytest

from local.policy_tools import scenarios_index
from local.policy_tools.rules_index import ROOT
from local.policy_tools.scenarios_index import Scenario, UnknownScenario, played, render, scenarios

AGAIN = "write it again: make docs"


def test_the_page_is_what_the_generator_writes() -> None:
    assert (ROOT / scenarios_index.TARGET).read_text(encoding="utf-8") == render(), AGAIN


def test_every_numbered_scenario_is_on_the_page_once() -> None:
    page = render()
    rows = scenarios(ROOT)
    assert len(rows) == 90
    assert all(page.count(f"\n| {number} | ") == 1 for number in rows)


def test_markers_are_read_from_functions_and_from_single_cases() -> None:
    source = """
import pytest
@pytest.mark.scenario(3)
@pytest.mark.scenario(4, 5)
def test_one_thing_is_so(): pass
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.scenario(6))])
def test_another(x): pass
@pytest.mark.rule("AAA-01")
def test_without(): pass
"""
    assert sorted(played(source)) == [
        (3, "one thing is so"),
        (4, "one thing is so"),
        (5, "one thing is so"),
        (6, "another"),
    ]


@pytest.mark.parametrize(
    ("tests", "status"),
    [
        (["rules/test_a: x", "faults/test_b: y"], "played"),
        (["statemachines/test_a: x"], "played"),
        (["rules/test_a: x"], "rule"),
        (["local/test_a: x"], "rule"),
        ([], "open"),
    ],
)
def test_a_scenario_is_played_only_when_the_product_plays_it(tests: list[str], status: str) -> None:
    assert Scenario(1, "text", "expected", tests).status == status


def test_a_marker_that_names_no_scenario_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    listed = (ROOT / "docs/scenarios.csv").read_text(encoding="utf-8")
    (tmp_path / "docs/scenarios.csv").write_text(listed, encoding="utf-8")
    test = tmp_path / "tests" / "test_x.py"
    test.parent.mkdir()
    test.write_text("import pytest\n@pytest.mark.scenario(27)\ndef test_x(): pass\n", encoding="utf-8")
    monkeypatch.setattr(scenarios_index, "listed_files", lambda _root, *_places: [test])
    with pytest.raises(UnknownScenario, match="test_x names scenario 27"):
        scenarios(tmp_path)
