"""EDUCATION: the qualifications a person declares, and whether one more may be added or one corrected.

In words: an entry is one formal, state-recognised qualification; its major is the one printed on the certificate
(EDU-15). A person has at most as many entries as the policy says (five), an entry is never deleted, and the same
qualification twice is a duplicate, which is pointed out before it is saved (EDU-16). An entry is corrected while no
registry has confirmed it; afterwards it stands. Studies that began after they ended, or end in the future, are refused.
Whoever has no degree declares none (EDU-21).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy_applying import Education

HOME = "CN"
"""What the national education registry covers; Hong Kong, Macao and Taiwan have codes of their own (EDU-13)."""
LONGEST = 100
LONGEST_NUMBER = 40
LONGEST_STUDY_YEARS = 30
Degree = Literal["none", "bachelor", "second_bachelor", "master", "doctor"]


class EducationEntry(Frozen):
    """One qualification. `country` awarded it, `taught_in` is where it was studied (ISO 3166-1 alpha-2).

    `major`, `name` and `certificate` (its number) are as printed on the graduation certificate.
    """

    institution: str
    country: str = HOME
    taught_in: str = HOME
    level: Education
    degree: Degree = "none"
    full_time: bool
    major: str
    certificate: str = ""
    name: str = ""
    began: date
    graduated: date

    @property
    def foreign(self) -> bool:
        """Awarded outside what the national registry covers (EDU-13)."""
        return self.country != HOME

    @property
    def foreign_taught_at_home(self) -> bool:
        """A foreign qualification studied inside China (EDU-14)."""
        return self.foreign and self.taught_in == HOME

    @property
    def higher(self) -> bool:
        """Higher education: the CHSI report is about nothing below it (EDU-10)."""
        return self.level.rank >= Education.ASSOCIATE.rank


def highest(entries: Iterable[EducationEntry]) -> Education:
    """The highest level among the entries; `none` where there are none (EDU-21)."""
    return max((entry.level for entry in entries), key=lambda level: level.rank, default=Education.NONE)


def cleaned(entry: EducationEntry, today: date) -> EducationEntry:
    """The entry with its texts in one form (NFC, single spaces). Raises Refused with the field that is wrong."""
    texts = {field: _text(getattr(entry, field)) for field in ("institution", "major", "name")}
    number = "".join(unicodedata.normalize("NFKC", entry.certificate).upper().split())
    tidy = entry.model_copy(update={**texts, "certificate": number})
    if not tidy.institution:
        raise _wrong("institution", "Enter the school or university.", "请填写毕业院校。")
    if tidy.level is Education.NONE:
        raise _wrong("level", "Choose a level from the list.", "请选择学历。")
    if not tidy.major and tidy.higher:
        raise _wrong("major", "Enter the major as printed on the certificate.", "请填写毕业证书所载专业。")
    for field, text in texts.items():
        if len(text) > LONGEST or not text.isprintable():
            raise _wrong(field, f"Keep this to {LONGEST} characters.", f"最多 {LONGEST} 个字符。")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise _wrong(
            "certificate", f"A certificate number has at most {LONGEST_NUMBER} characters.", "请核对证书编号。"
        )
    for field in ("country", "taught_in"):
        code: str = getattr(tidy, field)
        if len(code) != 2 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise _wrong(field, "Choose a country or region from the list.", "请从列表中选择国家或地区。")
    _in_order(tidy, today)
    return tidy


def _in_order(entry: EducationEntry, today: date) -> None:
    if entry.graduated > today:
        raise _wrong("graduated", "This date is in the future.", "日期不能晚于今天。")
    if entry.began >= entry.graduated:
        raise _wrong("began", "The studies begin before they end.", "入学日期须早于毕业日期。")
    if entry.graduated.year - entry.began.year > LONGEST_STUDY_YEARS:
        raise _wrong("began", "Check the date: the studies took too long.", "请核对入学日期。")


def duplicate_of(entry: EducationEntry, others: Mapping[int, EducationEntry]) -> int | None:
    """The number of an entry that is the same qualification: same certificate, or same school, level and major."""
    for number, other in others.items():
        if entry.certificate and entry.certificate == other.certificate and entry.country == other.country:
            return number
        if _same(entry.institution, other.institution) and (
            (entry.level, entry.degree) == (other.level, other.degree) and _same(entry.major, other.major)
        ):
            return number
    return None


def may_add(
    entry: EducationEntry, others: Mapping[int, EducationEntry], most: int, duplicate_meant: bool = False
) -> None:
    """Raises Refused when there are as many entries as there may be, or the same one is there and was not meant."""
    if len(others) >= most:
        raise Refused(
            "too_many_entries",
            f"You have {most} entries, which is the most there can be.",
            f"最多可添加 {most} 条学历学位信息。",
            rules=("EDU-16",),
            field="education",
            facts={"most": str(most)},
        )
    twin = duplicate_of(entry, others)
    if twin is not None and not duplicate_meant:
        raise Refused(
            "duplicate_entry",
            f"This looks like entry {twin}. An entry cannot be deleted. Save it again if you mean another one.",
            f"此条信息与第 {twin} 条重复。添加后不能删除，如确为另一学历请再次保存。",
            rules=("EDU-16",),
            field="education",
            facts={"entry": str(twin)},
        )


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFKC", one).casefold() == unicodedata.normalize("NFKC", other).casefold()


def _text(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFC", typed).split())


def _wrong(field: str, en: str, zh: str) -> Refused:
    return Refused(f"education_{field}", en, zh, rules=("EDU-15",), field=field)
