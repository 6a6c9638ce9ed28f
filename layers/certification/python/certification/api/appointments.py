"""The on-site check of an application: what the notice says, which times are free, and the candidate's appointment."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from certification.acts import appointments as acts
from certification.acts import late_reports
from certification.acts.appointments import OnSiteNow
from certification.api import bodies
from certification.api.answers import Nothing
from certification.api.bodies import Body
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes

routes = Routes("On-site checks", "/api/candidate/applications", "candidate")


def _written_instant(value: Any) -> datetime:
    """An instant as text with its offset, as the slots show it: JSON has none, and a number is not one."""
    if not isinstance(value, str):
        raise ValueError("write the instant as the slot shows it")
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant


class Book(Body):
    """The beginning of the slot to book."""

    starts: Annotated[datetime, BeforeValidator(_written_instant)]


class Later(Body):
    """Whether the report comes after the results."""

    later: bool


@routes.put("/<reference>/provisional")
def say_report_later(reference: bodies.ReferencePath, said: Later) -> Nothing:
    """Say that the report cannot be had in time: the certificate alone stands for it until the results (EDU-11)."""
    late_reports.say_later(candidate(routes), reference, said.later)
    return Nothing()


@routes.post("/<reference>/report")
def hand_in_report(reference: bodies.ReferencePath) -> Nothing:
    """Hand in the report that was to come later: the file that is in use now. In time after the results (EDU-12)."""
    late_reports.hand_in(candidate(routes), reference)
    return Nothing()


@routes.get("/<reference>/on-site")
def read_on_site_check(reference: bodies.ReferencePath) -> OnSiteNow:
    """Time, place and manner of the on-site check, the slots that can be booked, and the appointment."""
    return acts.read(candidate(routes), reference)


@routes.post("/<reference>/on-site")
def book_appointment(reference: bodies.ReferencePath, wanted: Book) -> OnSiteNow:
    """Book one place, or change to another time; the place that was booked before is given back."""
    who = candidate(routes)
    acts.book(who, reference, wanted.starts)
    return acts.read(who, reference)


@routes.post("/<reference>/on-site/cancel")
def cancel_appointment(reference: bodies.ReferencePath) -> OnSiteNow:
    """Give the appointment back, until it begins."""
    who = candidate(routes)
    acts.cancel(who, reference)
    return acts.read(who, reference)
