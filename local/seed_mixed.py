"""Demo data of the mixed scheme: its sitting and desk, when and where people are checked on site, and who has to come."""

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from local import samples
from local.candidate import ApiCandidate, Sample

if TYPE_CHECKING:
    from local.cloud import LocalCloud

ZONE = ZoneInfo("Asia/Shanghai")
SITTING = "mixed-demo-1"
DESK, DESK_EMAIL = "STF-mixed", "mixed@staff.test"
NOT_KNOWN = "77001"
"""A number of a certificate that the simulated registry does not know."""

ON_SITE = Sample(
    email="onsite@candidate.test",
    phone="+8613812340003",
    native_name="陈样本",
    latin_name="CHEN YANGBEN",
    id_kind="resident_identity_card",
    id_number="440101199505170019",
    language="zh",
    occupation="human_resources",
    level="intermediate",
    scheme="mixed",
    region="guangzhou",
    certificate=NOT_KNOWN,
)


def add_staff() -> None:
    """The one desk of the scheme: it plans, checks people on site, and decides."""
    from local.seed import add_member

    add_member(DESK, "Sample Mixed", DESK_EMAIL, ("reviewer", "supervisor", "results_officer"), ("mixed_province",))


def sitting(now: datetime) -> dict[str, Any]:
    """A sitting of scheme mixed: registration for ten days, the exam on one day in seven weeks, two papers."""
    today = now.astimezone(ZONE).date()
    exam = today + timedelta(days=48)
    return {
        "id": SITTING,
        "number": 1,
        "scheme": "mixed",
        "name_en": f"Demonstration sitting with checks on site, {exam:%B %Y}",
        "name_zh": f"{exam.year}年{exam.month}月现场核查演示考试",
        "occupations": ["human_resources"],
        "levels": ["intermediate"],
        "forms": ["onsite"],
        "dates": {
            "registration_opens": _at(today - timedelta(days=1), 9),
            "registration_closes": _at(today + timedelta(days=10), 17),
            "payment_closes": _at(today + timedelta(days=14), 17),
            "tickets_open": _at(exam - timedelta(days=7), 9),
            "tickets_close": _at(exam, 9),
            "results_published": _at(exam + timedelta(days=60), 10),
            "slots": [
                {"subject": "basics", "starts": _at(exam, 9), "ends": _at(exam, 11)},
                {"subject": "practice", "starts": _at(exam, 14), "ends": _at(exam, 16)},
            ],
        },
        "rooms": [{"site": "Sample-School", "room": "1", "capacity": 30}],
        "address_en": "1 Sample Road, Guangzhou (demonstration)",
        "address_zh": "广州样本路1号（演示）",
    }


def notice(now: datetime) -> dict[str, Any]:
    """The on-site checks of the first city: four slots of an hour in the next days, three places each."""
    first = now.astimezone(ZONE).date() + timedelta(days=2)
    hours = [(first + timedelta(days=day), hour) for day in (0, 1) for hour in (9, 14)]
    return {
        "kind": "on_site_check",
        "scheme": "mixed",
        "year": 2026,
        "region": "guangzhou",
        "title": {"en": "On-site checks (demonstration)", "zh": "现场核查公告（演示）"},
        "text": {"en": "Bring the originals.", "zh": "请携带原件。"},
        "on_site": {
            "when": {"en": "By appointment", "zh": "按预约时间"},
            "where": {"en": "Sample Hall, 1 Sample Road", "zh": "样本路1号样本大厦"},
            "how": {"en": "In person, with originals", "zh": "本人携带原件到场"},
            "slots": [{"starts": _at(day, hour), "ends": _at(day, hour + 1), "places": 3} for day, hour in hours],
        },
    }


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), ZONE).isoformat()


def publish(cloud: "LocalCloud") -> None:
    """The sitting, then its notice, dropped by the desk."""
    from local.seed import drop

    now = cloud.clock.now()
    for key, content in ((f"sittings/{SITTING}.json", sitting(now)), ("notices/on-site.json", notice(now))):
        drop(cloud, key, json.dumps(content).encode(), DESK)
        cloud.settle()


def candidates(cloud: "LocalCloud") -> None:
    """Whose education the registry does not know: confirmed, and to be seen on site."""
    candidate = ApiCandidate(cloud, ON_SITE)
    candidate.sign_up()
    candidate.fill_in()
    candidate.upload("photo", candidate.photo)
    candidate.upload("proofs", samples.id_document())
    cloud.settle()
    for kind in ("photo", "proofs"):
        candidate.accept_file(kind)
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    candidate.confirm()
    cloud.settle()
