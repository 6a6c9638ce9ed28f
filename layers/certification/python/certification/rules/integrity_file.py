"""INTEGRITY FILE: entries of the integrity register as a table.

In words: one row is one entry about one person: kind and number of the ID document (of a passport the country too, by its
two letters), kind of entry, first and last day
of its record period, and the decision it rests on. A long-term entry has no last day; a serious one must have one. Days
are those of the scheme's time zone: an entry counts from 00:00 of the first to 24:00 of the last. The file counts as a
whole or not at all. A number is never repeated in a report.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from certification.rules.calendars import end_of_day, start_of_day
from certification.rules.errors import Refused
from certification.rules.id_documents import KINDS as DOCUMENTS
from certification.rules.id_documents import IdDocument, id_document
from certification.rules.integrity import KINDS, EntryKind
from certification.rules.model import Frozen
from certification.rules.sheets import Cells, RowProblem, empty_cell, header_problems, numbered, problem, too_many_cells

COLUMNS = ("id_kind", "id_number", "id_country", "kind", "from", "until", "basis")
MAY_BE_EMPTY = ("until", "id_country")
LONGEST_BASIS = 200
LONG_TERM: frozenset[EntryKind] = frozenset({"especially_serious", "false_commitment"})
"""Kinds that may stay without an end."""


class StagedEntry(Frozen):
    """A good row."""

    row: int
    document: IdDocument
    kind: EntryKind
    since: datetime
    until: datetime | None
    basis: str


class EntriesCheck(Frozen):
    """All rows staged, or everything that is wrong."""

    staged: tuple[StagedEntry, ...]
    problems: tuple[RowProblem, ...]
    rows_read: int


def check_entries(header: Sequence[str], rows: Iterable[Cells], zone: ZoneInfo) -> EntriesCheck:
    """Reads a whole file of entries."""
    wrong_columns = header_problems(header, COLUMNS)
    if wrong_columns:
        return EntriesCheck(staged=(), problems=wrong_columns, rows_read=0)
    staged: list[StagedEntry] = []
    problems: list[RowProblem] = []
    filled = list(numbered(rows, COLUMNS))
    for row, cells, surplus in filled:
        found = [too_many_cells(row)] if surplus else []
        found += [empty_cell(row, column) for column in COLUMNS if column not in MAY_BE_EMPTY and not cells[column]]
        document = _document(row, cells, found)
        kind = _kind(row, cells["kind"], found)
        since = _day(row, "from", cells["from"], found)
        until = _day(row, "until", cells["until"], found)
        _period(row, cells, kind, since, until, found)
        if len(cells["basis"]) > LONGEST_BASIS:
            found.append(problem(row, "basis", "", "basis_too_long", "Shorten the basis.", "依据过长，请缩短。"))
        problems += found
        if not found and document is not None and kind is not None and since is not None:
            staged.append(
                StagedEntry(
                    row=row,
                    document=document,
                    kind=kind,
                    since=start_of_day(since, zone),
                    until=end_of_day(until, zone) if until else None,
                    basis=cells["basis"],
                )
            )
    return EntriesCheck(staged=() if problems else tuple(staged), problems=tuple(problems), rows_read=len(filled))


def _document(row: int, cells: dict[str, str], found: list[RowProblem]) -> IdDocument | None:
    if not cells["id_kind"] or not cells["id_number"]:
        return None
    kind = next((kind for kind in DOCUMENTS if kind == cells["id_kind"]), None)
    if kind is None:
        listed = ", ".join(DOCUMENTS)
        found.append(
            problem(
                row,
                "id_kind",
                cells["id_kind"],
                "id_kind_unknown",
                f"Use one of {listed}.",
                f"证件类型须为：{listed}。",
            )
        )
        return None
    try:
        document = id_document(kind, cells["id_number"], cells["id_country"])
        return document if document.known_as else None
    except Refused as refused:
        column = refused.field if refused.field in COLUMNS else "id_number"
        found.append(problem(row, column or "", "", refused.code, refused.en, refused.zh))
        return None


def _kind(row: int, value: str, found: list[RowProblem]) -> EntryKind | None:
    if value and value not in KINDS:
        listed = ", ".join(KINDS)
        found.append(problem(row, "kind", value, "kind_unknown", f"Use one of {listed}.", f"记录类型须为：{listed}。"))
        return None
    return next((kind for kind in KINDS if kind == value), None)


def _day(row: int, column: str, value: str, found: list[RowProblem]) -> date | None:
    if not value:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        found.append(
            problem(row, column, value, "not_a_day", "Write the day as YYYY-MM-DD.", "日期格式须为 YYYY-MM-DD。")
        )
        return None


def _period(
    row: int,
    cells: dict[str, str],
    kind: EntryKind | None,
    since: date | None,
    until: date | None,
    found: list[RowProblem],
) -> None:
    if since is not None and until is not None and until < since:
        found.append(
            problem(
                row,
                "until",
                cells["until"],
                "ends_before_it_begins",
                "The end is before the beginning.",
                "截止日早于起始日。",
            )
        )
    if kind is not None and kind not in LONG_TERM and not cells["until"]:
        found.append(
            problem(row, "until", "", "end_missing", "This kind needs a last day.", "该类记录须填写截止日期。")
        )
