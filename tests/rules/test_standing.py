"""What a person has passed, until when, and what the certificate rests on."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.policy_exam import Validity
from certification.rules.standing import ResultVersion, standing
from tests.rules.samples import POLICY

SUBJECTS = ("theory", "practical")
SINGLE = POLICY.validity
TWO_YEARS = Validity(mode="rolling", unit="year", window=2, must_take_all=False)


def result(unit: int, *passed: str, version: int = 1, application: str = "") -> ResultVersion:
    name = application or f"A{unit}"
    return ResultVersion(
        reference=f"{name}/{version}", application=name, version=version, unit=unit, passed=frozenset(passed)
    )


@pytest.mark.rule("ROL-01")
def test_without_rolling_every_subject_must_be_passed_in_one_sitting() -> None:
    assert standing([result(1, "theory", "practical")], SUBJECTS, SINGLE, now=1).complete
    split = standing([result(1, "theory"), result(2, "practical")], SUBJECTS, SINGLE, now=2)
    assert not split.complete
    assert split.missing == ("theory",)


@pytest.mark.rule("ROL-02", "ROL-03", "ROL-04")
@pytest.mark.parametrize(
    ("first", "second", "complete"),
    [(2019, 2019, True), (2019, 2020, True), (2020, 2021, True), (2019, 2021, False)],
)
def test_with_two_years_both_subjects_must_fall_into_two_consecutive_years(
    first: int, second: int, complete: bool
) -> None:
    results = [result(first, "theory", application="A1"), result(second, "practical", application="A2")]
    assert standing(results, SUBJECTS, TWO_YEARS, now=second).complete == complete


@pytest.mark.rule("ROL-04")
def test_a_credit_counts_to_the_last_year_of_its_window_and_then_no_longer() -> None:
    passed = [result(2019, "theory")]
    for now, counts in ((2019, True), (2020, True), (2021, False)):
        answer = standing(passed, SUBJECTS, TWO_YEARS, now)
        assert bool(answer.credits) == counts
        assert answer.missing == (("practical",) if counts else SUBJECTS)
    (credit,) = standing(passed, SUBJECTS, TWO_YEARS, 2019).credits
    assert credit.counts_until == 2020


def test_the_window_slides_whether_or_not_the_person_applied() -> None:
    results = [result(2019, "theory"), result(2022, "practical")]
    assert standing(results, SUBJECTS, TWO_YEARS, 2022).missing == ("theory",)


def test_the_newest_version_of_an_attempt_counts_so_that_a_void_takes_a_pass_away() -> None:
    passed, void = result(1, "theory", "practical"), result(1, version=2)
    assert standing([passed], SUBJECTS, SINGLE, 1).complete
    assert not standing([void, passed], SUBJECTS, SINGLE, 1).complete


@pytest.mark.rule("ROL-02")
def test_the_certificate_rests_on_the_results_of_the_earliest_complete_window() -> None:
    results = [result(2019, "theory"), result(2020, "practical"), result(2021, "theory", "practical")]
    answer = standing(results, SUBJECTS, TWO_YEARS, 2021)
    assert (answer.completed_in, answer.rests_on) == (2020, ("A2019/1", "A2020/1"))


def test_a_subject_passed_again_renews_its_credit() -> None:
    results = [result(2019, "theory"), result(2020, "theory")]
    (credit,) = standing(results, SUBJECTS, TWO_YEARS, 2021).credits
    assert (credit.unit, credit.rests_on) == (2020, "A2020/1")


def test_a_waived_subject_is_not_asked_for() -> None:
    assert standing([result(1, "practical")], ("practical",), SINGLE, 1).complete


ATTEMPTS = st.lists(
    st.builds(
        lambda unit, passed, version, who: result(unit, *passed, version=version, application=f"{unit}-{who}"),
        st.integers(2015, 2025),
        st.sets(st.sampled_from(SUBJECTS)),
        st.integers(1, 3),
        st.integers(1, 2),
    ),
    max_size=6,
    unique_by=lambda attempt: attempt.reference,
)


@given(ATTEMPTS, st.integers(1, 4))
def test_the_order_in_which_results_arrive_never_matters(attempts: list[ResultVersion], window: int) -> None:
    validity = TWO_YEARS.model_copy(update={"window": window})
    answers = {
        standing(order, SUBJECTS, validity, 2025) for order in itertools.islice(itertools.permutations(attempts), 24)
    }
    assert len(answers) == 1


@given(ATTEMPTS, st.integers(1, 3))
def test_a_longer_window_never_takes_a_completed_standing_away(attempts: list[ResultVersion], window: int) -> None:
    shorter = standing(attempts, SUBJECTS, TWO_YEARS.model_copy(update={"window": window}), 2025)
    longer = standing(attempts, SUBJECTS, TWO_YEARS.model_copy(update={"window": window + 1}), 2025)
    assert longer.complete or not shorter.complete
