"""Photos after the first look: changed with one click, replaced through the desk, and looked at by a person in doubt."""

from typing import Literal

from certification.acts import uploads
from certification.acts.cases import opened
from certification.acts.ownership import own_application
from certification.acts.photo_cases import LOOK, REPLACE, case_about
from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, Problem, Upload, candidates, photo_slot
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.errors import Refused
from certification.rules.photo_fixes import PhotoFix, Step
from certification.rules.policy import Policy
from certification.rules.review import Verdict
from certification.rules.status import ENDED

Why = Literal["cut_badly", "too_old", "looks_different", "other"]
WHYS: tuple[Why, ...] = ("cut_badly", "too_old", "looks_different", "other")


def change(candidate_id: str, scheme: str | None, step: Step) -> str:
    """Have the newest photo changed by one step; gives the id under which the result will stand.

    The upright copy of what was sent goes the way of an upload once more, with all changes so far fixed to it. Nothing
    is written here, and the photo in use stays as it is.
    """
    candidate = candidates.read(candidate_id)
    slot = uploads.slot_of(uploads.PHOTO, scheme)
    uploads.may_send(candidate, slot, uploads.PHOTO, scheme)
    photo = uploads.newest(candidate, slot)
    if photo is None or photo.source is None:
        raise Refused(
            "nothing_to_change",
            "There is no photo to change. Choose a photo first.",
            "尚无可调整的照片，请先上传照片。",
            rules=("PHO-02",),
        )
    before = PhotoFix.model_validate_json(photo.made_by) if photo.made_by else PhotoFix()
    upload_id = uploads.new_id()
    key = f"candidates/{candidate.id}/{slot}/{upload_id}"
    fix = before.after(step).model_dump_json()
    vault.copy(settings().vault, photo.source, settings().uploads, key, {"fix": fix})
    return upload_id


@retried
def ask_replacement(candidate_id: str, reference: str, why: Why) -> str:
    """Ask the desk to let the checked photo take the place of the one in use (PHO-08); gives the case."""
    application = own_application(candidate_id, reference)
    candidate = candidates.read(candidate_id)
    policy, _ = load_policy(application.scheme)
    slot = photo_slot(policy.photo.profile)
    draft, answer = candidate.drafts.get(slot), uploads.may_replace(candidate, policy)
    if draft is not None and draft.state == "asked" and draft.case:
        return draft.case
    if answer.by != "desk":
        code = "photo_stays" if answer.by == "nobody" else "replace_yourself"
        raise Refused(code, answer.because.en, answer.because.zh, rules=answer.because.rules)
    if draft is None or draft.state != "checked":
        raise Refused(
            "nothing_to_accept",
            "There is no checked photo to ask for. Choose a photo first.",
            "尚无已检查的照片，请先上传照片。",
            rules=("PHO-08",),
        )
    case = case_about(application, policy, draft.id, clock.now(), {"asks": REPLACE, "why": why})
    asked = candidate.changed(drafts={**candidate.drafts, slot: _changed(draft, state="asked", case=case.id)})
    commit([candidates.update(asked), cases.insert(case)], [opened(case)])
    return case.id


def decided(case: Case) -> None:
    """Apply what the desk decided about a photo, once: the one asked for is used or not, the one in doubt may stay or not."""
    decision = case.decision
    if decision is None:
        return
    application = applications.read(case.about)
    candidate = candidates.read(application.candidate)
    policy, _ = load_policy(application.scheme)
    slot = photo_slot(policy.photo.profile)
    draft, approved = candidate.drafts.get(slot), decision.outcome == Verdict.APPROVE
    if draft is not None and draft.case == case.id and draft.state == "asked":
        writes = _replaced(application, candidate, slot, draft) if approved else []
        if not approved:
            kept = _changed(draft, state="refused", problems=_words(policy, decision))
            writes = [candidates.update(candidate.changed(drafts={**candidate.drafts, slot: kept}))]
    elif case.facts.get("asks") == LOOK and slot in candidate.files:
        photo = candidate.files[slot]
        if photo.key != application.photo or not (photo.needs_person or photo.asked_again):
            return
        said = {} if approved else {"asked_again": True, "problems": _words(policy, decision)}
        looked = _changed(photo, needs_person=False, **said)
        writes = [candidates.update(candidate.changed(files={**candidate.files, slot: looked}))]
    else:
        return
    commit(writes, [_told(application, case, approved)])


def _told(application: Application, case: Case, approved: bool) -> Announcement:
    """What the candidate is written about: `asks` and `approved` are codes."""
    return Announcement(
        name="PhotoDecided",
        subject=application.reference,
        key=case.id,
        about={
            "application": application.reference,
            "candidate": application.candidate,
            "asks": case.facts["asks"],
            "approved": "yes" if approved else "no",
        },
    )


def _replaced(application: Application, candidate: Candidate, slot: str, draft: Upload) -> list[Write]:
    """The new photo in use, and on the application's documents as long as none of them was made (PHO-05: one photo)."""
    used = uploads.in_use(candidate, slot, _changed(draft, needs_person=False, problems=()))
    writes: list[Write] = [candidates.update(used)]
    if application.photo and application.ticket is None and application.status not in ENDED:
        writes.append(applications.update(application.changed(photo=draft.key)))
    return writes


def _changed(upload: Upload, **changes: object) -> Upload:
    return upload.model_copy(update=changes)


def _words(policy: Policy, decision: Decided) -> tuple[Problem, ...]:
    """The desk's reasons as the candidate reads them; its own words stand behind."""
    named = [reason for reason in policy.review.reasons if reason.code in decision.reasons]
    said = [Problem(code=reason.code, en=reason.words.en, zh=reason.words.zh) for reason in named]
    if decision.note:
        said.append(Problem(code="note", en=decision.note, zh=decision.note))
    return tuple(said)
