"""A desk's queue: what waits for it, what the reader holds, and what waits for somebody else first."""

from collections.abc import Sequence
from datetime import timedelta

from certification.acts import review
from certification.cloud import clock
from certification.cloud.tables.cases import Case
from certification.cloud.tables.staff import StaffMember, staff
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.review import LOCK

A_PAGE = 50
MOST = 1000
"""How many cases of a desk the page counts; a desk with more reads so many and a plus."""


class Row(Frozen):
    """One open case. `late` is "overdue", "today", "near" (its supervisor was told) or empty."""

    id: str
    kind: str
    about: str
    promised: str
    late: str
    holder: str
    seconding: bool


class Queue(Frozen):
    """One page of the cases that wait for the desks, oldest promise first, and the reader's own before them.

    `counts` tell of all pages: how many wait, are due today, are overdue, are the reader's own. `others` wait for
    somebody else; there are `others_count` of them.
    """

    own: tuple[Row, ...]
    rows: tuple[Row, ...]
    page: int
    pages: int
    others: tuple[Row, ...]
    others_count: str
    counts: tuple[tuple[str, str], ...]


def queue(member: StaffMember, language: Language, page: int = 1) -> Queue:
    """The open cases of the member's desks and of those under them."""
    say = Speech(language)
    waiting, others = (review.queue(member, MOST, below=True, others=theirs) for theirs in (False, True))
    states = [late(case, say) for case in waiting]
    own = [case for case in waiting if is_held(case) and case.taken_by == member.id]
    pages = max(1, -(-len(waiting) // A_PAGE))
    page = min(max(page, 1), pages)
    shown = waiting[(page - 1) * A_PAGE : page * A_PAGE]
    return Queue(
        own=rows(own, say, member.id),
        rows=rows(shown, say, member.id),
        page=page,
        pages=pages,
        others=rows(others[:A_PAGE], say, member.id),
        others_count=_number(len(others), say),
        counts=(
            (say("staff.waiting"), _number(len(waiting), say)),
            (say("staff.due_today"), str(states.count("today"))),
            (say("staff.overdue"), str(states.count("overdue"))),
            (say("staff.mine"), str(len(own))),
        ),
    )


def _number(count: int, say: Speech) -> str:
    return say("desk.at_least", n=count) if count >= MOST else str(count)


def rows(found: Sequence[Case], say: Speech, staff_id: str) -> tuple[Row, ...]:
    """The cases in words; each instant in the time zone of its scheme."""
    names: dict[str, str] = {}
    return tuple(row(case, say, staff_id, names) for case in found)


def row(case: Case, say: Speech, staff_id: str, names: dict[str, str] | None = None) -> Row:
    """One case in words. `names` keeps the names of colleagues that were read before."""
    here = of_scheme(case, say)
    return Row(
        id=case.id,
        kind=kind_of(case, say),
        about=case.about,
        promised=here.deadline(case.promised),
        late=late(case, say),
        holder=_holder(case, say, staff_id, {} if names is None else names),
        seconding=case.seconding is not None,
    )


def kind_of(case: Case, say: Speech) -> str:
    """What kind of case it is."""
    for key in (f"desk.kind_{case.kind}", f"staff.kind_{case.kind}"):
        if say.has(key):
            return say(key)
    return say("staff.kind_other")


def of_scheme(case: Case, say: Speech) -> Speech:
    """The same language in the time zone of the scheme that the case belongs to."""
    return Speech(say.language, load_policy(case.scheme)[0].time_zone) if case.scheme else say


def late(case: Case, say: Speech) -> str:
    """How near the promise is, in the days of the scheme."""
    now, here = clock.now(), of_scheme(case, say)
    if now >= case.promised:
        return "overdue"
    if here.day(now) == here.day(case.promised - timedelta(microseconds=1)):
        return "today"
    return "near" if case.warned_at else ""


def is_held(case: Case) -> bool:
    """Whether somebody holds the case now; a lock that is over holds nothing."""
    return case.taken_by is not None and case.taken_at is not None and clock.now() < case.taken_at + LOCK


def _holder(case: Case, say: Speech, staff_id: str, names: dict[str, str]) -> str:
    if not is_held(case) or case.taken_by is None:
        return ""
    if case.taken_by == staff_id:
        return say("staff.holder_you")
    if case.taken_by not in names:
        found = staff.find(case.taken_by)
        names[case.taken_by] = found.name if found else case.taken_by
    return names[case.taken_by]
