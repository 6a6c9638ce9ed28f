"""Files of candidates: straight to S3, looked at before anyone uses them, kept only as our own clean copy."""

import hashlib
import secrets
from typing import TYPE_CHECKING, Literal

from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import Candidate, Problem, Upload, candidates
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.errors import NotFound, Refused

if TYPE_CHECKING:
    from certification.imaging.problem import Problem as ImageProblem

Kind = Literal["photo", "id_document"]
LIMIT = 10 * 1024 * 1024


def held(candidate: Candidate) -> None:
    """Refuse a change of declared data while a confirmed application rests on it (CHG-03)."""
    if candidate.held_by:
        raise Refused(
            "answers_held",
            f"Your answers are part of application {candidate.held_by} and cannot be changed now.",
            f"您的信息已用于申请 {candidate.held_by}，当前不能修改。",
            rules=("CHG-03",),
            facts={"application": candidate.held_by},
        )


@retried
def ask(candidate_id: str, kind: Kind, return_to: str | None = None) -> vault.UploadForm:
    """A form to post one file with. It takes the place of the file before, which has to be sent again if it was right."""
    candidate = candidates.read(candidate_id)
    held(candidate)
    upload = Upload(id=secrets.token_hex(8), state="expected", asked_at=clock.now())
    commit([candidates.update(candidate.changed(**{kind: upload}))])
    key = f"candidates/{candidate.id}/{kind}/{upload.id}"
    types = "image/" if kind == "photo" else ""
    return vault.upload_form(settings().uploads, key, types, LIMIT, return_to)


@retried
def check(key: str) -> None:
    """Look at a file that arrived under `candidates/<candidate>/<kind>/<upload>`.

    A file that nobody waits for any more (another was asked for meanwhile, or it was checked before) changes nothing.
    """
    _, candidate_id, kind, upload_id = key.split("/")
    candidate = candidates.read(candidate_id)
    upload: Upload | None = getattr(candidate, kind)
    if upload is None or upload.id != upload_id or upload.state != "expected":
        return
    looked = (
        _photo(candidate, upload, vault.read(settings().uploads, key))
        if kind == "photo"
        else _scan(candidate, upload, vault.read(settings().uploads, key))
    )
    name = "PhotoChecked" if kind == "photo" else "DocumentChecked"
    told = Announcement(
        name=name, subject=candidate.id, key=f"{candidate.id}#{upload_id}", about={"candidate": candidate.id}
    )
    commit([candidates.update(candidate.changed(**{kind: looked}))], [told])


def _photo(candidate: Candidate, upload: Upload, data: bytes) -> Upload:
    from certification.imaging.photo import check_photo
    from certification.imaging.profile import PhotoProfile

    policy, _ = load_policy("cgptc")
    verdict = check_photo(data, PhotoProfile.of(policy.photo))
    if verdict.refused is not None or verdict.image is None:
        return _refused(upload, verdict.refused)
    problems = tuple(Problem(code=problem.code, en=problem.en, zh=problem.zh) for problem in verdict.problems)
    key = f"photos/{candidate.id}/{hashlib.sha256(verdict.image).hexdigest()}.jpg"
    vault.write(settings().vault, key, verdict.image, "image/jpeg")
    return upload.model_copy(
        update={"state": "checked", "key": key, "problems": problems, "needs_person": verdict.needs_person}
    )


def _scan(candidate: Candidate, upload: Upload, data: bytes) -> Upload:
    from certification.imaging.scan import check_scan

    verdict = check_scan(data)
    if verdict.clean is None or verdict.content_type is None:
        return _refused(upload, verdict.refused)
    key = f"scans/{candidate.id}/{hashlib.sha256(verdict.clean).hexdigest()}"
    vault.write(settings().vault, key, verdict.clean, verdict.content_type)
    return upload.model_copy(update={"state": "checked", "key": key, "content_type": verdict.content_type})


def _refused(upload: Upload, problem: "ImageProblem | None") -> Upload:
    """The file as one that cannot be used, with the words why."""
    said = (Problem(code=problem.code, en=problem.en, zh=problem.zh),) if problem else ()
    return upload.model_copy(update={"state": "refused", "problems": said})


@retried
def accept(candidate_id: str, kind: Kind) -> None:
    """The candidate uses the checked file; a photo with problems may be used too, and a person will look (advice, not gate)."""
    candidate = candidates.read(candidate_id)
    held(candidate)
    upload: Upload | None = getattr(candidate, kind)
    if upload is not None and upload.state == "accepted":
        return
    if upload is None or upload.state != "checked":
        raise Refused(
            "nothing_to_accept",
            "There is no checked file to use. Choose a file first.",
            "尚无已检查的文件，请先上传文件。",
            rules=("PHO-02",),
        )
    accepted = upload.model_copy(update={"state": "accepted"})
    commit([candidates.update(candidate.changed(**{kind: accepted}, revision=candidate.revision + 1))])


def show(candidate_id: str, kind: Kind) -> str:
    """A short-lived address of the candidate's checked file."""
    upload: Upload | None = getattr(candidates.read(candidate_id), kind)
    if upload is None or upload.key is None:
        raise NotFound(kind.replace("_", " "))
    ending = "pdf" if upload.content_type == "application/pdf" else "jpg"
    return vault.link(settings().vault, upload.key, f"{kind}.{ending}", inline=True)
