"""An application as data for the candidate: where it stands, whose turn it is, and what came of it."""

from datetime import datetime
from typing import Literal

from certification.acts import applications as acts
from certification.acts.ownership import own_application
from certification.api.answers import (
    ApplicationLine,
    ApplicationNow,
    Applications,
    Mark,
    Missing,
    Moved,
    Outcome,
    Place,
    Reason,
    SentBack,
)
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.results import results
from certification.cloud.tables.sittings import sittings
from certification.policies import load_policy
from certification.rules.application import EDITABLE
from certification.rules.status import Status
from certification.rules.waits import waits_for
from certification.rules.words import Words

DocumentKind = Literal["ticket", "score_report", "certificate"]


def every(candidate_id: str) -> Applications:
    """The candidate's applications, newest first."""
    return Applications(applications=tuple(_line(one) for one in applications.of(candidate_id)))


def _line(application: Application) -> ApplicationLine:
    wait = waits_for(application.status)
    return ApplicationLine(
        reference=application.reference,
        sitting=application.sitting,
        status=application.status,
        status_words=Words(en=wait.en, zh=wait.zh),
        turn=wait.party,
        due=_due(application),
    )


def now(candidate_id: str, reference: str) -> ApplicationNow:
    """The candidate's own application; `NotFound` for any other."""
    application = own_application(candidate_id, reference)
    sitting = sittings.read(application.sitting)
    wait = waits_for(application.status)
    editable = application.status in EDITABLE
    return ApplicationNow(
        **dict(_line(application)),
        sitting_name=Words(en=sitting.name_en, zh=sitting.name_zh),
        next_words=Words(en=wait.next_en, zh=wait.next_zh),
        occupation=application.occupation,
        level=application.level,
        form=application.form,
        region=application.region,
        subjects=application.subjects,
        paper=application.paper,
        confirmed_at=application.confirmed_at,
        editable=editable,
        gaps=_gaps(candidate_id, reference) if editable else (),
        returned=_returned(application),
        order=application.order,
        seat=_seat(application),
        documents=_documents(application),
        result=_result(application),
        certificate=application.certificate,
        timeline=tuple(Moved(at=step.at, what=step.trigger, to=step.to, rules=step.rules) for step in application.life),
    )


def _due(application: Application) -> datetime | None:
    """The end of the present wait: the row's own date, or the one that the desk promised for a review."""
    if application.status is Status.AWAITING_REVIEW and application.review is not None:
        return cases.read(application.review).promised
    return application.act_by


def _gaps(candidate_id: str, reference: str) -> tuple[Missing, ...]:
    return tuple(Missing(**dict(gap)) for gap in acts.missing(candidate_id, reference))


def _returned(application: Application) -> SentBack | None:
    sent = application.returned
    if sent is None:
        return None
    return SentBack(reasons=tuple(Reason(**dict(reason)) for reason in sent.reasons), note=sent.note, at=sent.at)


def _seat(application: Application) -> Place | None:
    seat = application.seat
    if seat is None or application.candidate_number is None:
        return None
    return Place(candidate_number=application.candidate_number, site=seat.site, room=seat.room, seat=seat.seat)


def _documents(application: Application) -> tuple[DocumentKind, ...]:
    """What was made so far; a ticket can be fetched in its window only."""
    made: dict[DocumentKind, str | None] = {
        "ticket": application.ticket,
        "score_report": application.score_report,
        "certificate": application.certificate,
    }
    return tuple(kind for kind, key in made.items() if key)


def _result(application: Application) -> Outcome | None:
    if application.result is None:
        return None
    policy, _ = load_policy(application.scheme)
    released = results.read(application.reference, application.result)
    marks = tuple(
        Mark(subject=subject, words=policy.subject(subject).words, mark=mark)
        for subject, mark in released.marks.items()
    )
    return Outcome(passed=bool(released.passed), marks=marks, released_at=released.released_at)
