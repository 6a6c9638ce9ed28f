"""Files of candidates: straight to S3, looked at before anyone uses them, kept only as our own clean copy.

A form to send a file with is made without writing anything; the row learns of a file when it has arrived and was looked
at. It then stands as a draft beside the file in use until the candidate uses it, asks the desk to (`acts/photos.py`), or
sends another.
"""

import re
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from certification.acts.agreements import must_have_accepted
from certification.acts.cases import opened
from certification.acts.photo_cases import LOOK, case_about
from certification.acts.supervision import waiting_check
from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, Upload, candidates, photo_slot
from certification.cloud.tables.cases import cases
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy, schemes
from certification.rules.cases import CaseKind
from certification.rules.errors import NotFound, Refused
from certification.rules.fallbacks import reports_of
from certification.rules.photos import Replacing, replacing, stays_good
from certification.rules.policy import Policy
from certification.rules.proofs import asked_in_check, needed
from certification.rules.status import Status
from certification.rules.words import Because

PHOTO = "photo"
CORRECTION_PROOF = "correction_proof"
LIMIT = 10 * 1024 * 1024


class Asked(NamedTuple):
    """A form for one file, and the id that the file will have once it arrived."""

    id: str
    form: vault.UploadForm


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


def asked_for(candidate: Candidate, code: str) -> bool:
    """Whether the application that holds the data waits for this very file: proofs are handed in after confirming."""
    if not candidate.held_by:
        return False
    if code == CORRECTION_PROOF:
        return True  # evidence for a correction of what is confirmed
    application = _holder(candidate)
    policy, _ = load_policy(application.scheme)
    if application.status is Status.AWAITING_PROOFS:
        return code in needed(policy, application.classes)
    if code in reports_of(policy) and _report_due(application):
        return True
    return code in asked_in_check(policy, application.level or "") and waiting_check(application) is not None


def _report_due(application: Application) -> bool:
    """Whether somebody who passed still has to hand the report in (EDU-12); what a desk looks at stays as it is."""
    duties = (one.reference for one in application.open_cases if one.kind is CaseKind.PROVISIONAL_REPORT)
    return any(cases.read(duty).waits_for == "candidate" for duty in duties)


def slot_of(kind: str, scheme: str | None) -> str:
    """Where a file stands: a photo belongs to the profile of a scheme, any other file to the person."""
    if kind == PHOTO:
        if scheme is None or scheme not in schemes():
            raise Refused(
                "scheme_missing",
                "Say which exam the photo is for: add ?scheme= with its code.",
                "请说明照片用于哪项考试：在地址后添加 ?scheme= 及考试代码。",
                rules=("PHO-03",),
                field="scheme",
            )
        return photo_slot(load_policy(scheme)[0].photo.profile)
    if not any(kind == upload.code for name in schemes() for upload in load_policy(name)[0].uploads):
        raise NotFound("kind of file")
    return kind


def may_replace(candidate: Candidate, policy: Policy) -> Replacing:
    """Who may put another photo in the place of the one in use."""
    photo = photo_for(candidate, policy)
    returned = any(_asks_for_photo(one, policy) for one in applications.of(candidate.id)) if photo else False
    asked_again = returned or bool(photo and photo.asked_again)
    confirmed = bool(candidate.held_by) and _holder(candidate).scheme == policy.scheme
    return replacing(policy.photo, in_use=photo is not None, confirmed=confirmed, asked_again=asked_again)


def photo_for(candidate: Candidate, policy: Policy) -> Upload | None:
    """The photo in use for a scheme: of its profile, or of an earlier one that stays good for this person (PHO-04)."""
    found = candidate.photo(policy.photo.profile)
    if found is not None or policy.photo.earlier is None:
        return found
    good = (
        candidate.photo(profile)
        for profile in policy.photo.earlier.profiles
        if stays_good(policy.photo, profile, candidate.created_at, policy.zone)
    )
    return next((photo for photo in good if photo is not None), None)


def _holder(candidate: Candidate) -> Application:
    return applications.read(candidate.held_by or "")


def _asks_for_photo(application: Application, policy: Policy) -> bool:
    """Whether a reviewer of this scheme sent the application back for its photo."""
    returned = application.returned
    if application.scheme != policy.scheme or application.status is not Status.RETURNED or returned is None:
        return False
    return any(reason.applies_to == PHOTO for reason in returned.reasons)


def ask(
    candidate_id: str, kind: str, scheme: str | None = None, return_to: str | None = None, *, add: bool = False
) -> Asked:
    """A form to post one file with. Nothing is written: the file counts once it has arrived and was looked at.

    `add`: it is put together with what was sent before, where the policy wants one PDF (EDU-08).
    """
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    slot = slot_of(kind, scheme)
    may_send(candidate, slot, kind, scheme)
    upload_id = new_id()
    key = f"candidates/{candidate.id}/{slot}/{upload_id}"
    back = f"{return_to}?upload={upload_id}" if return_to else None
    types = "image/" if kind == PHOTO else ""
    metadata = {"add": "yes"} if add else None
    return Asked(upload_id, vault.upload_form(settings().uploads, key, types, LIMIT, back, metadata))


def new_id() -> str:
    """An id that says when it was made (UTC milliseconds) and cannot be met by chance: 16 hexadecimal digits."""
    return f"{int(clock.now().timestamp() * 1000):011x}{secrets.token_hex(3)[:5]}"


def made_at(upload_id: str) -> datetime | None:
    """When an id was made; None for what is no id."""
    if not re.fullmatch(r"[0-9a-f]{16}", upload_id):
        return None
    try:
        return datetime.fromtimestamp(int(upload_id[:11], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None  # a year that no calendar has


def may_send(candidate: Candidate, slot: str, kind: str, scheme: str | None) -> None:
    draft = candidate.drafts.get(slot)
    if draft is not None and draft.state == "asked":
        raise _refused(
            "with_the_desk",
            Because(
                en="The desk looks at the photo you want to use instead. Wait for its answer.",
                zh="您申请更换的照片正在审核，请等待结果。",
                rules=("PHO-08",),
            ),
        )
    if kind != PHOTO:
        if not asked_for(candidate, kind):
            held(candidate)
        return
    answer = may_replace(candidate, load_policy(scheme or "")[0])
    if answer.by == "nobody":
        raise _refused("photo_stays", answer.because)


def _refused(code: str, because: Because) -> Refused:
    return Refused(code, because.en, because.zh, rules=because.rules)


@retried
def check(key: str) -> None:
    """Look at a file that arrived under `candidates/<candidate>/<slot>/<upload>`, and keep it as the draft of its slot.

    One that is gone, that was looked at before, or that came before the one we have, changes nothing.
    """
    from certification.acts import checking

    _, candidate_id, slot, upload_id = key.split("/")
    file = vault.arrived(settings().uploads, key)
    if file is None:
        return
    candidate = candidates.read(candidate_id)
    if not _is_news(candidate, slot, upload_id, file.at):
        return
    before = newest(candidate, slot) if file.metadata.get("add") == "yes" else None
    looked = checking.look(candidate.id, slot, upload_id, file, before if before and before.parts else None)
    told = Announcement(
        name="PhotoChecked" if slot.startswith(PHOTO) else "ProofChecked" if looked.parts else "DocumentChecked",
        subject=candidate.id,
        key=f"{candidate.id}#{upload_id}#{file.at.timestamp():.0f}",
        about={"candidate": candidate.id, "slot": slot},
    )
    commit([candidates.update(candidate.changed(drafts={**candidate.drafts, slot: looked}))], [told])


def _is_news(candidate: Candidate, slot: str, upload_id: str, at: datetime) -> bool:
    for known in (candidate.drafts.get(slot), candidate.files.get(slot)):
        if known is None:
            continue
        if known.state == "asked" or at < known.arrived_at or (known.id == upload_id and at == known.arrived_at):
            return False
    return True


@retried
def accept(candidate_id: str, kind: str, scheme: str | None = None, seen: str = "") -> None:
    """The candidate uses the checked file; a photo in doubt may be used too, and a person will look (advice, not gate).

    `seen`: the id of the file that was looked at; another one that came meanwhile (two tabs) is not used unseen.
    """
    candidate = candidates.read(candidate_id)
    slot = slot_of(kind, scheme)
    draft = candidate.drafts.get(slot)
    if draft is None and slot in candidate.files:
        _must_be(candidate.files[slot], seen)
        return
    if kind != PHOTO:
        if not asked_for(candidate, kind):
            held(candidate)
    else:
        answer = may_replace(candidate, load_policy(scheme or "")[0])
        if answer.by != "candidate":
            raise _refused("desk_decides" if answer.by == "desk" else "photo_stays", answer.because)
    if draft is None or draft.state != "checked":
        raise Refused(
            "nothing_to_accept",
            "There is no checked file to use. Choose a file first.",
            "尚无已检查的文件，请先上传文件。",
            rules=("PHO-02",),
        )
    _must_be(draft, seen)
    writes: list[Write] = [candidates.update(in_use(candidate, slot, draft))]
    told: list[Announcement] = []
    if kind == PHOTO and candidate.held_by:
        more, told = _for_application(_holder(candidate), draft)
        writes += more
    commit(writes, told)


def _must_be(file: Upload, seen: str) -> None:
    if seen and file.id != seen:
        raise Refused(
            "another_file",
            "You have sent another file meanwhile. Look at that one first.",
            "您已另行上传了文件，请先查看新文件的检查结果。",
            rules=("PHO-02",),
        )


def _for_application(application: Application, draft: Upload) -> tuple[list[Write], list[Announcement]]:
    """A photo that the desk asked for goes to the confirmed application, until its ticket is made; a person looks."""
    if application.ticket is not None or draft.key is None:
        return [], []
    writes: list[Write] = [applications.update(application.changed(photo=draft.key))]
    if not draft.needs_person:
        return writes, []
    policy, _ = load_policy(application.scheme)
    case = case_about(application, policy, draft.key, clock.now(), {"asks": LOOK})
    return [*writes, cases.insert(case)], [opened(case)]


def in_use(candidate: Candidate, slot: str, draft: Upload) -> Candidate:
    """The candidate with a draft as the file in use."""
    accepted = draft.model_copy(update={"state": "accepted", "case": None})
    drafts = {name: other for name, other in candidate.drafts.items() if name != slot}
    files = {**candidate.files, slot: accepted}
    changed: Candidate = candidate.changed(files=files, drafts=drafts, revision=candidate.revision + 1)
    return changed


def link(upload: Upload | None, kind: str) -> str:
    """A short-lived address of a checked file."""
    if upload is None or upload.key is None:
        raise NotFound(kind.replace("_", " "))
    ending = "pdf" if upload.content_type == "application/pdf" else "jpg"
    return vault.link(settings().vault, upload.key, f"{kind}.{ending}", inline=True)


def newest(candidate: Candidate, slot: str) -> Upload | None:
    """The draft of a slot, or the file in use: what its owner is dealing with."""
    return candidate.drafts.get(slot) or candidate.files.get(slot)
