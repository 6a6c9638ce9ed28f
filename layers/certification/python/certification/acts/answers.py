"""What a candidate answered, by the policy's question codes: what the completeness rule and a resubmission look at."""

import hashlib
import json
from datetime import date, datetime
from typing import cast

from certification.acts.people import Person, educations
from certification.acts.uploads import PHOTO, photo_for, slot_of
from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import Candidate, Upload
from certification.cloud.tables.verifications import Verification, on_site_id, verifications
from certification.policies import load_calendar
from certification.rules.application import UploadState
from certification.rules.deadlines import verification_due
from certification.rules.education import EducationEntry
from certification.rules.eligibility import Background
from certification.rules.lanes import CheckState
from certification.rules.policy import Policy
from certification.rules.policy_applying import Education, VerificationSubject
from certification.rules.verification import State, together


def answers_of(candidate: Candidate, person: Person, application: Application) -> dict[str, object]:
    """Every answer by question code. The declaration is given by confirming, and stands here as given."""
    best = max(educations(candidate).values(), key=lambda entry: entry.level.rank, default=None)
    without = Education.NONE.value if candidate.without_degree else None
    return {
        "full_name": person.native_name or person.latin_name,
        "latin_name": person.latin_name,
        "nationality": person.nationality,
        "date_of_birth": person.birth_date.isoformat() if person.birth_date else None,
        "id_type": person.id_kind,
        "id_number": person.id_number,
        "phone": person.phone,
        "email": person.email,
        "postal_address": person.address,
        "education": best.level.value if best else without,
        "school": best.institution if best else None,
        "major": best.major if best else None,
        "graduated_on": best.graduated.isoformat() if best else None,
        "employer": person.work.employer,
        "work_history": tuple(job.model_dump_json() for job in person.work.jobs),
        "occupation": application.occupation,
        "level": application.level,
        "form": application.form,
        "region": application.region,
        "subjects": application.subjects,
        "declaration": True,
    }


def uploads_of(candidate: Candidate, policy: Policy) -> dict[str, UploadState]:
    """The state of every file the candidate has begun to hand in, by its code. A draft never takes away a file in use."""
    drafts = {code: candidate.drafts.get(slot_of(code, policy.scheme)) for code in _codes(policy)}
    begun: dict[str, UploadState] = {
        code: "refused" if draft.state == "refused" else "checked" for code, draft in drafts.items() if draft
    }
    return begun | dict.fromkeys(_in_use(candidate, policy), "accepted")


def upload_hashes(candidate: Candidate, policy: Policy) -> dict[str, str]:
    """Where each file in use lies, by its code; its key is made from its content."""
    return {code: upload.key for code, upload in _in_use(candidate, policy).items() if upload.key}


def _codes(policy: Policy) -> tuple[str, ...]:
    return (PHOTO, *(upload.code for upload in policy.uploads))


def _in_use(candidate: Candidate, policy: Policy) -> dict[str, Upload]:
    files = {upload.code: candidate.file(upload.code) for upload in policy.uploads} | {
        PHOTO: photo_for(candidate, policy)
    }
    return {code: file for code, file in files.items() if file is not None}


def checks_of(candidate: Candidate, policy: Policy) -> dict[VerificationSubject, CheckState]:
    """What the registries, and people on site for this exam, said about the person as declared now.

    Only what the policy wants checked; all education entries count together, and none is nothing to verify (EDU-21).
    """
    found: dict[VerificationSubject, State] = {}
    if "identity" in policy.verification.subjects:
        found["identity"] = _state(candidate.identity_check, policy)
    if "education" in policy.verification.subjects:
        found["education"] = together(_state(one.check, policy) for one in candidate.education)
    return {subject: "waiting" if state == "asked" else state for subject, state in found.items()}


def answers_due(candidate: Candidate, policy: Policy) -> dict[VerificationSubject, datetime]:
    """When the checks that wait are answered at the latest in this scheme: the last of the entries counts."""
    identity = [candidate.identity_check] if candidate.identity_check else []
    due: dict[VerificationSubject, datetime] = {}
    for subject, checks in (("identity", identity), ("education", [one.check for one in candidate.education])):
        rows = [row for check in checks if check and (row := verifications.find(check)) is not None]
        times = [_answered_by(row, policy) for row in rows if row.state == "asked"]
        if times:
            due[cast("VerificationSubject", subject)] = max(times)
    return due


def education_states(candidate: Candidate, policy: Policy) -> list[tuple[EducationEntry, State]]:
    """Each education entry with the state of its check for the policy's exam."""
    entries = educations(candidate)
    return [(entries[one.number], _state(one.check, policy)) for one in candidate.education]


def _state(check: str | None, policy: Policy) -> State:
    """The state of one check for the policy's exam; what was decided on site outweighs a registry (EDU-19). No answer in
    the time of this scheme is for a person, though the registry may still be asked for another (EDU-01)."""
    registry = verifications.find(check) if check else None
    if check is None or registry is None:
        return "asked"
    waits = registry.state == "asked"
    if waits and clock.now() < _answered_by(registry, policy):
        return registry.state
    on_site = verifications.find(on_site_id(check, policy.exam))
    return on_site.state if on_site else "on_site" if waits else registry.state


def _answered_by(asked: Verification, policy: Policy) -> datetime:
    return verification_due(asked.asked_at, policy, load_calendar(policy.calendar)).due


def fingerprints(answers: dict[str, object]) -> dict[str, str]:
    """A hash of each answer, to compare two versions without keeping either: 16 digits tell any two apart."""
    return {
        code: hashlib.sha256(json.dumps(answer, default=str, ensure_ascii=False).encode()).hexdigest()[:16]
        for code, answer in answers.items()
    }


def background_of(candidate: Candidate, person: Person) -> Background:
    """What the eligibility rule looks at."""
    return Background(
        date_of_birth=person.birth_date or date.max,
        education=tuple(educations(candidate).values()),
        work=person.work,
    )
