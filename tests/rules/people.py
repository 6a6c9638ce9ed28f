"""Made-up backgrounds for the tests of eligibility: studies, jobs, certificates, in as few words as possible."""

from datetime import date

from certification.rules.education import Degree, EducationEntry
from certification.rules.eligibility import Background
from certification.rules.policy_applying import Education
from certification.rules.work import HeldCertificate, StudyLeave, WorkHistory, WorkPeriod

BORN = date(1990, 6, 1)
LISTED, UNLISTED = "土木工程", "哲学"


def studied(
    graduated: date,
    level: Education = Education.BACHELOR,
    *,
    began: date | None = None,
    full_time: bool = False,
    degree: Degree = "none",
    major: str = LISTED,
    country: str = "CN",
) -> EducationEntry:
    """A qualification; four years, part-time, of a listed major unless said otherwise."""
    return EducationEntry(
        institution="Sample University",
        country=country,
        level=level,
        degree=degree,
        full_time=full_time,
        major=major,
        began=began or date(graduated.year - 4, 9, 1),
        graduated=graduated,
    )


def job(
    since: date,
    until: date | None = None,
    *,
    employer: str = "Sample Builders",
    field: str | None = "project_management",
    full_time: bool = True,
) -> WorkPeriod:
    """A job in the field, with an employer, going on, unless said otherwise."""
    return WorkPeriod(
        employer=employer, duties="Site manager", field=field, full_time=full_time, since=since, until=until
    )


def person(
    education: EducationEntry | tuple[EducationEntry, ...] = (),
    *jobs: WorkPeriod,
    born: date = BORN,
    leaves: tuple[StudyLeave, ...] = (),
    held: tuple[HeldCertificate, ...] = (),
    accepted: tuple[str, ...] = (),
) -> Background:
    """Somebody, with these studies and jobs."""
    return Background(
        date_of_birth=born,
        education=education if isinstance(education, tuple) else (education,),
        work=WorkHistory(jobs=jobs, leaves=leaves, certificates=held),
        majors_accepted=accepted,
    )
