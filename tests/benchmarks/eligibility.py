"""Eligibility decisions a second on one core: the decision alone, and the answer that explains itself.

The reference is what a decision costs at the very least: looking up a person's education and years in dicts and
comparing them with each path of the level, without dates, majors, overlaps or words.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from certification.policies import load_policy
from certification.rules.conditions import RANK, Conditions, conditions
from certification.rules.education import EducationEntry
from certification.rules.eligibility import Background, answered
from certification.rules.policy_applying import Education
from certification.rules.reaching import reached
from certification.rules.work import HeldCertificate, StudyLeave, WorkHistory, WorkPeriod
from tests.benchmarks.measuring import Measured, compare

PEOPLE = 2_000
GOAL = 20_000
UNTIL = date(2026, 12, 31)
MAJORS = ("土木工程", "工程管理", "建筑学", "哲学")


def person(chance: random.Random) -> Background:
    """Somebody with two qualifications at most, up to four jobs, and sometimes leave or a certificate."""
    studied = [
        EducationEntry(
            institution="Sample University",
            level=level,
            degree="bachelor" if RANK[level] > RANK[Education.ASSOCIATE] else "none",
            full_time=chance.random() < 0.6,
            major=chance.choice(MAJORS),
            began=graduated - timedelta(days=1400),
            graduated=graduated,
        )
        for level in chance.sample(list(Education)[2:], chance.randint(1, 2))
        for graduated in (date(2000, 1, 1) + timedelta(days=chance.randrange(9000)),)
    ]
    jobs = []
    for _ in range(chance.randint(1, 4)):
        since = date(2005, 1, 1) + timedelta(days=chance.randrange(7500))
        ended = since + timedelta(days=chance.randrange(2000))
        field = chance.choice(("building_works", "project_management", None))
        until = ended if chance.random() < 0.7 else None
        jobs.append(WorkPeriod(employer="Sample Builders", duties="Work", field=field, since=since, until=until))
    leave = (StudyLeave(since=date(2019, 3, 1), until=date(2019, 6, 30)),) if chance.random() < 0.2 else ()
    held = (HeldCertificate(code="senior_engineer", issued=date(2020, 1, 1)),) if chance.random() < 0.2 else ()
    return Background(
        date_of_birth=date(1985, 1, 1) + timedelta(days=chance.randrange(8000)),
        education=tuple(studied),
        work=WorkHistory(jobs=tuple(jobs), leaves=leave, certificates=held),
    )


def look_up(people: list[Background], level: Conditions) -> Callable[[], int]:
    """The reference: two dict look-ups and a comparison for each path."""
    paths = [{"rank": path.rank, "years": path.years} for path in level.paths]
    rows = [
        {
            "rank": max(RANK[entry.level] for entry in one.education),
            "years": sum(((job.until or UNTIL) - job.since).days for job in one.work.jobs) // 365,
        }
        for one in people
    ]

    def run() -> int:
        for row in rows:
            for path in paths:
                if row["rank"] >= path["rank"] and row["years"] >= path["years"]:
                    break
        return len(rows)

    return run


def every(people: list[Background], ask: Callable[[Background], object]) -> Callable[[], int]:
    """Ask for everybody."""

    def run() -> int:
        for one in people:
            ask(one)
        return len(people)

    return run


def measure() -> tuple[Measured, ...]:
    """The Guangdong conditions, which have everything: majors, fields, studies, leave, certificates."""
    chance = random.Random(20261231)
    people = [person(chance) for _ in range(PEOPLE)]
    level = conditions(load_policy("guangdong")[0], "full", "building")
    simple = conditions(load_policy("cgptc")[0], "2", "data_analyst")
    yes = sum(answered(one, level, UNTIL).eligible for one in people)
    return compare(
        {
            "guangdong, decision (yes or no, path, first day)": (every(people, lambda one: reached(one, level)), GOAL),
            f"guangdong, answer in words, {yes * 100 // PEOPLE} % yes": (
                every(people, lambda one: answered(one, level, UNTIL)),
                None,
            ),
            "cgptc, decision": (every(people, lambda one: reached(one, simple)), GOAL),
            "cgptc, answer in words": (every(people, lambda one: answered(one, simple, UNTIL)), None),
        },
        look_up(people, level),
    )
