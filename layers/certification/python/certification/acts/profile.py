"""What a candidate declares about themselves. Each act replaces one part; a confirmed application freezes them all."""

from datetime import date
from typing import Literal

from certification.acts.people import Person, opened
from certification.acts.uploads import held
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, Education, Upload, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.verifications import verifications
from certification.cloud.transaction import Lost, commit, retried
from certification.rules.errors import Refused
from certification.rules.id_documents import DocumentType, id_document, must_agree
from certification.rules.identity import full_name, latin_name
from certification.rules.model import Frozen
from certification.rules.policy_applying import Education as EducationLevel
from certification.rules.work import WorkHistory

MOST_ENTRIES = 5
OLDEST = 120


class Profile(Frozen):
    """Everything declared, in clear, for the candidate's own eyes. `identity_check` is the state of the check."""

    person: Person
    education: tuple[Education, ...]
    work: WorkHistory
    photo: Upload | None
    id_document: Upload | None
    identity_check: Literal["unasked", "asked", "passed", "failed", "on_site"]
    held_by: str | None


def read(candidate_id: str) -> Profile:
    """The candidate's own profile."""
    candidate = candidates.read(candidate_id)
    check = verifications.find(candidate.identity_check) if candidate.identity_check else None
    person = opened(candidate)
    return Profile(
        person=person,
        work=person.work,
        education=candidate.education,
        photo=candidate.photo,
        id_document=candidate.id_document,
        identity_check=check.state if check else "unasked",
        held_by=candidate.held_by,
    )


@retried
def save_details(
    candidate_id: str,
    native: str,
    latin: str,
    born: date,
    nationality: str,
    id_kind: DocumentType,
    number: str,
) -> None:
    """Name, birth, nationality and ID document; the document is claimed, so that it has one account (ACC-05).

    Saving starts the check of the identity. Saving the same again changes nothing.
    """
    candidate = candidates.read(candidate_id)
    held(candidate)
    document = id_document(id_kind, number)
    must_agree(document, born)
    index = blind("id", f"{document.type}|{document.number}")
    key = key_of(candidate_id)
    saved = candidate.changed(
        native_name=full_name(native) if native.strip() else None,
        latin_name=latin_name(latin) if latin.strip() else None,
        sealed_birth_date=key.seal("birth_date", _in_the_past(born).isoformat()),
        nationality=_country(nationality),
        id_kind=id_kind,
        sealed_id_number=key.seal("id_number", document.number),
        id_index=index,
        revision=candidate.revision + 1,
    )
    if not saved.native_name and not saved.latin_name:
        raise Refused("name_missing", "Enter your name.", "请填写姓名。", field="full_name")
    if _same_person(candidate, saved):
        return
    told = Announcement(
        name="ProfileSaved",
        subject=candidate_id,
        key=f"{candidate_id}#{candidate.version + 1}",
        about={"candidate": candidate_id},
    )
    try:
        commit([candidates.update(saved), *_claim_document(candidate, index)], [told])
    except Lost as loss:
        if loss.concerns("Claims/id:"):
            raise _document_taken() from None
        raise


def _same_person(before: Candidate, after: Candidate) -> bool:
    one, other = opened(before), opened(after)
    return one == other and before.identity_check is not None


def _claim_document(candidate: Candidate, index: str) -> list[Write]:
    """The new document is claimed and the earlier one let go, in the transaction that saves the details."""
    if candidate.id_index == index:
        return []
    claim = claims.find(f"id:{index}")
    if claim is not None and claim.holder != candidate.id:
        raise _document_taken()
    writes = [claims.insert(Claim(key=f"id:{index}", holder=candidate.id))]
    before = claims.find(f"id:{candidate.id_index}") if candidate.id_index else None
    return [*writes, claims.delete(before)] if before is not None else writes


def _document_taken() -> Refused:
    return Refused(
        "id_document_taken",
        "This ID document belongs to another account. Sign in to that account, or write to the admissions desk.",
        "该证件号码已注册其他账户，请登录原账户或联系报名审核组。",
        rules=("ACC-05",),
        field="id_number",
    )


def _in_the_past(born: date) -> date:
    """A birth date of somebody who can be a candidate: before today, and less than 120 years ago."""
    today = clock.now().date()
    if not (today.year - OLDEST <= born.year and born < today):
        raise Refused(
            "birth_date",
            "Enter your date of birth; it is in the past.",
            "请填写正确的出生日期。",
            field="date_of_birth",
        )
    return born


def _country(code: str) -> str:
    """An ISO 3166-1 alpha-2 code."""
    cleaned = code.strip().upper()
    if len(cleaned) != 2 or not cleaned.isascii() or not cleaned.isalpha():
        raise Refused("nationality", "Choose your nationality.", "请选择国籍。", field="nationality")
    return cleaned


@retried
def save_contact(candidate_id: str, address: str, language: Literal["en", "zh"]) -> None:
    """The postal address (it may be empty) and the language of letters."""
    candidate = candidates.read(candidate_id)
    held(candidate)
    text = " ".join(address.split())
    if len(text) > 300:
        raise Refused(
            "address_length", "Keep the address to 300 characters.", "地址最多 300 个字符。", field="postal_address"
        )
    sealed = key_of(candidate_id).seal("address", text) if text else None
    commit([candidates.update(candidate.changed(sealed_address=sealed, language=language))])


@retried
def save_background(candidate_id: str, education: tuple[Education, ...]) -> None:
    """Education, whole: what was declared before is replaced while nothing rests on it."""
    candidate = candidates.read(candidate_id)
    held(candidate)
    today = clock.now().date()
    known = {level.value for level in EducationLevel}
    for entry in education:
        if entry.level not in known:
            raise Refused("education_level", "Choose a level from the list.", "请选择学历。", field="education")
        if entry.graduated > today:
            raise _future("graduated_on")
    if len(education) > MOST_ENTRIES:
        raise Refused(
            "too_many_entries",
            f"Give at most {MOST_ENTRIES} entries.",
            f"最多填写 {MOST_ENTRIES} 条。",
            field="education",
        )
    saved = candidate.changed(education=education)
    if saved != candidate:
        commit([candidates.update(saved.changed(revision=candidate.revision + 1))])


def _future(field: str) -> Refused:
    return Refused("date_in_future", "This date is in the future.", "日期不能晚于今天。", field=field)
