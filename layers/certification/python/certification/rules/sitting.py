"""SITTING: the dates of one sitting, in an order that makes sense.

In words: registration opens, then closes; payment closes with it or later; nothing lapses and no list is frozen before
payment has been closed for the time of the last query (24 hours); tickets open after that and close no later than the
exam begins. Each subject has one slot. Tickets open when the policy says (a number of days before the first subject)
unless the sitting's notice names an instant. A sitting whose deadlines run out of the calendar is refused when it is
made, not on the day somebody needs the deadline.
"""

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from certification.rules.model import Frozen


def _on_the_second(instant: datetime) -> datetime:
    if instant.microsecond:
        raise ValueError("dates of a sitting are whole seconds")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_on_the_second)]


class Slot(Frozen):
    """When one subject is taken. A hand-in (video) has its opening and its deadline."""

    subject: str
    starts: Instant
    ends: Instant

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError(f"slot {self.subject}: it ends before it starts")
        return self


class SittingDates(Frozen):
    """Every instant of a sitting. `tickets_open` and `tickets_close` only where the notice names them."""

    registration_opens: Instant
    registration_closes: Instant
    payment_closes: Instant
    slots: tuple[Slot, ...] = Field(min_length=1)
    tickets_open: Instant | None = None
    tickets_close: Instant | None = None
    results_published: Instant | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        named = [
            ("registration opens", self.registration_opens, True),
            ("registration closes", self.registration_closes, True),
            ("payment closes", self.payment_closes, False),
            ("tickets open", self.tickets_open, True),
            ("the first subject starts", self.first_subject, False),
            ("the exam is over", self.exam_over, True),
            ("results are published", self.results_published, True),
        ]
        known = [(name, instant, strictly) for name, instant, strictly in named if instant is not None]
        for (earlier, first, _), (later, second, strictly) in itertools.pairwise(known):
            if second < first or (strictly and second == first):
                raise ValueError(f"{later} before {earlier}")
        if self.tickets_close is not None and (self.tickets_open is None or self.tickets_close <= self.tickets_open):
            raise ValueError("tickets close before they open")
        if len({slot.subject for slot in self.slots}) != len(self.slots):
            raise ValueError("a subject has two slots")
        return self

    @property
    def first_subject(self) -> datetime:
        """When the first subject of the sitting starts."""
        return min(slot.starts for slot in self.slots)

    @property
    def exam_over(self) -> datetime:
        """When the last subject of the sitting ends."""
        return max(slot.ends for slot in self.slots)

    def starts_for(self, subjects: Iterable[str]) -> datetime:
        """When the first of a candidate's own subjects starts: the refund blackout counts from it (decision 1)."""
        taken = set(subjects)
        return min(slot.starts for slot in self.slots if slot.subject in taken)

    def over_for(self, subjects: Iterable[str]) -> datetime:
        """When the last of a candidate's own subjects ends."""
        taken = set(subjects)
        return max(slot.ends for slot in self.slots if slot.subject in taken)
