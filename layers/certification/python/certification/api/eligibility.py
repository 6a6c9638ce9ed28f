"""Eligibility as data: for a candidate's own application, and for anybody who asks without an account."""

from datetime import date
from typing import Annotated

from pydantic import Field

from certification.acts import eligibility
from certification.acts.eligibility import Calculation, LevelAnswer
from certification.api import bodies
from certification.policies import load_policy
from certification.rules.education import Degree, EducationEntry
from certification.rules.eligibility import Background, Missing, Proof
from certification.rules.model import Frozen
from certification.rules.policy_applying import Education
from certification.rules.timetable import Row
from certification.rules.words import Because, Words

UNNAMED = "–"
"""What nobody is asked for here, or left empty."""


class Study(bodies.Body):
    """One qualification. `country` awarded it (ISO 3166-1 alpha-2)."""

    level: Annotated[Education, Field(strict=False)]
    degree: Degree = "none"
    major: bodies.Line = ""
    full_time: bool
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    began: bodies.Day
    graduated: bodies.Day


class Question(bodies.Body):
    """What the calculator needs to know. Nothing of it is stored."""

    sitting: bodies.Code
    occupation: bodies.Code
    birth_date: bodies.Day
    education: Annotated[list[Study], Field(max_length=5)] = []
    work: bodies.Work | None = None

    @property
    def background(self) -> Background:
        entries = (dict(entry) | {"major": entry.major or UNNAMED} for entry in self.education)
        education = tuple(EducationEntry(institution=UNNAMED, **entry) for entry in entries)
        if self.work is None:
            return Background(date_of_birth=self.birth_date, education=education)
        return Background(date_of_birth=self.birth_date, education=education, work=self.work.history)


class Gap(Frozen):
    """One condition that is not met; `complete_on` is the first day it will be, if time alone will do it."""

    condition: str
    en: str
    zh: str
    complete_on: date | None


class PathNow(Frozen):
    """One way to satisfy the level's conditions."""

    number: int
    words: Words
    met: bool
    complete_on: date | None
    missing: tuple[Gap, ...]


class ProofNow(Frozen):
    """A file that proves something; `always` also of those who commit."""

    upload: str
    words: Words
    always: bool
    because: Because


class LevelNow(Frozen):
    """The answer for one level. `sitting` is the first announced one in which it is yes, `earliest_year` the exam year."""

    level: str
    words: Words
    eligible: bool
    because: Because
    path: int | None
    by_exception: bool
    exempts: bool
    earliest: date | None
    earliest_year: int | None
    sitting: str | None
    missing: tuple[Gap, ...]
    paths: tuple[PathNow, ...]
    proofs: tuple[ProofNow, ...]
    timeline: tuple[Row, ...]


class EligibilityNow(Frozen):
    """What somebody may apply for in a sitting; everything is counted up to `counted_until`."""

    sitting: str
    occupation: str
    counted_until: date
    levels: tuple[LevelNow, ...]


def tried(question: Question) -> EligibilityNow:
    """The answer to somebody without an account."""
    return shown(eligibility.tried(question.sitting, question.occupation, question.background))


def own(candidate: str, reference: str) -> EligibilityNow:
    """The answer for a candidate's application, from what they declared so far."""
    return shown(eligibility.own(candidate, reference))


def shown(found: Calculation) -> EligibilityNow:
    return EligibilityNow(
        sitting=found.sitting,
        occupation=found.occupation,
        counted_until=found.until,
        levels=tuple(_level(found.scheme, one) for one in found.levels),
    )


def _level(scheme: str, one: LevelAnswer) -> LevelNow:
    policy, _ = load_policy(scheme)
    uploads = {upload.code: upload.words for upload in policy.uploads}
    answer = one.answer
    return LevelNow(
        level=one.level,
        words=policy.level(one.level).words,
        eligible=answer.eligible,
        because=answer.because,
        path=answer.path,
        by_exception=answer.by_exception,
        exempts=answer.exempts,
        earliest=answer.earliest,
        earliest_year=answer.earliest_year,
        sitting=one.sitting,
        missing=tuple(map(_gap, answer.missing)),
        paths=tuple(
            PathNow(
                number=path.number,
                words=Words(en=path.en, zh=path.zh),
                met=path.met,
                complete_on=path.complete_on,
                missing=tuple(map(_gap, path.missing)),
            )
            for path in answer.paths
        ),
        proofs=tuple(_proof(proof, uploads) for proof in answer.proofs),
        timeline=one.timeline,
    )


def _gap(missing: Missing) -> Gap:
    return Gap(condition=missing.condition, en=missing.en, zh=missing.zh, complete_on=missing.complete_on)


def _proof(proof: Proof, uploads: dict[str, Words]) -> ProofNow:
    return ProofNow(upload=proof.upload, words=uploads[proof.upload], always=proof.always, because=proof.because)
