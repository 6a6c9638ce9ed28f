"""Candidates of the mixed scheme, whose education has to be looked at on site, and the notice that says when and where."""

import json
from datetime import datetime, timedelta
from typing import Any

from certification.rules.check_digits import mod_11_2
from local import seed, seed_mixed
from local.candidate import ApiCandidate, Sample
from tests.functions.committing import CLOSES, EXAM, PAYMENT_CLOSES, TODAY, _at, give_files
from tests.functions.stand import JPEG, Stand

SITTING = "mixed-sample"
DESK, DESK_EMAIL = seed_mixed.DESK, seed_mixed.DESK_EMAIL
FIRST = datetime.fromisoformat(_at(TODAY + timedelta(days=3), 9))
SECOND = FIRST + timedelta(hours=2)


def publish(stand: Stand, places: int = 1) -> None:
    """The sitting, and the province's notice of on-site checks with two slots, by the scheme's seeded desk."""
    drop(stand, f"sittings/{SITTING}.json", sitting(), DESK)
    drop(stand, "notices/on-site.json", notice(places), DESK)


def resident(number: int) -> str:
    """The card of somebody born on the sample's birthday."""
    first = f"44010119950517{number:03d}"
    return first + mod_11_2(first)


def drop(stand: Stand, key: str, content: dict[str, Any], uploader: str) -> None:
    from certification.acts.sheets import read_report

    seed.drop(stand.cloud, key, json.dumps(content).encode(), uploader)
    stand.cloud.settle()
    report = read_report(key)
    assert report["counts"], report["problems"]


def notice(places: int) -> dict[str, Any]:
    slots = [
        {"starts": at.isoformat(), "ends": (at + timedelta(hours=1)).isoformat(), "places": places}
        for at in (FIRST, SECOND)
    ]
    return {
        "kind": "on_site_check",
        "scheme": "mixed",
        "year": 2026,
        "region": "guangzhou",
        "title": {"en": "On-site checks", "zh": "现场核查公告"},
        "text": {"en": "Bring the originals.", "zh": "请携带原件。"},
        "on_site": {
            "when": {"en": "Weekdays in September", "zh": "9月工作日"},
            "where": {"en": "Sample Hall, 1 Sample Road", "zh": "样本路1号样本大厦"},
            "how": {"en": "In person, with originals", "zh": "本人携带原件到场"},
            "slots": slots,
        },
    }


def sitting() -> dict[str, Any]:
    return {
        "id": SITTING,
        "number": 4,
        "scheme": "mixed",
        "name_en": "Sample sitting, mixed",
        "name_zh": "混合样例考试",
        "occupations": ["human_resources"],
        "levels": ["intermediate"],
        "forms": ["onsite"],
        "dates": {
            "registration_opens": _at(TODAY - timedelta(days=1), 9),
            "registration_closes": CLOSES.isoformat(),
            "payment_closes": PAYMENT_CLOSES.isoformat(),
            "tickets_open": _at(EXAM - timedelta(days=7), 9),
            "tickets_close": _at(EXAM, 9),
            "results_published": _at(EXAM + timedelta(days=60), 9),
            "slots": [
                {"subject": "basics", "starts": _at(EXAM, 9), "ends": _at(EXAM, 11)},
                {"subject": "practice", "starts": _at(EXAM, 14), "ends": _at(EXAM, 16)},
            ],
        },
        "rooms": [{"site": "Sample-School", "room": "1", "capacity": 30}],
        "address_en": "1 Sample Road (demonstration)",
        "address_zh": "样本路1号（演示）",
    }


class Unverified:
    """Makes candidates of the mixed scheme whose education the registry does not know."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.number = 0

    def complete(self, certificate: str = "77001", **changes: Any) -> ApiCandidate:
        """Signed up, with a whole profile; the registry has answered."""
        self.number += 1
        sample = Sample(
            **{
                "email": f"mixed{self.number}@example.test",
                "phone": f"+861381235{self.number:04d}",
                "native_name": "陈样本",
                "latin_name": "CHEN YANGBEN",
                "id_kind": "resident_identity_card",
                "id_number": resident(self.number),
                "occupation": "human_resources",
                "level": "intermediate",
                "scheme": "mixed",
                "region": "guangzhou",
                **changes,
            }
        )
        candidate = ApiCandidate(self.stand.cloud, sample, photo=JPEG)
        candidate.sign_up()
        candidate.fill_in()
        candidate.save_education(certificate=certificate)
        self.stand.cloud.settle()
        give_files(self.stand.id_of(candidate.session), "photo.mixed", "id_document", "proofs")
        return candidate

    def confirmed(self, certificate: str = "77001", *, commits: bool = True, **changes: Any) -> ApiCandidate:
        """Confirmed and screened; the proofs are there, so whoever needs a review is in it."""
        candidate = self.complete(certificate, **changes)
        candidate.apply(SITTING)
        candidate.choose_lane(commits=commits)
        candidate.confirm()
        self.stand.cloud.settle()
        return candidate

    def on_site_case(self, candidate: ApiCandidate) -> str:
        """The open on-site check of the candidate's application; empty when there is none."""
        from certification.cloud.tables.applications import applications

        found = applications.read(candidate.reference).open_cases
        return next((one.reference for one in found if one.kind == "on_site_check"), "")

    def decide(self, case: str, verdict: str, note: str = "", *, expect: int = 200, **more: Any) -> Any:
        """What the desk decides."""
        session = self.stand.sign_in_staff(DESK_EMAIL)
        body = {"verdict": verdict, "note": note, **more}
        answer = self.stand.call("POST", f"/api/staff/cases/{case}/decision", body, session=session)
        assert answer.status == expect, answer
        self.stand.cloud.settle()
        return answer.body
