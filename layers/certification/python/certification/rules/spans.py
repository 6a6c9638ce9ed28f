"""SPANS: how long, counted from when, and whose time it is.

In words: a span is a number of calendar days (`P7D`), working days of the scheme's calendar (`P5WD`), hours (`PT24H`)
or minutes (`PT15M`). A window counts a span forward from something that happened (`within`), backward from something
that will (`before`), or lasts until something closes (`until`); it names what it counts from and whose time it is.
`notice` means: the date is not a number but stands in the sitting's published notice.
"""

import re
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, model_serializer, model_validator

from certification.rules.model import Frozen

Unit = Literal["days", "working_days", "hours", "minutes"]
Who = Literal["candidate", "desk", "machine", "outside"]
_FORMS: dict[Unit, str] = {"days": "P{}D", "working_days": "P{}WD", "hours": "PT{}H", "minutes": "PT{}M"}
_ZH: dict[Unit, str] = {"days": "日", "working_days": "个工作日", "hours": "小时", "minutes": "分钟"}
_TEXT = re.compile(
    r"P(?:(?P<days>\d{1,4})D|(?P<working_days>\d{1,4})WD|T(?P<hours>\d{1,4})H|T(?P<minutes>\d{1,4})M)", re.ASCII
)


class Anchor(StrEnum):
    """What a window is counted from, or lasts until."""

    SAVED = "saved"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SUCCESS = "success"
    REQUESTED = "requested"
    CALLED_OFF = "called_off"
    DECIDED = "decided"
    REGISTRATION_CLOSES = "registration_closes"
    PAYMENT_CLOSES = "payment_closes"
    LIST_PUBLISHED = "list_published"
    TICKETS_OPEN = "tickets_open"
    FIRST_SUBJECT = "first_subject"
    EXAM_DAY = "exam_day"
    EXAM_OVER = "exam_over"
    RESULTS_PUBLISHED = "results_published"
    PUBLIC_NOTICE_ENDS = "public_notice_ends"
    QUALIFIED = "qualified"
    CREATED = "created"
    NOTICE = "notice"


class Span(Frozen):
    """A length of time; written and stored as one word such as `P5WD`."""

    unit: Unit
    count: int = Field(ge=1, le=9999)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = _TEXT.fullmatch(value)
        if match is None:
            raise ValueError("a span is P<n>D, P<n>WD, PT<n>H or PT<n>M, and n has at most four digits")
        (unit, count), *_ = ((unit, count) for unit, count in match.groupdict().items() if count is not None)
        return {"unit": unit, "count": int(count)}

    @model_serializer
    def _to_text(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return _FORMS[self.unit].format(self.count)

    @property
    def en(self) -> str:
        unit = self.unit.replace("_", " ")
        return f"{self.count} {unit if self.count != 1 else unit.removesuffix('s')}"

    @property
    def zh(self) -> str:
        return f"{self.count}{_ZH[self.unit]}"


def span(text: str) -> Span:
    """`span("P5WD")`: five working days."""
    return Span.model_validate(text)


class Window(Frozen):
    """`from` plus exactly one of `within`, `before`, `until`; `capped_by` ends it early; `who` must act in it."""

    since: Anchor = Field(alias="from")
    who: Who
    within: Span | None = None
    before: Span | None = None
    until: Anchor | None = None
    capped_by: Anchor | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(length is not None for length in (self.within, self.before, self.until)) != 1:
            raise ValueError("a window has exactly one of within, before, until")
        return self
