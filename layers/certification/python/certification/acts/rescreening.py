"""The conditions asked again after a correction: what the rule says now, and who looks at a yes that became a no.

Before paying the application is screened again as a whole (`correcting.py`). Whoever is registered is not put out by a
machine: the person is heard, and the desk decides whether the registration is void (CHK-15, CHK-16).
"""

from certification.acts.cases import new_case
from certification.acts.cases import opened as case_opened
from certification.acts.eligibility import RULE, answer_of, of_application
from certification.acts.moving import announce
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate
from certification.cloud.tables.cases import Case, cases
from certification.policies import load_calendar
from certification.rules.case_deadlines import hearing_due
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import warning_at
from certification.rules.desks import desk_for
from certification.rules.policy import Policy

GROUNDS = ("conditions_not_met", "false_statement")
"""Which of the policy's grounds the hearing names: the first that it has."""


def kept(application: Application) -> bool | None:
    """What the rule said before; None where the screening has yet to give the first answer."""
    return next((one.yes for one in application.answers if one.rule == RULE), None)


def turned(application: Application, candidate: Candidate) -> bool:
    """Whether the answer that was kept is another one now."""
    before = kept(application)
    return before is not None and of_application(application, candidate)[0].eligible is not before


def answered_anew(
    application: Application, candidate: Candidate, policy: Policy
) -> tuple[Application, list[Write], list[Announcement]]:
    """The application with what the rule says now, which a reviewer sees; with a hearing beside it where somebody who is
    registered does not meet the conditions any more."""
    before, now = kept(application), clock.now()
    if before is None:
        return application, [], []
    said = answer_of(*of_application(application, candidate), now)
    others = tuple(one for one in application.answers if one.rule != RULE)
    after: Application = application.changed(answers=(*others, said))
    if said.yes or not before or application.registered_at is None:
        return after, [], []
    case = _case(after, policy)
    heard: Application = after.changed(open_cases=(*after.open_cases, case.as_open))
    hearing = [announce("VoidHearingOpened", heard, case=case.id)] if case.kind is CaseKind.VOID_HEARING else []
    return heard, [cases.insert(case)], [case_opened(case), *hearing]


def _case(application: Application, policy: Policy) -> Case:
    now, calendar = clock.now(), load_calendar(policy.calendar)
    known = [ground.code for ground in policy.void.grounds] if policy.void else []
    ground = next((code for code in GROUNDS if code in known), None)
    kind = CaseKind.VOID_HEARING if ground else CaseKind.FAILED_MACHINE
    due = hearing_due(now, policy, calendar).due if ground else now
    return new_case(
        kind,
        Subject.APPLICATION,
        application.reference,
        "corrected",
        f"{application.version}",
        now=now,
        due=due,
        desk=desk_for(policy, kind, application.region).code,
        facts={"ground": ground or "", "reason": "corrected", "opened_by": "system"},
        scheme=application.scheme,
        warn=warning_at(due, policy, calendar),
    )
