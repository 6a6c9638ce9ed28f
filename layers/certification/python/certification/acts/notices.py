"""Notices published by staff: by page or by file, one version after the other, with a second person where policy asks."""

from datetime import timedelta
from typing import Literal

from certification.acts.authority import publishes
from certification.acts.callers import MAY_PUBLISH_NOTICES, must_be
from certification.acts.notice_board import BOARD, INDEX, text_key
from certification.acts.public_lists import as_written, completed
from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.base import Due
from certification.cloud.tables.notices import NoticeRow, Proposal, notices
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy, schemes
from certification.rules.errors import NotFound, Refused
from certification.rules.notices import Notice, Series, Version, check, identity, proof
from certification.rules.sheets import RowProblem, problem

Outcome = Literal["published", "proposed"]
LOOK_AGAIN = timedelta(minutes=10)
"""After this the objects are written once more: two publications at the same moment may have missed each other."""


class NotFit(Refused):
    """The notice cannot be published as it is; `problems` names everything."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        super().__init__("notice_not_fit", " ".join(one.en for one in problems), "".join(one.zh for one in problems))
        self.problems = problems


def problems(notice: Notice) -> tuple[RowProblem, ...]:
    """Everything that keeps this version from being published now."""
    row = notices.find(identity(notice))
    last = row.series.versions[-1] if row and row.series.versions else None
    return (*check(notice, last, clock.now()), *_unknown(notice))


def _unknown(notice: Notice) -> list[RowProblem]:
    """A scheme, region or sitting that nobody knows."""
    if notice.scheme is None:
        return []
    if notice.scheme not in schemes():
        return [problem(0, "scheme", notice.scheme, "scheme_unknown", "There is no such scheme.", "没有该项目。")]
    policy, _ = load_policy(notice.scheme)
    found = []
    if notice.region and notice.region not in {region.code for region in policy.regions}:
        found.append(
            problem(
                0, "region", notice.region, "region_unknown", "The scheme has no such region.", "该项目没有此地区。"
            )
        )
    sitting = sittings.find(notice.sitting) if notice.sitting else None
    if notice.sitting and (sitting is None or sitting.scheme != notice.scheme):
        found.append(
            problem(
                0,
                "sitting",
                notice.sitting,
                "sitting_unknown",
                "The scheme has no such sitting.",
                "该项目没有此考试场次。",
            )
        )
    return found


def must_be_theirs(member: StaffMember, notice: Notice) -> None:
    """Raises unless this member may publish this notice: by role, and by what their body does in the scheme (GOV-01)."""
    must_be(member, MAY_PUBLISH_NOTICES)
    if (notice.scheme is None or notice.scheme in schemes()) and not publishes(member, notice.scheme, notice.region):
        raise Refused(
            "not_yours_to_publish",
            "Your desk does not publish this notice. The bodies that plan or carry out the scheme do, "
            "and a city publishes for its own region.",
            "您所在机构无权发布此公告。公告由组织或承办该项目的机构发布，市级机构仅可发布本地区的公告。",
            rules=("GOV-01",),
            field="scheme",
        )


@retried
def publish(member: StaffMember, notice: Notice) -> Outcome:
    """Publish a version, or keep it until a second person publishes exactly the same one.

    A list of commitments names who is committed at this very moment, whoever was when its words were proposed (CHK-14).
    What is in force already is written out again: that repairs a lost write, and nothing else.
    """
    must_be_theirs(member, notice)
    written = proof(as_written(notice))
    notice = completed(as_written(notice))
    row = notices.find(identity(notice)) or _fresh(notice)
    made = proof(notice)
    if row.series.versions and row.series.versions[-1].proof == made:
        show(row, notice)
        return "published"
    faults = problems(notice)
    if faults:
        raise NotFit(faults)
    proposed = row.proposal
    if _needs_two(notice) and (proposed is None or proposed.proof != written or proposed.by == member.id):
        if proposed is None or proposed.proof != written:
            _write(row.changed(proposal=Proposal(notice=notice, proof=written, by=member.id, at=clock.now())), [])
        return "proposed"
    by = proposed.by if proposed and proposed.proof == written else member.id
    version = _version(notice, row.series, by, member.id)
    series = row.series.model_copy(update={"versions": (*row.series.versions, version)})
    changed = row.changed(series=series, proposal=None, due=Due(at=clock.now() + LOOK_AGAIN))
    told = Announcement(
        name="NoticePublished", subject=row.id, key=f"{row.id}#{version.number}", about={"version": str(version.number)}
    )
    _write(changed, [told])
    show(changed, notice)
    return "published"


def _write(row: NoticeRow, told: list[Announcement]) -> None:
    commit([notices.update(row) if row.version else notices.insert(row)], told)


def _needs_two(notice: Notice) -> bool:
    """A notice about no scheme is held to the strictest policy."""
    asked = [notice.scheme] if notice.scheme else schemes()
    parts = [load_policy(scheme)[0].information for scheme in asked]
    return any(part is not None and part.two_people for part in parts)


def _fresh(notice: Notice) -> NoticeRow:
    scope = notice.model_dump(include={"kind", "scheme", "year", "region", "sitting", "name"})
    return NoticeRow(id=identity(notice), series=Series(id=identity(notice), versions=(), **scope))


def _version(notice: Notice, series: Series, by: str, confirmed_by: str) -> Version:
    now = clock.now()
    return Version(
        number=len(series.versions) + 1,
        title=notice.title,
        proof=proof(notice),
        effective=notice.effective or now,
        ends=notice.ends,
        published_at=now,
        published_by=by,
        seconded_by=confirmed_by if confirmed_by != by else None,
    )


def show(row: NoticeRow, notice: Notice | None = None) -> None:
    """Write the objects: the text of the newest version, once, then the index of everything there is."""
    if notice is not None and row.series.versions:
        body = notice.model_dump_json(exclude_defaults=True).encode()
        vault.write_once(
            settings().published, text_key(row.id, row.series.versions[-1].number), body, "application/json"
        )
    known = {one.id: one.series for one in notices.all()} | {row.id: row.series}
    board = tuple(series for _, series in sorted(known.items()) if series.versions)
    vault.write(settings().published, INDEX, BOARD.dump_json(board), "application/json")


def of_notice(key: str) -> None:
    """The outcome of a due date: the index is written again, and lists of people that have ended are removed."""
    row = notices.find(key)
    now = clock.now()
    if row is None or row.due is None or row.due.at > now:
        return
    for version in row.series.versions:
        if row.series.removed(version, now):
            vault.remove(settings().published, text_key(row.id, version.number))
    later = [version.ends for version in row.series.versions if version.ends and version.ends > now]
    changed = row.changed(due=Due(at=min(later)) if later else None)
    commit([notices.update(changed)])
    show(changed)


def proposals() -> tuple[Proposal, ...]:
    """What waits for a second person, oldest first."""
    waiting = [row.proposal for row in notices.all() if row.proposal]
    return tuple(sorted(waiting, key=lambda proposal: proposal.at))


def proposal(identifier: str) -> Proposal:
    """The version that waits for a second person, with the people that are in its list now."""
    row = notices.find(identifier)
    if row is None or row.proposal is None:
        raise NotFound("notice")
    return row.proposal.model_copy(update={"notice": completed(as_written(row.proposal.notice))})
