"""Screening: the conditions of the scheme, then the lane: a review, a commitment to sign, or proofs to hand in."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from certification.acts import appointments, bars, comparisons, eligibility, majors, proofs
from certification.acts.answers import checks_of
from certification.acts.cases import opened
from certification.acts.moving import announce, moved
from certification.acts.photo_cases import to_look_at
from certification.acts.reviews import review_of
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Answer, Application, applications
from certification.cloud.tables.audit import audit
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.commitment_deadlines import proofs_advised, signature_due
from certification.rules.commitments import classes_of
from certification.rules.lanes import LaneChoice, with_unverified
from certification.rules.lanes import choose_lane as lane_of
from certification.rules.policy import Policy
from certification.rules.proofs import looked_at_first
from certification.rules.status import Status, Trigger


def check_eligibility(reference: str) -> bool:
    """Ask the rule whether the conditions are met, and keep what it decided on; asked again it is kept already."""
    application = applications.read(reference)
    if application.status is not Status.VERIFYING:
        return all(answer.yes for answer in application.answers if answer.rule == eligibility.RULE)
    answer, inputs = eligibility.of_application(application)
    entry = eligibility.entry_of(application, answer, inputs, "check_eligibility", clock.now())
    with suppress(Lost):
        commit([audit.insert(entry)])
    return answer.eligible


@retried
def choose_lane(reference: str) -> str:
    """Send the application to its lane: the review, the signature of a commitment, or the proofs. Gives the status."""
    application = applications.read(reference)
    if application.status is not Status.VERIFYING:
        return application.status
    now = clock.now()
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(application.candidate)
    known = bars.standing(candidate, policy)
    checks = checks_of(candidate, policy)
    eligible, inputs = eligibility.of_application(application)
    classes = classes_of(policy, application.level or "", application.commits, known.offer(policy, now))
    if eligible.by_exception:
        classes |= {"unlisted_major"}
    belongs = with_unverified(policy, checks, classes)
    complete = not proofs.missing(candidate, policy, belongs)
    lane = lane_of(policy, checks, eligible, classes, complete=complete)
    said = eligibility.answer_of(eligible, inputs, now)
    answered = application.changed(answers=(*(one for one in application.answers if one.rule != said.rule), said))
    if policy.commitment is not None:
        kept = Answer(rule="lane", yes=lane.lane != "proof", en=lane.because.en, zh=lane.because.zh, at=now)
        told = (kept, *(comparisons.compared(application, candidate, policy, now) if lane.lane == "commitment" else ()))
        others = tuple(one for one in answered.answers if one.rule not in (kept.rule, comparisons.RULE))
        answered = answered.changed(answers=(*others, *told), classes=lane.classes)
    answered, checked, asked = appointments.opened_for(answered, policy, belongs, now)
    writes, news = LANES[lane.trigger](answered, policy, lane, now)
    writes, news = [*writes, *checked], [*news, *asked]
    if application.commits is False:
        writes += bars.locked(candidate, policy, "declined", known)
    commit(writes, news)
    return applications.read(reference).status


Outcome = tuple[list[Write], list[Announcement]]


def _to_review(application: Application, policy: Policy, lane: LaneChoice, now: datetime) -> Outcome:
    """A review with its due date; what the rule doubts is shown to the reviewer, who decides."""
    case, because = review_of(application, policy, now, lane.look_at)
    beside = majors.case_for(application, policy, now) if "unlisted_major" in lane.classes else None
    new = [case] if beside is None else [case, beside]
    waiting = moved(
        application,
        lane.trigger,
        by="choose_lane",
        now=now,
        due=None,  # the case has it
        rules=(*lane.because.rules, *because.rules),
        review=case.id,
        open_cases=(*application.open_cases, *(one.as_open for one in new)),
    )
    return [applications.update(waiting), *map(cases.insert, new)], list(map(opened, new))


def _to_signature(application: Application, policy: Policy, lane: LaneChoice, now: datetime) -> Outcome:
    """The candidate signs, or declines, until registration closes."""
    dates = sittings.read(application.sitting).dates
    calendar = load_calendar(policy.calendar)
    due = signature_due(application.confirmed_at or now, now, dates, policy, calendar)
    waiting = moved(
        application,
        lane.trigger,
        by="choose_lane",
        now=now,
        due=Due(at=looked_at_first(now, proofs_advised(due.due, policy, calendar), due.due)),
        promised=due.due,
        rules=(*lane.because.rules, *due.because.rules),
        commitment=None,  # a signature covers one content: what was confirmed anew is signed anew
    )
    doubted = to_look_at(application, policy, now)
    beside: list[Write] = [cases.insert(doubted)] if doubted else []
    told = [announce("SignatureAwaited", application), *([opened(doubted)] if doubted else [])]
    return [applications.update(waiting), *beside], told


def _to_proofs(application: Application, policy: Policy, lane: LaneChoice, now: datetime) -> Outcome:
    """The candidate hands in the proofs of their class before the end of entry."""
    return proofs.awaited(
        application, policy, lane.trigger, "ProofsAwaited", now, by="choose_lane", because=lane.because
    )


LANES: dict[Trigger, Callable[[Application, Policy, LaneChoice, datetime], Outcome]] = {
    Trigger.SENT_TO_REVIEW: _to_review,
    Trigger.SENT_TO_SIGNATURE: _to_signature,
    Trigger.SENT_TO_PROOFS: _to_proofs,
}
