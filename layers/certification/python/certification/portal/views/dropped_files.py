"""Files that staff drop by page: the form for one, and the report that answers it."""

import secrets
from typing import get_args

from certification.acts import sheets
from certification.cloud import clients, clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.staff import Role
from certification.cloud.vault import UploadForm
from certification.letters.formats import Language
from certification.policies import load_policy, schemes
from certification.portal.views import desk, exams
from certification.portal.views.speech import Speech
from certification.rules.errors import NotFound, Refused
from certification.rules.model import Frozen

LARGEST = 10 * 1024 * 1024
ROLES: dict[str, Role] = {"marks": "results_officer", "decisions": "reviewer", "sittings": "supervisor"}
"""Who may drop which kind. The step that reads the file asks again."""


class Problem(Frozen):
    """One thing to correct; row 0 is the file as a whole."""

    row: int
    column: str
    value: str
    words: str


class Report(Frozen):
    """`counts`: the file is in force. With a problem nothing of it is."""

    counts: bool
    rows: int
    problems: tuple[Problem, ...]


def folders(kind: str, language: Language) -> tuple[tuple[str, str], ...]:
    """Where a file of this kind can go: marks to a sitting, decisions to a scheme; a new sitting needs no folder."""
    if kind == "marks":
        return tuple((one.id, one.name_zh if language == "zh" else one.name_en) for one in exams.announced())
    if kind == "decisions":
        say = Speech(language)
        return tuple((scheme, say.said(load_policy(scheme)[0].title)) for scheme in schemes())
    return ()


def ask(staff_id: str, kind: str, folder: str, return_to: str) -> UploadForm:
    """A form for one file. Who drops it is part of what is signed, so nobody can drop in another's name."""
    if ROLES[kind] not in desk.member(staff_id).roles:
        raise Refused("role_missing", "Your role may not drop this kind of file.", "您无权上传此类文件。", field="kind")
    ending = "json" if kind == "sittings" else "csv"
    name = f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}.{ending}"
    key = "/".join(part for part in (kind, folder, name) if part)
    fields = {"x-amz-meta-uploader": staff_id, "success_action_redirect": return_to}
    post = clients.s3().generate_presigned_post(
        settings().staff_files,
        key,
        Fields=dict(fields),
        Conditions=[["content-length-range", 1, LARGEST], *({name: value} for name, value in fields.items())],
        ExpiresIn=vault.UPLOAD_MINUTES * 60,
    )
    return UploadForm(url=post["url"], fields=post["fields"])


def report(staff_id: str, key: str, language: Language) -> Report | None:
    """The report of a file; None while it is being read."""
    _allowed(staff_id, key)
    try:
        found = sheets.read_report(key)
    except clients.s3().exceptions.ClientError:
        return None  # not there yet: without the right to list, S3 calls a missing file forbidden
    answer = sheets.Report.model_validate(found)
    return Report(
        counts=answer.counts,
        rows=answer.rows,
        problems=tuple(
            Problem(row=one.row, column=one.column, value=one.value, words=one.zh if language == "zh" else one.en)
            for one in answer.problems
        ),
    )


def problems_address(staff_id: str, key: str) -> str:
    """A short-lived address of the bad rows as CSV."""
    _allowed(staff_id, key)
    return vault.link(settings().staff_files, f"reports/{key}.problems.csv", f"{key.rpartition('/')[2]}-problems.csv")


def _allowed(staff_id: str, key: str) -> None:
    kind = key.split("/")[0]
    if kind not in ROLES or ".." in key or not set(desk.member(staff_id).roles) & set(get_args(Role)):
        raise NotFound("file")
