"""What a candidate declares about themselves. Each act replaces one part; a confirmed application freezes them all."""

from datetime import date, datetime
from typing import Literal

from certification.acts import education, names
from certification.acts.agreements import must_have_accepted
from certification.acts.education import EntryNow
from certification.acts.people import Person, opened
from certification.acts.recovery import sought
from certification.acts.uploads import held
from certification.acts.verification import followed
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, Upload, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.codes import Counter, counters
from certification.cloud.tables.verifications import verifications
from certification.cloud.transaction import Lost, commit, retried
from certification.documents.coverage import printable
from certification.rules.codes import DAY_WINDOW, FOR_ONE, FOR_OTHERS, Limits, may_send
from certification.rules.errors import Refused
from certification.rules.glyphs import must_have_a_name_to_print
from certification.rules.id_documents import DocumentType, id_document, must_agree
from certification.rules.identity import full_name, latin_name
from certification.rules.model import Frozen
from certification.rules.work import WorkHistory

MOST_ENTRIES = 5
OLDEST = 120


class Profile(Frozen):
    """Everything declared, in clear, for the candidate's own eyes. `identity_check` is the state of the check,
    `identity_by` the time by which it is answered."""

    person: Person
    education: tuple[EntryNow, ...]
    without_degree: bool
    work: WorkHistory
    files: dict[str, Upload]
    drafts: dict[str, Upload]
    identity_check: Literal["unasked", "asked", "passed", "failed", "on_site"]
    identity_by: datetime | None
    held_by: str | None


def read(candidate_id: str) -> Profile:
    """The candidate's own profile."""
    candidate = candidates.read(candidate_id)
    check = verifications.find(candidate.identity_check) if candidate.identity_check else None
    person = opened(candidate)
    return Profile(
        person=person,
        work=person.work,
        education=education.of(candidate),
        without_degree=candidate.without_degree,
        files=candidate.files,
        drafts=candidate.drafts,
        identity_check=check.state if check else "unasked",
        identity_by=check.answer_by if check and check.state == "asked" else None,
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
    must_have_accepted(candidate)
    held(candidate)
    saved = with_details(candidate, native, latin, born, nationality, id_kind, number)
    _must_stay_as_verified(candidate, saved)
    if _same_person(candidate, saved):
        return
    entered = _counted(candidate_id, "entered", FOR_OTHERS) if saved.id_index != candidate.id_index else []
    _, writes, told = details_stored(candidate, saved)
    writes += entered
    try:
        commit(writes, told)
    except Lost as loss:
        if loss.concerns("Claims/id:"):
            raise _document_taken() from None
        raise


def with_details(
    candidate: Candidate, native: str, latin: str, born: date, nationality: str, id_kind: DocumentType, number: str
) -> Candidate:
    """The candidate with these details, each checked by its rule; not yet stored. A passport is one of their nationality."""
    country = _country(nationality)
    document = id_document(id_kind, number, country)
    must_agree(document, born)
    key = key_of(candidate.id)
    saved: Candidate = candidate.changed(
        native_name=full_name(native) if native.strip() else None,
        latin_name=latin_name(latin) if latin.strip() else None,
        sealed_birth_date=key.seal("birth_date", _in_the_past(born).isoformat()),
        nationality=country,
        id_kind=id_kind,
        sealed_id_number=key.seal("id_number", document.number),
        id_index=blind("id", document.known_as),
        revision=candidate.revision + 1,
    )
    if not saved.native_name and not saved.latin_name:
        raise Refused("name_missing", "Enter your name.", "请填写姓名。", field="full_name")
    must_have_a_name_to_print(saved.native_name, saved.latin_name, printable())
    return saved


def details_stored(
    before: Candidate, after: Candidate, *, proved: bool = False
) -> tuple[Candidate, list[Write], list[Announcement]]:
    """What changed details lead to: the document's claim, the checks of the person, and a look at rare characters."""
    saved, checks, told = followed(after, proved=proved)
    help_writes, help_told = names.noticed(saved)
    claim = _claim_document(before, saved.id_index or "")
    return saved, [candidates.update(saved), *claim, *checks, *help_writes], [*told, *help_told]


def _must_stay_as_verified(before: Candidate, after: Candidate) -> None:
    """What an identity platform said about somebody is changed there, not here (ACC-12)."""
    one, other = opened(before), opened(after)
    said = (one.native_name, one.id_kind, one.id_number, one.birth_date)
    if before.account.platform and said != (other.native_name, other.id_kind, other.id_number, other.birth_date):
        raise Refused(
            "from_platform",
            "Name, document and birth date come from the identity platform. Have them corrected there.",
            "姓名、证件和出生日期来自统一身份认证平台，请在该平台更正。",
            rules=("ACC-12",),
            field="full_name",
        )


def _same_person(before: Candidate, after: Candidate) -> bool:
    one, other = opened(before), opened(after)
    return one == other and before.identity_check is not None


def _claim_document(candidate: Candidate, index: str) -> list[Write]:
    """The new document is claimed and the earlier one let go, in the transaction that saves the details."""
    if candidate.id_index == index:
        return []
    claim = claims.find(f"id:{index}")
    if claim is not None and claim.holder != candidate.id:
        _tell_owner(candidate.id, claim.holder)
        raise _document_taken()
    writes = [claims.insert(Claim(key=f"id:{index}", holder=candidate.id))]
    before = claims.find(f"id:{candidate.id_index}") if candidate.id_index else None
    return [*writes, claims.delete(before)] if before is not None else writes


def _tell_owner(candidate_id: str, holder: str) -> None:
    """Nobody tries many numbers to learn which are known: a few a day, and each owner hears of it."""
    commit(_counted(candidate_id, "documents", FOR_ONE), [sought(holder, registering=True)])


def _counted(candidate_id: str, what: Literal["documents", "entered"], limits: Limits) -> list[Write]:
    """One document more that this account entered, known here (`documents`) or not (`entered`); refused above the limit."""
    now, key = clock.now(), f"{what}:{candidate_id}"
    counter = counters.find(key) or Counter(key=key)
    tried = tuple(instant for instant in counter.sent_at if instant > now - DAY_WINDOW)
    may_send(now, tried, "document", limits)
    counted = counter.changed(sent_at=(*tried, now))
    return [counters.update(counted) if counter.version else counters.insert(counted)]


def _document_taken() -> Refused:
    return Refused(
        "id_document_taken",
        "This ID number already exists here. Look up its account under “Recover an account”: its owner gets a letter. "
        "If it is yours and you cannot get in, ask a desk for help.",
        "证件号码已存在。请先在“找回账号”中查询，系统会通知该账号持有人；如为您本人且无法登录，可申请服务台协助。",
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
    must_have_accepted(candidate)
    held(candidate)
    commit([candidates.update(with_address(candidate, address).changed(language=language))])


def with_address(candidate: Candidate, address: str) -> Candidate:
    """The candidate with this postal address; not yet stored."""
    text = " ".join(address.split())
    if len(text) > 300:
        raise Refused(
            "address_length", "Keep the address to 300 characters.", "地址最多 300 个字符。", field="postal_address"
        )
    changed: Candidate = candidate.changed(sealed_address=key_of(candidate.id).seal("address", text) if text else None)
    return changed
