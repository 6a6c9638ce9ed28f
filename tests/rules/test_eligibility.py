"""Who may apply for which level, and if not yet, from when on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certification.rules.eligibility import (
    Background,
    WorkPeriod,
    after_years,
    counted_until,
    eligibility,
    years_complete_on,
)
from certification.rules.policy_applying import Education
from tests.rules.samples import POLICY, SPRING

LEVEL_2, LEVEL_3, LEVEL_5 = POLICY.level("2"), POLICY.level("3"), POLICY.level("5")
YEAR_END = date(2026, 12, 31)


def person(born: date = date(1995, 6, 1), education: Education = Education.BACHELOR, *work: WorkPeriod) -> Background:
    return Background(date_of_birth=born, education=education, work=work)


def since(day: date, until: date | None = None) -> WorkPeriod:
    return WorkPeriod(since=day, until=until)


@pytest.mark.rule("ELI-01")
def test_a_bachelor_whose_third_year_of_work_ends_on_31_december_may_apply_for_level_2() -> None:
    in_time = person(date(1995, 6, 1), Education.BACHELOR, since(date(2024, 1, 1)))
    a_day_late = person(date(1995, 6, 1), Education.BACHELOR, since(date(2024, 1, 2)))
    assert eligibility(in_time, LEVEL_2, YEAR_END).eligible
    answer = eligibility(a_day_late, LEVEL_2, YEAR_END)
    assert not answer.eligible
    assert answer.earliest == date(2027, 1, 1)
    assert answer.earliest_year == 2027
    assert answer.missing[0].condition == "work_years"


@pytest.mark.rule("ELI-01")
def test_years_are_counted_up_to_the_last_day_of_the_exams_year() -> None:
    assert counted_until(POLICY, SPRING) == YEAR_END


def test_a_scheme_may_count_to_another_day() -> None:
    for rule, day in (("registration_closes", date(2026, 3, 20)), ("first_subject", date(2026, 4, 18))):
        terms = POLICY.eligibility.model_copy(update={"counted_until": rule})
        assert counted_until(POLICY.model_copy(update={"eligibility": terms}), SPRING) == day


def test_the_least_age_is_reached_on_the_birthday() -> None:
    turns_18 = person(date(2008, 12, 31), Education.BACHELOR)
    a_day_younger = person(date(2009, 1, 1), Education.BACHELOR)
    assert eligibility(turns_18, LEVEL_3, YEAR_END).eligible
    answer = eligibility(a_day_younger, LEVEL_3, YEAR_END)
    assert [gap.condition for gap in answer.missing] == ["minimum_age"]
    assert answer.earliest == date(2027, 1, 1)


def test_any_one_pair_of_education_and_work_is_enough() -> None:
    assert eligibility(person(date(1995, 6, 1), Education.UPPER_SECONDARY), LEVEL_5, YEAR_END).eligible
    early_leaver = person(date(1995, 6, 1), Education.LOWER_SECONDARY, since(date(2026, 1, 1)))
    assert eligibility(early_leaver, LEVEL_5, YEAR_END).eligible


def test_who_lacks_the_education_is_told_which_and_gets_no_date() -> None:
    answer = eligibility(person(date(1995, 6, 1), Education.NONE, since(date(2000, 1, 1))), LEVEL_5, YEAR_END)
    assert not answer.eligible
    assert [gap.condition for gap in answer.missing] == ["education"]
    assert answer.earliest is None
    assert "lower_secondary" in answer.missing[0].en


def test_who_stopped_working_too_early_is_told_the_years_and_gets_no_date() -> None:
    stopped = person(date(1990, 1, 1), Education.BACHELOR, since(date(2020, 1, 1), date(2021, 12, 31)))
    answer = eligibility(stopped, LEVEL_2, YEAR_END)
    assert [gap.condition for gap in answer.missing] == ["work_years"]
    assert (answer.earliest, answer.missing[0].complete_on) == (None, None)
    assert answer.missing[0].en.startswith("3 years of work are needed")


def test_both_gaps_are_named_at_once_and_the_later_date_counts() -> None:
    young = person(date(2010, 5, 1), Education.BACHELOR, since(date(2026, 1, 1)))
    answer = eligibility(young, LEVEL_2, YEAR_END)
    assert [gap.condition for gap in answer.missing] == ["minimum_age", "work_years"]
    assert answer.earliest == date(2028, 12, 31)


def test_overlapping_work_counts_once_and_gaps_do_not_count() -> None:
    two_jobs = [since(date(2020, 1, 1), date(2021, 6, 30)), since(date(2021, 1, 1), date(2022, 12, 31))]
    assert years_complete_on(two_jobs, 3) == date(2022, 12, 31)
    a_month_off = [since(date(2020, 1, 1), date(2020, 12, 31)), since(date(2021, 2, 1))]
    assert years_complete_on(a_month_off, 3) == date(2023, 1, 31)


def test_no_years_are_complete_at_once_and_no_work_never_completes_one() -> None:
    assert years_complete_on([], 0) == date.min
    assert years_complete_on([], 1) is None


@given(
    st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2020, 1, 1)), st.integers(0, 900)), max_size=6),
    st.integers(1, 8),
)
def test_the_order_in_which_work_is_named_does_not_matter_and_more_work_never_delays(
    raw: list[tuple[date, int]], years: int
) -> None:
    work = [since(start, start + timedelta(days=length)) for start, length in raw]
    day = years_complete_on(work, years)
    assert years_complete_on(reversed(work), years) == day
    longer = years_complete_on([*work, since(date(2020, 1, 2))], years)
    assert longer is not None
    assert day is None or longer <= day


def test_29_february_has_its_anniversary_on_1_march() -> None:
    assert after_years(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert after_years(date(2008, 2, 29), 20) == date(2028, 2, 29)


def test_work_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValidationError):
        since(date(2026, 1, 2), date(2026, 1, 1))
