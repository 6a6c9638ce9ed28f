"""A marks file counts as a whole or not at all, and every fault in it is named at once."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from certification.rules.numbers import candidate_number
from certification.rules.results import COLUMNS, MarksCheck, SubjectMark, check_marks, outcome
from certification.rules.status import Trigger
from tests.rules.samples import POLICY

SITTING = "cgptc-2026-spring"
BOTH = frozenset({"theory", "practical"})
ANN, BEN, CLEO = (candidate_number(2026, 1, sequence) for sequence in (1, 2, 3))
REGISTERED = {ANN: BOTH, BEN: BOTH, CLEO: frozenset({"theory"})}
Row = dict[str | None, str]


def row(number: str, subject: str, mark: str, sitting: str = SITTING) -> Row:
    return {"sitting": sitting, "candidate_number": number, "subject": subject, "mark": mark}


def good_rows() -> list[Row]:
    return [
        row(ANN, "theory", "85.5"),
        row(ANN, "practical", "60"),
        row(BEN, "theory", "-1"),
        row(BEN, "practical", "0"),
        row(CLEO, "theory", "100"),
    ]


def check(rows: list[Row], header: tuple[str, ...] = COLUMNS) -> MarksCheck:
    return check_marks(header, rows, SITTING, REGISTERED, POLICY)


def with_first(**cells: str) -> list[Row]:
    rows = good_rows()
    for name, value in cells.items():
        rows[0][name] = value
    return rows


def test_a_complete_file_is_staged_row_by_row() -> None:
    checked = check(good_rows())
    assert checked.good
    assert checked.rows_read == 5
    assert [(staged.row, staged.candidate_number, staged.result) for staged in checked.staged][:3] == [
        (2, ANN, SubjectMark(subject="theory", mark=Decimal("85.5"))),
        (3, ANN, SubjectMark(subject="practical", mark=Decimal("60"))),
        (4, BEN, SubjectMark(subject="theory", code="-1")),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"mark": "-3"}, "mark", "code_unknown"),
        ({"mark": "-4"}, "mark", "code_unknown"),
        ({"mark": "100.1"}, "mark", "mark_out_of_range"),
        ({"mark": "85.55"}, "mark", "mark_too_precise"),
        ({"mark": "85,5"}, "mark", "mark_not_a_number"),
        ({"mark": "eighty"}, "mark", "mark_not_a_number"),
        ({"mark": "1e2"}, "mark", "mark_not_a_number"),
        ({"mark": ""}, "mark", "cell_empty"),
        ({"subject": "dance"}, "subject", "subject_unknown"),
        ({"subject": ""}, "subject", "cell_empty"),
        ({"candidate_number": "26010000028"}, "candidate_number", "number_check"),
        ({"candidate_number": "2601000001"}, "candidate_number", "number_form"),
        ({"candidate_number": candidate_number(2026, 1, 4)}, "candidate_number", "candidate_unknown"),
        ({"sitting": "cgptc-2025-autumn"}, "sitting", "wrong_sitting"),
        ({"candidate_number": CLEO, "subject": "practical"}, "subject", "subject_not_taken"),
    ],
)
def test_a_bad_cell_is_named_with_row_column_value_and_what_to_do(
    cells: dict[str, str], column: str, code: str
) -> None:
    checked = check(with_first(**cells))
    (found,) = checked.problems
    assert (found.row, found.column, found.code) == (2, column, code)
    assert found.value == cells[column]
    assert found.en
    assert found.zh
    assert not checked.good
    assert checked.staged == ()


@pytest.mark.rule("RES-05", "RES-06")
@pytest.mark.parametrize(
    ("mark", "good"), [("0", True), ("100", True), ("100.0", True), ("100.1", False), ("-2", True)]
)
def test_marks_go_from_nothing_to_the_maximum_and_known_codes_stand_in_their_place(mark: str, good: bool) -> None:
    assert check(with_first(mark=mark)).good == good


def test_a_row_said_twice_names_the_first_and_is_not_counted_as_missing() -> None:
    checked = check([*good_rows(), row(ANN, "theory", "86")])
    (found,) = checked.problems
    assert (found.row, found.code) == (7, "row_twice")
    assert "Row 2" in found.en
    assert checked.missing == ()


def test_a_subject_that_no_row_speaks_of_is_missed() -> None:
    checked = check(good_rows()[:-2])
    assert [(gap.candidate_number, gap.subject) for gap in checked.missing] == [(BEN, "practical"), (CLEO, "theory")]
    assert checked.problems == ()
    assert not checked.good


def test_a_bad_mark_is_a_bad_row_and_not_a_missing_subject() -> None:
    checked = check(with_first(mark="eighty"))
    assert checked.missing == ()


def test_every_fault_of_one_row_is_named() -> None:
    checked = check(with_first(mark="-3", sitting="elsewhere", subject=""))
    assert sorted(found.code for found in checked.problems) == ["cell_empty", "code_unknown", "wrong_sitting"]


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        (("sitting", "candidate_number", "subject"), ["column_missing"]),
        ((*COLUMNS, "name"), ["column_unknown"]),
        ((*COLUMNS, "mark"), ["column_twice"]),
        (("Sitting", "candidate_number", "subject", "mark"), ["column_missing", "column_unknown"]),
        ((), ["column_missing"] * 4),
    ],
)
def test_wrong_columns_are_reported_first_and_alone(header: tuple[str, ...], codes: list[str]) -> None:
    checked = check(good_rows(), header)
    assert [found.code for found in checked.problems] == codes
    assert {found.row for found in checked.problems} == {1}
    assert (checked.rows_read, checked.missing) == (0, ())


def test_columns_may_stand_in_any_order_and_empty_rows_are_skipped() -> None:
    checked = check([*good_rows(), row("", "", "", "")], tuple(reversed(COLUMNS)))
    assert checked.good
    assert checked.rows_read == 5


def test_cells_beyond_the_last_column_are_noticed() -> None:
    rows: list[dict[str | None, str | list[str]]] = [dict(cells) for cells in good_rows()]
    rows[1][None] = ["5"]
    rows[2][None] = [""]
    checked = check_marks(COLUMNS, rows, SITTING, REGISTERED, POLICY)
    assert [(found.row, found.code) for found in checked.problems] == [(3, "too_many_cells")]


def test_what_spreadsheets_do_to_cells_is_undone() -> None:
    assert check(with_first(candidate_number=f" '{ANN} ", mark="８５.５", subject=" theory ")).good
    assert check(with_first(mark="\u22121")).good


def test_a_long_value_is_shortened_in_the_report() -> None:
    (found,) = check(with_first(mark="9" * 200)).problems
    assert len(found.value) == 40
    assert found.value.endswith("…")


def thousand() -> Iterator[Row]:
    for sequence in range(1, 501):
        for subject in ("practical", "theory"):
            yield row(candidate_number(2026, 1, sequence), subject, str(40 + sequence % 60))


def test_thirteen_bad_rows_of_a_thousand_are_all_in_one_report() -> None:
    registered = {candidate_number(2026, 1, sequence): BOTH for sequence in range(1, 501)}
    rows = list(thousand())
    bad: dict[int, dict[str | None, str]] = {
        3: {"mark": "-3"},
        10: {"mark": "101"},
        55: {"mark": "abc"},
        99: {"mark": "77.77"},
        150: {"mark": ""},
        200: {"candidate_number": "26010009999"},
        301: {"candidate_number": "x"},
        333: {"candidate_number": candidate_number(2026, 1, 700)},
        420: {"subject": "dance"},
        512: {"sitting": "other"},
        640: {"subject": ""},
        777: {"candidate_number": candidate_number(2026, 1, 1), "subject": "theory"},
        999: {"mark": "85,5"},
    }
    for index, cells in bad.items():
        rows[index] = rows[index] | cells
    checked = check_marks(COLUMNS, rows, SITTING, registered, POLICY)
    assert [found.row for found in checked.problems] == [index + 2 for index in bad]
    assert checked.rows_read == 1000
    # rows that name nobody, or somebody else, leave their candidate without a mark
    assert len(checked.missing) == 6


def marks(theory: str, practical: str) -> dict[str, SubjectMark]:
    return {
        subject: SubjectMark(subject=subject, code=value)
        if value.startswith("-")
        else SubjectMark(subject=subject, mark=Decimal(value))
        for subject, value in (("theory", theory), ("practical", practical))
    }


@pytest.mark.rule("RES-04")
@pytest.mark.parametrize(
    ("theory", "practical", "passed"),
    [
        ("60", "60", True),
        ("59.9", "100", False),
        ("100", "59.9", False),
        ("-1", "100", False),
        ("-2", "100", False),
        ("60.0", "60.1", True),
    ],
)
def test_an_application_is_passed_when_every_subject_reaches_its_pass_mark(
    theory: str, practical: str, passed: bool
) -> None:
    answer = outcome(marks(theory, practical), ["theory", "practical"], POLICY)
    assert answer.passed == passed
    assert answer.trigger is (Trigger.STANDING_COMPLETE if passed else Trigger.NOT_PASSED)


@pytest.mark.rule("RES-05", "RES-06")
def test_a_code_is_shown_in_words_never_as_a_bare_number() -> None:
    absent, _ = outcome(marks("-1", "80"), ["theory", "practical"], POLICY).subjects
    assert (absent.because.en, absent.because.zh, absent.passed) == ("Absent", "缺考", False)
    cheated, _ = outcome(marks("-2", "80"), ["theory", "practical"], POLICY).subjects
    assert cheated.because.en == "Breach of the exam rules"


def test_a_subject_without_a_result_releases_nothing() -> None:
    with pytest.raises(KeyError):
        outcome({}, ["theory"], POLICY)
