"""The signatures of reports among a candidate's proofs: what was found is noted on the file, for the person who decides."""

from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import Part, Problem, Upload, candidates
from certification.cloud.transaction import commit, retried

TRUSTED = "trust/reports.pem"
"""The certificates of the bodies whose reports are believed, kept by operations. Without the list none is."""
FOUND: dict[str, Problem] = {
    "genuine": Problem(
        code="signature_genuine",
        en="The report is signed by its issuer and unchanged.",
        zh="报告由出具机构签名，且未被修改。",
        severity="note",
    ),
    "untrusted": Problem(
        code="signature_untrusted",
        en="The report is signed, but not by a body on our list. A person compares it with its issuer.",
        zh="报告的签名机构不在认可名单内，由工作人员向出具机构核对。",
        severity="note",
    ),
    "changed": Problem(
        code="signature_changed",
        en="The report was changed after it was signed. Send it as you received it.",
        zh="报告在签名后被修改，请上传原始文件。",
        severity="note",
    ),
    "unsigned": Problem(
        code="signature_missing",
        en="The PDF carries no signature. A person checks the report's code with its issuer.",
        zh="该PDF未含电子签名，由工作人员通过报告验证码核对。",
        severity="note",
    ),
}


@retried
def check(candidate_id: str, slot: str) -> None:
    """Judge every PDF among the parts of the newest file of a slot that was not judged yet."""
    candidate = candidates.find(candidate_id)
    upload = (candidate.drafts.get(slot) or candidate.files.get(slot)) if candidate else None
    if candidate is None or upload is None or all(part.signature for part in upload.parts):
        return
    parts = tuple(_judged(part) for part in upload.parts)
    codes = {part.signature for part in parts if part.content_type == "application/pdf"}
    notes = tuple(found for name, found in FOUND.items() if name in codes)
    judged = upload.model_copy(update={"parts": parts, "notes": notes})
    commit([candidates.update(candidate.changed(**_with(judged, slot, candidate.drafts, candidate.files)))])


def _judged(part: Part) -> Part:
    from certification.documents.signed_reports import judge

    if part.signature is not None:
        return part
    if part.content_type != "application/pdf":
        return part.model_copy(update={"signature": "unsigned"})
    body = vault.read(settings().vault, part.key)
    trusted = vault.find(settings().vault, TRUSTED)
    return part.model_copy(update={"signature": judge(body, trusted, clock.now())})


def _with(
    judged: Upload, slot: str, drafts: dict[str, Upload], files: dict[str, Upload]
) -> dict[str, dict[str, Upload]]:
    return {"drafts": {**drafts, slot: judged}} if slot in drafts else {"files": {**files, slot: judged}}
