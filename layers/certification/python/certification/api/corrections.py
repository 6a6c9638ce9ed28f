"""Corrections after confirming: what may still be corrected, asking for it, and what became of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from certification.acts import corrections
from certification.acts.correcting import EntryWanted
from certification.acts.ownership import own_application
from certification.api import bodies
from certification.api.education import entry_of
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.cloud.tables.applications import Correction
from certification.rules.changes import LONGEST_REASON, LONGEST_VALUE, MOST_FIELDS
from certification.rules.model import Frozen

routes = Routes("Applications", "/api/candidate", "candidate")
Value = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]


class AskCorrection(bodies.Body):
    """The fields by their codes with the correct values; `site` is the place whose desk decides (CHG-01)."""

    fields: Annotated[dict[bodies.Code, Value], Field(min_length=1, max_length=MOST_FIELDS)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    site: bodies.Code | None = None


class AskEntry(bodies.Body):
    """An education entry as it should stand: in place of the one of this number, or as one more."""

    entry: bodies.Qualification
    number: Annotated[int, Field(ge=1, le=99)] | None = None
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    site: bodies.Code | None = None


class AskWork(bodies.Body):
    """The whole work history as it should stand."""

    work: bodies.Work
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    site: bodies.Code | None = None


class Asked(Frozen):
    """A correction that was asked for. `state`: asked, made, refused, or overtaken by what happened meanwhile."""

    case: str
    fields: tuple[str, ...]
    asked_at: datetime
    state: str
    note: str
    decided_at: datetime | None


class Corrections(Frozen):
    """What may be corrected now, what stands there, and everything that was asked for."""

    open_to: tuple[str, ...]
    now: dict[str, str]
    asked: tuple[Asked, ...]


@routes.get("/applications/<reference>/corrections")
def list_corrections(reference: bodies.ReferencePath) -> Corrections:
    """The fields that may be corrected at this stage, and the corrections so far."""
    return _of(candidate(routes), reference)


@routes.post("/applications/<reference>/corrections")
def ask_correction(reference: bodies.ReferencePath, wanted: AskCorrection) -> Corrections:
    """Ask a desk to correct what was confirmed. One at a time; where evidence is needed, upload it first."""
    who = candidate(routes)
    corrections.ask(who, reference, wanted.fields, wanted.reason, wanted.site)
    return _of(who, reference)


@routes.post("/applications/<reference>/corrections/education")
def ask_correction_of_education(reference: bodies.ReferencePath, wanted: AskEntry) -> Corrections:
    """Ask a desk to put an education entry right that was confirmed, or to add one."""
    who = candidate(routes)
    entry = EntryWanted(number=wanted.number, entry=entry_of(wanted.entry))
    corrections.ask(who, reference, {}, wanted.reason, wanted.site, education=entry)
    return _of(who, reference)


@routes.post("/applications/<reference>/corrections/work")
def ask_correction_of_work(reference: bodies.ReferencePath, wanted: AskWork) -> Corrections:
    """Ask a desk to put the work history right that was confirmed."""
    who = candidate(routes)
    corrections.ask(who, reference, {}, wanted.reason, wanted.site, work=wanted.work.history)
    return _of(who, reference)


def _of(who: str, reference: str) -> Corrections:
    application = own_application(who, reference)
    fields = corrections.open_to(who, reference)
    return Corrections(
        open_to=fields,
        now=corrections.before(application, who, fields),
        asked=tuple(_asked(one) for one in application.corrections),
    )


def _asked(one: Correction) -> Asked:
    return Asked(**dict(one))
