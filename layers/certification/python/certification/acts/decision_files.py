"""A desk's decisions as a file: everything in it is decided, or nothing of it and every row that is wrong is named.

First each row is asked whether it could be decided now, by the rules that the page asks; then what passed is written
down beside the report, and decided row by row. A reader that died on the way goes on from what was written down: what
it decided itself is no obstacle. Only what somebody did in between (a candidate who withdrew) can keep a row from
counting after that; the report says so and how many rows count all the same.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence

from certification.acts import review
from certification.acts.sheets import dropped_by, scheme_of, table_of
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.staff import StaffMember
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.on_site_file import check_outcomes
from certification.rules.review_file import COLUMNS, DecisionsCheck, StagedDecision, check_decisions
from certification.rules.sheets import Cells, RowProblem, problem

MOST_ROWS = 5_000
"""How many waiting cases of a desk one file can decide."""


def to_fill_in(member: StaffMember, scheme: str) -> str:
    """A file for the member to fill in: the applications of a scheme whose review they could decide now, in CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for case in review.queue(member, MOST_ROWS):
        if case.kind is CaseKind.REVIEW and case.scheme == scheme and review.may_take(case, member):
            writer.writerow([case.about, "", "", ""])
    return out.getvalue()


class Staged(Frozen):
    """A row that passed, and the case it decides."""

    case: str
    decided: StagedDecision


class Plan(Frozen):
    """What a file that is right as a whole decides."""

    rows: tuple[Staged, ...]


class Outcome(Frozen):
    """`rows` were read; `counting` of them are in force."""

    rows: int
    problems: tuple[RowProblem, ...]
    counting: int = 0


def read(key: str) -> Outcome:
    """`decisions/<scheme>/<name>.csv`: with a column `outcome` it is about on-site checks, else about reviews."""
    member = dropped_by(key, "reviewer")
    scheme = scheme_of(key)
    header, rows, data = table_of(key)
    where, kept = settings().staff_files, f"reports/{key}.{hashlib.sha256(data).hexdigest()[:16]}.plan.json"
    planned = vault.find(where, kept)
    if planned is None:
        checked, waiting = _checked(member, scheme, header, rows)
        problems = [*checked.problems, *_refused(member, checked.staged, waiting)]
        if problems:
            return Outcome(rows=checked.rows_read, problems=tuple(sorted(problems, key=lambda one: one.row)))
        staged = (Staged(case=waiting[one.application], decided=one) for one in checked.staged)
        made = Plan(rows=tuple(staged)).model_dump_json().encode()
        planned = vault.write_once(where, kept, made, "application/json")
    plan = Plan.model_validate(json.loads(planned))
    late = _decide(member, plan)
    return Outcome(rows=len(plan.rows), problems=late, counting=len(plan.rows) - len(late))


def _checked(
    member: StaffMember, scheme: str, header: Sequence[str], rows: Sequence[Cells]
) -> tuple[DecisionsCheck, dict[str, str]]:
    """What the file says by itself, against the cases of this scheme that wait at the member's desks."""
    kind = CaseKind.ON_SITE_CHECK if "outcome" in header else CaseKind.REVIEW
    queue = review.queue(member, MOST_ROWS)
    if kind is CaseKind.ON_SITE_CHECK:  # who came without an appointment was checked all the same
        queue += review.queue(member, MOST_ROWS, others=True)
    waiting = {case.about: case.id for case in queue if case.kind is kind and case.scheme == scheme}
    if kind is CaseKind.ON_SITE_CHECK:
        return check_outcomes(header, rows, waiting, member.id), waiting
    return check_decisions(header, rows, waiting, member.id, load_policy(scheme)[0]), waiting


def _refused(member: StaffMember, staged: Sequence[StagedDecision], waiting: Mapping[str, str]) -> list[RowProblem]:
    """Rows that could not be decided now: held by a colleague, decided meanwhile, not ready."""
    found = []
    for one in staged:
        try:
            review.check(member, waiting[one.application], one.decision)
        except Refused as refusal:
            found.append(_problem(one, refusal))
    return found


def _decide(member: StaffMember, plan: Plan) -> tuple[RowProblem, ...]:
    late = []
    for one in plan.rows:
        try:
            review.decide(member, one.case, one.decided.decision, by="file")
        except Refused as refusal:
            late.append(_problem(one.decided, refusal))
    return tuple(late)


def _problem(one: StagedDecision, refusal: Refused) -> RowProblem:
    return problem(one.row, "application", one.application, refusal.code, refusal.en, refusal.zh)
