"""What holds for everybody: more work never hurts, splitting and order change nothing, and `earliest` is the first day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from certification.policies import load_policy
from certification.rules.conditions import Conditions, conditions
from certification.rules.education import EducationEntry
from certification.rules.eligibility import Background, answered
from certification.rules.policy_applying import Education
from certification.rules.policy_eligibility import Path
from certification.rules.reaching import reached
from certification.rules.work import HeldCertificate, StudyLeave, WorkHistory, WorkPeriod
from tests.rules.people import LISTED, UNLISTED

GUANGDONG, _ = load_policy("guangdong")
DAYS = st.dates(date(1995, 1, 1), date(2026, 1, 1))
UNTIL = date(2026, 12, 31)
FIELDS = st.sampled_from([None, "project_management", "highway_works"])


@st.composite
def jobs(draw: st.DrawFn) -> WorkPeriod:
    since = draw(DAYS)
    until = since + timedelta(days=draw(st.integers(0, 3000)))
    return WorkPeriod(
        employer=draw(st.sampled_from(["", "Sample Builders"])),
        duties="Work",
        field=draw(FIELDS),
        full_time=draw(st.booleans()),
        since=since,
        until=draw(st.sampled_from([None, until])),
    )


@st.composite
def studies(draw: st.DrawFn) -> EducationEntry:
    graduated = draw(DAYS)
    return EducationEntry(
        institution="Sample University",
        level=draw(st.sampled_from(list(Education)[2:])),
        degree=draw(st.sampled_from(["none", "bachelor", "master"])),
        full_time=draw(st.booleans()),
        major=draw(st.sampled_from([LISTED, UNLISTED])),
        began=graduated - timedelta(days=draw(st.integers(1, 1500))),
        graduated=graduated,
    )


@st.composite
def leaves(draw: st.DrawFn) -> StudyLeave:
    since = draw(DAYS)
    return StudyLeave(since=since, until=since + timedelta(days=draw(st.integers(0, 400))))


BACKGROUNDS = st.builds(
    Background,
    date_of_birth=st.dates(date(1970, 1, 1), date(2008, 12, 31)),
    education=st.lists(studies(), max_size=3).map(tuple),
    work=st.builds(
        WorkHistory,
        jobs=st.lists(jobs(), max_size=5).map(tuple),
        leaves=st.lists(leaves(), max_size=2).map(tuple),
        certificates=st.lists(st.builds(HeldCertificate, code=st.just("senior_engineer"), issued=DAYS), max_size=2).map(
            tuple
        ),
    ),
)


@st.composite
def paths(draw: st.DrawFn) -> Path:
    years = draw(st.integers(0, 8))
    held = draw(st.booleans())
    education = draw(st.sampled_from(list(Education)))
    return Path(
        education=education,
        degree=draw(st.sampled_from([None, "bachelor"])) if education is not Education.NONE else None,
        majors=draw(st.sampled_from([(), ("construction", "building")])) if education is not Education.NONE else (),
        work_years=years,
        field_years=draw(st.integers(0, years)),
        certificate="senior_engineer" if held else None,
        counted_from=draw(st.sampled_from([None, "certificate"] if held else [None, "graduation"])),
        minimum_age=draw(st.sampled_from([None, 25])),
    )


@st.composite
def levels(draw: st.DrawFn) -> Conditions:
    level = GUANGDONG.level("full").model_copy(
        update={"any_of": tuple(draw(st.lists(paths(), min_size=1, max_size=4)))}
    )
    terms = GUANGDONG.eligibility.model_copy(
        update={
            "work_beside_study": draw(st.sampled_from([None, "spare_time_only"])),
            "employer_needed": draw(st.booleans()),
        }
    )
    policy = GUANGDONG.model_copy(update={"levels": (level,), "eligibility": terms})
    return conditions(policy, "full", "building")


def with_jobs(background: Background, jobs: tuple[WorkPeriod, ...]) -> Background:
    return background.model_copy(update={"work": background.work.model_copy(update={"jobs": jobs})})


@given(BACKGROUNDS, levels(), jobs())
@settings(max_examples=120, deadline=None)
def test_more_work_never_makes_less_eligible_or_later(
    background: Background, level: Conditions, more: WorkPeriod
) -> None:
    before = reached(background, level).day
    after = reached(with_jobs(background, (*background.work.jobs, more)), level).day
    assert before is None or (after is not None and after <= before)


@given(BACKGROUNDS, levels(), st.integers(0, 4), st.integers(1, 2000))
@settings(max_examples=100, deadline=None)
def test_splitting_a_job_in_two_changes_nothing(
    background: Background, level: Conditions, which: int, length: int
) -> None:
    work = background.work.jobs
    if not work:
        return
    one = work[which % len(work)]
    cut = one.since + timedelta(days=length)
    if cut > date(2026, 12, 31) or (one.until is not None and cut > one.until):
        return
    first = one.model_copy(update={"until": cut - timedelta(days=1)})
    second = one.model_copy(update={"since": cut})
    split = with_jobs(background, tuple(part for job in work for part in ((first, second) if job is one else (job,))))
    assert answered(split, level, UNTIL) == answered(background, level, UNTIL)


@given(BACKGROUNDS, levels())
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_entries_does_not_matter(background: Background, level: Conditions) -> None:
    backwards = Background(
        date_of_birth=background.date_of_birth,
        education=background.education[::-1],
        work=WorkHistory(
            jobs=background.work.jobs[::-1],
            leaves=background.work.leaves[::-1],
            certificates=background.work.certificates[::-1],
        ),
    )
    one, other = answered(background, level, UNTIL), answered(backwards, level, UNTIL)
    assert (one.eligible, one.earliest, one.path, one.by_exception) == (
        other.eligible,
        other.earliest,
        other.path,
        other.by_exception,
    )
    assert [path.complete_on for path in one.paths] == [path.complete_on for path in other.paths]


@given(BACKGROUNDS, levels())
@settings(max_examples=120, deadline=None)
def test_earliest_is_the_first_day_on_which_the_answer_is_yes(background: Background, level: Conditions) -> None:
    answer = answered(background, level, UNTIL)
    if answer.earliest is None:
        assert not answer.eligible
        assert not answered(background, level, date(2099, 12, 31)).eligible
        return
    assert answer.eligible is (answer.earliest <= UNTIL)
    assert answered(background, level, answer.earliest).eligible
    assert not answered(background, level, answer.earliest - timedelta(days=1)).eligible


@given(BACKGROUNDS, levels())
@settings(max_examples=100, deadline=None)
def test_a_no_always_says_what_is_missing_and_a_path_is_met_exactly_when_nothing_is(
    background: Background, level: Conditions
) -> None:
    answer = answered(background, level, UNTIL)
    assert bool(answer.missing) is not answer.eligible
    assert any(path.met for path in answer.paths) is answer.eligible
    if not answer.eligible:
        assert all(path.missing for path in answer.paths)
        dated = [gap.complete_on for gap in answer.missing if gap.complete_on]
        if len(dated) == len(answer.missing):
            assert answer.earliest is not None
            assert answer.earliest >= max(dated)


@given(BACKGROUNDS, levels())
@settings(max_examples=100, deadline=None)
def test_a_major_that_a_desk_accepts_turns_the_exception_into_a_yes(background: Background, level: Conditions) -> None:
    accepted = background.model_copy(update={"majors_accepted": (UNLISTED,)})
    answer = answered(background, level, UNTIL)
    if answer.by_exception:
        assert not answer.eligible
        assert answered(accepted, level, UNTIL).eligible
    elif not answer.eligible:
        assert not answered(accepted, level, UNTIL).eligible
