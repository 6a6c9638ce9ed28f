"""CONDITIONS: what a level of a scheme asks for one occupation, made ready to compare with a person.

Made once per policy, level and occupation: codes are looked up, majors written in one form, words put together. A level
without paths is open to anybody who is old enough (ELI-06).
"""

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from certification.rules.education import Degree
from certification.rules.policy import Policy
from certification.rules.policy_applying import Education
from certification.rules.policy_eligibility import MajorGroup, Path, Proofs
from certification.rules.words import Words

RANK: dict[Education, int] = {level: rank for rank, level in enumerate(Education)}
DEGREE_RANK: dict[Degree, int] = {"none": 0, "bachelor": 1, "second_bachelor": 2, "master": 3, "doctor": 4}
LEVELS: dict[Education, tuple[str, str]] = {
    Education.NONE: ("no particular education", "学历不限"),
    Education.LOWER_SECONDARY: ("lower secondary school", "初中"),
    Education.UPPER_SECONDARY: ("upper secondary school", "高中（含中专、技校）"),
    Education.ASSOCIATE: ("an associate degree or college diploma", "大专"),
    Education.BACHELOR: ("a bachelor's education", "本科"),
    Education.MASTER: ("a master's education", "硕士研究生"),
    Education.DOCTOR: ("a doctor's education", "博士研究生"),
}
DEGREES: dict[Degree, tuple[str, str]] = {
    "none": ("no degree", "不限学位"),
    "bachelor": ("a bachelor's degree", "学士学位"),
    "second_bachelor": ("a second bachelor's degree", "第二学士学位"),
    "master": ("a master's degree", "硕士学位"),
    "doctor": ("a doctor's degree", "博士学位"),
}


class Missing(NamedTuple):
    """One condition that is not met. `complete_on`: the first day it will be, if time alone will do it."""

    condition: Literal["minimum_age", "education", "degree", "major", "certificate", "work_years", "field_years"]
    en: str
    zh: str
    complete_on: date | None = None


class Asked(NamedTuple):
    """One path, ready to compare with. `majors` is None where any major will do; `number` counts from 1.

    `lacking` are the words for an education that falls short, by what it lacks.
    """

    number: int
    rank: int
    degree: int
    majors: frozenset[str] | None
    years: int
    field_years: int
    certificate: str | None
    counted_from: Literal["graduation", "certificate"] | None
    minimum_age: int
    words: Words
    lacking: dict[str, Missing]
    certificate_words: Words | None


class Conditions(NamedTuple):
    """What one level asks. `exception` names the upload with which a desk may let in another major."""

    level: str
    words: Words
    minimum_age: int
    paths: tuple[Asked, ...]
    fields: frozenset[str]
    employer_needed: bool
    part_time_counts: bool
    spare_time_only: bool
    exception: str | None
    exempts: bool
    foreign_certified: bool
    proofs: Proofs


def conditions(policy: Policy, level_code: str, occupation: str | None = None) -> Conditions:
    """What the level asks of somebody who applies for this occupation."""
    level, terms = policy.level(level_code), policy.eligibility
    paths = [path for path in level.any_of if _concerns(path.occupations, occupation)]
    if not level.any_of:
        paths = [Path(education=Education.NONE, work_years=0)]
    groups = {group.code: group for group in terms.catalogue if _concerns(group.occupations, occupation)}
    certificates = {row.code: row.words for row in terms.certificates}
    return Conditions(
        level=level.code,
        words=level.words,
        minimum_age=level.minimum_age,
        paths=tuple(
            _asked(number, path, level.minimum_age, groups, certificates) for number, path in enumerate(paths, 1)
        ),
        fields=frozenset(field.code for field in terms.fields if _concerns(field.occupations, occupation)),
        employer_needed=terms.employer_needed,
        part_time_counts=terms.part_time_work is None,
        spare_time_only=terms.work_beside_study == "spare_time_only",
        exception=terms.major_exception.upload if terms.major_exception else None,
        exempts=bool(level.waives),
        foreign_certified=bool(terms.foreign_degrees),
        proofs=terms.proofs or Proofs(),
    )


@lru_cache(maxsize=4096)
def plain(major: str) -> str:
    """A major in the form in which majors are compared: no spaces, signs, widths or capitals."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", major).casefold() if letter.isalnum())


def _concerns(limited_to: tuple[str, ...], occupation: str | None) -> bool:
    return not limited_to or occupation is None or occupation in limited_to


def _asked(
    number: int, path: Path, minimum_age: int, groups: dict[str, MajorGroup], certificates: dict[str, Words]
) -> Asked:
    known = [groups[code] for code in path.majors if code in groups]
    certificate = certificates[path.certificate] if path.certificate else None
    return Asked(
        number=number,
        rank=RANK[path.education],
        degree=DEGREE_RANK[path.degree or "none"],
        majors=frozenset(_names(known)) if path.majors else None,
        years=path.work_years,
        field_years=path.field_years or 0,
        certificate=path.certificate,
        counted_from=path.counted_from,
        minimum_age=max(minimum_age, path.minimum_age or 0),
        words=_words(path, known, certificate),
        lacking=_lacking(path, known),
        certificate_words=certificate,
    )


def _lacking(path: Path, groups: list[MajorGroup]) -> dict[str, Missing]:
    education, listed = _education(path), _listed(groups)
    en, zh = f"At least this education is needed: {education.en}.", f"最低学历要求：{education.zh}。"
    return {
        "education": Missing("education", en, zh),
        "degree": Missing("degree", en, zh),
        "major": Missing(
            "major",
            f"Your major is not among those listed ({listed.en}). "
            "If its compulsory core courses are basically the same, hand in the curriculum: a desk decides.",
            f"所学专业不在专业目录内（{listed.zh}）。"
            "如核心必修课程相同或基本相同，可提交课程设置等材料，由审核机构认定。",
        ),
    }


def _names(groups: Iterable[MajorGroup]) -> Iterable[str]:
    for group in groups:
        for major in group.majors:
            yield from map(plain, (major.words.en, major.words.zh, *major.formerly))


def _listed(groups: Iterable[MajorGroup]) -> Words:
    known = list(groups)
    return Words(
        en=", ".join(group.words.en for group in known) or "none",
        zh="、".join(group.words.zh for group in known) or "无",
    )


def _education(path: Path) -> Words:
    en, zh = LEVELS[path.education]
    if path.degree and path.degree != "none":
        degree_en, degree_zh = DEGREES[path.degree]
        return Words(en=f"{en} with {degree_en}", zh=f"{zh}学历并取得{degree_zh}")
    return Words(en=en, zh=zh)


def _words(path: Path, groups: list[MajorGroup], certificate: Words | None) -> Words:
    """The whole path in one sentence."""
    education = _education(path)
    en, zh = [education.en], [education.zh]
    if path.majors:
        listed = _listed(groups)
        en.append(f"a listed major ({listed.en})")
        zh.append(f"专业目录内专业（{listed.zh}）")
    if certificate:
        en.append(f"this certificate: {certificate.en}")
        zh.append(f"持有{certificate.zh}")
    if path.work_years:
        work_en, work_zh = _years(path)
        en.append(work_en)
        zh.append(work_zh)
    if path.minimum_age:
        en.append(f"an age of {path.minimum_age}")
        zh.append(f"年满 {path.minimum_age} 周岁")
    return Words(en=", and ".join(en), zh="，".join(zh))


def _years(path: Path) -> tuple[str, str]:
    unit = "year" if path.work_years == 1 else "years"
    en, zh = f"{path.work_years} {unit} of work", f"工作满 {path.work_years} 年"
    if path.field_years == path.work_years:
        en, zh = f"{en} in the field", f"专业工作满 {path.work_years} 年"
    elif path.field_years:
        en += f", {path.field_years} of them in the field"
        zh += f"（其中专业工作满 {path.field_years} 年）"
    if path.counted_from == "graduation":
        return f"{en} after graduation", f"毕业后{zh}"
    if path.counted_from == "certificate":
        return f"{en} after that certificate", f"取得该证书后{zh}"
    return en, zh
