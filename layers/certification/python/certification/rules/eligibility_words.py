"""Eligibility in words: what is missing of a path, and why the answer is as it is, in English and Chinese."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from certification.rules.conditions import Conditions, Missing
from certification.rules.reaching import Attempt
from certification.rules.timeline import OPEN, Days, full_on, in_words, still_missing
from certification.rules.words import Because

WORK_PROOF = Because(
    en="The years of work: a certificate of the employer, or of the body that keeps the personal file. A person checks it.",
    zh="专业工作年限证明：由工作单位或个人档案所在单位出具，由工作人员人工核查。",
    rules=("ELI-07",),
)
EXEMPTION_PROOF = Because(
    en="What waives the subjects: this level always needs proof and a review.",
    zh="符合免试条件的证明材料：报考免试级别须提交证明材料并接受审核。",
    rules=("ELI-08",),
)
FOREIGN_PROOF = Because(
    en="The degree from outside the mainland: its certification by the Ministry of Education's overseas-study service centre.",
    zh="国（境）外学历学位：教育部留学服务中心出具的学历学位认证书。",
    rules=("ELI-09", "EDU-13"),
)
MAJOR_PROOF = Because(
    en="The major: the curriculum or training plan that shows the compulsory core courses. A desk decides.",
    zh="所学专业：能说明核心必修课程的课程设置或培养计划，由审核机构认定。",
    rules=("ELI-05",),
)


FIELD = ("work in the field", "专业工作年限")


def missing(attempt: Attempt, last: int) -> Iterator[Missing]:
    """Everything that is missing of this path on the last day that counts (an ordinal)."""
    asked = attempt.asked
    if attempt.of_age > last:
        day = date.fromordinal(attempt.of_age)
        yield Missing(
            "minimum_age",
            f"The least age is {asked.minimum_age}, reached on {day}.",
            f"最低年龄为 {asked.minimum_age} 周岁，于 {day} 达到。",
            day,
        )
    if attempt.short:
        yield asked.lacking[attempt.short]
    elif attempt.graduated > last:
        day = date.fromordinal(attempt.graduated)
        yield Missing("education", f"The graduation is on {day}.", f"毕业日期为 {day}。", day)
    waits = attempt.issued is None and asked.counted_from == "certificate"
    if asked.certificate_words is not None and (attempt.issued is None or attempt.issued > last):
        more_en = f", and {asked.years} years of work after it" if waits and asked.years else ""
        more_zh = f"，且取得后工作满 {asked.years} 年" if waits and asked.years else ""
        yield Missing(
            "certificate",
            f"You need to hold: {asked.certificate_words.en}{more_en}.",
            f"须持有{asked.certificate_words.zh}{more_zh}。",
            date.fromordinal(attempt.issued) if attempt.issued else None,
        )
    if waits:
        return
    all_on = full_on(attempt.days, asked.years)
    if all_on is None or all_on > last:
        yield _work("work_years", asked.years, attempt.days, all_on, last, "work", "工作年限")
    if asked.field_years:
        field_on = full_on(attempt.field_days, asked.field_years)
        if field_on is None or field_on > last:
            yield _work("field_years", asked.field_years, attempt.field_days, field_on, last, *FIELD)


def _work(
    condition: Literal["work_years", "field_years"],
    years: int,
    days: Days,
    complete: int | None,
    last: int,
    en: str,
    zh: str,
) -> Missing:
    missing_en, missing_zh = in_words(*still_missing(days, years, last))
    said_en = f"{missing_en} of {en} missing ({years} {'year' if years == 1 else 'years'} needed)"
    said_zh = f"{zh}还差 {missing_zh}（须满 {years} 年）"
    if complete is not None:
        day = date.fromordinal(complete)
        return Missing(condition, f"{said_en}; complete on {day}.", f"{said_zh}；将于 {day} 满足。", day)
    if days and days[-1][1] != OPEN:
        return Missing(condition, f"{said_en}; the work you named has ended.", f"{said_zh}；所填工作经历均已结束。")
    return Missing(condition, f"{said_en}.", f"{said_zh}。")


def met(attempt: Attempt, level: Conditions, until: date) -> Because:
    """Why the answer is yes."""
    asked, more = attempt.asked, len(level.paths) > 1
    which_en = f"number {asked.number} of {len(level.paths)}: " if more else ""
    which_zh = f"第 {asked.number} 项：" if more else ""
    return Because(
        en=f"{level.words.en}: the conditions are met, {which_en}{asked.words.en}. Counted to {until}.",
        zh=f"{level.words.zh}：符合报考条件，{which_zh}{asked.words.zh}。计算至 {until}。",
        rules=_rules(attempt, level),
    )


def not_met(level: Conditions, until: date, exception: bool) -> Because:
    """Why the answer is no."""
    more_en = " Only the major is not listed; a desk can let it in." if exception else ""
    more_zh = "仅专业不在目录内，可由审核机构认定。" if exception else ""
    return Because(
        en=f"{level.words.en}: the conditions are not met on {until}.{more_en}",
        zh=f"{level.words.zh}：截至 {until}，不符合报考条件。{more_zh}",
        rules=("ELI-01", "ELI-05") if exception else ("ELI-01",),
    )


def _rules(attempt: Attempt, level: Conditions) -> tuple[str, ...]:
    """The requirements that the yes rests on."""
    asked, entry = attempt.asked, attempt.entry
    work = bool(asked.years)
    applied = (
        ("ELI-01", True),
        ("ELI-02", work and level.spare_time_only and entry is not None and entry.full_time),
        ("ELI-03", work and level.spare_time_only and entry is not None and not entry.full_time),
        ("ELI-04", asked.counted_from is not None),
        ("ELI-05", asked.majors is not None),
        ("ELI-06", level.employer_needed or not work),
        ("ELI-08", level.exempts),
        ("ELI-09", entry is not None and entry.foreign),
    )
    return tuple(rule for rule, applies in applied if applies)
