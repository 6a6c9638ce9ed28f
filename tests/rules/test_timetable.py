"""The timeline as data: what counts of each job, and why not all of it."""

from datetime import date

from certification.policies import load_policy
from certification.rules import timetable as rows
from certification.rules.conditions import conditions
from certification.rules.timetable import Row, timetable
from certification.rules.work import HeldCertificate, StudyLeave
from tests.rules.people import job, person, studied

GUANGDONG, _ = load_policy("guangdong")
FULL = conditions(GUANGDONG, "full", "building")
EXEMPT = conditions(GUANGDONG, "exempt_two", "building")
UNTIL = date(2026, 12, 31)


def only_job(*found: Row) -> Row:
    (one,) = (row for row in found if row.kind == "job")
    return one


def test_every_study_job_leave_and_certificate_stands_in_the_order_of_time() -> None:
    someone = person(
        (studied(date(2010, 7, 1)), studied(date(2018, 7, 1), full_time=True)),
        job(date(2020, 1, 1)),
        leaves=(StudyLeave(since=date(2008, 3, 1), until=date(2008, 4, 1)),),
        held=(HeldCertificate(code="senior_engineer", issued=date(2024, 1, 1)),),
    )
    assert [row.kind for row in timetable(someone, FULL, UNTIL)] == [
        "part_time_study",
        "leave",
        "full_time_study",
        "job",
        "certificate",
    ]


def test_a_job_that_goes_on_counts_to_the_last_day_that_counts() -> None:
    found = only_job(*timetable(person(studied(date(2010, 7, 1)), job(date(2023, 1, 1))), FULL, UNTIL))
    assert (found.days, found.until, found.why) == (1461, None, rows.ALL)
    assert found.counts is not None
    assert (found.counts.en, found.counts.zh) == ("4 years", "4 年")


def test_what_does_not_count_is_said_with_its_reason() -> None:
    graduate = studied(date(2010, 7, 1))
    full_time = studied(date(2024, 1, 1), began=date(2020, 1, 1), full_time=True)
    leave = (StudyLeave(since=date(2025, 1, 1), until=date(2025, 12, 31)),)
    cases = [
        (person(graduate, job(date(2020, 1, 1), employer="")), FULL, rows.NO_EMPLOYER, "nothing"),
        (person(graduate, job(date(2020, 1, 1), full_time=False)), FULL, rows.PART_TIME, "nothing"),
        (person(graduate, job(date(2023, 1, 1)), leaves=leave), FULL, rows.STUDY, "3 years"),
        (person(full_time, job(date(2023, 1, 1))), FULL, rows.BOTH, "3 years"),
        (person(graduate, job(date(2026, 1, 1), date(2027, 6, 30))), FULL, rows.LATER, "1 year"),
    ]
    for background, level, why, counts in cases:
        found = only_job(*timetable(background, level, UNTIL))
        assert found.why == why
        assert found.counts is not None
        assert found.counts.en == counts
    titled = person(
        studied(date(2010, 7, 1), degree="bachelor"),
        job(date(2020, 1, 1)),
        held=(HeldCertificate(code="senior_engineer", issued=date(2024, 1, 1)),),
    )
    found = only_job(*timetable(titled, EXEMPT, UNTIL))
    assert (found.why, found.days) == (rows.BEFORE, 1096)


def test_somebody_without_anything_has_an_empty_timeline() -> None:
    assert timetable(person(), FULL, UNTIL) == ()
