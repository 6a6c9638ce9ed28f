"""Notices as anybody reads them: the board, one version with its history, and what counts for one sitting."""

from collections.abc import Iterable
from datetime import datetime

from certification.acts import notice_board
from certification.acts.notice_board import Posted
from certification.cloud import clock
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules import restricted_text
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.model import Frozen
from certification.rules.notices import NAMES_PEOPLE, Notice, NoticeKind, Series
from certification.rules.policy import Policy
from certification.rules.restricted_text import Block

Facts = tuple[tuple[str, str], ...]


class Entry(Frozen):
    """A line of the board."""

    id: str
    title: str
    kind: str
    about: str
    since: str


class Past(Frozen):
    """One version in a notice's history; `removed`: its text named people and has ended."""

    number: int
    title: str
    since: str
    proof: str
    removed: bool


class Text(Frozen):
    """What a notice says, in one language, ready to be shown."""

    blocks: tuple[Block, ...]
    plan: tuple[tuple[str, Facts], ...] = ()
    on_site: Facts = ()
    people: tuple[tuple[str, str], ...] = ()


class NoticePage(Frozen):
    """One version. `replaced` and `ended` say why it does not count any more; `complaint` is whom to write to."""

    id: str
    number: int
    title: str
    kind: str
    facts: Facts
    replaced: str
    ended: str
    removed: bool
    complaint: str
    text: Text
    history: tuple[Past, ...]


def speech(series: Series, language: Language) -> Speech:
    """The scheme's time zone; Hong Kong's for a notice about no scheme."""
    return Speech(language, load_policy(series.scheme)[0].time_zone) if series.scheme else Speech(language)


def in_force(language: Language, kinds: Iterable[NoticeKind] = NoticeKind) -> tuple[Entry, ...]:
    """The notices of these kinds that count now, newest first."""
    wanted, now = set(kinds), clock.now()
    return tuple(
        _entry(series, language, now)
        for series in sorted(notice_board.board(), key=lambda one: one.versions[-1].effective, reverse=True)
        if series.kind in wanted and series.in_force(now)
    )


def about_sitting(policy: Policy, sitting: str, language: Language) -> tuple[Entry, ...]:
    """What counts now for one sitting: its own notices, its scheme's, and those about every exam."""
    now = clock.now()
    return tuple(
        _entry(series, language, now)
        for series in notice_board.board()
        if series.in_force(now)
        and series.scheme in (None, policy.scheme)
        and series.year in (None, policy.year)
        and series.sitting in (None, sitting)
    )


def _entry(series: Series, language: Language, now: datetime) -> Entry:
    say = speech(series, language)
    version = series.in_force(now) or series.versions[-1]
    return Entry(
        id=series.id,
        title=say.said(version.title),
        kind=say(f"notices.kind_{series.kind}"),
        about=about(series, say),
        since=say.moment(version.effective),
    )


def about(series: Series, say: Speech) -> str:
    """Which scheme, year and region a notice is about, in words."""
    policy = load_policy(series.scheme)[0] if series.scheme else None
    region = next((one for one in policy.regions if one.code == series.region), None) if policy else None
    parts = [say.said(policy.title) if policy else str(series.year or ""), say.said(region.words) if region else ""]
    return " · ".join(part for part in parts if part) or say("notices.about_all")


def notice(identifier: str, number: int | None, language: Language) -> NoticePage:
    """One version of a notice; NotFound before its instant and when it was removed."""
    found = notice_board.posted(identifier, number)
    say, now = speech(found.series, language), clock.now()
    version = found.version
    replaced = found.series.replaced_at(version.number, now)
    over = version.ends is not None and version.ends <= now
    return NoticePage(
        id=found.series.id,
        number=version.number,
        title=say.said(version.title),
        kind=say(f"notices.kind_{found.series.kind}"),
        facts=_facts(found, say),
        replaced=say("notices.replaced", when=say.moment(replaced)) if replaced else "",
        ended=say("notices.ended", when=say.moment(version.ends)) if version.ends and over else "",
        removed=found.notice is None,
        complaint="" if over else _complaints(found.series),
        text=text(found.notice, say) if found.notice else Text(blocks=()),
        history=tuple(
            Past(
                number=one.number,
                title=say.said(one.title),
                since=say.moment(one.effective),
                proof=one.proof,
                removed=found.series.removed(one, now),
            )
            for one in found.series.begun(now)
        ),
    )


def _facts(found: Posted, say: Speech) -> Facts:
    version = found.version
    rows = [
        (say("notices.about"), about(found.series, say)),
        (say("notices.since"), say.moment(version.effective)),
        (say("notices.version"), str(version.number)),
        (say("notices.proof"), version.proof),
    ]
    if version.ends:
        rows.insert(2, (say("notices.ends"), say.deadline(version.ends)))
    return tuple(rows)


def _complaints(series: Series) -> str:
    """The address of the desk that hears complaints about people a notice names."""
    if series.kind not in NAMES_PEOPLE or series.scheme is None:
        return ""
    return desk_for(load_policy(series.scheme)[0], CaseKind.COMPLAINT, series.region).email


def text(content: Notice, say: Speech) -> Text:
    """What a notice says in one language."""
    on_site = content.on_site
    return Text(
        blocks=restricted_text.blocks(say.said(content.text)),
        plan=tuple(
            (
                say.said(entry.exam),
                (
                    (say("notices.plan_registration"), say.said(entry.registration)),
                    (say("notices.plan_days"), say("notices.comma").join(say.day(day) for day in entry.exam_days)),
                ),
            )
            for entry in content.plan
        ),
        on_site=(
            (say("notices.on_site_when"), say.said(on_site.when)),
            (say("notices.on_site_where"), say.said(on_site.where)),
            (say("notices.on_site_how"), say.said(on_site.how)),
        )
        if on_site
        else (),
        people=tuple((one.name, one.reference) for one in content.people),
    )
