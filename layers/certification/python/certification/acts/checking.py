"""Looking at a file that arrived: what the check of photos and scans makes of it, as a row keeps it.

Apart from the other acts on files because it loads the decoders, which only the function that checks carries.
"""

import hashlib

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import Part, Problem, Upload
from certification.imaging import problem as said
from certification.imaging.merging import merge
from certification.imaging.photo import change_photo, check_photo
from certification.imaging.profile import PhotoProfile
from certification.imaging.scan import check_scan
from certification.policies import load_policy, schemes
from certification.rules.photo_fixes import PhotoFix

PHOTOS = "photo."


def look(candidate_id: str, slot: str, upload_id: str, file: vault.Arrived, before: Upload | None = None) -> Upload:
    """The file as it is kept: its clean copy in the vault and what was found, or why it cannot be used.

    `before` is the file that this one is added to, where several are put together.
    """
    looked = Upload(id=upload_id, state="refused", arrived_at=file.at)
    if slot.startswith(PHOTOS):
        return _photo(looked, candidate_id, profile_named(slot.removeprefix(PHOTOS)), file)
    scan = _scan(looked, candidate_id, file)
    return _merged(scan, candidate_id, before) if _comes_merged(slot) else scan


def profile_named(name: str) -> PhotoProfile:
    """The numbers of a profile; schemes that share a profile agree on them (a test compares)."""
    found = (load_policy(scheme)[0].photo for scheme in schemes())
    return PhotoProfile.of(next(photo for photo in found if photo.profile == name))


def _photo(looked: Upload, candidate_id: str, profile: PhotoProfile, file: vault.Arrived) -> Upload:
    """A photo that was sent, or (`fix` among what our own copy fixed to it) one we are asked to change."""
    fix = file.metadata.get("fix")
    changes = PhotoFix.model_validate_json(fix) if fix else None
    verdict = change_photo(file.body, profile, changes) if changes else check_photo(file.body, profile)
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


def _comes_merged(slot: str) -> bool:
    """Whether a policy wants the files of this slot as one PDF (EDU-08)."""
    return any(row.code == slot and row.merged for name in schemes() for row in load_policy(name)[0].uploads)


def _merged(scan: Upload, candidate_id: str, before: Upload | None) -> Upload:
    """The parts so far and the new one as one PDF. A new part that cannot be used leaves those before as they were."""
    earlier = before.parts if before else ()
    if scan.key is None:
        return scan if before is None else _kept_before(before, scan, scan.problems)
    parts = (*earlier, Part(key=scan.key, content_type=scan.content_type))
    together = merge([(vault.read(settings().vault, part.key), part.content_type) for part in parts])
    if isinstance(together, said.Problem):
        if before is None:
            return scan.model_copy(update={"state": "refused", "key": None, "problems": _kept(together)})
        return _kept_before(before, scan, _kept(together))
    alone = len(parts) == 1 and scan.content_type == "application/pdf"
    key = scan.key if alone else _stored(f"scans/{candidate_id}", together, "", "application/pdf")
    return scan.model_copy(update={"key": key, "content_type": "application/pdf", "parts": parts})


def _kept_before(before: Upload, scan: Upload, problems: tuple[Problem, ...]) -> Upload:
    return before.model_copy(
        update={"id": scan.id, "arrived_at": scan.arrived_at, "state": "checked", "problems": problems}
    )


def _stored(folder: str, body: bytes, ending: str, content_type: str) -> str:
    key = f"{folder}/{hashlib.sha256(body).hexdigest()}{ending}"
    vault.write(settings().vault, key, body, content_type)
    return key


def _kept(*problems: said.Problem | None) -> tuple[Problem, ...]:
    return tuple(Problem(code=one.code, en=one.en, zh=one.zh, severity=one.severity) for one in problems if one)
