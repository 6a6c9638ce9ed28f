"""POLICY, applying: accounts, what is asked and uploaded, verification, review (K5-K14, K18)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certification.rules.cases import CaseKind
from certification.rules.id_documents import DocumentType
from certification.rules.model import Frozen
from certification.rules.spans import Span, Window
from certification.rules.words import Words

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
CandidateClass = Literal["barred", "not_chosen", "withdrawn", "unverified", "exemption_level", "unlisted_major"]
VerificationSubject = Literal["identity", "education"]
Ratio = Annotated[Decimal, Field(gt=0, lt=1)]
Size = Annotated[int, Field(gt=0, le=10 * 1024 * 1024)]
"""Bytes of a file; no file above ten megabytes is ever looked at (imaging/intake.py)."""
BodyLevel = Literal["national", "provincial", "city"]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Education(StrEnum):
    """Formal education, lowest first; `rank` orders it."""

    NONE = "none"
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"

    @property
    def rank(self) -> int:
        return list(Education).index(self)


class Named(Frozen):
    """A code with words: a region, a specialty, a level."""

    code: str = Field(min_length=1, max_length=40)
    words: Words


class Accounts(Frozen):
    """ACC-01..15: one account per each of `unique`, which ID documents, and the way back in (an ordered list).

    `home`: accounts follow this policy before their holder applies for any exam.
    """

    unique: tuple[Literal["id_document", "phone", "email"], ...]
    id_documents: tuple[DocumentType, ...] = Field(min_length=1)
    recovery: tuple[Literal["email_code", "sms_code", "security_question", "staff_case"], ...] = Field(min_length=1)
    identity_provider: str | None = None
    home: bool | None = None
    help_needs_two: bool | None = None


class Question(Frozen):
    """One answer an application needs (REG-05, ACC-02). `part` is the page it is asked on."""

    code: Code
    part: Literal["identity", "contact", "education", "work", "choice", "declaration"]
    words: Words
    required: bool
    rescreens: bool = Field(description="whether a change of it after confirming needs screening again (CHG-03)")


class Upload(Frozen):
    """One file an application needs. The limit is in bytes."""

    code: Code
    words: Words
    required: bool
    formats: tuple[Literal["jpeg", "png", "heic", "pdf"], ...] = Field(min_length=1)
    largest: Size
    merged: bool = Field(description="whether several originals must come as one PDF (EDU-08)")


class EarlierPhotos(Frozen):
    """PHO-04: photos of these earlier profiles stay good for accounts that are older than this day."""

    profiles: tuple[Code, ...] = Field(min_length=1)
    registered_before: date


class Photo(Frozen):
    """PHO-01..12: width and height; `head` is the least and greatest share of the height that the head may take."""

    profile: Code
    pixels: tuple[Annotated[int, Field(ge=100, le=2000)], Annotated[int, Field(ge=100, le=2000)]]
    millimetres: tuple[Annotated[int, Field(ge=10, le=100)], Annotated[int, Field(ge=10, le=100)]]
    background: Literal["white", "plain_light"]
    formats: tuple[Literal["jpeg"], ...]
    head: tuple[Ratio, Ratio]
    largest: Size
    replace: Literal["until_confirmed", "staff_only", "never"]
    earlier: EarlierPhotos | None = None
    used_on: tuple[Literal["ticket", "seating_chart", "score_report", "certificate", "verification"], ...]


class Fallback(Frozen):
    """One alternative when a check gives no pass; `fallback` of Verification is ordered (K10).

    In force from the day `since` on and before the day `until`, where they are given (EDU-10).
    """

    upload: tuple[Code, ...] = ()
    provisional: bool
    complete: Window | None = None
    on_site: bool
    since: date | None = None
    until: date | None = None


class Verification(Frozen):
    """EDU-01..21, K9: what is checked online, how fast it must be answered, and what silence means (decision 21)."""

    subjects: tuple[VerificationSubject, ...]
    answer: Window
    states: tuple[Literal["passed", "failed", "on_site"], ...]
    unanswered: Literal["on_site"]
    fallback: tuple[Fallback, ...] = ()
    education_entries: int | None = Field(default=None, ge=1, le=50)
    education_deletable: bool | None = None


class ReturnReason(Frozen):
    """A reason a reviewer may give, and the part or upload the candidate must correct."""

    code: Code
    applies_to: Code
    words: Words


class Review(Frozen):
    """CHK-01..03, K5: who needs a review before paying, how long it may take, and what a return says.

    `warn_before`: how long before a promise is broken the desk's supervisor hears of it.
    """

    required_for: Literal["all"] | tuple[CandidateClass, ...]
    decide: Window
    warn_before: Span | None = None
    reasons: tuple[ReturnReason, ...] = Field(min_length=1)
    supplement: Window
    fresh_clock: bool
    final_needs_two: bool


class Hours(Frozen):
    """Opening hours on working days of the scheme's calendar, in the scheme's time zone (REI-10)."""

    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"it closes at {self.closes}, which is not after {self.opens}")
        return self


class Desk(Frozen):
    """GOV-01, GOV-03, K18: which desk serves which cases of this scheme, in which region (`*` for all), and when it answers.

    `rest`: it also serves whatever no desk of the policy names; every policy has one such desk. `level` and `under` say
    who stands above it (`desks.py`). The same code in two policies is the same team.
    """

    code: Code
    words: Words
    serves: tuple[CaseKind, ...] = Field(min_length=1)
    region: str
    hours: tuple[Hours, ...] = Field(min_length=1)
    email: str = Field(pattern=r"^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$", max_length=254)
    phone: str | None = Field(default=None, pattern=r"^\+?\d[\d \-]{2,30}$")
    rest: bool | None = None
    level: BodyLevel | None = None
    under: Code | None = None
