"""The register's file: a row per entry, every mistake at once, and never a number in a report."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from certification.rules.integrity_file import COLUMNS, check_entries

ZONE = ZoneInfo("Asia/Shanghai")
GOOD = {
    "id_kind": "passport",
    "id_number": "SAMPLE0001",
    "id_country": "CN",
    "kind": "serious",
    "from": "2026-01-01",
    "until": "2030-12-31",
    "basis": "Decision 1",
}


def check(*rows: Any, header: Any = COLUMNS) -> Any:
    return check_entries(header, list(rows), ZONE)


@pytest.mark.rule("INT-01", "COM-02")
def test_an_entry_counts_from_the_first_day_to_the_end_of_the_last_in_the_schemes_time_zone() -> None:
    checked = check(GOOD)
    entry = checked.staged[0]
    assert (checked.problems, checked.rows_read) == ((), 1)
    assert (entry.since, entry.until) == (
        datetime(2025, 12, 31, 16, tzinfo=UTC),
        datetime(2030, 12, 31, 16, tzinfo=UTC),
    )
    assert (entry.document.number, entry.kind) == ("SAMPLE0001", "serious")


@pytest.mark.rule("INT-01")
@pytest.mark.parametrize(
    ("kind", "good"), [("serious", False), ("especially_serious", True), ("false_commitment", True)]
)
def test_only_some_kinds_stay_without_an_end(kind: str, good: bool) -> None:
    assert (not check({**GOOD, "kind": kind, "until": ""}).problems) is good


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"id_kind": "library_card"}, "id_kind", "id_kind_unknown"),
        ({"id_kind": "resident_identity_card", "id_number": "440101199001011230"}, "id_number", "id_check"),
        ({"id_number": ""}, "id_number", "cell_empty"),
        ({"id_country": ""}, "id_country", "id_country"),
        ({"id_country": "CHN"}, "id_country", "id_country"),
        ({"kind": "bad"}, "kind", "kind_unknown"),
        ({"from": "2026-02-30"}, "from", "not_a_day"),
        ({"from": "01/02/2026"}, "from", "not_a_day"),
        ({"until": "2025-12-31"}, "until", "ends_before_it_begins"),
        ({"basis": ""}, "basis", "cell_empty"),
        ({"basis": "x" * 201}, "basis", "basis_too_long"),
    ],
)
def test_what_is_wrong_is_named_with_its_row_and_column_and_without_the_number(
    changes: dict[str, str], column: str, code: str
) -> None:
    checked = check(GOOD, {**GOOD, **changes})
    assert [(one.row, one.column, one.code) for one in checked.problems] == [(3, column, code)]
    assert checked.staged == ()
    assert GOOD["id_number"] not in checked.model_dump_json()
    assert changes.get("id_number", "SAMPLE") not in checked.model_dump_json() or not changes.get("id_number")


def test_one_day_is_a_period_and_a_missing_column_is_named() -> None:
    assert not check({**GOOD, "until": GOOD["from"]}).problems
    assert [one.code for one in check(GOOD, header=COLUMNS[1:]).problems] == ["column_missing"]
    surplus: dict[Any, Any] = {**GOOD, None: ["x"]}
    assert [one.code for one in check(surplus).problems] == ["too_many_cells"]
