"""Sittings as staff see them: dates, draw, marks, release."""

from certification.acts.callers import MAY_RELEASE, must_be
from certification.cloud import clock
from certification.cloud.tables.sittings import Sitting, sittings
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import desk, exams
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen

Facts = tuple[tuple[str, str], ...]


class SittingPage(Frozen):
    """`release` says what the release page offers: possible now, by itself later, or done."""

    id: str
    name: str
    stage: str
    dates: Facts
    rooms: str
    marks: Facts
    can_release: bool
    released: bool
    release_at: str
    may_be_called_off: bool
    called_off: str


def all_sittings(language: Language) -> tuple[SittingPage, ...]:
    return tuple(_page(sitting, language, may=False) for sitting in exams.announced())


def of(staff_id: str, sitting_id: str, language: Language) -> SittingPage:
    may = bool(set(MAY_RELEASE) & set(desk.member(staff_id).roles))
    return _page(sittings.read(sitting_id), language, may=may)


def may_release(staff_id: str) -> None:
    """Refuse whoever has no role for it."""
    must_be(desk.member(staff_id), MAY_RELEASE)


def _page(sitting: Sitting, language: Language, *, may: bool) -> SittingPage:
    policy, _ = load_policy(sitting.scheme)
    say = Speech(language, policy.time_zone)
    over = clock.now() >= sitting.dates.exam_over
    released = sitting.stage in ("releasing", "released", "concluded")
    return SittingPage(
        id=sitting.id,
        name=sitting.name_zh if language == "zh" else sitting.name_en,
        stage=say(f"staff.stage_{sitting.stage}"),
        dates=exams.dates(sitting, policy, say),
        rooms=say("staff.rooms_are", rooms=len(sitting.rooms), seats=sum(room.capacity for room in sitting.rooms)),
        marks=_marks(sitting, say),
        can_release=may and over and sitting.marks is not None and not released,
        released=released,
        release_at=say.moment(sitting.release_at),
        may_be_called_off=sitting.called_off is None and clock.now() < sitting.dates.first_subject,
        called_off=(sitting.called_off.why_zh if language == "zh" else sitting.called_off.why_en)
        if sitting.called_off
        else "",
    )


def _marks(sitting: Sitting, say: Speech) -> Facts:
    marks = sitting.marks
    if marks is None:
        return ()
    return (
        (say("staff.marks_file"), marks.file),
        (say("staff.marks_rows"), str(marks.rows)),
        (say("staff.marks_at"), say.moment(marks.imported_at)),
        (say("staff.marks_by"), marks.imported_by),
    )
