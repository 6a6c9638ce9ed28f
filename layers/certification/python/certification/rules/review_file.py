"""REVIEW FILE: a desk's decisions as a table.

In words: one row decides one waiting application: `approve`, or `return` with one or more reason codes separated by
semicolons and a note where the reason needs one. Each decision must be one the review rule allows (`review.py`). A
rejection needs a second person, so it is made on the page and not in a file. The file counts as a whole or not at all.
"""

from collections.abc import Collection, Iterable, Sequence

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.numbers import NumberRefused, parse_application_reference
from certification.rules.policy import Policy
from certification.rules.review import Decision, Verdict, check_decision
from certification.rules.sheets import (
    Cells,
    RowProblem,
    empty_cell,
    formula,
    header_problems,
    numbered,
    problem,
    too_many_cells,
)

COLUMNS = ("application", "decision", "reasons", "note")


class StagedDecision(Frozen):
    """A good row."""

    row: int
    application: str
    decision: Decision


class DecisionsCheck(Frozen):
    """The rows that are right by themselves, and everything that is wrong. Nothing is decided unless `good`."""

    staged: tuple[StagedDecision, ...]
    problems: tuple[RowProblem, ...]
    rows_read: int

    @property
    def good(self) -> bool:
        return not self.problems


def check_decisions(
    header: Sequence[str], rows: Iterable[Cells], waiting: Collection[str], decided_by: str, policy: Policy
) -> DecisionsCheck:
    """Reads a whole file of decisions. `waiting`: references of the applications that await review at this desk."""
    wrong_columns = header_problems(header, COLUMNS)
    if wrong_columns:
        return DecisionsCheck(staged=(), problems=wrong_columns, rows_read=0)
    staged: list[StagedDecision] = []
    problems: list[RowProblem] = []
    first_seen: dict[str, int] = {}
    filled = list(numbered(rows, COLUMNS, words=("note",)))
    for row, cells, surplus in filled:
        found = [too_many_cells(row)] if surplus else []
        found += [empty_cell(row, column) for column in ("application", "decision") if not cells[column]]
        reference, about_reference = _application(row, cells["application"], waiting)
        decision, about_decision = _decision(row, cells, decided_by, policy)
        found += [*about_reference, *about_decision, *formula(row, "note", cells["note"])]
        if reference is not None:
            if reference in first_seen:
                advice = (
                    f"Row {first_seen[reference]} decides it already.",
                    f"第 {first_seen[reference]} 行已有决定。",
                )
                found.append(problem(row, "application", reference, "row_twice", *advice))
            first_seen.setdefault(reference, row)
            if decision is not None and not found:
                staged.append(StagedDecision(row=row, application=reference, decision=decision))
        problems += found
    return DecisionsCheck(staged=tuple(staged), problems=tuple(problems), rows_read=len(filled))


def _application(row: int, value: str, waiting: Collection[str]) -> tuple[str | None, list[RowProblem]]:
    if not value:
        return None, []
    try:
        reference = parse_application_reference(value)
    except NumberRefused as refused:
        return None, [problem(row, "application", value, refused.code, refused.en, refused.zh)]
    if reference not in waiting:
        advice = ("It does not wait for a review at this desk.", "该申请不在本组待审核之列。")
        return None, [problem(row, "application", value, "not_waiting", *advice)]
    return reference, []


def _decision(
    row: int, cells: dict[str, str], decided_by: str, policy: Policy
) -> tuple[Decision | None, list[RowProblem]]:
    verdict = cells["decision"].lower()
    if not verdict:
        return None, []
    if verdict == Verdict.REJECT:
        advice = ("Reject on the page, with a second person.", "最终不通过须在页面上由两人办理。")
        return None, [problem(row, "decision", verdict, "reject_on_page", *advice)]
    if verdict not in (Verdict.APPROVE, Verdict.RETURN):
        advice = ("Write approve or return.", "请填写 approve 或 return。")
        return None, [problem(row, "decision", cells["decision"], "decision_unknown", *advice)]
    reasons = tuple(code for code in (part.strip() for part in cells["reasons"].split(";")) if code)
    decision = Decision(verdict=Verdict(verdict), decided_by=decided_by, reasons=reasons, note=cells["note"])
    try:
        check_decision(decision, policy)
    except Refused as refused:
        column = refused.field or "decision"
        return None, [problem(row, column, cells[column], refused.code, refused.en, refused.zh)]
    return decision, []
