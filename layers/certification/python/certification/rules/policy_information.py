"""POLICY, information: the portal a scheme is bound to, who publishes, and commitments shown to the public (INF, CHK-14)."""

from typing import Annotated, Literal

from pydantic import Field

from certification.rules.model import Frozen
from certification.rules.spans import Window
from certification.rules.words import Words


class Entry(Frozen):
    """INF-06: the registration system that the notice names. `address` absent: this portal."""

    words: Words
    address: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None


class Supervision(Frozen):
    """CHK-14: commitments are published for supervision by the public, for how long and with which fields."""

    lasts: Window
    fields: tuple[Literal["masked_name", "reference_tail"], ...] = Field(min_length=1)


class Told(Frozen):
    """Something a candidate is told on the exam's page, because no rule of ours can do it for them. `rules`: why."""

    about: Literal["applying", "photo", "exam_day", "conduct", "certificate"]
    rules: tuple[Annotated[str, Field(pattern=r"^[A-Z]{3}-\d\d$")], ...] = ()
    words: Words


class Information(Frozen):
    """What is published for a scheme. `two_people`: what one member of staff writes another one confirms."""

    entry: Entry
    two_people: bool | None = None
    supervision: Supervision | None = None
    told: tuple[Told, ...] = ()
