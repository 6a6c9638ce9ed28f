"""A decision that waits for its second person, and who holds a case until when."""

from certification.cloud import clock
from certification.cloud.tables.cases import Case
from certification.policies import load_policy
from certification.portal.views.desk_facts import outcome, person
from certification.portal.views.desk_kinds import verdicts
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.review import LOCK


class Proposal(Frozen):
    """A decision that waits for its second person: `mine` cannot confirm it."""

    number: int
    said: str
    reasons: tuple[str, ...]
    note: str
    mine: bool


def waiting(case: Case, say: Speech, staff_id: str) -> Proposal | None:
    """What a first person decided, for the page of the one who confirms it."""
    asked = case.seconding
    if asked is None:
        return None
    policy = load_policy(case.scheme)[0] if case.scheme else None
    words = {one.code: say.said(one.words) for one in policy.review.reasons} if policy else {}
    return Proposal(
        number=len(case.proposals),
        said=say(
            "staff.proposed",
            outcome=outcome(asked.outcome, verdicts(case.kind), say),
            by=person(asked.by, say),
            at=say.moment(asked.at),
        ),
        reasons=tuple(words.get(code, code) for code in asked.reasons),
        note=asked.note,
        mine=asked.by == staff_id,
    )


def held(case: Case, say: Speech, staff_id: str) -> str:
    """Who holds the case until when; empty when nobody does, or does no longer."""
    if case.taken_by is None or case.taken_at is None or clock.now() >= case.taken_at + LOCK:
        return ""
    until = say.moment(case.taken_at + LOCK)
    return (
        say("staff.held_by_you", until=until)
        if case.taken_by == staff_id
        else say("staff.taken_by_other", by=person(case.taken_by, say), until=until)
    )
