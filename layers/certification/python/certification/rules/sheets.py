"""SHEETS: what is wrong with a file from staff, all of it at once.

In words: a file with a bad row is not used at all. Every row is read, and every problem is reported with its row (the
header is row 1, as a spreadsheet counts), column, value, a code for programs, and what to do. First the columns are
checked; only when they are right are the rows read. Cells are trimmed and read in half width; empty rows are skipped.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from certification.rules.model import Frozen

LONGEST_SHOWN = 40
FIRST_ROW = 2
Cells = Mapping[str | None, str | Sequence[str] | None]


class RowProblem(Frozen):
    """One problem. `row` is the spreadsheet's; 1 is the header. `value` is what the cell says, shortened."""

    row: int
    column: str
    value: str
    code: str
    en: str
    zh: str


def problem(row: int, column: str, value: str, code: str, en: str, zh: str) -> RowProblem:
    """A problem with its value shortened for display."""
    shown = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    return RowProblem(row=row, column=column, value=shown, code=code, en=en, zh=zh)


def header_problems(header: Sequence[str], expected: Sequence[str]) -> tuple[RowProblem, ...]:
    """Columns that are missing, unknown or named twice. The order of columns does not matter."""
    found = [
        problem(1, name, "", "column_missing", f"Add the column {name}.", f"缺少列 {name}，请添加。")
        for name in expected
        if name not in header
    ]
    found += [
        problem(1, name, name, "column_unknown", f"Remove the column {name or '(empty)'}.", f"未知列 {name}，请删除。")
        for name in dict.fromkeys(header)
        if name not in expected
    ]
    found += [
        problem(1, name, name, "column_twice", f"Keep only one column {name}.", f"列 {name} 重复。")
        for name in expected
        if header.count(name) > 1
    ]
    return tuple(found)


def clean(cell: str | None) -> str:
    """A cell's text in half width, without the spaces and the apostrophe that spreadsheets put around it."""
    return unicodedata.normalize("NFKC", cell or "").replace("\u2212", "-").strip().lstrip("'").strip()


def numbered(
    rows: Iterable[Cells], columns: Sequence[str], words: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str], bool]]:
    """Row number, the cleaned cells by column, and whether the row has more cells than the header (csv's None key).

    `words` are columns that a person reads: what is written there stays as it is, in full width too.
    """
    for number, row in enumerate(rows, start=FIRST_ROW):
        cells = {column: clean(value) if isinstance(value := row.get(column), str) else "" for column in columns}
        cells |= {column: str(row.get(column) or "").strip() for column in words if cells[column]}
        surplus = any(map(clean, row.get(None) or ()))
        if any(cells.values()) or surplus:
            yield number, cells, surplus


def too_many_cells(row: int) -> RowProblem:
    """The row has more cells than the header: usually a comma inside a value."""
    return problem(
        row, "", "", "too_many_cells", "Remove the cells after the last column.", "该行单元格多于表头，请删除多余内容。"
    )


def empty_cell(row: int, column: str) -> RowProblem:
    """A cell that must say something is empty."""
    return problem(row, column, "", "cell_empty", f"Fill in {column}.", f"请填写 {column}。")


def formula(row: int, column: str, value: str) -> list[RowProblem]:
    """What is to be read by a person is text: a formula would arrive as a formula."""
    if not unicodedata.normalize("NFKC", value).startswith("="):
        return []
    return [problem(row, column, value, "formula", "Write the words, not a formula.", "请填写文字，不要使用公式。")]
