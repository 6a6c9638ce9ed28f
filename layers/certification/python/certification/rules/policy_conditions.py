"""POLICY, conditions that contradict each other: each found as a sentence with its place in the file."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from certification.rules.cases import CaseKind
from certification.rules.policy_applying import Desk, Review, Upload
from certification.rules.policy_eligibility import Eligibility, Level, Occupation, Path
from certification.rules.policy_exam import Subject


class Conditions(Protocol):
    """The parts of a policy that its conditions touch."""

    @property
    def levels(self) -> tuple[Level, ...]: ...
    @property
    def occupations(self) -> tuple[Occupation, ...]: ...
    @property
    def subjects(self) -> tuple[Subject, ...]: ...
    @property
    def uploads(self) -> tuple[Upload, ...]: ...
    @property
    def desks(self) -> tuple[Desk, ...]: ...
    @property
    def eligibility(self) -> Eligibility: ...
    @property
    def review(self) -> Review: ...


def contradictions(policy: Conditions) -> Iterator[str]:
    """What the levels, the catalogue and the proofs name and another part does not know, or what can never hold."""
    yield from _lists(policy)
    uploads = {row.code for row in policy.uploads}
    terms = policy.eligibility
    for name, code in _uploads_named(terms):
        if code not in uploads:
            yield f"eligibility.{name}: unknown upload {code}"
    if terms.major_exception is not None:
        if not any(CaseKind.MAJOR_EXCEPTION in desk.serves for desk in policy.desks):
            yield "eligibility.major_exception: no desk serves major_exception"
        if not terms.catalogue:
            yield "eligibility.major_exception: there is no catalogue to be outside of"
        needed = policy.review.required_for
        if needed != "all" and "unlisted_major" not in needed:
            yield "eligibility.major_exception: review.required_for does not name unlisted_major (ELI-05)"
    for level in policy.levels:
        yield from (f"levels.{level.code}: {words}" for words in _level(policy, level))
        for number, path in enumerate(level.any_of, 1):
            yield from (f"levels.{level.code}.any_of[{number}]: {words}" for words in _path(policy, path))


def _uploads_named(terms: Eligibility) -> Iterator[tuple[str, str]]:
    for name in ("work", "exemption", "foreign_degree"):
        code = getattr(terms.proofs, name, None)
        if code is not None:
            yield f"proofs.{name}", code
    if terms.major_exception is not None:
        yield "major_exception.upload", terms.major_exception.upload


def _lists(policy: Conditions) -> Iterator[str]:
    """Codes that occur twice, occupations that do not exist, majors named twice in a group."""
    terms = policy.eligibility
    occupations = {row.code for row in policy.occupations}
    for name, rows in (("catalogue", terms.catalogue), ("fields", terms.fields), ("certificates", terms.certificates)):
        for code in _twice(row.code for row in rows):
            yield f"eligibility.{name}: code {code} occurs twice"
    for name, limited in (("catalogue", terms.catalogue), ("fields", terms.fields)):
        for row in limited:
            for code in sorted(set(row.occupations) - occupations):
                yield f"eligibility.{name}.{row.code}: unknown occupation {code}"
    for group in terms.catalogue:
        names = [name for row in group.majors for name in (row.words.en, row.words.zh, *row.formerly)]
        for major in _twice(names):
            yield f"eligibility.catalogue.{group.code}: major {major} occurs twice"


def _level(policy: Conditions, level: Level) -> Iterator[str]:
    subjects = {row.code for row in policy.subjects}
    for code in sorted(set(level.waives) - subjects):
        yield f"waives unknown subject {code}"
    needed = policy.review.required_for
    if level.waives and needed != "all" and "exemption_level" not in needed:
        yield "waives subjects, but review.required_for does not name exemption_level (ELI-08)"
    for occupation in policy.occupations:
        if level.code in occupation.levels and set(occupation.subjects) <= set(level.waives):
            yield f"leaves no subject of {occupation.code} to take"
        if (
            level.any_of
            and level.code in occupation.levels
            and not any(not path.occupations or occupation.code in path.occupations for path in level.any_of)
        ):
            yield f"has no path for {occupation.code}"
    for path in level.any_of:
        if level.any_of.count(path) > 1:
            yield "the same path twice"
            return


def _path(policy: Conditions, path: Path) -> Iterator[str]:
    terms = policy.eligibility
    groups, occupations = {row.code for row in terms.catalogue}, {row.code for row in policy.occupations}
    for code in sorted(set(path.majors) - groups):
        yield f"unknown group of majors {code}"
    for code in sorted(set(path.occupations) - occupations):
        yield f"unknown occupation {code}"
    if path.certificate is not None and path.certificate not in {row.code for row in terms.certificates}:
        yield f"unknown certificate {path.certificate}"
    if path.counted_from == "certificate" and path.certificate is None:
        yield "counts from a certificate, but names none"
    if path.counted_from == "graduation" and path.education == "none":
        yield "counts from graduation, but asks for no education"
    if path.counted_from is not None and path.work_years == 0:
        yield "counts work from a document, but asks for no work"
    if (path.majors or path.degree) and path.education == "none":
        yield "asks for a major or a degree, but for no education"
    if path.field_years is not None:
        if path.field_years > path.work_years:
            yield f"{path.field_years} years in the field, but {path.work_years} years of work in all"
        if path.field_years and not terms.fields:
            yield "asks for years in the field, but there are no fields of work"


def _twice(values: Iterable[str]) -> list[str]:
    seen: list[str] = list(values)
    return sorted({value for value in seen if seen.count(value) > 1})
