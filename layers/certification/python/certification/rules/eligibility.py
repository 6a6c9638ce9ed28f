"""ELIGIBILITY: may this person apply for this level, why, and if not, what is missing and from when on.

In words: a level asks for a least age and for any one of several paths, each with education, degree, major, years of
work, years in the field, and a certificate. Everything is counted up to one day (as a rule 31 December of the exam's
year, ELI-01), presuming that work that goes on will go on. The answer names the path that was met; or for every path
what is missing, and the first day and exam year in which the answer will be yes. A major outside the catalogue is a no
that a desk may turn into a yes (ELI-05). The answer is advice to the candidate and to the reviewer, never a gate: a
person decides. It also says what must be proven by whoever does not commit (ELI-07), and always at a level that waives
subjects (ELI-08).
"""

from datetime import date
from typing import NamedTuple

from certification.rules import eligibility_words as words
from certification.rules.calendars import day_of
from certification.rules.conditions import Conditions, Missing, conditions
from certification.rules.policy import Policy
from certification.rules.reaching import Attempt, Background, Reached, reached
from certification.rules.sitting import SittingDates
from certification.rules.words import Because

__all__ = [
    "Background",
    "EligibilityAnswer",
    "Missing",
    "PathAnswer",
    "Proof",
    "answered",
    "counted_until",
    "eligibility",
]


class PathAnswer(NamedTuple):  # tuples, because 20,000 people a second are answered
    """One path: what it asks, whether it is met, since or from when, and what is missing."""

    number: int
    en: str
    zh: str
    met: bool
    complete_on: date | None = None
    missing: tuple[Missing, ...] = ()


class Proof(NamedTuple):
    """An upload that proves something. `always`: also of those who commit."""

    upload: str
    always: bool
    because: Because


class EligibilityAnswer(NamedTuple):
    """Yes or no, why, and what is missing from the nearest path; then every path.

    `path` is the number of the path that was met. `earliest` is the first day on which the answer is yes, `earliest_year`
    the exam year; both absent when time alone will not do it. `by_exception`: yes, if a desk accepts the major.
    `exempts`: the level waives subjects.
    """

    eligible: bool
    because: Because
    missing: tuple[Missing, ...] = ()
    path: int | None = None
    earliest: date | None = None
    earliest_year: int | None = None
    by_exception: bool = False
    exempts: bool = False
    paths: tuple[PathAnswer, ...] = ()
    proofs: tuple[Proof, ...] = ()


def counted_until(policy: Policy, dates: SittingDates) -> date:
    """The last day that counts for age and years of work (ELI-01)."""
    match policy.eligibility.counted_until:
        case "year_end":
            return date(policy.year, 12, 31)
        case "registration_closes":
            return day_of(dates.registration_closes, policy.zone)
        case "first_subject":
            return day_of(dates.first_subject, policy.zone)


def eligibility(
    background: Background, policy: Policy, level: str, occupation: str | None, until: date
) -> EligibilityAnswer:
    """Whether the background meets the conditions of a level on the day `until`."""
    return answered(background, conditions(policy, level, occupation), until)


def answered(background: Background, level: Conditions, until: date) -> EligibilityAnswer:
    """The same for conditions that were made ready before: who asks often keeps them."""
    found, last = reached(background, level), until.toordinal()
    if found.best is not None and found.day is not None and found.day <= last:
        return EligibilityAnswer(
            eligible=True,
            because=words.met(found.best, level, until),
            path=found.best.asked.number,
            earliest=date.fromordinal(found.day),
            earliest_year=until.year,
            exempts=level.exempts,
            paths=tuple(_path(attempt, last, explain=False) for attempt in found.attempts),
            proofs=_proofs(found.best, level),
        )
    paths = tuple(_path(attempt, last, explain=True) for attempt in found.attempts)
    exception = _exception(found, level, last)
    nearest, gaps = min(zip(found.attempts, paths, strict=True), key=_distance)
    earliest = date.fromordinal(found.day) if found.day is not None else None
    return EligibilityAnswer(
        eligible=False,
        because=words.not_met(level, until, exception),
        missing=gaps.missing,
        earliest=earliest,
        earliest_year=_year(earliest, until) if earliest else None,
        by_exception=exception,
        exempts=level.exempts,
        paths=paths,
        proofs=_proofs(nearest, level),
    )


def _year(earliest: date, until: date) -> int:
    """The exam year whose last day that counts is not before; `until` is that of one year."""
    if earliest <= until:
        return until.year
    late = (earliest.month, earliest.day) > (until.month, until.day)
    return earliest.year + late


def _path(attempt: Attempt, last: int, *, explain: bool) -> PathAnswer:
    met = attempt.day is not None and attempt.day <= last
    said = attempt.asked.words
    return PathAnswer(
        number=attempt.asked.number,
        en=said.en,
        zh=said.zh,
        met=met,
        complete_on=date.fromordinal(attempt.day) if attempt.day is not None else None,
        missing=() if met or not explain else tuple(words.missing(attempt, last)),
    )


def _distance(path: tuple[Attempt, PathAnswer]) -> tuple[int, int, int, int]:
    """How far a path is: what has a day first, by day; then what lacks least education, fewest things, least work."""
    attempt, answer = path
    if attempt.day is not None:
        return (0, attempt.day, 0, 0)
    lacking = ("", "major", "degree", "education").index(attempt.short)
    return (1, lacking, len(answer.missing), attempt.asked.rank if lacking == 3 else attempt.asked.years)


def _exception(found: Reached, level: Conditions, last: int) -> bool:
    """Whether only the catalogue of majors stands between the person and a yes (ELI-05)."""
    if level.exception is None:
        return False
    return any(attempt.but_major is not None and attempt.but_major <= last for attempt in found.attempts)


def _proofs(attempt: Attempt, level: Conditions) -> tuple[Proof, ...]:
    """What must be shown: years of work, a waived subject, a foreign degree, another major."""
    proofs = level.proofs
    found: list[Proof] = []
    if proofs.work and (attempt.asked.years or attempt.asked.field_years):
        found.append(Proof(upload=proofs.work, always=level.exempts, because=words.WORK_PROOF))
    if proofs.exemption and level.exempts:
        found.append(Proof(upload=proofs.exemption, always=True, because=words.EXEMPTION_PROOF))
    if proofs.foreign_degree and level.foreign_certified and attempt.entry is not None and attempt.entry.foreign:
        found.append(Proof(upload=proofs.foreign_degree, always=True, because=words.FOREIGN_PROOF))
    if level.exception and attempt.short == "major":
        found.append(Proof(upload=level.exception, always=True, because=words.MAJOR_PROOF))
    return tuple(found)
