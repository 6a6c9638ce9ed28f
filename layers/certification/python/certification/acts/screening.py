"""Screening: the conditions of the scheme, then the lane. For CGPTC the lane is the review."""

from certification.acts import eligibility
from certification.acts.answers import checks_of
from certification.acts.cases import new_case, opened
from certification.acts.moving import moved
from certification.cloud import clock
from certification.cloud.tables.applications import applications
from certification.cloud.tables.audit import audit
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import review_due
from certification.rules.lanes import choose_lane as lane_of
from certification.rules.status import Status


@retried
def check_eligibility(reference: str) -> bool:
    """Ask the rule whether the conditions are met, and keep its answer with the application."""
    application = applications.read(reference)
    if application.status is not Status.VERIFYING:
        return all(answer.yes for answer in application.answers if answer.rule == eligibility.RULE)
    answer, inputs = eligibility.of_application(application)
    found, entry = eligibility.kept(application, answer, inputs, "check_eligibility", clock.now())
    others = tuple(one for one in application.answers if one.rule != found.rule)
    commit([applications.update(application.changed(answers=(*others, found))), audit.insert(entry)])
    return answer.eligible


@retried
def choose_lane(reference: str) -> str:
    """Open the review with its due date; what the rule doubts is shown to the reviewer, who decides. Gives the status."""
    application = applications.read(reference)
    if application.status is not Status.VERIFYING:
        return application.status
    now = clock.now()
    policy, _ = load_policy(application.scheme)
    due = review_due(application.confirmed_at or now, policy, load_calendar(policy.calendar))
    lane = lane_of(
        policy, checks_of(candidates.read(application.candidate)), eligibility.of_application(application)[0]
    )
    case = new_case(
        CaseKind.REVIEW,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.life)}",  # which time it was handed in: each has a review of its own
        now=now,
        due=due.due,
        desk=next(desk.code for desk in policy.desks if CaseKind.REVIEW in desk.serves),
        facts={f"look_at_{number}": reason.en for number, reason in enumerate(lane.look_at, 1)},
    )
    waiting = moved(
        application,
        lane.trigger,
        by="choose_lane",
        now=now,
        due=None,  # the case has it
        rules=(*lane.because.rules, *due.because.rules),
        review=case.id,
        open_cases=(*application.open_cases, case.as_open),
    )
    commit([applications.update(waiting), cases.insert(case)], [opened(case)])
    return waiting.status
