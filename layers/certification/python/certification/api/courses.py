"""The timeline of an application: what happened, what is next, whose turn it is, by when, by which rule."""

from datetime import datetime

from certification.acts import timeline
from certification.api import bodies
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.rules.course import Line
from certification.rules.model import Frozen

routes = Routes("Applications", "/api/candidate", "candidate")


class Timeline(Frozen):
    """Every line in the order of time; what waits now stands between what happened and what is to come.

    `sequence` grows whenever something behind the lines changes. Times are UTC; deadlines are counted in `time_zone`.
    """

    lines: tuple[Line, ...]
    time_zone: str
    sequence: int
    next_deadline: datetime | None


@routes.get("/applications/<reference>/timeline")
def read_timeline(reference: bodies.ReferencePath) -> Timeline:
    """What happened, what is next, whose turn it is, by when, and the rule behind each date."""
    found = timeline.of(candidate(routes), reference)
    mine = [line.at for line in found.lines if line.turn == "candidate" and line.is_deadline and line.state == "now"]
    return Timeline(
        lines=found.lines, time_zone=found.time_zone, sequence=found.sequence, next_deadline=min(mine, default=None)
    )
