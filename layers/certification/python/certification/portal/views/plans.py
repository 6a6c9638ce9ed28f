"""A year of exams as it was planned (INF-01), and the dates of every sitting announced in it (INF-13)."""

from datetime import date
from zoneinfo import ZoneInfo

from certification.acts import notice_board
from certification.cloud import clock
from certification.cloud.tables.sittings import Sitting
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import exams, notices
from certification.portal.views.notices import Entry, Text
from certification.portal.views.speech import Speech
from certification.rules.errors import NotFound
from certification.rules.model import Frozen
from certification.rules.notices import NoticeKind

ZONE = "Asia/Hong_Kong"
"""Days begin here when they begin in China."""
Facts = tuple[tuple[str, str], ...]


class Plan(Frozen):
    """A published plan with its text."""

    id: str
    title: str
    since: str
    text: Text


class Year(Frozen):
    """`sittings` are (id, name, dates): what the plan has become. `others` are further years that have something."""

    year: int
    plans: tuple[Plan, ...]
    sittings: tuple[tuple[str, str, Facts], ...]
    columns: tuple[Entry, ...]
    others: tuple[int, ...]


def year_of(asked: str | None, language: Language) -> Year:
    """One year; without one the year that it is, or the next one of which something is known."""
    if asked is not None and not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        raise NotFound("year")
    now = clock.now()
    begun = [one for one in notice_board.board() if one.kind is NoticeKind.ANNUAL_PLAN and one.in_force(now)]
    known = {exam_day(one).year for one in exams.announced()} | {one.year for one in begun if one.year}
    year = int(asked) if asked else _nearest(now.astimezone(ZoneInfo(ZONE)).year, known)
    return Year(
        year=year,
        plans=tuple(_plan(one.id, language) for one in begun if one.year == year),
        sittings=tuple(
            (one.id, one.name_zh if language == "zh" else one.name_en, _dates(one, language))
            for one in exams.announced()
            if exam_day(one).year == year
        ),
        columns=notices.in_force(language, (NoticeKind.EXAM_NOTICE,)),
        others=tuple(sorted(known - {year})),
    )


def _nearest(year: int, known: set[int]) -> int:
    """The year that it is, or the next one of which something is known."""
    return min((one for one in known if one >= year), default=year)


def exam_day(sitting: Sitting) -> date:
    """The first day of a sitting's exam, where it is held."""
    return sitting.dates.first_subject.astimezone(load_policy(sitting.scheme)[0].zone).date()


def _dates(sitting: Sitting, language: Language) -> Facts:
    policy, _ = load_policy(sitting.scheme)
    return exams.dates(sitting, policy, Speech(language, policy.time_zone))


def _plan(identifier: str, language: Language) -> Plan:
    found = notice_board.posted(identifier)
    say = notices.speech(found.series, language)
    return Plan(
        id=identifier,
        title=say.said(found.version.title),
        since=say.moment(found.version.effective),
        text=notices.text(notice_board.read(identifier, found.version.number), say),
    )
