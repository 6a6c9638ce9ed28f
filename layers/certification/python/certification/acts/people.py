"""A candidate's personal fields, opened for those who may read them."""

from datetime import date

from certification.cloud.field_encryption import PersonalKey, key_of
from certification.cloud.tables.candidates import Candidate
from certification.documents.coverage import printable
from certification.rules.education import EducationEntry
from certification.rules.glyphs import name_on_paper
from certification.rules.id_documents import DocumentType, IdDocument, id_document
from certification.rules.model import Frozen
from certification.rules.work import WorkHistory


class Person(Frozen):
    """What a page, a letter or a document needs to know about the person, in clear. `on_paper` is the name as printed."""

    id: str
    language: str
    email: str
    phone: str | None
    native_name: str | None
    on_paper: str
    latin_name: str | None
    birth_date: date | None
    nationality: str | None
    id_kind: DocumentType | None
    id_number: str | None
    address: str | None
    work: WorkHistory = WorkHistory()

    @property
    def document(self) -> IdDocument | None:
        """The ID document as it is compared; None before it was given."""
        if self.id_kind is None or self.id_number is None:
            return None
        return id_document(self.id_kind, self.id_number, self.nationality)

    @property
    def name(self) -> str:
        """The name as the person writes it, or the Latin one."""
        return self.native_name or self.latin_name or ""


def on_paper(candidate: Candidate) -> str:
    """What our documents print as this person's name (ACC-13)."""
    return name_on_paper(candidate.native_name, candidate.latin_name, candidate.account.printed_name, printable())


def opened(candidate: Candidate) -> Person:
    """The person behind a candidate's row. One KMS call per candidate and process."""
    key = key_of(candidate.id)
    birth_date = _open(key, "birth_date", candidate.sealed_birth_date)
    return Person(
        id=candidate.id,
        language=candidate.language,
        email=key.open("email", candidate.sealed_email),
        phone=_open(key, "phone", candidate.sealed_phone),
        native_name=candidate.native_name,
        on_paper=on_paper(candidate),
        latin_name=candidate.latin_name,
        birth_date=date.fromisoformat(birth_date) if birth_date else None,
        nationality=candidate.nationality,
        id_kind=candidate.id_kind,
        id_number=_open(key, "id_number", candidate.sealed_id_number),
        address=_open(key, "address", candidate.sealed_address),
        work=_work(key, candidate.sealed_work),
    )


def _open(key: PersonalKey, field: str, sealed: str | None) -> str | None:
    return key.open(field, sealed) if sealed else None


def _work(key: PersonalKey, sealed: str | None) -> WorkHistory:
    return WorkHistory.model_validate_json(key.open("work", sealed)) if sealed else WorkHistory()


def educations(candidate: Candidate) -> dict[int, EducationEntry]:
    """The qualifications the person declares, by number."""
    key = key_of(candidate.id)
    return {
        one.number: EducationEntry.model_validate_json(key.open(education_field(one.number), one.sealed))
        for one in candidate.education
    }


def education_field(number: int) -> str:
    """The name under which an entry is sealed."""
    return f"education-{number}"
