"""What a candidate answered, by the policy's question codes: what the completeness rule and a resubmission look at."""

import hashlib
import json
from datetime import date

from certification.acts.people import Person
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import Candidate, Upload
from certification.cloud.tables.verifications import verifications
from certification.rules.application import UploadState
from certification.rules.education import EducationEntry
from certification.rules.eligibility import Background
from certification.rules.lanes import CheckState
from certification.rules.policy_applying import Education, VerificationSubject


def answers_of(candidate: Candidate, person: Person, application: Application) -> dict[str, object]:
    """Every answer by question code. The declaration is given by confirming, and stands here as given."""
    best = max(candidate.education, key=lambda entry: Education(entry.level).rank, default=None)
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
        "education": best.level if best else None,
        "school": best.school if best else None,
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


STATES: dict[str, UploadState] = {
    "expected": "checking",
    "checked": "checking",
    "refused": "refused",
    "accepted": "accepted",
}


def uploads_of(candidate: Candidate) -> dict[str, UploadState]:
    """The state of every file the candidate has begun to hand in."""
    files: dict[str, Upload | None] = {"photo": candidate.photo, "id_document": candidate.id_document}
    return {name: STATES[upload.state] for name, upload in files.items() if upload is not None}


def upload_hashes(candidate: Candidate) -> dict[str, str]:
    """Where each accepted file lies; its key is made from its content."""
    files: dict[str, Upload | None] = {"photo": candidate.photo, "id_document": candidate.id_document}
    return {name: upload.key for name, upload in files.items() if upload is not None and upload.key}


def checks_of(candidate: Candidate) -> dict[VerificationSubject, CheckState]:
    """What the registries said about the person as declared now."""
    check = verifications.find(candidate.identity_check) if candidate.identity_check else None
    if check is None or check.state == "asked":
        return {"identity": "waiting"}
    return {"identity": check.state}


def fingerprints(answers: dict[str, object]) -> dict[str, str]:
    """A hash of each answer, to compare two versions without keeping either."""
    return {
        code: hashlib.sha256(json.dumps(answer, default=str, ensure_ascii=False).encode()).hexdigest()
        for code, answer in answers.items()
    }


def background_of(candidate: Candidate, person: Person, accepted: tuple[str, ...] = ()) -> Background:
    """What the eligibility rule looks at; `accepted` are majors that a desk let in (ELI-05)."""
    return Background(
        date_of_birth=person.birth_date or date.max,
        education=tuple(
            EducationEntry(
                institution=entry.school,
                level=Education(entry.level),
                full_time=False,
                major=entry.major,
                began=entry.graduated,
                graduated=entry.graduated,
            )
            for entry in candidate.education
        ),
        work=person.work,
        majors_accepted=accepted,
    )
