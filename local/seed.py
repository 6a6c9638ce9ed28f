"""Demo data: three members of staff, a sitting that is open now, and two candidates. Everything says that it is a sample.

Staff rows are written directly, as a deployment's first administrator would; all else goes through the doors.
"""

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import boto3

from local import announcing, seed_guangdong, seed_mixed
from local.candidate import ApiCandidate, Sample
from local.seal_certificate import ensure_chain

if TYPE_CHECKING:
    from certification.cloud.tables.staff import Role
    from local.cloud import LocalCloud

ZONE = ZoneInfo("Asia/Hong_Kong")
SITTING = "cgptc-demo-1"
REVIEWER, OFFICER, SECOND = "STF-reviewer", "STF-officer", "STF-second"
REVIEWER_EMAIL, OFFICER_EMAIL, SECOND_EMAIL = "reviewer@staff.test", "officer@staff.test", "second@staff.test"
DESKS = ("admissions", "finance", "examinations", "operations")

READY = Sample(
    email="ready@candidate.test",
    phone="+85251230001",
    native_name="陈样本",
    latin_name="CHEN YANGBEN",
    id_number="SAMPLE0001",
)
WAITING = Sample(
    email="waiting@candidate.test",
    phone="+85251230002",
    native_name="阿依古丽·样本",
    latin_name="AYGUL SAMPLE",
    id_number="SAMPLE0002",
    language="zh",
)


def seed(cloud: "LocalCloud") -> dict[str, Any]:
    """Fill an empty local cloud and give the accounts to print; a cloud that has the data is only described."""
    from certification.cloud.tables.sittings import sittings

    if sittings.find(SITTING) is None:
        prepare(cloud)
        drop(cloud, f"sittings/{SITTING}.json", json.dumps(demo_sitting(cloud.clock.now())).encode(), OFFICER)
        cloud.settle()
        announcing.publish(cloud, SITTING)
        _candidates(cloud)
        seed_guangdong.publish(cloud)
        seed_guangdong.candidates(cloud)
        seed_mixed.publish(cloud)
        seed_mixed.candidates(cloud)
    return {
        "candidate with a complete profile": READY.email,
        "candidate who waits for the review": WAITING.email,
        "staff: reviewer": REVIEWER_EMAIL,
        "staff: results officer and supervisor": OFFICER_EMAIL,
        "staff: the second person": SECOND_EMAIL,
        "Guangdong: candidate who signs the commitment": seed_guangdong.COMMITTED.email,
        "Guangdong: candidate who hands in proofs": seed_guangdong.PROVING.email,
        "Guangdong staff: city, province, national centre": ", ".join(
            (seed_guangdong.CITY_EMAIL, seed_guangdong.PROVINCE_EMAIL, seed_guangdong.NATIONAL_EMAIL)
        ),
        "On-site check: candidate who books an appointment": seed_mixed.ON_SITE.email,
        "On-site check: the desk that decides it": seed_mixed.DESK_EMAIL,
        "codes": "arrive in the control room's inbox",
    }


def prepare(cloud: "LocalCloud") -> None:
    """What a deployment needs before its first sitting: staff, and a certificate over the seal's key."""
    add_staff()
    bucket = cloud.stack.physical["Vault"]
    ensure_chain(boto3.client("s3"), boto3.client("kms"), bucket, f"alias/{cloud.stack.name}-seal", cloud.clock.now())


def add_staff() -> None:
    """The sample members of staff; the second confirms what the policy leaves to no one person alone."""
    add_member(REVIEWER, "Sample Reviewer", REVIEWER_EMAIL, ("reviewer",), DESKS)
    add_member(
        OFFICER, "Sample Officer", OFFICER_EMAIL, ("results_officer", "supervisor"), ("operations", "national_centre")
    )
    add_member(SECOND, "Sample Second", SECOND_EMAIL, ("reviewer", "supervisor"), DESKS)
    seed_guangdong.add_staff()
    seed_mixed.add_staff()


def add_member(identifier: str, name: str, email: str, roles: "tuple[Role, ...]", desks: tuple[str, ...]) -> None:
    """A member of staff, found by the blind index of the address."""
    from certification.cloud.blind_index import blind
    from certification.cloud.tables.claims import Claim, claims
    from certification.cloud.tables.staff import StaffMember, staff
    from certification.cloud.transaction import commit

    index = blind("staff", email)
    member = StaffMember(id=identifier, name=name, email_index=index, roles=roles, desks=desks)
    commit([staff.insert(member), claims.insert(Claim(key=f"staff:{index}", holder=identifier))])


def demo_sitting(now: datetime, identifier: str = SITTING, *, number: int = 1, seats: int = 60) -> dict[str, Any]:
    """A sitting of scheme cgptc: registration open for ten days, exam in seven weeks, two rooms of `seats` in all."""
    today = now.astimezone(ZONE).date()
    exam = _weekday(today + timedelta(days=48))
    return {
        "id": identifier,
        "number": number,
        "scheme": "cgptc",
        "name_en": f"Demonstration sitting, {exam:%B %Y}",
        "name_zh": f"{exam.year}年{exam.month}月演示考试",
        "occupations": ["data_analyst", "ai_trainer", "e_commerce_specialist", "elderly_care_worker"],
        "levels": ["5", "4", "3", "2", "1"],
        "forms": ["onsite"],
        "dates": {
            "registration_opens": _at(today - timedelta(days=1), 9),
            "registration_closes": _at(today + timedelta(days=10), 17),
            "payment_closes": _at(today + timedelta(days=14), 17),
            "slots": [
                {"subject": "theory", "starts": _at(exam, 9), "ends": _at(exam, 11)},
                {"subject": "practical", "starts": _at(exam, 14), "ends": _at(exam, 16)},
            ],
        },
        "rooms": [
            {"site": "Sample-Hall", "room": "A", "capacity": seats // 2},
            {"site": "Sample-Hall", "room": "B", "capacity": seats - seats // 2},
        ],
        "address_en": "1 Sample Road, Hong Kong (demonstration)",
        "address_zh": "香港样本路1号（演示）",
    }


def _weekday(day: date) -> date:
    """The day itself, or the Monday after it."""
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), ZONE).isoformat()


def drop(cloud: "LocalCloud", key: str, body: bytes, uploader: str) -> None:
    """Drop a file of staff into the bucket, with its uploader recorded."""
    bucket = cloud.stack.physical["StaffFiles"]
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata={"uploader": uploader})


def _candidates(cloud: "LocalCloud") -> None:
    for sample in (READY, WAITING):
        candidate = ApiCandidate(cloud, sample)
        candidate.sign_up()
        candidate.fill_in()
        candidate.upload_files()
        cloud.settle()
        candidate.accept_files()
        candidate.apply(SITTING)
        if sample is WAITING:
            candidate.confirm()
            cloud.settle()
