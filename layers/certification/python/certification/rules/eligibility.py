"""ELIGIBILITY: may this person apply for this level, why, and if not, what is missing and from when on.

In words: a level asks for a least age and for one of several pairs of education and years of work. Both are counted up
to one day (for cgptc 31 December of the exam's year). Years of work are the time in which the person worked, overlaps
counted once and gaps not at all; a year is full on the eve of its anniversary. The answer names the pair that was met,
or for the pair that would be met first, what is missing and the first day on which it is complete. It is advice to the
candidate and to the reviewer, never a gate: a person decides.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from pydantic import model_validator

from certification.rules.calendars import day_of
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import Education
from certification.rules.policy_eligibility import Level, Path
from certification.rules.sitting import SittingDates
from certification.rules.words import Because

DAY = timedelta(days=1)


class WorkPeriod(Frozen):
    """Work from one day to another, both included; `until` is absent while it goes on."""

    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("work cannot end before it begins")
        return self


class Background(Frozen):
    """What the conditions look at."""

    date_of_birth: date
    education: Education
    work: tuple[WorkPeriod, ...] = ()


class Missing(Frozen):
    """One condition that is not met. `complete_on`: the first day it will be, if time alone will do it."""

    condition: str
    en: str
    zh: str
    complete_on: date | None = None


class EligibilityAnswer(Frozen):
    """Yes or no, why, and what is missing. `earliest_year`: the first exam year in which the answer will be yes."""

    eligible: bool
    because: Because
    missing: tuple[Missing, ...] = ()
    earliest: date | None = None
    earliest_year: int | None = None


def counted_until(policy: Policy, dates: SittingDates) -> date:
    """The last day that counts for age and years of work (ELI-01)."""
    match policy.eligibility.counted_until:
        case "year_end":
            return date(policy.year, 12, 31)
        case "registration_closes":
            return day_of(dates.registration_closes, policy.zone)
        case "first_subject":
            return day_of(dates.first_subject, policy.zone)


def eligibility(background: Background, level: Level, until: date) -> EligibilityAnswer:
    """Whether the background meets the level's conditions on the day `until`."""
    of_age = after_years(background.date_of_birth, level.minimum_age)
    paths = level.any_of or (Path(education=Education.NONE, work_years=0),)
    reached = {path: _complete_on(background, path) for path in paths}
    met = [path for path, day in reached.items() if day is not None and day <= until]
    if met and of_age <= until:
        return EligibilityAnswer(eligible=True, because=_met(met[0], level, until))
    missing: list[Missing] = []
    if of_age > until:
        missing.append(_too_young(level, of_age))
    dated = [(day, path) for path, day in reached.items() if day is not None]
    earliest: date | None = None
    if met:
        earliest = of_age
    elif dated:
        day, path = min(dated, key=lambda pair: pair[0])
        missing.append(_work_missing(path, day))
        earliest = max(day, of_age)
    else:
        missing.append(_nearest_path(background, paths))
    because = Because(
        en=f"The conditions of level {level.code} are not met on {until}.",
        zh=f"截至 {until}，不符合 {level.code} 级的申报条件。",
        rules=("ELI-01",),
    )
    year = earliest.year if earliest else None
    return EligibilityAnswer(
        eligible=False, because=because, missing=tuple(missing), earliest=earliest, earliest_year=year
    )


def after_years(day: date, years: int) -> date:
    """The anniversary; 29 February has it on 1 March in years without that day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_complete_on(work: Iterable[WorkPeriod], years: int) -> date | None:
    """The day on which so many years of work are full; None when the work ends before that."""
    merged = _merged(work)
    if years == 0:
        return date.min
    if not merged:
        return None
    end = after_years(merged[0][0], years)
    for (_, until), following in zip(merged, [*merged[1:], None], strict=True):
        if until is None or end <= until + DAY:
            return end - DAY
        if following is not None:
            end += following[0] - until - DAY
    return None


def _merged(work: Iterable[WorkPeriod]) -> list[tuple[date, date | None]]:
    """Periods in order, overlapping and adjoining ones joined."""
    answer: list[tuple[date, date | None]] = []
    for period in sorted(work, key=lambda period: period.since):
        if answer and (answer[-1][1] is None or period.since <= answer[-1][1] + DAY):
            since, until = answer[-1]
            longer = None if until is None or period.until is None else max(until, period.until)
            answer[-1] = (since, longer)
        else:
            answer.append((period.since, period.until))
    return answer


def _complete_on(background: Background, path: Path) -> date | None:
    if background.education.rank < path.education.rank:
        return None
    return years_complete_on(background.work, path.work_years)


def _met(path: Path, level: Level, until: date) -> Because:
    return Because(
        en=f"Level {level.code}: education {path.education} and {path.work_years} years of work, counted to {until}.",
        zh=f"{level.code} 级：学历与 {path.work_years} 年工作年限均符合，计算至 {until}。",
        rules=("ELI-01",),
    )


def _too_young(level: Level, of_age: date) -> Missing:
    return Missing(
        condition="minimum_age",
        en=f"The least age is {level.minimum_age}, reached on {of_age}.",
        zh=f"最低年龄为 {level.minimum_age} 周岁，于 {of_age} 达到。",
        complete_on=of_age,
    )


def _work_missing(path: Path, day: date) -> Missing:
    return Missing(
        condition="work_years",
        en=f"{path.work_years} years of work are complete on {day}.",
        zh=f"工作年限满 {path.work_years} 年的日期为 {day}。",
        complete_on=day,
    )


def _nearest_path(background: Background, paths: tuple[Path, ...]) -> Missing:
    """No path is complete by time alone: what the easiest one in the candidate's reach asks for."""
    possible = [path for path in paths if path.education.rank <= background.education.rank]
    if possible:
        path = min(possible, key=lambda path: path.work_years)
        return Missing(
            condition="work_years",
            en=f"{path.work_years} years of work are needed; the work you named does not reach that.",
            zh=f"需满 {path.work_years} 年工作年限；所填工作经历不足。",
        )
    path = min(paths, key=lambda path: path.education.rank)
    return Missing(
        condition="education",
        en=f"At least this education is needed: {path.education}, with {path.work_years} years of work.",
        zh=f"所需最低学历为 {path.education}，且满 {path.work_years} 年工作年限。",
    )
