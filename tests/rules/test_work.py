"""What somebody declares about work: tidied, put in order, and refused with the entry and the field that is wrong."""

from datetime import date
from typing import Any

import pytest

from certification.rules.errors import Refused
from certification.rules.work import (
    LONGEST,
    MOST_CERTIFICATES,
    MOST_JOBS,
    MOST_LEAVES,
    HeldCertificate,
    StudyLeave,
    WorkHistory,
    WorkPeriod,
    cleaned,
)

TODAY = date(2026, 9, 1)


def job(**changes: Any) -> WorkPeriod:
    return WorkPeriod(**{"employer": "Sample Ltd", "duties": "Analyst", "since": date(2020, 1, 1), **changes})


def test_texts_have_one_form_and_entries_the_order_of_time() -> None:
    late, early = (
        job(since=date(2022, 1, 1)),
        job(employer="  Sample \u3000 Ltd ", duties="Ana\nlyst".replace("\n", " ")),
    )
    tidy = cleaned(WorkHistory(jobs=(late, early)), TODAY)
    assert [one.since for one in tidy.jobs] == [date(2020, 1, 1), date(2022, 1, 1)]
    assert tidy.jobs[0].employer == "Sample Ltd"
    assert cleaned(tidy, TODAY) == tidy


@pytest.mark.parametrize(
    ("history", "code", "field"),
    [
        (WorkHistory(jobs=(job(since=date(2026, 9, 2)),)), "work_date_in_future", "jobs.0.since"),
        (WorkHistory(jobs=(job(until=date(2026, 9, 2)),)), "work_date_in_future", "jobs.0.until"),
        (WorkHistory(jobs=(job(), job(until=date(2019, 12, 31)))), "work_ends_before_it_begins", "jobs.1.until"),
        (WorkHistory(jobs=(job(since=date(1925, 12, 31)),)), "work_too_long_ago", "jobs.0.since"),
        (WorkHistory(jobs=(job(duties=""),)), "work_duties_missing", "jobs.0.duties"),
        (WorkHistory(jobs=(job(employer="x" * (LONGEST + 1)),)), "work_too_long", "jobs.0.employer"),
        (WorkHistory(jobs=(job(employer="a\x00b"),)), "work_character", "jobs.0.employer"),
        (WorkHistory(workplace="x" * (LONGEST + 1)), "work_too_long", "workplace"),
        (WorkHistory(workplace="a\x00b"), "work_character", "workplace"),
        (WorkHistory(leaves=(StudyLeave(since=date(2026, 9, 2)),)), "work_date_in_future", "leaves.0.since"),
        (
            WorkHistory(certificates=(HeldCertificate(code="a", issued=date(2026, 9, 2)),)),
            "work_date_in_future",
            "certificates.0.issued",
        ),
        (WorkHistory(jobs=(job(),) * (MOST_JOBS + 1)), "work_too_many_entries", "jobs"),
        (
            WorkHistory(leaves=(StudyLeave(since=TODAY),) * (MOST_LEAVES + 1)),
            "work_too_many_entries",
            "leaves",
        ),
        (
            WorkHistory(certificates=(HeldCertificate(code="a", issued=TODAY),) * (MOST_CERTIFICATES + 1)),
            "work_too_many_entries",
            "certificates",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(history: WorkHistory, code: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        cleaned(history, TODAY)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.zh


def test_the_limits_themselves_are_allowed() -> None:
    edge = WorkHistory(
        jobs=(job(since=TODAY, until=TODAY), *(job(since=date(1926, 1, 1)),) * (MOST_JOBS - 1)),
        leaves=(StudyLeave(since=TODAY),) * MOST_LEAVES,
        certificates=(HeldCertificate(code="a", number="x" * LONGEST, issued=TODAY),) * MOST_CERTIFICATES,
    )
    assert len(cleaned(edge, TODAY).jobs) == MOST_JOBS


def test_the_employer_is_the_one_where_the_person_works_or_worked_last() -> None:
    ended, going_on = job(employer="Before", until=date(2025, 1, 1)), job(employer="Now", since=date(2019, 1, 1))
    assert WorkHistory(jobs=(going_on, ended)).employer == "Now"
    assert WorkHistory(jobs=(ended, job(employer=""))).employer == "Before"
    assert WorkHistory().employer is None
