"""Candidates: a person with one account.

Ciphertexts (`sealed_*`) open only with the candidate's data key (`field_encryption`); look-ups go by blind index.
"""

from datetime import datetime
from typing import Any, Literal

from certification.cloud.tables.account_parts import Account
from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.id_documents import DocumentType
from certification.rules.model import Frozen


class DeclaredEducation(Frozen):
    """One qualification a candidate declares, never deleted (EDU-16). `sealed` opens to an `EducationEntry`.

    `check` is the verification of what is declared now; `earlier` holds what it was before it was corrected.
    """

    number: int
    sealed: str
    check: str | None = None
    added_at: datetime
    earlier: tuple[str, ...] = ()


class Problem(Frozen):
    """Something a check found, in words. Only what is `unusable` stops the candidate; a `note` needs nobody."""

    code: str
    en: str
    zh: str
    severity: Literal["unusable", "doubtful", "note"] = "unusable"


class Part(Frozen):
    """One of several files that were put together: our clean copy of it as it came, so that a signature stays whole.

    `signature` is what was found about it, None until somebody looked.
    """

    key: str
    content_type: str
    signature: Literal["unsigned", "genuine", "untrusted", "changed"] | None = None


class Upload(Frozen):
    """A file of the candidate that was looked at.

    `checked`: `key` is the cleaned copy, the candidate decides; `refused`: unusable, `problems` say why; `asked`: the
    candidate asks the desk to let it replace the one in use (`case`); `accepted`: in use. `needs_person`: a check of it
    is in doubt. `asked_again`: a desk asks for another. `fixes` are the changes the check offers, `source` the upright
    copy they are made from, `made_by` the changes made so far (JSON). `parts` are what it was put together from.
    """

    id: str
    state: Literal["checked", "refused", "asked", "accepted"]
    arrived_at: datetime
    key: str | None = None
    content_type: str = "image/jpeg"
    problems: tuple[Problem, ...] = ()
    needs_person: bool = False
    asked_again: bool = False
    case: str | None = None
    source: str | None = None
    made_by: str | None = None
    fixes: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()
    measures: dict[str, float] = {}
    parts: tuple[Part, ...] = ()


class Candidate(Record):
    """The account, what the person declared, and the files. `revision` counts changes of what is declared.

    `held_by` names the application whose confirmation froze the declared data (CHG-03): it may not be edited meanwhile.
    `files` are those in use and `drafts` what was sent since, each under its slot: the upload's code, and for a photo
    `photo.<profile>`, because two schemes may ask for two cuts. A draft never disturbs the file in use.
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
    education: tuple[DeclaredEducation, ...] = ()
    without_degree: bool = False
    sealed_work: str | None = None
    files: dict[str, Upload] = {}
    drafts: dict[str, Upload] = {}
    identity_check: str | None = None
    revision: int = 0
    held_by: str | None = None
    account: Account = Account()

    def file(self, slot: str) -> Upload | None:
        """The file in use in a slot."""
        return self.files.get(slot)

    def photo(self, profile: str) -> Upload | None:
        """The photo in use for schemes that ask for this profile."""
        return self.files.get(photo_slot(profile))


def photo_slot(profile: str) -> str:
    """Where the photo of a profile stands among the files."""
    return f"photo.{profile}"


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
