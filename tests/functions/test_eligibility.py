"""Am I eligible? By API and page, for a candidate and for anybody; what is declared about work; nothing paid, nothing stored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from certification.cloud.tables.candidates import CandidateRow
from tests.functions import committing
from tests.functions.portal_requests import Answer, ask
from tests.functions.stand import SITTING, Saved, Stand, stand_on

BORN = "1990-06-01"
STUDY = {"level": "bachelor", "major": "土木工程", "full_time": False, "began": "2006-09-01", "graduated": "2010-07-01"}
JOB = {"employer": "Sample Builders", "duties": "Site manager", "field": "building_works", "since": "2022-01-01"}


@pytest.fixture(scope="module")
def _both() -> Iterator[tuple[Stand, Saved]]:
    with stand_on() as stand:
        committing.publish(stand)
        yield stand, stand.save()


@pytest.fixture
def stand(_both: tuple[Stand, Saved]) -> Stand:
    """A stand with a sitting of each scheme."""
    made, first = _both
    made.restore(first)
    return made


def question(*jobs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    asked = {
        "sitting": committing.SITTING,
        "occupation": "building",
        "birth_date": BORN,
        "education": [STUDY],
        "work": {"jobs": [*jobs]},
    }
    return asked | changes


def answered(stand: Stand, asked: dict[str, Any], status: int = 200) -> Any:
    answer = stand.call("POST", "/api/account/eligibility", asked)
    assert answer.status == status, answer.body
    return answer.body


def full(stand: Stand, *jobs: dict[str, Any], **changes: Any) -> Any:
    """The answer for the level with all subjects."""
    found = answered(stand, question(*jobs, **changes))
    return next(level for level in found["levels"] if level["level"] == "full")


def save_work(stand: Stand, session: str, body: Any) -> Any:
    return stand.call("PUT", "/api/candidate/profile/work", body, session=session)


def own(candidate: Any) -> Any:
    return candidate.call("GET", f"/api/candidate/applications/{candidate.reference}/eligibility")


# the calculator


@pytest.mark.rule("ELI-01")
def test_work_counts_up_to_31_december_of_the_exams_year(stand: Stand) -> None:
    """Four years for a bachelor: full on 31 December 2026, or one day too late."""
    in_time = full(stand, {**JOB, "since": "2023-01-01"})
    assert (in_time["eligible"], in_time["earliest"]) == (True, "2026-12-31")
    late = full(stand, {**JOB, "since": "2023-01-02"})
    assert (late["eligible"], late["earliest"], late["earliest_year"]) == (False, "2027-01-01", 2027)
    assert [gap["condition"] for gap in late["missing"]] == ["work_years"]
    assert late["missing"][0]["en"].startswith("1 day of work missing")
    assert answered(stand, question())["counted_until"] == "2026-12-31"


@pytest.mark.rule("ELI-02")
def test_after_full_time_studies_work_counts_from_graduation_on(stand: Stand) -> None:
    at_school = {**STUDY, "full_time": True, "began": "2019-09-01", "graduated": "2023-01-01"}
    job = {**JOB, "since": "2020-01-01"}
    assert full(stand, job, education=[at_school])["eligible"]
    a_day_later = full(stand, job, education=[{**at_school, "graduated": "2023-01-02"}])
    assert (a_day_later["eligible"], a_day_later["earliest"]) == (False, "2027-01-01")
    before = {**JOB, "since": "2010-01-01", "until": "2019-08-31"}
    assert full(stand, before, education=[{**at_school, "full_time": False}])["eligible"]
    assert not full(stand, before, education=[at_school])["eligible"]


@pytest.mark.rule("ELI-03")
def test_beside_part_time_studies_work_counts_but_not_leave_for_study(stand: Stand) -> None:
    beside = {**STUDY, "began": "2021-09-01", "graduated": "2025-07-01"}
    job = {**JOB, "since": "2023-01-01"}
    assert full(stand, job, education=[beside])["eligible"]
    leave = [{"since": "2024-03-01", "until": "2024-03-01"}]
    on_leave = full(stand, education=[beside], work={"jobs": [job], "leaves": leave})
    assert (on_leave["eligible"], on_leave["earliest"]) == (False, "2027-01-01")
    assert [row["kind"] for row in on_leave["timeline"]] == ["part_time_study", "job", "leave"]


@pytest.mark.rule("ELI-04")
def test_after_a_certificate_work_counts_from_its_date(stand: Stand) -> None:
    asked = question(sitting=SITTING, occupation="data_analyst", education=[])
    job = {"duties": "Analyst", "since": "2015-01-01"}
    for issued, eligible in (("2024-01-01", True), ("2024-01-02", False)):
        held = [{"code": "level_3", "issued": issued}]
        found = answered(stand, {**asked, "work": {"jobs": [job], "certificates": held}})
        level = next(one for one in found["levels"] if one["level"] == "2")
        assert level["eligible"] is eligible, issued


@pytest.mark.rule("ELI-05")
def test_a_major_outside_the_catalogue_is_no_unless_a_desk_accepts_its_curriculum(stand: Stand) -> None:
    other = full(stand, JOB, education=[{**STUDY, "major": "哲学"}])
    assert (other["eligible"], other["by_exception"]) == (False, True)
    assert [gap["condition"] for gap in other["missing"]] == ["major"]
    assert "major_proof" in [proof["upload"] for proof in other["proofs"]]
    assert full(stand, JOB, education=[{**STUDY, "major": "工业与民用建筑工程"}])["eligible"]


@pytest.mark.rule("ELI-06")
def test_related_work_needs_an_employer_where_the_scheme_says_so_and_nowhere_else(stand: Stand) -> None:
    free = {**JOB, "employer": ""}
    assert not full(stand, free)["eligible"]
    found = answered(stand, question(free, sitting=SITTING, occupation="data_analyst"))
    assert {level["level"]: level["eligible"] for level in found["levels"]}["2"]


@pytest.mark.rule("ELI-07")
def test_years_of_work_are_to_be_proven_by_employer_or_keeper_of_the_file(stand: Stand) -> None:
    (proof,) = full(stand, JOB)["proofs"]
    assert (proof["upload"], proof["always"]) == ("work_proof", False)
    assert "keeps the personal file" in proof["because"]["en"]


@pytest.mark.rule("ELI-08")
def test_a_level_that_waives_subjects_always_asks_for_proof(stand: Stand) -> None:
    found = answered(stand, question(JOB))
    exempt = next(level for level in found["levels"] if level["level"] == "exempt_two")
    assert exempt["exempts"]
    assert {proof["upload"]: proof["always"] for proof in exempt["proofs"]} == {
        "work_proof": True,
        "exemption_proof": True,
    }


@pytest.mark.rule("ELI-09")
def test_a_foreign_degree_counts_and_its_certification_is_named(stand: Stand) -> None:
    abroad = full(stand, JOB, education=[{**STUDY, "country": "GB", "major": "Civil Engineering"}])
    assert abroad["eligible"]
    assert "foreign_degree_proof" in [proof["upload"] for proof in abroad["proofs"]]


def test_the_calculator_stores_nothing_and_tells_nobody(stand: Stand) -> None:
    before = sum(times for name, times in stand.cloud.system.operations().items() if "Put" in name or "Write" in name)
    full(stand, JOB)
    after = sum(times for name, times in stand.cloud.system.operations().items() if "Put" in name or "Write" in name)
    assert after == before
    assert "Sample Builders" not in stand.log
    assert BORN not in stand.log


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": "2999-01-01"}, "birth_date"),
        ({"birth_date": "1850-01-01"}, "birth_date"),
        ({"occupation": "astronaut"}, "occupation"),
        ({"education": [{**STUDY, "graduated": "2999-07-01"}]}, "education.0.graduated"),
        ({"education": [STUDY, {**STUDY, "began": "2011-07-01"}]}, "education.1.began"),
        ({"work": {"jobs": [JOB, {**JOB, "since": "2999-01-01"}]}}, "jobs.1.since"),
        ({"work": {"jobs": [{**JOB, "until": "2021-12-31"}]}}, "jobs.0.until"),
        ({"work": {"jobs": [], "leaves": [{"since": "2999-01-01"}]}}, "leaves.0.since"),
    ],
)
def test_the_calculator_says_which_entry_is_wrong(stand: Stand, changes: dict[str, Any], field: str) -> None:
    refused = answered(stand, question(**changes), 422)
    assert refused["field"] == field
    assert refused["zh"]


def test_an_unknown_sitting_is_not_found(stand: Stand) -> None:
    assert answered(stand, question(sitting="no-such-sitting"), 404)["code"] == "not_found"


# what is declared about work


def test_work_comes_back_in_order_of_time_and_sealed_in_the_row(stand: Stand) -> None:
    session = stand.sign_in("work@example.test")
    body = {
        "jobs": [JOB, {"duties": "Trainee", "since": "2019-02-28", "until": "2020-02-29", "full_time": False}],
        "leaves": [{"since": "2020-03-01", "until": "2020-03-31"}],
        "certificates": [{"code": "level_3", "number": " S 1 ", "issued": "2024-01-01"}],
    }
    saved = save_work(stand, session, body).body["work"]
    assert [job["since"] for job in saved["jobs"]] == ["2019-02-28", "2022-01-01"]
    assert saved["certificates"][0]["number"] == "S 1"
    row = CandidateRow.get(stand.id_of(session))
    assert "Sample Builders" not in json.dumps(row.serialize())
    assert save_work(stand, session, {"jobs": []}).body["work"]["jobs"] == []


@pytest.mark.parametrize(
    ("job", "code", "field"),
    [
        ({"duties": " "}, "work_duties_missing", "jobs.0.duties"),
        ({"duties": "x" * 101}, "work_too_long", "jobs.0.duties"),
        ({"since": "2999-01-01"}, "work_date_in_future", "jobs.0.since"),
        ({"since": "1900-01-01"}, "work_too_long_ago", "jobs.0.since"),
        ({"until": "2999-01-01"}, "work_date_in_future", "jobs.0.until"),
        ({"until": "2021-12-31"}, "work_ends_before_it_begins", "jobs.0.until"),
    ],
)
def test_work_that_cannot_be_right_is_refused_and_changes_nothing(
    stand: Stand, job: dict[str, Any], code: str, field: str
) -> None:
    session = stand.sign_in("wrong@example.test")
    save_work(stand, session, {"jobs": [JOB]})
    refused = save_work(stand, session, {"jobs": [{**JOB, **job}]})
    assert (refused.status, refused.code, refused.body["field"]) == (422, code, field)
    kept = stand.call("GET", "/api/candidate/profile", session=session).body["work"]["jobs"]
    assert [one["since"] for one in kept] == ["2022-01-01"]


def test_twelve_jobs_may_be_named_and_not_thirteen(stand: Stand) -> None:
    session = stand.sign_in("many@example.test")
    jobs = [{**JOB, "since": f"20{year:02}-01-01", "until": f"20{year:02}-06-30"} for year in range(1, 14)]
    assert save_work(stand, session, {"jobs": jobs[:12]}).status == 200
    assert save_work(stand, session, {"jobs": jobs}).code == "work_too_many_entries"


@pytest.mark.rule("CHG-03")
def test_work_is_held_while_a_confirmed_application_rests_on_it(stand: Stand) -> None:
    candidate = stand.in_review()
    assert save_work(stand, candidate.session, {"jobs": []}).code == "answers_held"


# a candidate's own answer, and what the screening keeps


def test_a_candidate_sees_the_answer_before_confirming_anything(stand: Stand) -> None:
    candidate = stand.applicant()
    now = own(candidate)
    assert now["counted_until"] == "2026-12-31"
    assert [level["level"] for level in now["levels"]] == ["5", "4", "3", "2", "1"]
    chosen = next(level for level in now["levels"] if level["level"] == candidate.now()["level"])
    assert chosen["eligible"]
    assert {row["kind"] for row in chosen["timeline"]} >= {"job"}
    assert candidate.status() == "draft"


@pytest.mark.rule("CHK-12")
def test_the_screening_keeps_its_answer_with_rules_and_policy_and_can_give_it_again(stand: Stand) -> None:
    from certification.acts import eligibility
    from certification.cloud.tables.applications import applications
    from certification.cloud.tables.audit import AuditRow
    from certification.policies import load_policy

    candidate = stand.in_review()
    application = applications.read(candidate.reference)
    (kept,) = (answer for answer in application.answers if answer.rule == "eligibility")
    assert kept.yes
    assert kept.policy == load_policy("cgptc")[1]
    assert "ELI-01" in kept.rules
    (entry,) = AuditRow.query(f"decisions {candidate.reference}", consistent_read=True)
    assert BORN not in entry.record
    assert "Sample Ltd" not in entry.record
    answer, same = eligibility.again(application, entry.sk)
    assert same
    assert (answer.eligible, answer.because.en) == (kept.yes, kept.en)


# pages


def words(path: str, language: str = "en", **parts: Any) -> Answer:
    return ask("GET", f"/{language}{path}", **parts)


def calculate(language: str = "en", **changes: str) -> Answer:
    path = f"/{language}/exams/{committing.SITTING}/eligibility"
    first = ask("GET", path)
    form = {
        "token": first.token,
        "occupation": "building",
        "birth_date_day": "1",
        "birth_date_month": "6",
        "birth_date_year": "1990",
        "education_0_level": "bachelor",
        "education_0_major": "土木工程",
        "education_0_time": "part",
        "education_0_began_day": "1",
        "education_0_began_month": "9",
        "education_0_began_year": "2006",
        "education_0_graduated_day": "1",
        "education_0_graduated_month": "7",
        "education_0_graduated_year": "2010",
        "jobs_0_employer": "Sample Builders",
        "jobs_0_duties": "Site manager",
        "jobs_0_field": "building_works",
        "jobs_0_time": "full",
        "jobs_0_since_day": "1",
        "jobs_0_since_month": "1",
        "jobs_0_since_year": "2023",
        **changes,
    }
    return ask("POST", path, form=form, cookies=(first.cookie("__Host-visit"),))


@pytest.mark.usefixtures("stand")
@pytest.mark.rule("ELI-01", "ELI-05", "ELI-06", "ELI-07")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "All subjects: yes",
                "Timeline of study and work",
                "Civil Engineering",
                "personal file",
                "an employer is in principle needed",
            ),
        ),
        ("zh", ("考全科：符合", "学习和工作时间线", "土木工程", "个人档案所在单位", "原则上须有工作单位")),
    ],
)
def test_anybody_can_calculate_on_a_page(language: str, said: tuple[str, ...]) -> None:
    answer = calculate(language)
    assert answer.status == 200
    for sentence in said:
        assert sentence in answer.body, sentence
    assert "<svg" in answer.body
    assert 'name="jobs_0_since_year"' in answer.body


@pytest.mark.usefixtures("stand")
def test_the_page_names_what_is_missing_and_the_first_day() -> None:
    answer = calculate(jobs_0_since_day="2")
    assert "All subjects: not yet" in answer.body
    assert "1 day of work missing (4 years needed); complete on 2027-01-01." in answer.body
    assert "1 January 2027" in answer.body


@pytest.mark.usefixtures("stand")
def test_mistakes_on_the_page_stand_beside_their_fields() -> None:
    answer = calculate(occupation="", birth_date_year="", jobs_0_since_year="2999", education_0_began_year="2011")
    assert answer.status == 422
    for field in ("occupation", "birth_date"):
        assert f'href="#{field}"' in answer.body
    future = calculate(jobs_0_since_year="2999")
    assert 'href="#jobs_0_since"' in future.body
    assert "Sample Builders" in future.body


@pytest.mark.usefixtures("stand")
def test_the_page_gives_one_more_block_when_asked() -> None:
    answer = calculate(more="jobs")
    assert answer.status == 200
    assert 'name="jobs_1_since_year"' in answer.body
    assert "All subjects:" not in answer.body


@pytest.mark.usefixtures("stand")
def test_the_exam_page_leads_to_the_calculator() -> None:
    assert f"/exams/{committing.SITTING}/eligibility" in words(f"/exams/{committing.SITTING}").body
    assert ask("GET", "/en/exams/no-such-sitting/eligibility").status == 404
