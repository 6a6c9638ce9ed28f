"""One journey over HTTP: two candidates from sign-up to their results, with real input. What happens on the way is kept.

The first has a name that few fonts know, a photo from a phone, and an application that comes back once. The second is
approved by file, and is absent from one subject.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local import samples
from local.candidate import ApiCandidate
from tests.journeys.stages import drop_marks, marks_file
from tests.journeys.town import SITTING, Town
from tests.samples.phone_photo import as_jpeg, faulty

NAME = "陈𬭼䶮·样本"
NOTE = "请上传近期照片。"
MINUTE = timedelta(minutes=1)
Move = Callable[[datetime], None]


@dataclass
class Journey:
    """What was seen on the way, by the names of the steps."""

    town: Town
    first: ApiCandidate
    second: ApiCandidate
    seen: dict[str, Any] = field(default_factory=dict)

    def see(self, step: str, value: Any) -> None:
        """Keep what a step showed."""
        self.seen[step] = value

    def __getitem__(self, step: str) -> Any:
        return self.seen[step]


def travel(town: Town, move: Move) -> Journey:
    """The whole journey; `move` lets the long waits pass."""
    first = town.candidate(1, native_name=NAME, language="zh")
    journey = Journey(town, first, town.candidate(2, native_name="", latin_name="SAMPLE CANDIDATE"))
    for step in (_sign_up, _hand_in, _come_back, _approve, _pay):
        step(journey)
        _later(town)
    dates = town.sitting.dates
    for hours in (25, 72):
        move(dates.payment_closes + timedelta(hours=hours))
    journey.see("seats", [person.awake().now()["seat"] for person in (first, journey.second)])
    journey.see("ticket too early", first.call("GET", _papers(first, "ticket"), expect=422)["code"])
    move((dates.tickets_open or dates.first_subject) + timedelta(hours=7))
    journey.see("ticket", first.awake().paper("ticket"))
    move(dates.exam_over + timedelta(hours=7))
    _mark(journey)
    move(town.sitting.release_at + timedelta(hours=7))
    journey.see("end", [person.awake().now() for person in (first, journey.second)])
    for kind in ("score_report", "certificate"):
        journey.see(kind, first.paper(kind))
    return journey


def _later(town: Town) -> None:
    """A few minutes pass, so that everything has an instant of its own."""
    town.settle()
    town.cloud.advance(5 * MINUTE)


def _papers(candidate: ApiCandidate, kind: str) -> str:
    return f"/api/candidate/applications/{candidate.reference}/documents/{kind}"


def _sign_up(journey: Journey) -> None:
    """Accounts and profiles; the first candidate's first photo is too dark."""
    journey.first.photo = as_jpeg(faulty()["too_dark"])
    journey.second.photo = samples.phone_photo()
    for person in (journey.first, journey.second):
        for step in (person.sign_up, person.fill_in, person.upload_files, person.accept_files):
            step()
            _later(journey.town)
    journey.see("profile", journey.first.profile())


def _hand_in(journey: Journey) -> None:
    for person in (journey.first, journey.second):
        person.apply(SITTING)
        person.confirm()
        _later(journey.town)
    held = journey.first.save_education(institution="Another Sample University", expect=422)
    journey.see("handed in", journey.first.now() | {"editing": held["code"]})


def _come_back(journey: Journey) -> None:
    """Returned with reasons, corrected with a photo from a phone, handed in again."""
    reviewer, first = journey.town.reviewer.awake(), journey.first
    case = reviewer.take_next()
    journey.see("first review", case)
    reviewer.decide(case["case"]["id"], "return", "photo_unsuitable", "education_differs", note=NOTE)
    _later(journey.town)
    journey.see("returned", first.now())
    journey.see("nothing corrected", first.confirm(expect=422)["code"])
    first.upload("photo", samples.phone_photo())
    _later(journey.town)
    journey.see("second photo", first.profile()["files"]["photo.cgptc"])
    journey.see("used photo", first.fetch(first.call("GET", "/api/candidate/uploads/photo?scheme=cgptc")["url"]))
    first.accept_files()
    first.save_background("Another Sample University")
    first.confirm()
    _later(journey.town)
    journey.see("handed in again", first.now())


def _approve(journey: Journey) -> None:
    """The first by the page's API, the second by a file of decisions."""
    reviewer = journey.town.reviewer.awake()
    reviewer.decide(reviewer.review_of(journey.first.reference), "approve")
    rows = f"application,decision,reasons,note\n{journey.second.reference},approve,,\n"
    key = reviewer.drop("decisions", rows.encode(), "cgptc")
    _later(journey.town)
    journey.see("decisions", reviewer.report(key))
    journey.see("order", journey.first.order())


def _pay(journey: Journey) -> None:
    for person in (journey.first, journey.second):
        person.awake().pay()
        _later(journey.town)
    journey.see("registered", [person.now() for person in (journey.first, journey.second)])


def _mark(journey: Journey) -> None:
    """A file with a wrong mark changes nothing, the right one counts."""
    first, second = (seat["candidate_number"] for seat in journey["seats"])
    refused = drop_marks(journey.town, marks_file({first: ("88.5", "60"), second: ("-3", "70")}))
    journey.see("wrong marks", refused)
    _later(journey.town)
    journey.see("marks", drop_marks(journey.town, marks_file({first: ("88.5", "60"), second: ("-1", "70")})))
