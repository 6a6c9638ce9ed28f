"""REACHING: on which day a person has everything that each path of a level asks.

In words: a path is complete on the day on which the last thing it asks is there: the education (with its degree and
major), the certificate, the age, the years of work and those in the field. Of several qualifications the one that is
complete first counts. Time alone completes age and work that goes on; what time cannot complete has no day.
The level is reached on the first day on which any path is complete. Nothing here looks at a clock or makes a word:
20,000 people a second ask it on the first day of registration.
"""

from datetime import date
from typing import Literal, NamedTuple

from certification.rules.conditions import DEGREE_RANK, RANK, Asked, Conditions, plain
from certification.rules.education import EducationEntry
from certification.rules.model import Frozen
from certification.rules.timeline import OPEN, Days, after_years, beginning, full_on, joined, without
from certification.rules.work import WorkHistory

Short = Literal["", "education", "degree", "major"]


class Background(Frozen):
    """What the conditions look at. `majors_accepted`: majors a desk let in for this exam and occupation (ELI-05)."""

    date_of_birth: date
    education: tuple[EducationEntry, ...] = ()
    work: WorkHistory = WorkHistory()
    majors_accepted: tuple[str, ...] = ()


class Attempt(NamedTuple):
    """One path with the qualification that serves it best; days are ordinals.

    `day` is complete; None when time alone does not complete it. `short` says what the education lacks, `but_major` is
    the day on which all but the major is there. `counted_from` is the first day whose work counts (0: any), `days` and
    `field_days` are the days of work that count.
    """

    asked: Asked
    entry: EducationEntry | None
    short: Short
    day: int | None
    but_major: int | None
    graduated: int
    issued: int | None
    of_age: int
    counted_from: int
    days: Days
    field_days: Days


class Reached(NamedTuple):
    """The day on which the level is reached, by which attempt, and every attempt in the order of the paths."""

    day: int | None
    best: Attempt | None
    attempts: tuple[Attempt, ...]


class _Studied(NamedTuple):
    """A qualification, ready to compare with."""

    rank: int
    degree: int
    major: str
    graduated: int
    full_time: bool
    entry: EducationEntry


def reached(background: Background, level: Conditions) -> Reached:
    """When each path of the level is complete for this person."""
    studied = [
        _Studied(
            RANK[entry.level],
            DEGREE_RANK[entry.degree],
            plain(entry.major),
            entry.graduated.toordinal(),
            entry.full_time,
            entry,
        )
        for entry in background.education
    ]
    days, field_days = _days_of_work(background, level)
    accepted = tuple(map(plain, background.majors_accepted))
    of_age: dict[int, int] = {}
    attempts: list[Attempt] = []
    best: Attempt | None = None
    for path in level.paths:
        age = path.minimum_age
        if age not in of_age:
            of_age[age] = after_years(background.date_of_birth, age).toordinal()
        attempt = _attempt(background, studied, accepted, path, level, days, field_days, of_age[age])
        attempts.append(attempt)
        if attempt.day is not None and (best is None or best.day is None or attempt.day < best.day):
            best = attempt
    return Reached(best.day if best else None, best, tuple(attempts))


def _days_of_work(background: Background, level: Conditions) -> tuple[Days, Days]:
    """The days of work that count, and those of them in the field."""
    work = background.work
    everything: Days = []
    in_field: Days = []
    for job in work.jobs:
        if (level.employer_needed and not job.employer) or not (job.full_time or level.part_time_counts):
            continue
        stretch = (job.since.toordinal(), OPEN if job.until is None else job.until.toordinal() + 1)
        everything.append(stretch)
        if job.field in level.fields:
            in_field.append(stretch)
    if not everything:
        return [], []
    days = joined(everything)
    field_days = days if in_field == everything else joined(in_field)
    taken = days_of_study(background) if level.spare_time_only else []
    if not taken:
        return days, field_days
    left = without(days, taken)
    return left, left if field_days is days else without(field_days, taken)


def days_of_study(background: Background) -> Days:
    """The days of full-time study and of leave for study: work on them does not count (ELI-02, ELI-03)."""
    taken = [
        (entry.began.toordinal(), entry.graduated.toordinal()) for entry in background.education if entry.full_time
    ]
    taken += [
        (leave.since.toordinal(), OPEN if leave.until is None else leave.until.toordinal() + 1)
        for leave in background.work.leaves
    ]
    return joined(taken)


def _attempt(
    background: Background,
    studied: list[_Studied],
    accepted: tuple[str, ...],
    path: Asked,
    level: Conditions,
    days: Days,
    field_days: Days,
    of_age: int,
) -> Attempt:
    issued: int | None = 0
    if path.certificate is not None:
        held = [one.issued.toordinal() for one in background.work.certificates if one.code == path.certificate]
        issued = min(held, default=None)
    if path.rank == 0:
        return _with(path, None, "", level, days, field_days, issued, of_age)
    best: Attempt | None = None
    furthest: Short = "education"
    for one in studied:
        short = _short(path, one, accepted)
        if short in ("education", "degree"):
            if short == "degree" and furthest == "education":
                furthest = short
            continue
        attempt = _with(path, one, short, level, days, field_days, issued, of_age)
        if best is None or _better(attempt, best):
            best = attempt
    return best or Attempt(path, None, furthest, None, None, 0, issued, of_age, 0, days, field_days)


def _short(path: Asked, one: _Studied, accepted: tuple[str, ...]) -> Short:
    if one.rank < path.rank:
        return "education"
    if one.degree < path.degree:
        return "degree"
    if path.majors is not None and one.major not in path.majors and one.major not in accepted:
        return "major"
    return ""


def _better(one: Attempt, other: Attempt) -> bool:
    """Whether one attempt gets further: a listed major first, then the earlier day."""
    if one.short != other.short:
        return one.short == ""
    day, other_day = (one.but_major, other.but_major) if one.short else (one.day, other.day)
    return day is not None and (other_day is None or day < other_day)


def _with(
    path: Asked,
    one: _Studied | None,
    short: Short,
    level: Conditions,
    days: Days,
    field_days: Days,
    issued: int | None,
    of_age: int,
) -> Attempt:
    graduated = start = 0
    if one is not None:
        graduated = one.graduated
        if path.counted_from == "graduation" or (level.spare_time_only and one.full_time):
            start = graduated
    if path.counted_from == "certificate" and issued is not None and issued > start:
        start = issued
    if start and days:
        same = field_days is days
        days = beginning(days, start)
        field_days = days if same else beginning(field_days, start)
    complete: int | None = None
    all_on = full_on(days, path.years)
    if all_on is not None and issued is not None:
        field_on = full_on(field_days, path.field_years)
        if field_on is not None:
            complete = max(graduated, issued, of_age, all_on, field_on)
    day, but_major = (None, complete) if short else (complete, None)
    entry = one.entry if one else None
    return Attempt(path, entry, short, day, but_major, graduated, issued, of_age, start, days, field_days)
