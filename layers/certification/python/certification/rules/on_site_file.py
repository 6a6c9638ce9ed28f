"""ON-SITE FILE: what came of a day of on-site checks, as a table.

In words: one row says of one application whose check waits at this desk: `passed`, `not_passed` with a note that the
candidate reads, or `not_come`. The file counts as a whole or not at all.
"""

from collections.abc import Collection, Iterable, Sequence

from certification.rules.cases import CaseKind
from certification.rules.errors import Refused
from certification.rules.review import Decision, Verdict, check_other
from certification.rules.review_file import DecisionsCheck, StagedDecision
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

COLUMNS = ("application", "outcome", "note")
OUTCOMES = {"passed": Verdict.APPROVE, "not_passed": Verdict.REJECT, "not_come": Verdict.RETURN}


def check_outcomes(
    header: Sequence[str], rows: Iterable[Cells], waiting: Collection[str], decided_by: str
) -> DecisionsCheck:
    """Reads a whole file of outcomes. `waiting`: references of the applications whose on-site check this desk has."""
    wrong_columns = header_problems(header, COLUMNS)
    if wrong_columns:
        return DecisionsCheck(staged=(), problems=wrong_columns, rows_read=0)
    staged: list[StagedDecision] = []
    problems: list[RowProblem] = []
    seen: set[str] = set()
    filled = list(numbered(rows, COLUMNS, words=("note",)))
    for row, cells, surplus in filled:
        found = [too_many_cells(row)] if surplus else []
        found += [empty_cell(row, column) for column in ("application", "outcome") if not cells[column]]
        reference, outcome = cells["application"].upper(), cells["outcome"].lower()
        if reference and reference not in waiting:
            advice = ("No on-site check of it waits at this desk.", "该申请在本组没有待办的现场核查。")
            found.append(problem(row, "application", reference, "not_waiting", *advice))
        if reference and reference in seen:
            found.append(problem(row, "application", reference, "row_twice", "It is there twice.", "该申请重复。"))
        seen.add(reference)
        found += formula(row, "note", cells["note"])
        if outcome and outcome not in OUTCOMES:
            advice = ("Write passed, not_passed or not_come.", "请填写 passed、not_passed 或 not_come。")
            found.append(problem(row, "outcome", cells["outcome"], "outcome_unknown", *advice))
        if not found:
            decision = Decision(verdict=OUTCOMES[outcome], decided_by=decided_by, note=cells["note"])
            try:
                check_other(CaseKind.ON_SITE_CHECK, decision)
            except Refused as refused:
                found.append(problem(row, "note", cells["note"], refused.code, refused.en, refused.zh))
            else:
                staged.append(StagedDecision(row=row, application=reference, decision=decision))
        problems += found
    return DecisionsCheck(staged=tuple(staged), problems=tuple(problems), rows_read=len(filled))
