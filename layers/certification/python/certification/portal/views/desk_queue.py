"""A desk's queue: what waits for it, what the reader holds, and what waits for somebody else first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from certification.acts import review
from certification.cloud import clock
from certification.cloud.tables.cases import Case
from certification.cloud.tables.staff import StaffMember, staff
from certification.letters.formats import Language
from certification.policies import load_policy, schemes
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind
from certification.rules.desks import OPERATIONS, TREASURY
from certification.rules.model import Frozen
from certification.rules.review import EVERY, LOCK, Only

MOST = review.MANY
"""How many cases of a desk the page counts; a desk with more reads so many and a plus."""
ASKED = ("kind", "scheme", "desk")
Options = tuple[tuple[str, str], ...]


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
    somebody else; there are `others_count` of them. `filters` are (name, label, what it is now, options) of what the
    reader can choose between; `kept` is what they chose.
    """

    own: tuple[Row, ...]
    rows: tuple[Row, ...]
    page: int
    pages: int
    others: tuple[Row, ...]
    others_count: str
    counts: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str, str, Options], ...]
    kept: dict[str, str]


def asked_for(said: Mapping[str, str]) -> Only:
    """What somebody chose, by address or form; what is no kind of case leaves nothing out."""
    kind = said.get("kind", "")
    return Only(
        kind=CaseKind(kind) if kind in {*CaseKind} else None,
        scheme=said.get("scheme") or None,
        desk=said.get("desk") or None,
    )


def kept(only: Only) -> dict[str, str]:
    """The same as fields of a form or of an address."""
    return {name: str(value) for name in ASKED if (value := getattr(only, name)) is not None}


def queue(member: StaffMember, language: Language, page: int = 1, only: Only = EVERY) -> Queue:
    """The open cases of the member's desks and of those under them. What the reader holds is shown whatever they chose."""
    say = Speech(language)
    every, theirs = (review.queue(member, MOST, below=True, others=others) for others in (False, True))
    waiting, others = ([case for case in found if only.takes(case)] for found in (every, theirs))
    states = [late(case, say) for case in waiting]
    own = [case for case in every if is_held(case) and case.taken_by == member.id]
    pages = max(1, -(-len(waiting) // review.A_PAGE))
    page = min(max(page, 1), pages)
    shown = waiting[(page - 1) * review.A_PAGE : page * review.A_PAGE]
    return Queue(
        own=rows(own, say, member.id),
        rows=rows(shown, say, member.id),
        page=page,
        pages=pages,
        others=rows(others[: review.A_PAGE], say, member.id),
        others_count=_number(len(others), say),
        counts=(
            (say("staff.waiting"), _number(len(waiting), say)),
            (say("staff.due_today"), str(states.count("today"))),
            (say("staff.overdue"), str(states.count("overdue"))),
            (say("staff.mine"), str(len(own))),
        ),
        filters=tuple(_filters([*every, *theirs], only, say)),
        kept=kept(only),
    )


def _filters(found: Sequence[Case], only: Only, say: Speech) -> Iterator[tuple[str, str, str, Options]]:
    """What there is a choice of, each in words; what was chosen stays even when the last of it is done."""
    policies = [load_policy(scheme)[0] for scheme in schemes()]
    desks = {desk.code: say.said(desk.words) for policy in policies for desk in policy.desks}
    desks |= {code: say(f"desk.team_{code}") for code in (OPERATIONS, TREASURY)}
    names: dict[str, dict[str, str]] = {
        "kind": {str(kind): kind_named(kind, say) for kind in CaseKind},
        "scheme": {policy.scheme: say.said(policy.title) for policy in policies},
        "desk": desks,
    }
    for name in ASKED:
        now = str(getattr(only, name) or "")
        codes = {str(value) for case in found if (value := getattr(case, name)) is not None} | ({now} - {""})
        if len(codes) > 1 or now:
            options = sorted(((code, names[name].get(code, code)) for code in codes), key=lambda one: one[1])
            yield name, say(f"desk.filter_{name}"), now, tuple(options)


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
    return kind_named(case.kind, say)


def kind_named(kind: CaseKind, say: Speech) -> str:
    """What a kind of case is called."""
    for key in (f"desk.kind_{kind}", f"staff.kind_{kind}"):
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
