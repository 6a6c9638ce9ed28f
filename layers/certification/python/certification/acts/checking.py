"""Looking at a file that arrived: what the check of photos and scans makes of it, as a row keeps it.

Apart from the other acts on files because it loads the decoders, which only the function that checks carries.
"""

import hashlib

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import Problem, Upload
from certification.imaging import problem as said
from certification.imaging.fixes import PhotoFix
from certification.imaging.photo import change_photo, check_photo
from certification.imaging.profile import PhotoProfile
from certification.imaging.scan import check_scan
from certification.policies import load_policy, schemes

PHOTOS = "photo."


def look(candidate_id: str, slot: str, upload_id: str, file: vault.Arrived) -> Upload:
    """The file as it is kept: its clean copy in the vault and what was found, or why it cannot be used."""
    looked = Upload(id=upload_id, state="refused", arrived_at=file.at)
    if slot.startswith(PHOTOS):
        return _photo(looked, candidate_id, profile_named(slot.removeprefix(PHOTOS)), file)
    return _scan(looked, candidate_id, file)


def profile_named(name: str) -> PhotoProfile:
    """The numbers of a profile; schemes that share a profile agree on them (a test compares)."""
    found = (load_policy(scheme)[0].photo for scheme in schemes())
    return PhotoProfile.of(next(photo for photo in found if photo.profile == name))


def _photo(looked: Upload, candidate_id: str, profile: PhotoProfile, file: vault.Arrived) -> Upload:
    """A photo that was sent, or (`fix` among what our own copy fixed to it) one we are asked to change."""
    fix = file.metadata.get("fix")
    if fix is None:
        verdict = check_photo(file.body, profile)
    else:
        verdict = change_photo(file.body, profile, PhotoFix.model_validate_json(fix))
    if verdict.image is None or verdict.source is None:
        return looked.model_copy(update={"problems": _kept(verdict.refused)})
    return looked.model_copy(
        update={
            "state": "checked",
            "key": _stored(f"photos/{candidate_id}", verdict.image, ".jpg", "image/jpeg"),
            "source": _stored(f"photos/{candidate_id}", verdict.source, ".jpg", "image/jpeg"),
            "made_by": fix,
            "problems": _kept(*verdict.problems),
            "notes": _kept(*verdict.notes, *(offer.because for offer in verdict.offers)),
            "fixes": tuple(offer.step for offer in verdict.offers if offer.possible),
            "needs_person": verdict.needs_person,
            "measures": verdict.measures,
        }
    )


def _scan(looked: Upload, candidate_id: str, file: vault.Arrived) -> Upload:
    verdict = check_scan(file.body)
    if verdict.clean is None or verdict.content_type is None:
        return looked.model_copy(update={"problems": _kept(verdict.refused)})
    key = _stored(f"scans/{candidate_id}", verdict.clean, "", verdict.content_type)
    return looked.model_copy(update={"state": "checked", "key": key, "content_type": verdict.content_type})


def _stored(folder: str, body: bytes, ending: str, content_type: str) -> str:
    key = f"{folder}/{hashlib.sha256(body).hexdigest()}{ending}"
    vault.write(settings().vault, key, body, content_type)
    return key


def _kept(*problems: said.Problem | None) -> tuple[Problem, ...]:
    return tuple(Problem(code=one.code, en=one.en, zh=one.zh, severity=one.severity) for one in problems if one)
