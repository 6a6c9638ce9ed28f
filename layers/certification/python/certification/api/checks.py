"""Checks of commitments that a desk asks for."""

from typing import Annotated

from pydantic import Field

from certification.acts import supervision
from certification.acts.callers import MAY_REVIEW
from certification.api import bodies
from certification.api.answers import Nothing
from certification.api.bodies import Body
from certification.api.signed_in import member
from certification.cloud.doors import Routes
from certification.rules.model import Frozen

routes = Routes("Checks", "/api/staff", "staff")


class AskCheck(Body):
    """Why the commitment is checked: a few words, or the number of the case in which the public reported it."""

    why: Annotated[str, Field(min_length=3, max_length=200)]


class CheckOpened(Frozen):
    """The case that waits for the candidate's answer."""

    case: str


@routes.post("/cases/<case>/received")
def receive_on_paper(case: bodies.CasePath) -> Nothing:
    """Note that the proofs of a check came on paper: it waits for the desk from now on."""
    supervision.received(member(routes, *MAY_REVIEW), case)
    return Nothing()


@routes.post("/applications/<reference>/check")
def open_check(reference: bodies.ReferencePath, asked: AskCheck) -> CheckOpened:
    """Check a commitment. The candidate answers by a date; asking again for the same reason changes nothing."""
    return CheckOpened(case=supervision.ask_check(member(routes, *MAY_REVIEW), reference, asked.why))
