"""What the API takes. Strict: no unknown key, no text for a number, nothing longer than it can be."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from certification.cloud.doors import Path, Query
from certification.rules.cases import CaseKind
from certification.rules.education import HOME, Degree
from certification.rules.id_documents import DocumentType
from certification.rules.model import Frozen
from certification.rules.photo_fixes import Step
from certification.rules.policy_applying import Education
from certification.rules.readable import is_readable
from certification.rules.review import LONGEST_NOTE, Verdict
from certification.rules.work import WorkHistory


def _written_day(value: Any) -> date:
    """A day as text, YYYY-MM-DD: JSON has no dates, and a number is not one."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("write the day as YYYY-MM-DD")
    return date.fromisoformat(value)


Language = Literal["en", "zh"]
Day = Annotated[date, BeforeValidator(_written_day)]
Line = Annotated[str, Field(max_length=200)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Address = Annotated[str, Field(min_length=1, max_length=254)]
Typed = Annotated[str, Field(min_length=1, max_length=20)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
ChallengeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{10,60}$")]

ReferencePath = Annotated[str, Path(pattern=r"^APP-20[0-9]{2}-[0-9]{5,9}[A-Z]$")]
CasePath = Annotated[str, Path(pattern=r"^CASE-[0-9A-F]{12}$")]
EntryPath = Annotated[int, Path(ge=1, le=99)]
CodePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
UploadPath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Add = Annotated[Literal["yes"] | None, Query()]
Seen = Annotated[str | None, Query(pattern=r"^[0-9a-z-]{1,40}$")]
Scheme = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
CaseKindAsked = Annotated[CaseKind | None, Query()]
Desk = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Page = Annotated[int, Query(ge=1, le=999)]
PageMethod = Annotated[Literal["card", "alipay", "wechat_pay"], Query()]
ReceiptPath = Annotated[str, Path(pattern=r"^[RCV][0-9]{2}-[A-Z0-9_]{1,40}-[0-9]{6,9}[A-Z]$")]
DocumentPath = Annotated[Literal["ticket", "score_report", "certificate"], Path()]
AfterReference = Annotated[str, Query(pattern=r"^(APP-20[0-9]{2}-[0-9]{5,9}[A-Z])?$")]
FileKey = Annotated[
    str, Query(pattern=r"^(sittings|decisions|marks|notices|integrity|statements)/[A-Za-z0-9._/-]{1,200}$")
]


class Body(Frozen):
    """The base of everything that comes in. A text that hides something is refused, wherever it stands."""

    model_config = ConfigDict(strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _hides_nothing(cls, value: Any) -> Any:
        texts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
        if not all(is_readable(text) for text in texts if isinstance(text, str)):
            raise PydanticCustomError("unreadable_character", "a character that nobody can see")
        return value


class FixPhoto(Body):
    """One change of a photo."""

    step: Step


class AskEmailCode(Body):
    """Where to send a one-time code, and in which language."""

    email: Address
    language: Language


class SignIn(Body):
    """The code that arrived, for the challenge and address it was sent for."""

    challenge: ChallengeId
    email: Address
    code: Typed


class ProveCode(Body):
    """The code that arrived, for the challenge it was sent for."""

    challenge: ChallengeId
    code: Typed


class Details(Body):
    """Name, birth, nationality (ISO 3166-1 alpha-2) and ID document. One of the two names may be empty."""

    native_name: Line = ""
    latin_name: Line = ""
    birth_date: Day
    nationality: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]
    id_kind: DocumentType
    id_number: Annotated[str, Field(min_length=1, max_length=60)]


class Contact(Body):
    """The postal address (it may be empty) and the language of letters."""

    address: Annotated[str, Field(max_length=1000)]
    language: Language


class Qualification(Body):
    """One formal qualification; `major`, `name` and `certificate` (its number) as printed on the certificate.

    `country` awarded it, `taught_in` is where it was studied (ISO 3166-1 alpha-2). `name` may be empty if it is the
    person's name now. `duplicate_meant`: add it although it looks like an entry that is there.
    """

    institution: Line
    country: Country = HOME
    taught_in: Country = HOME
    level: Annotated[Education, Field(strict=False)]
    degree: Degree = "none"
    full_time: bool
    major: Line = ""
    certificate: Annotated[str, Field(max_length=60)] = ""
    name: Line = ""
    began: Day
    graduated: Day
    duplicate_meant: bool = False


class JobEntry(Body):
    """One job; `until` is null while it lasts, `field` a code of the scheme's fields of work."""

    employer: Line = ""
    duties: Line
    field: Code | None = None
    full_time: bool = True
    since: Day
    until: Day | None = None


class LeaveEntry(Body):
    """A period of nothing but study, away from work; `until` is null while it lasts."""

    since: Day
    until: Day | None = None


class CertificateEntry(Body):
    """A certificate that conditions may ask for, by its code in the scheme's list."""

    code: Code
    number: Line = ""
    issued: Day


class Work(Body):
    """Work, whole: what was declared before is replaced."""

    jobs: Annotated[list[JobEntry], Field(max_length=20)]
    leaves: Annotated[list[LeaveEntry], Field(max_length=20)] = []
    certificates: Annotated[list[CertificateEntry], Field(max_length=20)] = []

    @property
    def history(self) -> WorkHistory:
        return WorkHistory.model_validate(self.model_dump())


class AskPhoneCode(Body):
    """A mobile number in any common form; with its country code it is read as it stands."""

    phone: Annotated[str, Field(min_length=4, max_length=40)]


class Apply(Body):
    """The sitting to apply for."""

    sitting: Code


class Choice(Body):
    """What the application is for. `region` may be left out where there is one, `subjects` where all must be taken.

    `paper` is where a certificate on paper goes, if one is wanted (`mailing` of the sitting).
    """

    occupation: Code
    level: Code
    form: Code
    region: Code | None = None
    subjects: Annotated[list[Code], Field(max_length=20)] = []
    paper: Code | None = None


class Decide(Body):
    """A decision. `reasons` are codes of the policy's list; where two people are needed it is a proposal at first."""

    verdict: Annotated[Verdict, Field(strict=False)]
    reasons: Annotated[list[Code], Field(max_length=20)] = []
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class Second(Body):
    """The second person's answer to the proposal of this number."""

    proposal: Annotated[int, Field(ge=1, le=100)]
    agree: bool
    why_not: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class TakeBack(Body):
    """Why the caller withdraws their own proposal of this number."""

    proposal: Annotated[int, Field(ge=1, le=100)]
    why: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]


class RefundAccount(Body):
    """The candidate's own account: its holder as the bank knows them, its number or IBAN, and the bank's SWIFT code."""

    holder: Annotated[str, Field(min_length=1, max_length=140)]
    number: Annotated[str, Field(min_length=5, max_length=50)]
    bank: Annotated[str, Field(min_length=8, max_length=20)]
