"""Files that staff drop by page: the form for one, and the report that answers it."""

from certification.acts import decision_files, drops
from certification.acts.drops import MAY_DROP, OF_A_SCHEME, Drop, Folder
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.letters.formats import Language
from certification.policies import load_policy, schemes
from certification.portal.views import desk, exams
from certification.portal.views.speech import Speech
from certification.rules.errors import NotFound
from certification.rules.model import Frozen

Options = tuple[tuple[str, str], ...]
KINDS: tuple[Folder, ...] = ("marks", "decisions", "sittings", "notices", "integrity", "statements")


class Problem(Frozen):
    """One thing to correct; row 0 is the file as a whole."""

    row: int
    column: str
    value: str
    words: str


class Report(Frozen):
    """`counts`: the file is in force. With a problem nothing of it is, unless `in_force` says how many rows are."""

    counts: bool
    rows: int
    in_force: int
    problems: tuple[Problem, ...]


def kinds(staff_id: str) -> tuple[str, ...]:
    """What this member may drop."""
    roles = set(desk.member(staff_id).roles)
    return tuple(kind for kind in KINDS if roles & set(MAY_DROP[kind]))


def folders(kind: str, language: Language) -> Options:
    """Where a file of this kind can go: marks to a sitting, decisions and entries to a scheme; a new sitting needs no folder."""
    if kind == "marks":
        return tuple((one.id, one.name_zh if language == "zh" else one.name_en) for one in exams.announced())
    if kind in OF_A_SCHEME:
        say = Speech(language)
        return tuple((scheme, say.said(load_policy(scheme)[0].title)) for scheme in schemes())
    return ()


def ask(staff_id: str, kind: str, folder: str, return_to: str) -> Drop:
    """A form for one file; `folder` names the sitting or the scheme."""
    return drops.ask(desk.member(staff_id), next(known for known in KINDS if known == kind), folder, return_to)


def reason_codes(scheme: str, language: Language) -> Options:
    """(code, words) of the reasons that a file of decisions may name."""
    say = Speech(language)
    return tuple((one.code, say.said(one.words)) for one in load_policy(scheme)[0].review.reasons)


def to_fill_in(staff_id: str, scheme: str) -> str:
    """What waits for a review at the member's desks, as a file of decisions without decisions."""
    member = desk.member(staff_id)
    if scheme not in schemes() or not set(MAY_DROP["decisions"]) & set(member.roles):
        raise NotFound("scheme")
    return decision_files.to_fill_in(member, scheme)


def report(staff_id: str, key: str, language: Language) -> Report | None:
    """The report of a file; None while it is being read."""
    try:
        answer = drops.report(desk.member(staff_id), key)
    except NotFound:
        return None
    return Report(
        counts=answer.counts,
        rows=answer.rows,
        in_force=answer.rows_in_force,
        problems=tuple(
            Problem(row=one.row, column=one.column, value=one.value, words=one.zh if language == "zh" else one.en)
            for one in answer.problems
        ),
    )


def problems_address(staff_id: str, key: str) -> str:
    """A short-lived address of the bad rows as CSV."""
    drops.report(desk.member(staff_id), key)
    return vault.link(settings().staff_files, f"reports/{key}.problems.csv", f"{key.rpartition('/')[2]}-problems.csv")
