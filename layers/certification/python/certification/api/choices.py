"""The candidate's choice when an exam was called off: everything back, or another date."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from certification.acts import calling_off
from certification.acts.ownership import own_application
from certification.api import bodies
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.rules.model import Frozen
from certification.rules.words import Words

routes = Routes("Applications", "/api/candidate", "candidate")


class NewDate(Frozen):
    """A sitting that is offered instead."""

    sitting: str
    name: Words
    first_subject: datetime


class Choices(Frozen):
    """What may be chosen, until when; nothing when there is nothing to choose."""

    offers: tuple[str, ...]
    choose_by: datetime | None
    dates: tuple[NewDate, ...]


class Choice(bodies.Body):
    """What is chosen; for another date, which."""

    choice: Literal["full_refund", "reschedule"]
    sitting: Annotated[str, Field(max_length=60)] | None = None


@routes.get("/applications/<reference>/called-off")
def read_choice(reference: bodies.ReferencePath) -> Choices:
    """What you may choose now that the exam does not take place (REF-03)."""
    return _now(candidate(routes), reference)


@routes.post("/applications/<reference>/called-off")
def choose_after_call_off(reference: bodies.ReferencePath, made: Choice) -> Choices:
    """Choose. The same choice again changes nothing; it cannot be taken back."""
    who = candidate(routes)
    calling_off.choose(who, reference, made.choice, made.sitting)
    return _now(who, reference)


def _now(who: str, reference: str) -> Choices:
    application = own_application(who, reference)
    offered, still = calling_off.choices(application)
    return Choices(
        offers=offered,
        choose_by=application.act_by if offered else None,
        dates=tuple(
            NewDate(sitting=one.id, name=Words(en=one.name_en, zh=one.name_zh), first_subject=one.dates.first_subject)
            for one in still
        ),
    )
