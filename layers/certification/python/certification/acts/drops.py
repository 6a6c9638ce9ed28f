"""Dropping files: a form that says who uploads, under a key we make, and the report that answers the file later."""

import re
import secrets
from datetime import datetime
from typing import Any, Literal

from certification.acts.callers import (
    MAY_IMPORT_MARKS,
    MAY_PUBLISH_NOTICES,
    MAY_PUBLISH_SITTINGS,
    MAY_RECORD,
    MAY_REVIEW,
    must_be,
)
from certification.acts.sheets import Report
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.tables.staff import Role, StaffMember
from certification.policies import schemes
from certification.rules.errors import NotFound
from certification.rules.model import Frozen

Folder = Literal["sittings", "decisions", "marks", "notices", "integrity", "statements"]
OF_A_SCHEME: tuple[Folder, ...] = ("decisions", "integrity", "statements")
MAY_DROP: dict[Folder, tuple[Role, ...]] = {
    "sittings": MAY_PUBLISH_SITTINGS,
    "decisions": MAY_REVIEW,
    "marks": MAY_IMPORT_MARKS,
    "notices": MAY_PUBLISH_NOTICES,
    "integrity": MAY_RECORD,
    "statements": MAY_REVIEW,
}
TYPES: dict[Folder, str] = {
    "sittings": "application/json",
    "decisions": "text/csv",
    "marks": "text/csv",
    "notices": "application/yaml",
    "integrity": "text/csv",
    "statements": "application/xml",
}
ENDINGS: dict[Folder, str] = {
    "sittings": "json",
    "decisions": "csv",
    "marks": "csv",
    "notices": "yaml",
    "integrity": "csv",
    "statements": "xml",
}
LARGEST = 10 * 1024 * 1024
_KEY = re.compile(r"(sittings|decisions|marks|notices|integrity|statements)/[A-Za-z0-9._/-]{1,200}", re.ASCII)


class Drop(Frozen):
    """Where to post the file, with which fields before it; `key` asks for its report afterwards."""

    url: str
    fields: dict[str, str]
    key: str


class StaffSitting(Frozen):
    """A sitting as staff follow it. `due` is when its next milestone is looked at."""

    id: str
    scheme: str
    name_en: str
    name_zh: str
    stage: str
    registration_opens: datetime
    registration_closes: datetime
    payment_closes: datetime
    exam_starts: datetime
    exam_over: datetime
    results_due: datetime
    release_at: datetime
    marks_rows: int | None
    marks_imported_by: str | None
    released_at: datetime | None
    due: datetime | None


def ask(member: StaffMember, folder: Folder, of: str = "", return_to: str | None = None) -> Drop:
    """A form for one file, with its type. `of` names the scheme of decisions and entries, and the sitting of marks.

    The key is made here, and the uploader stands in the signed policy: a listener that reads the file asks this
    member's role again.
    """
    must_be(member, MAY_DROP[folder])
    if (folder in OF_A_SCHEME and of not in schemes()) or (folder == "marks" and sittings.find(of) is None):
        raise NotFound("scheme" if folder in OF_A_SCHEME else "sitting")
    name = f"{clock.now():%Y-%m-%dT%H%M%SZ}-{secrets.token_hex(4)}.{ENDINGS[folder]}"
    key = "/".join(part for part in (folder, of, name) if part)
    form = vault.upload_form(
        settings().staff_files, key, TYPES[folder], LARGEST, return_to, metadata={"uploader": member.id}
    )
    return Drop(url=form.url, fields={**form.fields, "Content-Type": TYPES[folder]}, key=key)


def report(member: StaffMember, key: str) -> Report:
    """The report of a dropped file; `NotFound` until it was read, and for files of folders the member may not use."""
    matched = _KEY.fullmatch(key)
    folder: Any = matched[1] if matched else None
    if folder is None or not set(MAY_DROP[folder]) & set(member.roles):
        raise NotFound("report")
    found = vault.find(settings().staff_files, f"reports/{key}.json")
    if found is None:
        raise NotFound("report")
    return Report.model_validate_json(found)


def all_sittings() -> tuple[StaffSitting, ...]:
    """Every sitting of every scheme, earliest registration first."""
    return tuple(staff_sitting(sitting) for scheme in schemes() for sitting in sittings.of(scheme))


def staff_sitting(sitting: Sitting) -> StaffSitting:
    """A sitting's row in the words of the staff's pages."""
    dates = sitting.dates
    return StaffSitting(
        id=sitting.id,
        scheme=sitting.scheme,
        name_en=sitting.name_en,
        name_zh=sitting.name_zh,
        stage=sitting.stage,
        registration_opens=dates.registration_opens,
        registration_closes=dates.registration_closes,
        payment_closes=dates.payment_closes,
        exam_starts=dates.first_subject,
        exam_over=dates.exam_over,
        results_due=sitting.results_due,
        release_at=sitting.release_at,
        marks_rows=sitting.marks.rows if sitting.marks else None,
        marks_imported_by=sitting.marks.imported_by if sitting.marks else None,
        released_at=sitting.released_at,
        due=sitting.due.at if sitting.due else None,
    )
