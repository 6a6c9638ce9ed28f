"""CHOOSING: what a candidate applies for, and whether policy and sitting offer it (REG-03, REG-07).

In words: an application names what to be certified in (an occupation or a specialty), the level, the form of the exam,
the place of registration and the subjects. The sitting offers a part of what the policy has. Where all subjects must be
taken in one go, they are taken; where subjects count on their own (rolling), the candidate chooses at least one of those
that the level does not waive. Where there is one place only, nobody needs to name it. The electronic certificate comes
in any case; who wants it on paper too says where it goes.
"""

from collections.abc import Iterable
from typing import Protocol

from certification.rules.errors import Refused
from certification.rules.fees import mailing_zone
from certification.rules.model import Frozen
from certification.rules.policy import Policy

ELECTRONIC = "electronic"
"""What is written for `paper` by somebody who wants none."""


class Wanted(Frozen):
    """What a candidate wants. `region` may be absent where there is one; `subjects` where all must be taken; `paper` is
    the zone a paper certificate goes to."""

    occupation: str
    level: str
    form: str
    region: str | None = None
    subjects: tuple[str, ...] = ()
    paper: str | None = None


class Chosen(Frozen):
    """What is applied for, complete; subjects in the policy's order. `paper`: the zone a paper certificate goes to."""

    occupation: str
    level: str
    form: str
    region: str
    subjects: tuple[str, ...]
    paper: str | None = None


class Offered(Protocol):
    """What a sitting offers. No regions: all of the policy's."""

    @property
    def occupations(self) -> tuple[str, ...]: ...
    @property
    def levels(self) -> tuple[str, ...]: ...
    @property
    def forms(self) -> tuple[str, ...]: ...
    @property
    def regions(self) -> tuple[str, ...]: ...


class Application(Protocol):
    """An application as far as this rule needs it."""

    @property
    def occupation(self) -> str | None: ...
    @property
    def level(self) -> str | None: ...
    @property
    def subjects(self) -> tuple[str, ...]: ...


def regions_offered(policy: Policy, sitting: Offered) -> tuple[str, ...]:
    """The places of registration, in the policy's order."""
    return tuple(row.code for row in policy.regions if not sitting.regions or row.code in sitting.regions)


def chosen(policy: Policy, sitting: Offered, wanted: Wanted) -> Chosen:
    """The complete choice; Refused, with the field, when the sitting or the policy does not have it."""
    here = wanted.occupation in sitting.occupations and wanted.level in sitting.levels and wanted.form in sitting.forms
    row = next((row for row in policy.occupations if row.code == wanted.occupation), None)
    if not here or row is None or wanted.level not in row.levels or wanted.form not in row.forms:
        raise Refused(
            "not_in_sitting",
            "This sitting does not offer that combination. Choose another.",
            "本次考试不开设该报考专业（职业）、级别或考试形式的组合，请重新选择。",
            rules=("REG-03",),
            field="level",
        )
    mailing_zone(policy, wanted.paper)
    return Chosen(
        occupation=wanted.occupation,
        level=wanted.level,
        form=wanted.form,
        region=_region(policy, sitting, wanted.region),
        subjects=_subjects(policy, wanted),
        paper=wanted.paper,
    )


def _region(policy: Policy, sitting: Offered, region: str | None) -> str:
    offered = regions_offered(policy, sitting)
    if region is None and len(offered) == 1:
        return offered[0]
    if region not in offered:
        raise Refused(
            "region_not_offered",
            "Choose a place of registration from the list.",
            "请从列表中选择报名地。",
            rules=("REG-03",),
            field="region",
        )
    return region


def _subjects(policy: Policy, wanted: Wanted) -> tuple[str, ...]:
    takeable = policy.subjects_of(wanted.occupation, wanted.level)
    if policy.validity.must_take_all and not wanted.subjects:
        return takeable
    unknown = [code for code in wanted.subjects if code not in takeable]
    if unknown or not wanted.subjects:
        names = [policy.subject(code).words for code in takeable]
        raise Refused(
            "subjects_not_offered",
            f"Choose at least one of these subjects: {', '.join(name.en for name in names)}.",
            f"请从以下科目中至少选择一科：{'、'.join(name.zh for name in names)}。",
            rules=("REG-07", "ELI-08"),
            field="subjects",
        )
    if policy.validity.must_take_all and set(wanted.subjects) != set(takeable):
        raise Refused(
            "all_subjects_needed",
            "All subjects of this level are taken in one sitting.",
            "该级别须一次报考全部科目。",
            rules=("ROL-01",),
            field="subjects",
        )
    return tuple(code for code in takeable if code in wanted.subjects)


def taken(policy: Policy, application: Application) -> tuple[str, ...]:
    """The subjects an application is for; all that its level asks for, if it names none."""
    if application.subjects:
        return application.subjects
    return policy.subjects_of(application.occupation or "", application.level or "")


def words_of(policy: Policy, subjects: Iterable[str], language: str) -> str:
    """The subjects read to people."""
    words = [policy.subject(code).words for code in subjects]
    return "、".join(word.zh for word in words) if language == "zh" else ", ".join(word.en for word in words)
