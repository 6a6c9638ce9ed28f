"""Who may apply for which level, and if not yet, from when on: each condition at both sides of its number."""

from datetime import date

import pytest

from certification.policies import load_policy
from certification.rules.eligibility import Background, EligibilityAnswer, counted_until, eligibility
from certification.rules.policy_applying import Education
from certification.rules.policy_eligibility import Path
from certification.rules.work import HeldCertificate, StudyLeave
from tests.rules.people import UNLISTED, job, person, studied
from tests.rules.samples import POLICY, SPRING

GUANGDONG, _ = load_policy("guangdong")
YEAR_END = date(2026, 12, 31)
LONG_AGO = date(2010, 7, 1)


def cgptc(background: Background, level: str, until: date = YEAR_END) -> EligibilityAnswer:
    return eligibility(background, POLICY, level, "data_analyst", until)


def guangdong(
    background: Background, until: date = YEAR_END, level: str = "full", occupation: str = "building"
) -> EligibilityAnswer:
    return eligibility(background, GUANGDONG, level, occupation, until)


def asking(path: Path) -> EligibilityAnswer:
    """How the Guangdong policy with this one path answers nobody in particular."""
    level = GUANGDONG.level("full").model_copy(update={"any_of": (path,)})
    policy = GUANGDONG.model_copy(update={"levels": (level,)})
    return eligibility(person(studied(LONG_AGO), job(LONG_AGO)), policy, "full", "building", YEAR_END)


@pytest.mark.rule("ELI-01")
def test_a_bachelor_whose_third_year_of_work_ends_on_31_december_may_apply_for_level_2() -> None:
    assert cgptc(person(studied(LONG_AGO), job(date(2024, 1, 1))), "2").eligible
    a_day_late = cgptc(person(studied(LONG_AGO), job(date(2024, 1, 2))), "2")
    assert not a_day_late.eligible
    assert (a_day_late.earliest, a_day_late.earliest_year) == (date(2027, 1, 1), 2027)
    assert [gap.condition for gap in a_day_late.missing] == ["work_years"]
    assert a_day_late.missing[0].en == "1 day of work missing (3 years needed); complete on 2027-01-01."
    assert a_day_late.missing[0].zh == "工作年限还差 1 天（须满 3 年）；将于 2027-01-01 满足。"


@pytest.mark.rule("ELI-01")
def test_years_are_counted_up_to_the_last_day_of_the_exams_year() -> None:
    assert counted_until(POLICY, SPRING) == YEAR_END
    assert counted_until(GUANGDONG, SPRING) == YEAR_END


@pytest.mark.rule("ELI-01")
def test_a_scheme_may_count_to_another_day() -> None:
    for rule, day in (("registration_closes", date(2026, 3, 20)), ("first_subject", date(2026, 4, 18))):
        terms = POLICY.eligibility.model_copy(update={"counted_until": rule})
        assert counted_until(POLICY.model_copy(update={"eligibility": terms}), SPRING) == day


def test_the_exam_year_is_the_first_whose_last_counted_day_is_not_before() -> None:
    late = person(studied(LONG_AGO), job(date(2024, 4, 20)))  # three years are full on 19 April 2027
    assert cgptc(late, "2", date(2026, 4, 18)).earliest_year == 2028
    assert cgptc(late, "2", date(2026, 4, 19)).earliest_year == 2027


def test_the_least_age_is_reached_on_the_birthday() -> None:
    assert cgptc(person(studied(date(2025, 7, 1)), born=date(2008, 12, 31)), "3").eligible
    younger = cgptc(person(studied(date(2025, 7, 1)), born=date(2009, 1, 1)), "3")
    assert [gap.condition for gap in younger.missing] == ["minimum_age"]
    assert younger.earliest == date(2027, 1, 1)
    leapling = person(studied(date(2025, 7, 1)), born=date(2008, 2, 29))
    assert cgptc(leapling, "3", date(2026, 3, 1)).eligible
    assert not cgptc(leapling, "3", date(2026, 2, 28)).eligible


def test_any_one_path_is_enough_and_the_answer_names_it() -> None:
    answer = cgptc(person(studied(LONG_AGO, Education.UPPER_SECONDARY)), "5")
    assert (answer.eligible, answer.path) == (True, 2)
    early_leaver = cgptc(person(studied(LONG_AGO, Education.LOWER_SECONDARY), job(date(2026, 1, 1))), "5")
    assert (early_leaver.eligible, early_leaver.path) == (True, 1)
    assert [path.met for path in early_leaver.paths] == [True, False]


def test_who_lacks_the_education_is_told_which_and_gets_no_date() -> None:
    answer = cgptc(person((), job(date(2000, 1, 1))), "5")
    assert [gap.condition for gap in answer.missing] == ["education"]
    assert (answer.earliest, answer.earliest_year) == (None, None)
    assert "lower secondary school" in answer.missing[0].en
    assert "初中" in answer.missing[0].zh


def test_who_stopped_working_too_early_is_told_how_much_is_missing_and_gets_no_date() -> None:
    answer = cgptc(person(studied(LONG_AGO), job(date(2020, 1, 1), date(2021, 8, 31))), "2")
    assert answer.missing[0].en == "1 year and 4 months of work missing (3 years needed); the work you named has ended."
    assert (answer.earliest, answer.missing[0].complete_on) == (None, None)


def test_every_gap_is_named_at_once_for_every_path_and_the_latest_date_counts() -> None:
    young = cgptc(person(studied(date(2025, 7, 1)), job(date(2026, 1, 1)), born=date(2010, 5, 1)), "2")
    assert [gap.condition for gap in young.missing] == ["minimum_age", "work_years"]
    assert young.earliest == date(2028, 12, 31)
    assert [[gap.condition for gap in path.missing] for path in young.paths][3:] == [
        ["minimum_age", "education"],
        ["minimum_age", "certificate"],
    ]


@pytest.mark.rule("ELI-02")
def test_with_full_time_studies_work_counts_from_graduation_on() -> None:
    """Four years for a bachelor, and the job began two years before the end of the studies."""
    studies = studied(date(2022, 7, 1), began=date(2018, 9, 1), full_time=True)
    answer = guangdong(person(studies, job(date(2020, 7, 1))))
    assert answer.earliest == date(2026, 6, 30)
    assert answer.eligible
    assert "ELI-02" in answer.because.rules
    later = studied(date(2023, 1, 2), began=date(2018, 9, 1), full_time=True)
    assert not guangdong(person(later, job(date(2020, 7, 1)))).eligible
    assert guangdong(person(later, job(date(2020, 7, 1)))).earliest == date(2027, 1, 1)


@pytest.mark.rule("ELI-03")
def test_with_part_time_studies_work_beside_them_counts_but_not_leave_for_study() -> None:
    studies = studied(date(2025, 7, 1), began=date(2021, 9, 1))
    beside = guangdong(person(studies, job(date(2023, 1, 1))))
    assert beside.eligible
    assert "ELI-03" in beside.because.rules
    leave = StudyLeave(since=date(2024, 3, 1), until=date(2024, 3, 1))
    a_day_off = guangdong(person(studies, job(date(2023, 1, 1)), leaves=(leave,)))
    assert a_day_off.earliest == date(2027, 1, 1)
    on_leave_still = StudyLeave(since=date(2026, 12, 31))
    assert guangdong(person(studies, job(date(2023, 1, 1)), leaves=(on_leave_still,))).earliest is None


def test_full_time_studies_of_another_level_do_not_count_as_work_either() -> None:
    """An associate with ten years of work, two of them as a full-time student."""
    first = studied(LONG_AGO, Education.ASSOCIATE)
    master = studied(date(2023, 7, 1), Education.MASTER, began=date(2021, 7, 1), full_time=True)
    answer = guangdong(person((first, master), job(date(2019, 1, 1), date(2024, 12, 31))))
    assert [path.complete_on for path in answer.paths][:1] == [None]
    assert guangdong(person(first, job(date(2019, 1, 1), date(2024, 12, 31)))).eligible


def test_where_the_policy_does_not_say_so_work_beside_full_time_studies_counts() -> None:
    studies = studied(date(2025, 7, 1), began=date(2021, 9, 1), full_time=True)
    assert cgptc(person(studies, job(date(2023, 1, 1))), "2").eligible


@pytest.mark.rule("ELI-04")
def test_after_graduation_counts_from_the_date_of_that_document() -> None:
    """A doctor needs one year after graduation, also with part-time studies."""
    doctor = studied(date(2026, 1, 1), Education.DOCTOR, degree="doctor")
    assert guangdong(person(doctor, job(date(2026, 1, 1)))).paths[4].complete_on == YEAR_END
    a_day_later = studied(date(2026, 1, 2), Education.DOCTOR, degree="doctor")
    answer = guangdong(person(a_day_later, job(date(2025, 6, 1))))
    assert answer.paths[4].complete_on == date(2027, 1, 1)


@pytest.mark.rule("ELI-04")
def test_after_a_certificate_counts_from_the_date_of_that_document() -> None:
    held = HeldCertificate(code="level_3", issued=date(2024, 1, 1))
    answer = cgptc(person((), job(date(2015, 1, 1)), held=(held,)), "2")
    assert (answer.eligible, answer.path) == (True, 5)
    assert "ELI-04" in answer.because.rules
    later = HeldCertificate(code="level_3", issued=date(2024, 1, 2))
    assert cgptc(person((), job(date(2015, 1, 1)), held=(later,)), "2").earliest == date(2027, 1, 1)
    of_another_level = HeldCertificate(code="level_4", issued=date(2000, 1, 1))
    answer = cgptc(person((), job(date(2015, 1, 1)), held=(of_another_level,)), "2")
    assert [gap.condition for gap in answer.paths[4].missing] == ["certificate"]
    assert "3 years of work after it" in answer.paths[4].missing[0].en


@pytest.mark.rule("ELI-05")
def test_a_major_outside_the_catalogue_is_a_no_that_a_desk_may_turn_into_a_yes() -> None:
    answer = guangdong(person(studied(LONG_AGO, major=UNLISTED), job(date(2019, 1, 1))))
    assert (answer.eligible, answer.by_exception) == (False, True)
    assert [gap.condition for gap in answer.missing] == ["major"]
    assert [proof.upload for proof in answer.proofs] == ["work_proof", "major_proof"]
    accepted = guangdong(person(studied(LONG_AGO, major=UNLISTED), job(date(2019, 1, 1)), accepted=(UNLISTED,)))
    assert (accepted.eligible, accepted.by_exception) == (True, False)
    too_little_work = guangdong(person(studied(LONG_AGO, major=UNLISTED), job(date(2026, 1, 1))))
    assert (too_little_work.eligible, too_little_work.by_exception) == (False, False)


@pytest.mark.rule("ELI-05")
@pytest.mark.parametrize(
    ("major", "occupation", "listed"),
    [
        ("土木工程", "building", True),
        (" 土木　工程 ", "building", True),
        ("civil engineering", "building", True),
        ("工业与民用建筑工程", "building", True),
        ("建筑学", "building", True),
        ("建筑学", "highway", False),
        ("土木", "building", False),
        ("", "building", False),
    ],
)
def test_the_catalogue_is_per_specialty_and_knows_former_and_english_names(
    major: str, occupation: str, listed: bool
) -> None:
    background = person(studied(LONG_AGO, major=major), job(date(2019, 1, 1)))
    assert guangdong(background, occupation=occupation).eligible is listed


@pytest.mark.rule("ELI-06")
def test_where_an_employer_is_needed_work_without_one_does_not_count() -> None:
    free = person(studied(LONG_AGO), job(date(2010, 1, 1), employer=""))
    assert [gap.condition for gap in guangdong(free).missing] == ["work_years", "field_years"]
    assert cgptc(free, "2").eligible


@pytest.mark.rule("ELI-06")
def test_a_level_without_conditions_is_open_to_anybody() -> None:
    level = GUANGDONG.level("full").model_copy(update={"any_of": (), "minimum_age": 0})
    policy = GUANGDONG.model_copy(update={"levels": (level,)})
    answer = eligibility(person(), policy, "full", "building", YEAR_END)
    assert answer.eligible
    assert "ELI-06" in answer.because.rules


@pytest.mark.rule("ELI-06")
def test_years_in_the_field_are_those_of_related_work() -> None:
    """Four years of work, three of them in the field of the specialty."""
    elsewhere = job(date(2022, 1, 1), date(2023, 12, 31), field=None)
    in_time, late = job(date(2024, 1, 1)), job(date(2024, 1, 2))
    assert guangdong(person(studied(LONG_AGO), elsewhere, in_time)).eligible
    answer = guangdong(person(studied(LONG_AGO), elsewhere, late))
    assert [gap.condition for gap in answer.missing] == ["field_years"]
    assert "work in the field" in answer.missing[0].en
    of_another_specialty = job(date(2024, 1, 1), field="highway_works")
    assert not guangdong(person(studied(LONG_AGO), elsewhere, of_another_specialty)).eligible
    assert guangdong(person(studied(LONG_AGO), elsewhere, of_another_specialty), occupation="highway").eligible


def test_part_time_work_counts_only_where_the_policy_does_not_exclude_it() -> None:
    part_time = person(studied(LONG_AGO), job(date(2010, 1, 1), full_time=False))
    assert not guangdong(part_time).eligible
    assert cgptc(part_time, "2").eligible


@pytest.mark.rule("ELI-07")
def test_the_answer_says_that_years_of_work_are_proven_by_employer_or_keeper_of_the_file() -> None:
    answer = guangdong(person(studied(LONG_AGO), job(date(2019, 1, 1))))
    (proof,) = answer.proofs
    assert (proof.upload, proof.always) == ("work_proof", False)
    assert "personal file" in proof.because.en
    assert cgptc(person(studied(LONG_AGO)), "3").proofs == ()


@pytest.mark.rule("ELI-08")
def test_an_exemption_level_waives_subjects_and_always_asks_for_proof() -> None:
    title = HeldCertificate(code="senior_engineer", issued=date(2022, 1, 1))
    degree = studied(LONG_AGO, degree="bachelor")
    answer = guangdong(person(degree, job(date(2010, 1, 1)), held=(title,)), level="exempt_two")
    assert (answer.eligible, answer.exempts) == (True, True)
    assert [(proof.upload, proof.always) for proof in answer.proofs] == [
        ("work_proof", True),
        ("exemption_proof", True),
    ]
    assert GUANGDONG.subjects_of("building", "exempt_two") == ("law", "practice")
    assert GUANGDONG.subjects_of("building", "full") == ("economics", "law", "management", "practice")
    without_degree = guangdong(person(studied(LONG_AGO), job(date(2018, 1, 1)), held=(title,)), level="exempt_two")
    assert [gap.condition for gap in without_degree.paths[1].missing] == ["degree"]


@pytest.mark.rule("ELI-09")
def test_a_foreign_degree_counts_like_any_other_and_is_certified() -> None:
    answer = guangdong(person(studied(LONG_AGO, country="GB", major="Civil Engineering"), job(date(2019, 1, 1))))
    assert answer.eligible
    assert "ELI-09" in answer.because.rules
    assert [proof.upload for proof in answer.proofs] == ["work_proof", "foreign_degree_proof"]
    assert cgptc(person(studied(LONG_AGO, country="GB")), "3").proofs == ()


def test_a_second_bachelors_degree_is_more_than_a_first() -> None:
    one = guangdong(person(studied(LONG_AGO, degree="bachelor"), job(date(2024, 1, 1))))
    two = guangdong(person(studied(LONG_AGO, degree="second_bachelor"), job(date(2024, 1, 1))))
    assert (one.eligible, two.eligible, two.path) == (False, True, 3)


def test_of_several_qualifications_the_one_that_is_complete_first_counts() -> None:
    listed_late = studied(date(2022, 7, 1), began=date(2018, 9, 1), full_time=True)
    listed_early = studied(LONG_AGO)
    work = job(date(2012, 1, 1), date(2017, 12, 31))
    assert not guangdong(person(listed_late, work)).eligible
    assert guangdong(person((listed_late, listed_early), work)).eligible


def test_a_path_may_ask_for_an_age_of_its_own_and_for_some_occupations_only() -> None:
    older = asking(Path(education=Education.ASSOCIATE, work_years=1, minimum_age=50))
    assert [gap.condition for gap in older.missing] == ["minimum_age"]
    level = GUANGDONG.level("full").model_copy(
        update={
            "any_of": (
                Path(education=Education.NONE, work_years=0, occupations=("highway",)),
                Path(education=Education.DOCTOR, work_years=1),
            )
        }
    )
    policy = GUANGDONG.model_copy(update={"levels": (level,)})
    assert eligibility(person(), policy, "full", "highway", YEAR_END).eligible
    assert not eligibility(person(), policy, "full", "building", YEAR_END).eligible


def test_both_languages_say_everything_there_is_to_say() -> None:
    answer = guangdong(person(studied(LONG_AGO, major=UNLISTED), job(date(2026, 1, 1), date(2026, 2, 1))))
    gaps = [*answer.missing, *(gap for path in answer.paths for gap in path.missing)]
    said = [(answer.because.en, answer.because.zh), *((gap.en, gap.zh) for gap in gaps)]
    said += [(path.en, path.zh) for path in answer.paths]
    for english, chinese in said:
        assert english
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
