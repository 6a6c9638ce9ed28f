"""The case that asks a desk about a photo: to look at one in doubt, or to let another take its place."""

from datetime import datetime

from certification.acts.cases import new_case
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import Case
from certification.policies import load_calendar
from certification.rules.cases import Block, CaseKind, Subject
from certification.rules.deadlines import review_due, warning_at
from certification.rules.desks import desk_for
from certification.rules.policy import Policy

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
