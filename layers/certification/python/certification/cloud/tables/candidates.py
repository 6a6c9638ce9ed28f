"""Candidates: a person with one account.

Ciphertexts (`sealed_*`) open only with the candidate's data key (`field_encryption`); look-ups go by blind index.
"""

from datetime import date, datetime
from typing import Any, Literal

from certification.cloud.tables.account_parts import Account
from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.id_documents import DocumentType
from certification.rules.model import Frozen


class Education(Frozen):
    """One qualification a candidate declares."""

    level: str
    school: str
    major: str
    graduated: date


class Problem(Frozen):
    """Something a check found, in words."""

    code: str
    en: str
    zh: str


class Upload(Frozen):
    """A file of the candidate on its way from the quarantine to the vault.

    `checking`: it arrived or is expected; `checked`: looked at, `key` is the cleaned copy, the candidate decides;
    `refused`: unusable, `problems` say why; `accepted`: part of the application, `needs_person` if a check failed.
    """

    id: str
    state: Literal["expected", "checked", "refused", "accepted"]
    asked_at: datetime
    key: str | None = None
    content_type: str = "image/jpeg"
    problems: tuple[Problem, ...] = ()
    needs_person: bool = False


class Candidate(Record):
    """The account, what the person declared, and the files. `revision` counts changes of what is declared.

    `held_by` names the application whose confirmation froze the declared data (CHG-03): it may not be edited meanwhile.
    """

    id: str
    language: Literal["en", "zh"]
    created_at: datetime
    sealed_email: str
    email_index: str
    sealed_phone: str | None = None
    phone_index: str | None = None
    native_name: str | None = None
    latin_name: str | None = None
    sealed_birth_date: str | None = None
    nationality: str | None = None
    id_kind: DocumentType | None = None
    sealed_id_number: str | None = None
    id_index: str | None = None
    sealed_address: str | None = None
    education: tuple[Education, ...] = ()
    sealed_work: str | None = None
    photo: Upload | None = None
    id_document: Upload | None = None
    identity_check: str | None = None
    revision: int = 0
    held_by: str | None = None
    account: Account = Account()


class CandidateRow(Row):
    class Meta:
        table_name = meta("Candidates")


class Candidates(Table[Candidate]):
    name = "Candidates"
    row = CandidateRow
    record = Candidate

    def columns(self, record: Candidate) -> dict[str, Any]:
        return {"pk": record.id}


candidates = Candidates()
