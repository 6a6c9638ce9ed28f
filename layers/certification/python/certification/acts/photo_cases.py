"""The case that asks a desk about a photo: to look at one in doubt, or to let another take its place."""

from datetime import datetime

from certification.acts.cases import new_case
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, cases
from certification.policies import load_calendar
from certification.rules.cases import Block, CaseKind, Subject
from certification.rules.deadlines import review_due, warning_at
from certification.rules.desks import desk_for
from certification.rules.policy import Policy
from certification.rules.words import Because

LOOK, REPLACE = "look", "replace"


def case_about(application: Application, policy: Policy, cause: str, now: datetime, facts: dict[str, str]) -> Case:
    """A case that is not yet stored. It holds nothing up: a check that is in doubt is advice, not a gate (PHO-02)."""
    calendar = load_calendar(policy.calendar)
    due = review_due(now, policy, calendar).due
    return new_case(
        CaseKind.PHOTO,
        Subject.APPLICATION,
        application.reference,
        cause,
        now=now,
        due=due,
        desk=desk_for(policy, CaseKind.PHOTO, application.region).code,
        blocks=Block.NOTHING,
        facts=facts,
        scheme=application.scheme,
        warn=warning_at(due, policy, calendar),
    )


def photo_doubt(application: Application, policy: Policy) -> Because | None:
    """What a person should look at in the photo of this application, in the words of the check."""
    photo = candidates.read(application.candidate).photo(policy.photo.profile)
    if photo is None or not photo.needs_person:
        return None
    return Because(
        en="Photo: " + " ".join(problem.en for problem in photo.problems),
        zh="照片：" + "".join(problem.zh for problem in photo.problems),
        rules=("PHO-02",),
    )


def to_look_at(application: Application, policy: Policy, now: datetime) -> Case | None:
    """The case of a photo in doubt, for a lane in which no review sees it; None when there is none, or one before."""
    if application.photo is None or photo_doubt(application, policy) is None:
        return None
    case = case_about(application, policy, application.photo, now, {"asks": LOOK})
    return None if cases.find(case.id) else case
