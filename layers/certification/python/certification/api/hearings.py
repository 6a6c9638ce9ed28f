"""Being heard before something is void, and appeals against what was decided."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from certification.acts import appeals, voids
from certification.acts.callers import MAY_REVIEW
from certification.acts.ownership import own_application
from certification.api import bodies
from certification.api.signed_in import candidate, member
from certification.cloud.doors import Routes
from certification.rules.cases import CaseKind
from certification.rules.model import Frozen
from certification.rules.review import LONGEST_NOTE
from certification.rules.words import Words

routes = Routes("Applications", "/api/candidate", "candidate")
staff_routes = Routes("Cases", "/api/staff", "staff")


class Said(bodies.Body):
    """The candidate's own words."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]


class OpenHearing(bodies.Body):
    """A ground of the policy's list."""

    ground: bodies.Code


class Hearing(Frozen):
    """A hearing that is open: the ground, until when to answer, and what was answered so far."""

    case: str
    ground: Words
    answer_by: datetime
    answered: str


class HearingNow(Frozen):
    """The open hearing, if any; until when an appeal may be filed, if there is something to appeal against; its case."""

    hearing: Hearing | None
    appeal_until: datetime | None
    appeal: str | None


class Opened(Frozen):
    """The case of the hearing."""

    case: str


@routes.get("/applications/<reference>/hearing")
def read_hearing(reference: bodies.ReferencePath) -> HearingNow:
    """Whether it is looked into that something is void, and until when you may answer or appeal."""
    return _now(candidate(routes), reference)


@routes.post("/applications/<reference>/hearing")
def answer_hearing(reference: bodies.ReferencePath, said: Said) -> HearingNow:
    """Answer before it is decided. A later answer takes the place of an earlier one."""
    who = candidate(routes)
    voids.reply(who, reference, said.text)
    return _now(who, reference)


@routes.post("/applications/<reference>/appeal")
def file_appeal(reference: bodies.ReferencePath, said: Said) -> HearingNow:
    """Appeal against a rejection, a forfeit or a void. Once for each; two people decide."""
    who = candidate(routes)
    appeals.appeal(who, reference, said.text)
    return _now(who, reference)


@staff_routes.post("/applications/<reference>/hearing")
def open_hearing(reference: bodies.ReferencePath, wanted: OpenHearing) -> Opened:
    """Look into whether an application is void. For the desk that serves hearings; nothing is decided by it."""
    who = member(staff_routes, *MAY_REVIEW)
    return Opened(case=voids.open_hearing(who, reference, wanted.ground))


def _now(who: str, reference: str) -> HearingNow:
    application = own_application(who, reference)
    case = voids.hearing_of(application)
    hearing = None
    if case is not None:
        hearing = Hearing(
            case=case.id,
            ground=voids.ground_of(application, case.facts["ground"]).words,
            answer_by=voids.answer_by(case),
            answered=voids.replied(case, who),
        )
    filed = next((one.reference for one in application.open_cases if one.kind is CaseKind.APPEAL), None)
    return HearingNow(hearing=hearing, appeal_until=appeals.may_appeal_until(application), appeal=filed)
