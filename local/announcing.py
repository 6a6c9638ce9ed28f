"""The demonstration's notices: published as staff do it, by a file each, once the sittings they speak of are there."""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from local.cloud import LocalCloud

FOLDER = Path(__file__).parent / "notices"


def contents(sitting_id: str) -> dict[str, str]:
    """Every notice as a file of staff, with the dates of this sitting."""
    from certification.cloud.tables.sittings import sittings
    from certification.policies import load_policy

    sitting = sittings.read(sitting_id)
    policy, _ = load_policy(sitting.scheme)
    zone = ZoneInfo(policy.time_zone)
    exam = sitting.dates.first_subject.astimezone(zone)
    values = {
        "year": str(exam.year),
        "scheme_year": str(policy.year),
        "sitting": sitting_id,
        "exam_day": f"{exam:%Y-%m-%d}",
        "registration": f"{sitting.dates.registration_opens.astimezone(zone):%Y-%m-%d}",
    }
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        found[f"notices/{path.stem}.yaml"] = text
    return found


def publish(cloud: "LocalCloud", sitting_id: str) -> None:
    """Drop every notice, twice, for some policies want two people: the second from the body that carries it out."""
    from local.seed import OFFICER, SECOND, drop
    from local.seed_guangdong import PROVINCE

    for turn in range(2):
        for key, text in contents(sitting_id).items():
            officer = (OFFICER, PROVINCE if "scheme: guangdong" in text else SECOND)[turn]
            drop(cloud, f"{key.removesuffix('.yaml')}-{officer}.yaml", text.encode(), officer)
        cloud.settle()
