"""What each document says. The templates print these values and nothing else."""

import base64
from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, model_validator

from certification.rules.model import Frozen
from certification.rules.words import Words


def _jpeg(value: bytes) -> bytes:
    if not (value.startswith(b"\xff\xd8\xff") and value.endswith(b"\xff\xd9")):
        raise ValueError("a document's photo is one whole JPEG file, as check_photo made it")
    return value


def _zone(value: str) -> str:
    ZoneInfo(value)
    return value


Jpeg = Annotated[
    bytes,
    AfterValidator(_jpeg),
    PlainSerializer(lambda value: base64.b64encode(value).decode(), return_type=str, when_used="json"),
]
"""The bytes of a checked photo; base64 in JSON."""

Text = Annotated[str, Field(min_length=1)]


class Document(Frozen):
    """What every document has.

    `issued_at` goes into the file as its time, so the same data give the same bytes and a retry changes nothing.
    `time_zone` is the scheme's (IANA name): every time is printed in it. `issuer` is the awarding body;
    `verification_url` is what the QR code holds.
    """

    issuer: Words
    issued_at: AwareDatetime
    time_zone: Annotated[str, AfterValidator(_zone)]
    verification_url: Annotated[str, Field(pattern=r"^https?://", max_length=200)]


class Named(Document):
    """A document about a person.

    `name` is printed exactly as given, in whatever script; `name_latin` is the same name in Latin letters where the
    candidate gave one. `photo` is the checked photo.
    """

    name: Text
    name_latin: Text | None = None
    photo: Jpeg
    exam: Words
    sitting: Words
    occupation: Words
    level: Words


class Paper(Frozen):
    """One part of an exam day: which subject, from when to when, and where the candidate sits."""

    subject: Words
    starts: AwareDatetime
    ends: AwareDatetime
    room: Text
    seat: Text


class AdmissionTicket(Named):
    """Admits a candidate to the exam (TIC-01..03, ARR-06).

    `document` and `document_number`: the ID the candidate registered with and must bring (TIC-03); `accepted`: the
    kinds of ID the door accepts; `rules`: what the candidate must know, one point each.
    """

    number: Text
    document: Words
    document_number: Text
    venue: Words
    address: Words
    papers: Annotated[tuple[Paper, ...], Field(min_length=1)]
    accepted: Annotated[tuple[Words, ...], Field(min_length=1)]
    rules: tuple[Words, ...] = ()


class SubjectMark(Frozen):
    """The result of one subject: a mark, or a `remark` in its place (a score code such as "absent", RES-05)."""

    subject: Words
    maximum: Decimal
    pass_mark: Decimal
    mark: Decimal | None = None
    remark: Words | None = None
    passed: bool

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.mark is None) == (self.remark is None):
            raise ValueError("a subject has either a mark or a remark in its place")
        return self


class ScoreReport(Named):
    """Says pass or fail (RES-04). `number` is the report's own, `ticket_number` the candidate's of this sitting."""

    number: Text
    ticket_number: Text
    subjects: Annotated[tuple[SubjectMark, ...], Field(min_length=1)]
    passed: bool
    notes: tuple[Words, ...] = ()


class Certificate(Named):
    """The qualification as issued (CER-03).

    `number` is printed as it is, check digits included. `force` is the policy's sentence on what the paper is worth,
    `seal` names the seal's owner for those who cannot see it. The day of `issued_at` in the scheme's zone is the date
    of issue; `valid_until` is absent when the qualification does not expire.
    """

    title: Words
    number: Text
    force: Words
    seal: Words
    valid_until: date | None = None
    document: Words | None = None
    document_number: Text | None = None

    @model_validator(mode="after")
    def _names_its_document(self) -> Self:
        if (self.document is None) != (self.document_number is None):
            raise ValueError("an ID document is printed with its kind and its number")
        return self


class ReceiptLine(Frozen):
    """One line of a receipt; the amount as people read it, with its currency."""

    words: Words
    amount: Text


class Receipt(Document):
    """Confirms that money came, went back or came back (decision 26).

    `number` is the receipt's own, `refers_to` that of the receipt it is about. `happened_at` is the provider's time of
    the payment or the refund; the day of `issued_at` is the day of the receipt. The lines sum to `total`. `says` is what
    it confirms, in a sentence.
    """

    title: Words
    says: Words
    number: Text
    name: Text
    name_latin: Text | None = None
    order: Text
    exam: Words
    sitting: Words
    lines: Annotated[tuple[ReceiptLine, ...], Field(min_length=1)]
    total: Text
    method: Words
    happened_at: AwareDatetime
    vat: Words
    refers_to: Text | None = None
