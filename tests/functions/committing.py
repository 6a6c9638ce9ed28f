"""Candidates of the Guangdong scheme at the doors of a stand: its sitting, and people as far as a test needs them."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local import seed
from local.candidate import ApiCandidate, Sample
from tests.functions.stand import JPEG, START, Stand

ZONE = ZoneInfo("Asia/Shanghai")
SITTING = "guangdong-sample"
TODAY = START.astimezone(ZONE).date()
CLOSES = datetime.combine(TODAY + timedelta(days=10), time(17), ZONE)
PAYMENT_CLOSES = datetime.combine(TODAY + timedelta(days=14), time(17), ZONE)
EXAM = TODAY + timedelta(days=49)
SUBJECTS = (("economics", 9, 11), ("law", 14, 16), ("management", 9, 11), ("practice", 14, 16))


def sitting(identifier: str = SITTING, number: int = 3) -> dict[str, Any]:
    """A sitting of scheme guangdong: registration for ten days, payment four more, the exam on two days."""
    days = (EXAM, EXAM, EXAM + timedelta(days=1), EXAM + timedelta(days=1))
    return {
        "id": identifier,
        "number": number,
        "scheme": "guangdong",
        "name_en": "Sample sitting of Guangdong",
        "name_zh": "广东样例考试",
        "occupations": ["building", "municipal"],
        "levels": ["full", "exempt_two"],
        "forms": ["onsite"],
        "dates": {
            "registration_opens": _at(TODAY - timedelta(days=1), 9),
            "registration_closes": CLOSES.isoformat(),
            "payment_closes": PAYMENT_CLOSES.isoformat(),
            "tickets_open": _at(EXAM - timedelta(days=7), 9),
            "tickets_close": _at(EXAM, 9),
            "results_published": _at(EXAM + timedelta(days=60), 9),
            "slots": [
                {"subject": code, "starts": _at(day, since), "ends": _at(day, until)}
                for day, (code, since, until) in zip(days, SUBJECTS, strict=True)
            ],
        },
        "rooms": [{"site": "Sample-School", "room": "1", "capacity": 30}],
        "address_en": "1 Sample Road, Guangzhou (demonstration)",
        "address_zh": "广州样本路1号（演示）",
    }


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), ZONE).isoformat()


def publish(stand: Stand) -> None:
    """The sitting, as the supervisor drops it."""
    seed.drop(stand.cloud, f"sittings/{SITTING}.json", json.dumps(sitting()).encode(), seed.OFFICER)
    stand.cloud.settle()


class People:
    """Makes candidates whose profile is complete and was verified."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.number = 0

    def complete(self, **changes: Any) -> ApiCandidate:
        """Signed up, with a whole profile and accepted files."""
        self.number += 1
        sample = Sample(
            **{
                "email": f"mainland{self.number}@example.test",
                "phone": f"+861381234{self.number:04d}",
                "native_name": "陈样本",
                "latin_name": "CHEN YANGBEN",
                "id_number": f"SAMPLE9{self.number:03d}",
                "occupation": "building",
                "level": "full",
                "scheme": "guangdong",
                "region": "guangzhou",
                **changes,
            }
        )
        candidate = ApiCandidate(self.stand.cloud, sample, photo=JPEG)
        candidate.sign_up()
        candidate.fill_in()
        self.stand.cloud.settle()
        give_files(self.stand.id_of(candidate.session), "photo.one_inch", "id_document")
        return candidate

    def draft(self, commits: bool | None = True, **changes: Any) -> ApiCandidate:
        """With a draft, and the choice made unless `commits` is None."""
        candidate = self.complete(**changes)
        candidate.apply(SITTING)
        if commits is not None:
            candidate.choose_lane(commits=commits)
        return candidate

    def confirmed(self, commits: bool = True, **changes: Any) -> ApiCandidate:
        """Confirmed and screened: asked to sign, or for proofs."""
        candidate = self.draft(commits, **changes)
        candidate.confirm()
        self.stand.cloud.settle()
        return candidate

    def signed(self, **changes: Any) -> ApiCandidate:
        """Asked to pay."""
        candidate = self.confirmed(**changes)
        candidate.sign()
        self.stand.cloud.settle()
        return candidate

    def give_proofs(self, candidate: ApiCandidate, *codes: str) -> None:
        """Proofs as the checks leave them once they are accepted."""
        give_files(self.stand.id_of(candidate.session), *codes)


def give_files(candidate_id: str, *slots: str) -> None:
    """Accepted files, without looking at pictures."""
    from certification.cloud import clock, vault
    from certification.cloud.settings import settings
    from certification.cloud.tables.candidates import Upload, candidates
    from certification.cloud.transaction import commit

    candidate = candidates.read(candidate_id)
    files = dict(candidate.files)
    for slot in slots:
        key = f"scans/{candidate_id}/{slot}.jpg"
        vault.write(settings().vault, key, JPEG, "image/jpeg")
        files[slot] = Upload(id="sample", state="accepted", arrived_at=clock.now(), key=key)
    commit([candidates.update(candidate.changed(files=files))])


def row(candidate: ApiCandidate) -> Any:
    """The row of the candidate's application."""
    from certification.cloud.tables.applications import applications

    return applications.read(candidate.reference)
