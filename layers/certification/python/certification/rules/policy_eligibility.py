"""POLICY, eligibility: levels, occupations, conditions, the catalogue of majors, proofs (ELI-01..09)."""

from typing import Annotated, Literal

from pydantic import Field

from certification.rules.education import Degree
from certification.rules.model import Frozen
from certification.rules.policy_applying import Code, Education, Named
from certification.rules.spans import Window
from certification.rules.words import Words

Years = Annotated[int, Field(ge=0, le=60)]
Age = Annotated[int, Field(ge=0, le=120)]


class Path(Frozen):
    """One way to satisfy a level's conditions; everything it names must hold.

    `majors` names groups of the catalogue (none: any major, ELI-05), `degree` the least degree beside the graduation,
    `field_years` is the part of `work_years` in a related field, `counted_from` the document after which work counts
    (ELI-04), `certificate` one that must be held. `occupations` limits the path to some (none: all).
    """

    education: Education
    work_years: Years
    degree: Degree | None = None
    majors: tuple[Code, ...] = ()
    field_years: Years | None = None
    certificate: Code | None = None
    counted_from: Literal["graduation", "certificate"] | None = None
    minimum_age: Age | None = None
    occupations: tuple[Code, ...] = ()


class Level(Frozen):
    """A level and its conditions: old enough, and any one of the paths. An exemption level waives subjects (ELI-08)."""

    code: str
    words: Words
    minimum_age: Age
    any_of: tuple[Path, ...] = ()
    waives: tuple[Code, ...] = ()


class Occupation(Frozen):
    """What a candidate can be certified in: an occupation, or a specialty of the exam. `short` stands in numbers."""

    code: Code
    short: str = Field(pattern=r"^[A-Z]{2,4}$")
    words: Words
    levels: tuple[str, ...] = Field(min_length=1)
    subjects: tuple[Code, ...] = Field(min_length=1)
    forms: tuple[Code, ...] = Field(min_length=1)


class Major(Frozen):
    """A major as printed on graduation certificates (EDU-15); `formerly` are its names of earlier catalogues."""

    words: Words
    number: str | None = None
    formerly: tuple[str, ...] = ()


class MajorGroup(Frozen):
    """Majors that a path can ask for, for all occupations or some: the catalogue per exam and specialty (ELI-05)."""

    code: Code
    words: Words
    majors: tuple[Major, ...] = Field(min_length=1)
    occupations: tuple[Code, ...] = ()


class WorkField(Frozen):
    """A field of work that candidates choose from for each job; related to all occupations or some (ELI-06)."""

    code: Code
    words: Words
    occupations: tuple[Code, ...] = ()


class MajorException(Frozen):
    """A major outside the catalogue may be let in by a desk, on the curriculum that is handed in as `upload` (ELI-05)."""

    upload: Code
    decide: Window


class Proofs(Frozen):
    """Which upload proves what, for those who do not commit (ELI-07) and always for exemption levels (ELI-08)."""

    work: Code | None = None
    exemption: Code | None = None
    foreign_degree: Code | None = None


class Eligibility(Frozen):
    """ELI-01..09. `counted_until`: the day up to which age and working years are counted.

    `employer_needed`: a job counts only if its employer is named. `foreign_degrees`: the documents that certify one;
    none where no degree needs that. `part_time_work`: absent, part-time work counts like any other.
    `work_beside_study`: with `spare_time_only` work counts from the graduation of full-time studies on, and beside
    part-time studies but for leave (ELI-02, ELI-03); absent, every day of work counts.
    """

    counted_until: Literal["year_end", "registration_closes", "first_subject"]
    employer_needed: bool
    foreign_degrees: tuple[Literal["certificate", "letter"], ...]
    part_time_work: Literal["not_counted"] | None = None
    work_beside_study: Literal["spare_time_only"] | None = None
    fields: tuple[WorkField, ...] = ()
    catalogue: tuple[MajorGroup, ...] = ()
    major_exception: MajorException | None = None
    certificates: tuple[Named, ...] = ()
    proofs: Proofs | None = None
