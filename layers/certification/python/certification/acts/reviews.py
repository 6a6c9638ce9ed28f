"""A review as it is opened: which desk, by when, and what the reviewer should look at."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from certification.acts.cases import new_case
from certification.acts.photo_cases import photo_doubt
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import Case
from certification.policies import load_calendar
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import review_due, warning_at
from certification.rules.desks import desk_for
from certification.rules.policy import Policy
from certification.rules.status import Status, Trigger
from certification.rules.words import Because


def _doubts(application: Application, policy: Policy, look_at: Sequence[Because]) -> list[Because]:
    """What the rules doubt, and what the check of the photo does (PHO-02)."""
    photo = photo_doubt(application, policy)
    return [*look_at, *([photo] if photo else [])]


def review_of(
    application: Application, policy: Policy, now: datetime, look_at: Sequence[Because] = ()
) -> tuple[Case, Because]:
    """The review of an application as handed in now, not yet stored, and why it is due when it is."""
    calendar = load_calendar(policy.calendar)
    handed_in = now if application.classes else application.confirmed_at or now
    due = review_due(handed_in, policy, calendar, earlier_reviews(application))
    case = new_case(
        CaseKind.REVIEW,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.life)}",  # which time it was handed in: each has a review of its own
        now=now,
        due=due.due,
        desk=desk_for(policy, CaseKind.REVIEW, application.region).code,
        facts=_facts(_doubts(application, policy, look_at)),
        scheme=application.scheme,
        warn=warning_at(due.due, policy, calendar),
    )
    return case, due.because


def earlier_reviews(application: Application) -> Iterator[tuple[datetime, datetime]]:
    """When the application came to the desk before, and when it was returned."""
    for step, after in pairwise(application.life):
        if step.to is Status.AWAITING_REVIEW and after.trigger is Trigger.RETURNED:
            yield step.at, after.at


def _facts(doubts: Sequence[Because]) -> dict[str, str]:
    """What to look at, in both languages: `look_at_1` and `look_at_1_zh`."""
    found: dict[str, str] = {}
    for number, reason in enumerate(doubts, 1):
        found |= {f"look_at_{number}": reason.en, f"look_at_{number}_zh": reason.zh}
    return found
