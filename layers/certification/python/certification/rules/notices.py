"""NOTICES: texts that an awarding body publishes, in numbered versions that are never edited.

In words: a notice says what it is (registration notice, informed text, annual plan …) and what it is about (scheme,
year, region, sitting); kind and scope are its name, so there is one annual plan for a year and not two. It speaks
English and Chinese. A version counts from its instant on, the next one takes its place at that one's instant, and both
stay readable with their hash. Nothing is dated back, and no version begins before the one it follows. A notice with an
end is shown until that instant; whatever it says about people is removed then, and only its hash remains as proof.
Where a policy asks for two people, the second one confirms exactly what the first one wrote.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from certification.rules import restricted_text
from certification.rules.appointments import Slot
from certification.rules.model import Frozen
from certification.rules.sheets import RowProblem, problem
from certification.rules.words import Words

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]


class NoticeKind(StrEnum):
    """What a notice is for."""

    REGISTRATION_NOTICE = "registration_notice"
    INFORMED_TEXT = "informed_text"
    PUBLIC_NOTICE = "public_notice"
    ANNUAL_PLAN = "annual_plan"
    EXAM_NOTICE = "exam_notice"
    ISSUING_NOTICE = "issuing_notice"
    VERIFICATION_SCOPE = "verification_scope"
    INTEGRITY_WARNING = "integrity_warning"
    ON_SITE_CHECK = "on_site_check"
    COMMITMENTS = "commitments"


NEEDS: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.REGISTRATION_NOTICE: ("scheme", "year"),
    NoticeKind.INFORMED_TEXT: ("scheme", "year"),
    NoticeKind.PUBLIC_NOTICE: ("scheme", "year", "name"),
    NoticeKind.ANNUAL_PLAN: ("year", "plan"),
    NoticeKind.EXAM_NOTICE: ("year", "name"),
    NoticeKind.ISSUING_NOTICE: ("scheme", "year"),
    NoticeKind.VERIFICATION_SCOPE: (),
    NoticeKind.INTEGRITY_WARNING: (),
    NoticeKind.ON_SITE_CHECK: ("scheme", "year", "region", "on_site"),
    NoticeKind.COMMITMENTS: ("scheme", "year", "sitting", "people", "ends"),
}
"""What a notice of each kind must say about its scope, beside title and text."""
ONLY: dict[str, frozenset[NoticeKind]] = {
    "plan": frozenset({NoticeKind.ANNUAL_PLAN}),
    "on_site": frozenset({NoticeKind.ON_SITE_CHECK}),
    "people": frozenset({NoticeKind.COMMITMENTS}),
}


NAMES_PEOPLE = frozenset({NoticeKind.COMMITMENTS, NoticeKind.PUBLIC_NOTICE})
"""What speaks of people is removed at its end; everything else stays readable for good."""


class PlanEntry(Frozen):
    """INF-01, INF-13: one exam of a year's plan. `registration` is what is expected, in words."""

    exam: Words
    registration: Words
    exam_days: tuple[date, ...] = Field(min_length=1)


class OnSite(Frozen):
    """CHK-07: time, place and manner of the checks on site; `slots` can be booked."""

    when: Words
    where: Words
    how: Words
    slots: tuple[Slot, ...] = ()


class Shown(Frozen):
    """A person in a public list: the masked name and the end of the reference (decision 14)."""

    name: str
    reference: str


class Notice(Frozen):
    """One version's content, as staff write it. `effective` absent: from the instant it is published."""

    kind: NoticeKind
    scheme: Slug | None = None
    year: int | None = Field(default=None, ge=2000, le=2100)
    region: Slug | None = None
    sitting: Slug | None = None
    name: Slug | None = None
    title: Words
    text: Words
    effective: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    plan: tuple[PlanEntry, ...] = ()
    on_site: OnSite | None = None
    people: tuple[Shown, ...] = ()


class Version(Frozen):
    """What is known of a published version without its text. `proof` is the hash of the content."""

    number: int
    title: Words
    proof: str
    effective: datetime
    ends: datetime | None
    published_at: datetime
    published_by: str
    seconded_by: str | None = None


class Series(Frozen):
    """Every version of one notice, oldest first; `id` follows from kind and scope."""

    id: str
    kind: NoticeKind
    scheme: str | None
    year: int | None
    region: str | None
    sitting: str | None
    name: str | None
    versions: tuple[Version, ...]

    def in_force(self, at: datetime) -> Version | None:
        """The version that counts at an instant; None before the first one and from the end of the last on."""
        begun = [version for version in self.versions if version.effective <= at]
        last = begun[-1] if begun else None
        return last if last and (last.ends is None or at < last.ends) else None

    def begun(self, at: datetime) -> tuple[Version, ...]:
        """The versions that count or have counted, newest first: what the page of a notice lists."""
        return tuple(version for version in reversed(self.versions) if version.effective <= at)

    def removed(self, version: Version, at: datetime) -> bool:
        """Whether the text of a version is gone."""
        return self.kind in NAMES_PEOPLE and version.ends is not None and version.ends <= at

    def replaced_at(self, number: int, at: datetime) -> datetime | None:
        """When a version lost its place to the next one; None while it has it."""
        later = [one.effective for one in self.versions if one.number > number and one.effective <= at]
        return min(later, default=None)


def identity(notice: Notice) -> str:
    """The name of a notice: `registration-notice-cgptc-2026-in-kowloon-for-sitting-1`."""
    parts = [notice.kind.value, notice.scheme, str(notice.year) if notice.year else None]
    parts += [f"in-{notice.region}" if notice.region else None, f"for-{notice.sitting}" if notice.sitting else None]
    return "-".join(part.replace("_", "-") for part in [*parts, notice.name] if part)


def proof(notice: Notice) -> str:
    """SHA-256 over the content as one line of JSON: what was said cannot be changed without it."""
    content = notice.model_dump(mode="json", exclude_defaults=True)
    line = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(line.encode()).hexdigest()


def check(notice: Notice, before: Version | None, now: datetime) -> tuple[RowProblem, ...]:
    """Everything that keeps this version from being published now, after `before`."""
    found = [*_scope(notice), *_instants(notice, before, now)]
    for language in ("en", "zh"):
        for one in restricted_text.problems(getattr(notice.text, language)):
            found.append(problem(one.line, f"text.{language}", "", one.code, one.en, one.zh))
    if not re.search("[\u4e00-\u9fff]", notice.text.zh + notice.title.zh):
        found.append(
            problem(0, "text.zh", "", "not_chinese", "Write the Chinese text in Chinese.", "请用中文填写中文文本。")
        )
    return tuple(found)


def _scope(notice: Notice) -> Iterable[RowProblem]:
    for field in NEEDS[notice.kind]:
        if not getattr(notice, field):
            en, zh = f"A notice of kind {notice.kind} needs {field}.", f"{notice.kind} 类公告须填写 {field}。"
            yield problem(0, field, "", "scope_missing", en, zh)
    for field, kinds in ONLY.items():
        if getattr(notice, field) and notice.kind not in kinds:
            en, zh = f"A notice of kind {notice.kind} has no {field}.", f"{notice.kind} 类公告不得填写 {field}。"
            yield problem(0, field, "", "scope_unknown", en, zh)
    if notice.sitting and not notice.scheme:
        yield problem(0, "scheme", "", "scope_missing", "A sitting belongs to a scheme.", "填写考试场次时须填写项目。")
    if notice.name and notice.name.startswith(("in-", "for-")):
        yield problem(
            0,
            "name",
            notice.name,
            "name_reserved",
            "A name does not begin with in- or for-.",
            "名称不得以 in- 或 for- 开头。",
        )


def _instants(notice: Notice, before: Version | None, now: datetime) -> Iterable[RowProblem]:
    begins = notice.effective or now
    if notice.effective and notice.effective < now:
        en, zh = (
            "Nothing is dated back. Leave `effective` out, or name a later instant.",
            "公告不得倒签。请删除生效时间或填写之后的时间。",
        )
        yield problem(0, "effective", notice.effective.isoformat(), "dated_back", en, zh)
    if before is not None and begins <= before.effective:
        en, zh = "It would begin before the version that it follows.", "生效时间不得早于或等于上一版本。"
        yield problem(0, "effective", begins.isoformat(), "before_the_last", en, zh)
    if notice.ends and notice.ends <= begins:
        yield problem(
            0, "ends", notice.ends.isoformat(), "ends_too_soon", "It ends before it begins.", "结束时间早于生效时间。"
        )


def find(
    board: Iterable[Series], kind: NoticeKind, at: datetime, *, scheme: str, year: int, sitting: str, region: str | None
) -> tuple[Series, Version] | None:
    """The notice of a kind that counts for somebody at an instant: the one with the narrowest scope."""
    fitting = [
        (series, version)
        for series in board
        if series.kind is kind
        and series.scheme == scheme
        and series.year == year
        and series.sitting in (None, sitting)
        and (series.region is None or series.region == region)
        and (version := series.in_force(at))
    ]
    return max(fitting, key=lambda one: (one[0].sitting is not None, one[0].region is not None), default=None)
