"""TIMETABLE: a person's study and work in the order of time, and what counts for a level, for drawing.

In words: one row for each study, job, leave and certificate; a job says how many of its days count, since when, and why
not all of them do. The days are those that the decision itself counted, for the path that was met or comes nearest.
"""

from datetime import date
from typing import Literal

from certification.rules.conditions import Conditions
from certification.rules.model import Frozen
from certification.rules.reaching import Background, days_of_study, reached
from certification.rules.timeline import OPEN, Days, beginning, in_words, joined, without
from certification.rules.words import Words
from certification.rules.work import WorkPeriod

Kind = Literal["full_time_study", "part_time_study", "leave", "job", "certificate"]


class Row(Frozen):
    """One stretch of the timeline. `until` is absent while it goes on; `counts` and `why` are about jobs.

    `days` is how many days of it count up to the last day that counts, `counts` the same in words.
    """

    kind: Kind
    name: str
    since: date
    until: date | None
    days: int = 0
    counts: Words | None = None
    why: Words | None = None


ALL = Words(en="All of it counts.", zh="全部计算。")
NO_EMPLOYER = Words(en="No employer is named, so it does not count.", zh="未填写工作单位，不计算。")
PART_TIME = Words(en="Part-time work does not count here.", zh="兼职不计算工作年限。")
BEFORE = Words(en="Only the part after the document that work counts from.", zh="仅计算取得相应证书之后的部分。")
STUDY = Words(en="Not the days of full-time study or of leave for study.", zh="全日制在读和脱产学习期间不计算。")
BOTH = Words(
    en="Not the days before the document that work counts from, of full-time study or of leave.",
    zh="取得相应证书之前、全日制在读和脱产学习期间不计算。",
)
LATER = Words(en="Only the part up to the last day that counts.", zh="仅计算至截止日期。")


def timetable(background: Background, level: Conditions, until: date) -> tuple[Row, ...]:
    """Every stretch, oldest first."""
    found = reached(background, level)
    best = found.best or next((one for one in found.attempts if one.entry), found.attempts[0])
    off = days_of_study(background) if level.spare_time_only else []
    rows = [
        Row(
            kind="full_time_study" if entry.full_time else "part_time_study",
            name=entry.major or entry.institution,
            since=entry.began,
            until=entry.graduated,
        )
        for entry in background.education
    ]
    rows += [Row(kind="leave", name="", since=leave.since, until=leave.until) for leave in background.work.leaves]
    rows += [
        Row(kind="certificate", name=held.code, since=held.issued, until=held.issued)
        for held in background.work.certificates
    ]
    rows += [_job(job, level, off, best.counted_from, until) for job in background.work.jobs]
    return tuple(sorted(rows, key=lambda row: (row.since, row.until or date.max, row.kind, row.name)))


def _job(job: WorkPeriod, level: Conditions, off: Days, counted_from: int, until: date) -> Row:
    last = until.toordinal() + 1
    stretch = (job.since.toordinal(), OPEN if job.until is None else job.until.toordinal() + 1)
    whole = joined([stretch])
    free = without(whole, off)
    counted = [(first, min(end, last)) for first, end in beginning(free, counted_from) if first < last]
    why: Words | None
    if level.employer_needed and not job.employer:
        counted, why = [], NO_EMPLOYER
    elif not (job.full_time or level.part_time_counts):
        counted, why = [], PART_TIME
    else:
        late, studied = counted_from > stretch[0], free != whole
        why = BOTH if late and studied else BEFORE if late else STUDY if studied else None
        if why is None:
            why = LATER if job.until is not None and job.until > until else ALL
    days = sum(end - first for first, end in counted)
    return Row(
        kind="job",
        name=job.employer or job.duties,
        since=job.since,
        until=job.until,
        days=days,
        counts=_length(counted, days),
        why=why,
    )


def _length(counted: Days, days: int) -> Words:
    """How long it is: as a stretch of the calendar that begins with the first day that counts."""
    if not counted:
        return Words(en="nothing", zh="不计算")
    first = date.fromordinal(counted[0][0])
    en, zh = in_words(first, date.fromordinal(counted[0][0] + days))
    return Words(en=en, zh=zh)
