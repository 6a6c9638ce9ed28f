"""RESULTS: is a marks file right, and who passed.

In words: a marks file belongs to one sitting and has one row for every subject of every registered candidate, no more
and no fewer. A mark is a number from 0 to the subject's maximum with at most so many digits after the point as the
subject allows, or one of the scheme's codes (for cgptc -1 absent, -2 breach of rules). A code the scheme does not know,
such as -3, is refused. The file counts as a whole or not at all. A subject is passed with its pass mark or more; a code
is never a pass; an application is passed when every one of its subjects is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from certification.rules.model import Frozen
from certification.rules.numbers import NumberRefused, parse_candidate_number
from certification.rules.policy import Policy
from certification.rules.policy_exam import Subject
from certification.rules.sheets import (
    Cells,
    RowProblem,
    empty_cell,
    header_problems,
    numbered,
    problem,
    too_many_cells,
)
from certification.rules.status import Trigger
from certification.rules.words import Because

COLUMNS = ("sitting", "candidate_number", "subject", "mark")
Registered = Mapping[str, frozenset[str]]


class SubjectMark(Frozen):
    """What one candidate has in one subject: a mark, or a code in its place (exactly one of the two)."""

    subject: str
    mark: Decimal | None = None
    code: str | None = None


class StagedMark(Frozen):
    """A good row of a marks file."""

    row: int
    candidate_number: str
    result: SubjectMark


class MissingMark(Frozen):
    """A registered candidate's subject that no row of the file speaks of."""

    candidate_number: str
    subject: str


class MarksCheck(Frozen):
    """All rows staged, or everything that is wrong: `staged` is empty unless `good`."""

    staged: tuple[StagedMark, ...]
    problems: tuple[RowProblem, ...]
    missing: tuple[MissingMark, ...]
    rows_read: int

    @property
    def good(self) -> bool:
        return not self.problems and not self.missing


class SubjectOutcome(Frozen):
    """A subject's result as the candidate sees it."""

    subject: str
    mark: Decimal | None
    code: str | None
    passed: bool
    because: Because


class Outcome(Frozen):
    """Pass or fail of one application, and the trigger that follows where every subject counts at once."""

    passed: bool
    subjects: tuple[SubjectOutcome, ...]
    trigger: Trigger


def check_marks(
    header: Sequence[str], rows: Iterable[Cells], sitting: str, registered: Registered, policy: Policy
) -> MarksCheck:
    """Reads a whole marks file. `header` and `rows` as csv.DictReader gives them; `registered`: candidate number to
    the subjects taken in this sitting."""
    wrong_columns = header_problems(header, COLUMNS)
    if wrong_columns:
        return MarksCheck(staged=(), problems=wrong_columns, missing=(), rows_read=0)
    staged: dict[tuple[str, str], StagedMark] = {}
    first_seen: dict[tuple[str, str], int] = {}
    problems: list[RowProblem] = []
    filled = list(numbered(rows, COLUMNS))
    for row, cells, surplus in filled:
        found = [too_many_cells(row)] if surplus else []
        found += [empty_cell(row, column) for column in COLUMNS if not cells[column]]
        found += _wrong_sitting(row, cells["sitting"], sitting)
        number, about_number = _candidate(row, cells["candidate_number"], registered)
        subject, about_subject = _subject(row, cells["subject"], number, registered, policy)
        result, about_mark = _mark(row, cells["mark"], subject, policy)
        found += [*about_number, *about_subject, *about_mark]
        if number is not None and subject is not None:
            key = (number, subject.code)
            if key in first_seen:
                found.append(_twice(row, number, first_seen[key]))
            first_seen.setdefault(key, row)
            if not found and result is not None:
                staged[key] = StagedMark(row=row, candidate_number=number, result=result)
        problems += found
    missing = tuple(
        MissingMark(candidate_number=number, subject=subject)
        for number in sorted(registered)
        for subject in sorted(registered[number])
        if (number, subject) not in first_seen
    )
    good = not problems and not missing
    return MarksCheck(
        staged=tuple(staged.values()) if good else (), problems=tuple(problems), missing=missing, rows_read=len(filled)
    )


def outcome(results: Mapping[str, SubjectMark], subjects: Iterable[str], policy: Policy) -> Outcome:
    """Pass or fail of an application from its subjects' results. KeyError when the result of one is missing."""
    answers = tuple(_subject_outcome(results[code], policy) for code in subjects)
    passed = all(answer.passed for answer in answers)
    trigger = Trigger.STANDING_COMPLETE if passed else Trigger.NOT_PASSED
    return Outcome(passed=passed, subjects=answers, trigger=trigger)


def _subject_outcome(result: SubjectMark, policy: Policy) -> SubjectOutcome:
    subject = policy.subject(result.subject)
    passed = result.mark is not None and result.mark >= subject.pass_mark
    if result.mark is None:
        words = next(row.words for row in policy.results.codes if row.code == result.code)
        because = Because(en=words.en, zh=words.zh, rules=("RES-05", "RES-06", "RES-07"))
    else:
        because = Because(
            en=f"{result.mark} of {subject.maximum}, {'at least' if passed else 'below'} {subject.pass_mark}.",
            zh=f"{result.mark}/{subject.maximum}，{'达到' if passed else '未达到'}合格标准 {subject.pass_mark}。",
            rules=("RES-04",),
        )
    return SubjectOutcome(subject=result.subject, mark=result.mark, code=result.code, passed=passed, because=because)


def _wrong_sitting(row: int, value: str, sitting: str) -> list[RowProblem]:
    if not value or value == sitting:
        return []
    advice = (
        f"This file is for {sitting}. Move the row to its own file.",
        f"本文件属于 {sitting}，请将该行移至相应文件。",
    )
    return [problem(row, "sitting", value, "wrong_sitting", *advice)]


def _candidate(row: int, value: str, registered: Registered) -> tuple[str | None, list[RowProblem]]:
    if not value:
        return None, []
    try:
        number = parse_candidate_number(value)
    except NumberRefused as refused:
        return None, [problem(row, "candidate_number", value, refused.code, refused.en, refused.zh)]
    if number not in registered:
        advice = ("Nobody in this sitting has this number.", "本次考试无此准考证号。")
        return None, [problem(row, "candidate_number", value, "candidate_unknown", *advice)]
    return number, []


def _subject(
    row: int, value: str, number: str | None, registered: Registered, policy: Policy
) -> tuple[Subject | None, list[RowProblem]]:
    if not value:
        return None, []
    known = {subject.code: subject for subject in policy.subjects}
    if value not in known:
        names = ", ".join(known)
        advice = (f"The subjects are {names}.", f"科目代码为 {names}。")
        return None, [problem(row, "subject", value, "subject_unknown", *advice)]
    if number is not None and value not in registered[number]:
        advice = ("This candidate does not take this subject.", "该考生未报考此科目。")
        return None, [problem(row, "subject", value, "subject_not_taken", *advice)]
    return known[value], []


def _mark(row: int, value: str, subject: Subject | None, policy: Policy) -> tuple[SubjectMark | None, list[RowProblem]]:
    def refused(code: str, en: str, zh: str) -> tuple[None, list[RowProblem]]:
        return None, [problem(row, "mark", value, code, en, zh)]

    if not value:
        return None, []
    codes = [row.code for row in policy.results.codes]
    if value in codes:
        return (SubjectMark(subject=subject.code, code=value) if subject else None), []
    if value.startswith("-"):
        return refused("code_unknown", f"The codes are {', '.join(codes)}.", f"可用代码为 {'、'.join(codes)}。")
    match = re.fullmatch(r"\d+(?:\.(\d+))?", value, re.ASCII)
    if match is None:
        return refused("mark_not_a_number", "Write a number such as 85 or 85.5.", "请填写数字，例如 85 或 85.5。")
    if subject is None:
        return None, []
    if len(match[1] or "") > subject.decimals:
        few = subject.decimals
        return refused("mark_too_precise", f"At most {few} digits after the point.", f"小数点后最多 {few} 位。")
    if Decimal(value) > subject.maximum:
        most = subject.maximum
        return refused("mark_out_of_range", f"The mark is between 0 and {most}.", f"成绩应在 0 至 {most} 之间。")
    return SubjectMark(subject=subject.code, mark=Decimal(value)), []


def _twice(row: int, number: str, first: int) -> RowProblem:
    advice = (f"Row {first} has this candidate's subject already.", f"第 {first} 行已有该考生此科目的成绩。")
    return problem(row, "candidate_number", number, "row_twice", *advice)
