"""Notices as staff write them: read from the form, shown before they are published, confirmed by a second person."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from certification.acts import notice_board, public_lists
from certification.acts import notices as publishing
from certification.acts.authority import publishes, publishes_somewhere
from certification.acts.callers import MAY_PUBLISH_NOTICES, must_be
from certification.acts.notices import Outcome
from certification.letters.formats import LANGUAGES, Language
from certification.policies import load_policy, schemes
from certification.portal.forms import Form
from certification.portal.templating import ZONE
from certification.portal.views import desk, exams, notices
from certification.portal.views.notices import Entry, Text
from certification.portal.views.speech import Speech
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.notices import NEEDS, Notice, NoticeKind, identity, proof

Options = tuple[tuple[str, str], ...]
WRITTEN = tuple(kind for kind in NoticeKind if not set(NEEDS[kind]) & {"plan", "on_site"})
"""The kinds a form is enough for; a plan and an appointment have parts that come by file."""
FIELDS = ("kind", "scheme", "year", "region", "sitting", "name", "effective", "ends")


class Preview(Frozen):
    """The notice as it will be read: in each language its tag, title and text."""

    id: str
    proof: str
    said: tuple[tuple[str, str, Text], ...]


class Waiting(Frozen):
    """A version that a second person must confirm; `mine`: written by whoever looks."""

    id: str
    title: str
    by: str
    at: str
    mine: bool


class Choices(Frozen):
    """What the form offers."""

    kinds: Options
    schemes: Options
    regions: Options
    sittings: Options


def choices(staff_id: str, language: Language) -> Choices:
    """The schemes and regions whose notices this member may publish, and what else a notice can be about."""
    say, member = Speech(language), desk.member(staff_id)
    policies = [load_policy(scheme)[0] for scheme in schemes() if publishes_somewhere(member, scheme)]
    regions = {
        region.code: say.said(region.words)
        for policy in policies
        for region in policy.regions
        if publishes(member, policy.scheme, region.code)
    }
    return Choices(
        kinds=tuple((kind.value, say(f"notices.kind_{kind}")) for kind in WRITTEN),
        schemes=tuple((policy.scheme, say.said(policy.title)) for policy in policies),
        regions=tuple(regions.items()),
        sittings=tuple(
            (one.id, one.name_zh if language == "zh" else one.name_en)
            for one in exams.announced()
            if one.scheme in {policy.scheme for policy in policies}
        ),
    )


def may_publish(staff_id: str) -> None:
    must_be(desk.member(staff_id), MAY_PUBLISH_NOTICES)


def board(language: Language) -> tuple[Entry, ...]:
    return notices.in_force(language)


def waiting(staff_id: str, language: Language) -> tuple[Waiting, ...]:
    """What waits for a second person, as far as this one may be it."""
    say, member = Speech(language), desk.member(staff_id)
    return tuple(
        Waiting(
            id=identity(one.notice),
            title=say.said(one.notice.title),
            by=one.by,
            at=say.moment(one.at),
            mine=one.by == staff_id,
        )
        for one in publishing.proposals()
        if publishes(member, one.notice.scheme, one.notice.region)
    )


def typed(identifier: str) -> dict[str, str]:
    """The newest version as the form shows it, to write the next one from."""
    content = notice_board.posted(identifier).notice
    if content is None:
        return {}
    values = content.model_dump(mode="json", include={"kind", "scheme", "year", "region", "sitting", "name"})
    texts = {
        f"{part}_{code}": getattr(getattr(content, part), code) for part in ("title", "text") for code in LANGUAGES
    }
    return {name: str(value) for name, value in values.items() if value is not None} | texts


def read(form: Form) -> Notice | None:
    """The notice in the form, or None with every mistake beside its field."""
    values: dict[str, str | datetime | None] = {name: form.request.field(name) or None for name in FIELDS}
    scheme = form.chosen("scheme", schemes())
    zone = load_policy(scheme)[0].zone if scheme else ZoneInfo(ZONE)
    values |= {name: _instant(form.request.field(name), zone) for name in ("effective", "ends")}
    parts = {part: {code: _lines(form, f"{part}_{code}") for code in LANGUAGES} for part in ("title", "text")}
    try:
        notice = Notice.model_validate({**values, **parts})
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            form.errors.setdefault("_".join(map(str, one["loc"])), form.t("staff.notice_field"))
        return None
    try:
        publishing.must_be_theirs(desk.member(form.request.visitor.subject), notice)
        notice = public_lists.completed(notice)
    except Refused as refusal:
        form.refused(refusal)
        return None
    for problem in publishing.problems(notice):
        words = problem.zh if form.request.language == "zh" else problem.en
        at = form.t("staff.notice_line", line=problem.row, words=words) if problem.row else words
        form.errors.setdefault(problem.column.replace(".", "_"), at)
    return None if form.errors else notice


def _instant(typed: str, zone: ZoneInfo) -> datetime | str | None:
    """A date and time as people type them are meant in the scheme's time zone."""
    try:
        instant = datetime.fromisoformat(typed)
    except ValueError:
        return typed or None
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _lines(form: Form, field: str) -> str:
    """Browsers send lines with two characters at their end."""
    return form.request.field(field).replace("\r\n", "\n")


def preview(notice: Notice) -> Preview:
    said = []
    for code, tag in (("en", "en"), ("zh", "zh-CN")):
        say = Speech("zh" if code == "zh" else "en")
        said.append((tag, say.said(notice.title), notices.text(notice, say)))
    return Preview(id=identity(notice), proof=proof(public_lists.as_written(notice)), said=tuple(said))


def publish(staff_id: str, notice: Notice) -> Outcome:
    return publishing.publish(desk.member(staff_id), notice)


def proposal(identifier: str) -> Notice:
    return publishing.proposal(identifier).notice
