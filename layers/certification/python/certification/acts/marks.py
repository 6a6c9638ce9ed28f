"""A marks file: validated whole, staged, and switched on; or every bad row reported and nothing changed."""

import hashlib
from collections import defaultdict
from decimal import Decimal
from typing import Any

from certification.acts.arrangement import frozen_list
from certification.acts.release import staging
from certification.acts.sheets import dropped_by, report, table_of
from certification.acts.sitting_outcomes import milestone
from certification.acts.workbooks import FileRefused
from certification.cloud import clock
from certification.cloud.tables.results import Result, results
from certification.cloud.tables.sittings import MarksImport, Sitting, sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.model import Frozen
from certification.rules.results import MarksCheck, StagedMark, SubjectMark, check_marks, outcome
from certification.rules.sheets import RowProblem

ROWS_AT_ONCE = 50
MOST_MISSING = 200
"""How many missing candidates a report names one by one."""


class Expected(Frozen):
    """A registered candidate of the frozen list."""

    application: str
    subjects: tuple[str, ...]


def read_file(key: str) -> dict[str, Any]:
    """Read `marks/<sitting>/<name>.csv`. Gives `sitting`, `rows` and `errors`; the report lies beside the file."""
    sitting_id = key.split("/")[1] if key.count("/") == 2 else ""
    try:
        return _import(key, sitting_id)
    except FileRefused as refusal:
        report(key, 0, [refusal.problem])
        return {"sitting": sitting_id, "rows": 0, "errors": 1}


def _import(key: str, sitting_id: str) -> dict[str, Any]:
    member = dropped_by(key, "results_officer")
    sitting = sittings.find(sitting_id) if sitting_id else None
    if sitting is None:
        raise FileRefused(
            "sitting_unknown", "No sitting has the name of this folder.", "文件夹名称与任何考试均不对应。"
        )
    _time_is_right(sitting)
    policy, policy_hash = load_policy(sitting.scheme)
    expected = {
        item["candidate_number"]: Expected(application=item["application"], subjects=tuple(item["subjects"]))
        for item in frozen_list(sitting.id)
    }
    header, rows, data = table_of(key)
    registered = {number: frozenset(one.subjects) for number, one in expected.items()}
    checked = check_marks(header, rows, sitting.id, registered, policy)
    problems = _problems(checked)
    if problems:
        report(key, checked.rows_read, problems)
        return {"sitting": sitting.id, "rows": checked.rows_read, "errors": len(problems)}
    import_id = hashlib.sha256(data).hexdigest()[:16]
    _stage(sitting, import_id, checked.staged, expected, policy_hash)
    _switch_on(sitting.id, import_id, key, checked.rows_read, member.id)
    report(key, checked.rows_read, [])
    return {"sitting": sitting.id, "rows": checked.rows_read, "errors": 0}


def _time_is_right(sitting: Sitting) -> None:
    if sitting.stage not in ("seated",) or clock.now() < sitting.dates.exam_over:
        released = sitting.stage in ("releasing", "released", "concluded")
        raise FileRefused(
            "released_before" if released else "too_early",
            "The results are released: a change is a recheck of one candidate."
            if released
            else "The exam is not over yet.",
            "成绩已公布，更改须按复查程序办理。" if released else "考试尚未结束。",
        )


def _problems(checked: MarksCheck) -> list[RowProblem]:
    """Bad rows first, then who is missing; both at once, so that one correction is enough."""
    missing = [
        RowProblem(
            row=0,
            column="candidate_number",
            value=gap.candidate_number,
            code="candidate_missing",
            en=f"No row gives {gap.subject} of this candidate. Add one, with -1 if the candidate was absent.",
            zh=f"缺少该考生“{gap.subject}”科目的成绩，缺考请填 -1。",
        )
        for gap in checked.missing[:MOST_MISSING]
    ]
    return [*checked.problems, *missing]


def _stage(
    sitting: Sitting,
    import_id: str,
    rows: tuple[StagedMark, ...],
    expected: dict[str, Expected],
    policy_hash: str,
) -> None:
    """One row per candidate under the import's id. It counts for nothing until the switch is on."""
    policy, _ = load_policy(sitting.scheme)
    by_candidate: dict[str, dict[str, SubjectMark]] = defaultdict(dict)
    for row in rows:
        by_candidate[row.candidate_number][row.result.subject] = row.result
    writes = [
        results.put(
            Result(
                place=staging(sitting, import_id),
                entry=number,
                application=expected[number].application,
                candidate_number=number,
                marks={code: _text(marks[code]) for code in expected[number].subjects},
                passed=outcome(marks, expected[number].subjects, policy).passed,
                policy_hash=policy_hash,
            )
        )
        for number, marks in sorted(by_candidate.items())
    ]
    for start in range(0, len(writes), ROWS_AT_ONCE):
        commit(writes[start : start + ROWS_AT_ONCE])


def _text(result: SubjectMark) -> str:
    """Points without an exponent, or the code."""
    return result.code if result.mark is None and result.code else f"{result.mark or Decimal(0):f}"


@retried
def _switch_on(sitting_id: str, import_id: str, key: str, rows: int, by: str) -> None:
    """The one write that makes a staged file count. A later file before the release takes its place."""
    sitting = sittings.read(sitting_id)
    if sitting.marks is not None and sitting.marks.id == import_id:
        return
    _time_is_right(sitting)
    marks = MarksImport(id=import_id, file=key, rows=rows, imported_by=by, imported_at=clock.now())
    commit([sittings.update(sitting.changed(marks=marks))], [milestone("MarksImported", sitting, by=by)])
