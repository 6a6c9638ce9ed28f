"""Demo data of the Guangdong scheme: the staff of its three levels, a sitting that is open now, and two candidates."""

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from local.candidate import ApiCandidate, Sample

if TYPE_CHECKING:
    from local.cloud import LocalCloud

ZONE = ZoneInfo("Asia/Shanghai")
SITTING = "guangdong-demo-1"
CITY, OTHER_CITY, PROVINCE, NATIONAL = "STF-guangzhou", "STF-shenzhen", "STF-province", "STF-national"
CITY_EMAIL, OTHER_CITY_EMAIL = "guangzhou@staff.test", "shenzhen@staff.test"
PROVINCE_EMAIL, NATIONAL_EMAIL = "province@staff.test", "national@staff.test"
SLOTS = (("economics", 0, 9, 11), ("law", 0, 14, 17), ("management", 1, 9, 12), ("practice", 1, 14, 18))

COMMITTED = Sample(
    email="guangzhou@candidate.test",
    phone="+8613812340001",
    native_name="陈样本",
    latin_name="CHEN YANGBEN",
    id_number="SAMPLE0003",
    language="zh",
    occupation="building",
    level="full",
    scheme="guangdong",
    region="guangzhou",
)
PROVING = Sample(
    email="shenzhen@candidate.test",
    phone="+8613812340002",
    native_name="买买提·样本",
    latin_name="MAMAT SAMPLE",
    id_number="SAMPLE0004",
    language="zh",
    occupation="municipal",
    level="exempt_two",
    scheme="guangdong",
    region="shenzhen",
)


def add_staff() -> None:
    """One reviewer for each of two cities, one above them in the province, and who plans in the national centre."""
    from local.seed import add_member

    add_member(CITY, "Sample Guangzhou", CITY_EMAIL, ("reviewer",), ("guangzhou",))
    add_member(OTHER_CITY, "Sample Shenzhen", OTHER_CITY_EMAIL, ("reviewer",), ("shenzhen",))
    province = ("guangdong_province", "guangdong_finance")
    add_member(PROVINCE, "Sample Province", PROVINCE_EMAIL, ("reviewer", "supervisor"), province)
    add_member(
        NATIONAL, "Sample National", NATIONAL_EMAIL, ("reviewer", "supervisor", "results_officer"), ("national_centre",)
    )


def sitting(now: datetime, identifier: str = SITTING, *, number: int = 1, seats: int = 60) -> dict[str, Any]:
    """A sitting of scheme guangdong: registration for ten days, the exam on a weekend in seven weeks, four papers."""
    today = now.astimezone(ZONE).date()
    exam = today + timedelta(days=48)
    exam += timedelta(days=(5 - exam.weekday()) % 7)
    return {
        "id": identifier,
        "number": number,
        "scheme": "guangdong",
        "name_en": f"Guangdong demonstration sitting, {exam:%B %Y}",
        "name_zh": f"广东{exam.year}年{exam.month}月演示考试",
        "occupations": ["building", "municipal", "highway", "hydraulic", "mechanical"],
        "levels": ["full", "exempt_two"],
        "forms": ["onsite"],
        "dates": {
            "registration_opens": _at(today - timedelta(days=1), 9),
            "registration_closes": _at(today + timedelta(days=10), 17),
            "payment_closes": _at(today + timedelta(days=14), 17),
            "tickets_open": _at(exam - timedelta(days=7), 9),
            "tickets_close": _at(exam, 9),
            "results_published": _at(exam + timedelta(days=60), 10),
            "slots": [
                {
                    "subject": code,
                    "starts": _at(exam + timedelta(days=day), since),
                    "ends": _at(exam + timedelta(days=day), until),
                }
                for code, day, since, until in SLOTS
            ],
        },
        "rooms": [
            {"site": "Sample-School", "room": "1", "capacity": seats // 2},
            {"site": "Sample-School", "room": "2", "capacity": seats - seats // 2},
        ],
        "address_en": "1 Sample Road, Guangzhou (demonstration)",
        "address_zh": "广州样本路1号（演示）",
    }


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), ZONE).isoformat()


def publish(cloud: "LocalCloud") -> None:
    """The sitting, dropped by who plans for all provinces."""
    from local.seed import drop

    drop(cloud, f"sittings/{SITTING}.json", json.dumps(sitting(cloud.clock.now())).encode(), NATIONAL)
    cloud.settle()


def candidates(cloud: "LocalCloud") -> None:
    """One who commits and only has to sign, and one at an exemption level who hands in proofs."""
    for sample in (COMMITTED, PROVING):
        candidate = ApiCandidate(cloud, sample)
        candidate.sign_up()
        candidate.fill_in()
        candidate.upload_files()
        cloud.settle()
        candidate.accept_files()
        candidate.apply(SITTING)
        candidate.choose_lane(commits=True)
        candidate.confirm()
        cloud.settle()
