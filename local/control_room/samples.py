"""What somebody who tries the demonstration by hand needs: sample files, and the instants worth moving the clock to."""

import csv
import io
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.cloud import LocalCloud

FILES = {"photo.jpg": "A portrait as a phone makes it", "id-document.jpg": "A scan of an identity document"}
SHARE = Decimal("0.8")
"""Every mark of the sample file, as a share of the maximum: enough to pass."""
LATER = timedelta(hours=7)
"""After an instant at least one job has run."""


def shown(cloud: "LocalCloud") -> dict[str, Any]:
    """The sample files, and every sitting with its instants."""
    from certification.cloud.tables.sittings import sittings
    from certification.policies import schemes

    now = cloud.clock.now()
    found = [sitting for scheme in schemes() for sitting in sittings.of(scheme)]
    return {
        "files": [{"name": name, "what": what} for name, what in FILES.items()],
        "sittings": [
            {
                "id": sitting.id,
                "name": sitting.name_en,
                "stage": sitting.stage,
                "moves": [
                    {"what": what, "at": at, "over": at <= now} for what, at in _instants(sitting) if at is not None
                ],
            }
            for sitting in found
        ],
    }


def _instants(sitting: Any) -> list[tuple[str, datetime | None]]:
    dates = sitting.dates
    return [
        ("Tickets are open", dates.tickets_open + LATER if dates.tickets_open else None),
        ("The exam is over", dates.exam_over + LATER),
        ("Results are released", sitting.release_at + LATER),
    ]


def file(name: str) -> tuple[bytes, str] | None:
    """A sample file with its type; `marks-<sitting>.csv` has a passing mark for everybody who has a seat and no result."""
    from local import samples

    if name == "photo.jpg":
        return samples.phone_photo(), "image/jpeg"
    if name == "id-document.jpg":
        return samples.id_document(), "image/jpeg"
    marks = re.fullmatch(r"marks-([\w-]{1,80})\.csv", name)
    made = _marks(marks[1]) if marks else None
    return (made, "text/csv; charset=utf-8") if made is not None else None


def _marks(sitting_id: str) -> bytes | None:
    from certification.cloud.tables.applications import applications
    from certification.cloud.tables.sittings import sittings
    from certification.policies import load_policy
    from certification.rules.status import Status

    sitting = sittings.find(sitting_id)
    if sitting is None:
        return None
    policy, _ = load_policy(sitting.scheme)
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(("sitting", "candidate_number", "subject", "mark"))
    everybody = (application for status in Status for application in applications.in_status(sitting_id, status))
    for application in everybody:
        if application.candidate_number is None or application.result is not None:
            continue
        for code in policy.occupation(application.occupation or "").subjects:
            mark = (policy.subject(code).maximum * SHARE).quantize(Decimal(1))
            rows.writerow((sitting_id, application.candidate_number, code, mark))
    return out.getvalue().encode()
