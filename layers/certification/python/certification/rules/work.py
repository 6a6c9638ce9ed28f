"""WORK: the jobs a person declares, the times they left work to study, and the certificates they hold.

In words: a job has an employer, what was done there and, where the exam knows fields of work, the field; it is full-time
or part-time, and lasts until a day or still. Jobs may overlap. Somebody who studies part-time names the periods in which
they did nothing but study (ELI-03). Nothing begins or ends in the future, nothing ends before it begins, and nothing is
older than a hundred years: each mistake is refused with the entry and the field that it is in.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date

from certification.rules.errors import Refused
from certification.rules.model import Frozen

LONGEST = 100
OLDEST_YEARS = 100
MOST_JOBS, MOST_LEAVES, MOST_CERTIFICATES = 12, 5, 8


class WorkPeriod(Frozen):
    """One job, from one day to another, both included; `until` is absent while it goes on.

    `employer` is empty for who works on their own account; `field` is a code of the policy's fields of work.
    """

    employer: str = ""
    duties: str = ""
    field: str | None = None
    full_time: bool = True
    since: date
    until: date | None = None


class StudyLeave(Frozen):
    """A period of nothing but study, away from work (脱产学习); both days included."""

    since: date
    until: date | None = None


class HeldCertificate(Frozen):
    """A certificate that conditions may ask for: its code in the policy, its number and the day on it."""

    code: str
    number: str = ""
    issued: date


class WorkHistory(Frozen):
    """Everything a person declared about work."""

    jobs: tuple[WorkPeriod, ...] = ()
    leaves: tuple[StudyLeave, ...] = ()
    certificates: tuple[HeldCertificate, ...] = ()
    workplace: str = ""

    @property
    def employer(self) -> str | None:
        """Where the person works or studies now, in their own words (ACC-14); else the last employer of their jobs."""
        if self.workplace:
            return self.workplace
        named = [job for job in self.jobs if job.employer]
        return max(named, key=lambda job: (job.until or date.max, job.since)).employer if named else None


def cleaned(history: WorkHistory, today: date) -> WorkHistory:
    """The history with its texts in one form, in order of time. Raises Refused with the field that is wrong."""
    tidy = WorkHistory(
        jobs=tuple(sorted(map(_tidy_job, history.jobs), key=lambda job: (job.since, job.until or date.max))),
        leaves=tuple(sorted(history.leaves, key=lambda leave: leave.since)),
        certificates=tuple(
            held.model_copy(update={"number": _text(held.number)})
            for held in sorted(history.certificates, key=lambda held: (held.issued, held.code))
        ),
        workplace=_text(history.workplace),
    )
    for name, entries, most in (
        ("jobs", history.jobs, MOST_JOBS),
        ("leaves", history.leaves, MOST_LEAVES),
        ("certificates", history.certificates, MOST_CERTIFICATES),
    ):
        if len(entries) > most:
            raise _wrong("too_many_entries", name, f"Give at most {most} entries.", f"最多填写 {most} 条。")
    for refusal in _mistakes(history, today):
        raise refusal
    return tidy


def _mistakes(history: WorkHistory, today: date) -> Iterator[Refused]:
    """What is wrong, each with its field, such as `jobs.0.until`."""
    yield from _text_mistakes("workplace", _text(history.workplace))
    for number, job in enumerate(history.jobs):
        at = f"jobs.{number}"
        if not _text(job.duties):
            yield _wrong("duties_missing", f"{at}.duties", "Enter what you do or did there.", "请填写岗位和工作内容。")
        for field, text in (("employer", job.employer), ("duties", job.duties)):
            yield from _text_mistakes(f"{at}.{field}", _text(text))
        yield from _period(at, job.since, job.until, today)
    for number, leave in enumerate(history.leaves):
        yield from _period(f"leaves.{number}", leave.since, leave.until, today)
    for number, held in enumerate(history.certificates):
        at = f"certificates.{number}"
        yield from _text_mistakes(f"{at}.number", _text(held.number))
        yield from _period(at, held.issued, None, today, "issued")


def _period(at: str, since: date, until: date | None, today: date, first: str = "since") -> Iterator[Refused]:
    if since > today:
        yield _future(f"{at}.{first}")
    if since.year < today.year - OLDEST_YEARS:
        yield _wrong("too_long_ago", f"{at}.{first}", "Check the year.", "请核对年份。")
    if until is not None and until > today:
        yield _future(f"{at}.until")
    if until is not None and until < since:
        yield _wrong(
            "ends_before_it_begins", f"{at}.until", "It cannot end before it begins.", "结束日期不能早于开始日期。"
        )


def _tidy_job(job: WorkPeriod) -> WorkPeriod:
    return job.model_copy(update={"employer": _text(job.employer), "duties": _text(job.duties)})


def _text(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFC", typed).split())


def _future(field: str) -> Refused:
    return _wrong("date_in_future", field, "This date is in the future.", "日期不能晚于今天。")


def _text_mistakes(field: str, text: str) -> Iterator[Refused]:
    if len(text) > LONGEST:
        yield _wrong("too_long", field, f"Keep this to {LONGEST} characters.", f"最多 {LONGEST} 个字符。")
    if not text.isprintable():
        yield _wrong("character", field, "This has a character that cannot be shown.", "含有无法显示的字符。")


def _wrong(code: str, field: str, en: str, zh: str) -> Refused:
    return Refused(f"work_{code}", en, zh, rules=("ELI-06",), field=field)
