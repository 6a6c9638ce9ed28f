"""Candidates of the Guangdong scheme at the doors of a stand: its sitting, and people as far as a test needs them."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from certification.cloud.blind_index import blind
from certification.cloud.tables.claims import claims
from certification.policies import load_policy
from local import seed
from local.candidate import ApiCandidate, Sample
from local.staff import ApiStaff
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

    def staff(self) -> ApiStaff:
        """A reviewer of every desk of the scheme, who is its supervisor too."""
        email = "sample-desk@staff.test"
        if claims.find(f"staff:{blind('staff', email)}") is None:
            desks = tuple(desk.code for desk in load_policy("guangdong")[0].desks)
            seed.add_member("STF-sample-desk", "Sample Desk", email, ("reviewer", "supervisor"), desks)
        member = ApiStaff(self.stand.cloud, email)
        member.sign_in()
        return member

    def decide(self, candidate: ApiCandidate, verdict: str, case: str = "", **more: Any) -> None:
        """What the desk decides about the candidate's review, or about another case."""
        body = {"verdict": verdict, **more}
        self.staff().call("POST", f"/api/staff/cases/{case or row(candidate).review}/decision", body)
        self.stand.cloud.settle()

    def drop(self, folder: str, text: str) -> Any:
        """A file of staff, and its report."""
        member = self.staff()
        form = member.call("POST", f"/api/staff/files/{folder}/guangdong", {})
        member.post_file(form, text.encode(), "text/csv")
        self.stand.cloud.settle()
        return member.call("GET", f"/api/staff/files/report?key={quote(form['key'], safe='')}")

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
        folder = "photos" if slot.startswith("photo") else "scans"
        key = f"{folder}/{candidate_id}/{slot}.jpg"
        vault.write(settings().vault, key, JPEG, "image/jpeg")
        files[slot] = Upload(id="sample", state="accepted", arrived_at=clock.now(), key=key)
    commit([candidates.update(candidate.changed(files=files))])


def row(candidate: ApiCandidate) -> Any:
    """The row of the candidate's application."""
    from certification.cloud.tables.applications import applications

    return applications.read(candidate.reference)


def person_of(stand: Stand, candidate: ApiCandidate) -> str:
    """The name under which the register knows the candidate."""
    from certification.cloud.tables.candidates import candidates

    return candidates.read(stand.id_of(candidate.session)).id_index or ""


def record(person: str, since: datetime, until: datetime | None) -> None:
    """An entry of the register, as the staff's file leaves it."""
    from certification.cloud.tables.integrity import Conduct, Recorded, integrity
    from certification.cloud.transaction import commit

    entry = Recorded(id="INT-SAMPLE", kind="serious", since=since, until=until, basis="Sample", by="STF-x", at=since)
    commit([integrity.insert(Conduct(person=person, entries=(entry,)))])
