"""POLICY, exam and after: subjects, seats, tickets, results, notices, certificates (K15-K17, K19-K25, K28-K30)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from certification.rules.model import Frozen
from certification.rules.policy_applying import CandidateClass, Code
from certification.rules.spans import Anchor, Span, Window
from certification.rules.words import Words

Mark = Annotated[Decimal, Field(ge=0, le=10_000)]


class Subject(Frozen):
    """One paper. `maximum` and `pass_mark` are marks with at most `decimals` digits after the point."""

    code: Code
    words: Words
    maximum: Mark
    pass_mark: Mark
    decimals: int = Field(ge=0, le=2)


class Form(Frozen):
    """ARR-08: how each subject is taken in this form of the exam: on site, online, or as a video hand-in."""

    code: Code
    words: Words
    taken: dict[Code, Literal["onsite", "online", "video"]]


class Beacon(Frozen):
    """The public value of the draw (decision 9): the source, and the event after which its next value is taken."""

    source: Code
    words: Words
    after: Anchor


class Seating(Frozen):
    """ARR-01, decisions 9 and 10."""

    mode: Literal["random"]
    proof: Literal["commit_reveal"]
    beacon: Beacon
    per: Literal["sitting_region_slot"]


class Ticket(Frozen):
    """TIC-01..03, K28; a sitting's notice may name exact times instead."""

    opens: Window
    closes: Anchor


class ExamDay(Frozen):
    """EXA-01..03, K29."""

    accepted_ids: tuple[Words, ...] = Field(min_length=1)
    electronic_id: bool
    instructions: tuple[Words, ...] = ()


class ScoreCode(Frozen):
    """RES-05..07: a code that stands in place of a mark. `bars_pass` is true for all of them."""

    code: str = Field(pattern=r"^-[1-9]$")
    meaning: Literal["absent", "violation", "void"]
    words: Words


class Results(Frozen):
    """RES-01..07, K15, K30. `release_by_another`: who imported the marks may not release them too."""

    publish: Window
    release_by_another: bool | None = None
    push: tuple[Literal["email", "sms"], ...]
    codes: tuple[ScoreCode, ...]
    inquiry_by: tuple[Literal["candidate_number", "id_document"], ...]


class Validity(Frozen):
    """ROL-01..04, K16: `single` = all subjects within one unit; `rolling` = within a sliding window of units."""

    mode: Literal["single", "rolling"]
    unit: Literal["sitting", "year"]
    window: int = Field(ge=1, le=20)
    must_take_all: bool


class Recheck(Frozen):
    """RCK-01..04, K17, decision 13. Which desk decides it is the routing table's answer (`desks.py`)."""

    apply: Window
    scope: tuple[Literal["addition", "transcription"], ...]
    fee_returned_when_changed: bool


class PostCheck(Frozen):
    """QUA-01..04, K19: who is checked after the results."""

    decide: Window
    classes: tuple[CandidateClass, ...]


class PublicNotice(Frozen):
    """PUB-01..04, K20, decision 14."""

    lasts: Window
    fields: tuple[Literal["scheme", "masked_name", "ticket_tail"], ...]


class Seal(Frozen):
    """CER-05, CER-06, CER-11: which seal, by level and half-year (`*`: any). Ours says it is a demonstration."""

    level: str
    half_year: Literal["*", "first", "second"]
    words: Words
    owner: Literal["ministry", "association", "body"]


class Certificate(Frozen):
    """CER-01..12, K23, K25, decision 18. `expires` absent: it does not."""

    title: Words
    force: Words
    seals: tuple[Seal, ...] = Field(min_length=1)
    issue: Window
    corrections: dict[Literal["name", "id_document"], Literal["evidence_and_desk", "desk"]]
    expires: Span | None = None


class ElectronicCertificate(Frozen):
    """K24, ANN-01..07: plain download, or annotated copies; `direct_before`: made before that day, no annotation."""

    access: Literal["direct", "annotation"]
    most_active: int | None = Field(default=None, ge=1, le=100)
    counted_over: Span | None = None
    longest: Span | None = None
    scenarios: tuple[Literal["self"], ...] = ()
    direct_before: date | None = None


class Paper(Frozen):
    """CER-02, MAI-01..07, K21."""

    optional: bool
    origin: str
    carrier: str
    postage: Literal["prepaid_international", "collect", "fee_item"]
    apply: Window | None = None


class Reissue(Frozen):
    """REI-01..10, K22."""

    allowed_if: Literal["no_electronic_certificate"]
    since_year: int = Field(ge=1949, le=2100)
    materials: tuple[Code, ...]
    substitute: Literal["pass_proof"]


class Notifications(Frozen):
    """ARR-05, CHK-02: the channels every message goes out by, and the languages it is written in."""

    channels: tuple[Literal["email", "sms"], ...] = Field(min_length=1)
    languages: tuple[Literal["en", "zh"], ...] = Field(min_length=1)
