"""A major outside the catalogue: the case in which a desk looks at the curriculum, and what its decision changes (ELI-05)."""

from datetime import datetime

from certification.acts import eligibility
from certification.acts.cases import new_case
from certification.cloud import clock
from certification.cloud.tables.applications import Answer, Application, applications
from certification.cloud.tables.audit import audit
from certification.cloud.tables.cases import Case
from certification.cloud.transaction import commit
from certification.policies import load_calendar
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import warning_at, window_end
from certification.rules.desks import desk_for
from certification.rules.policy import Policy
from certification.rules.review import Verdict
from certification.rules.words import Because, Words

RULE = "major_exception"
ACCEPTED = Words(en="A desk accepted the major on its curriculum.", zh="所学专业经审核机构认定，视同目录内专业。")
NOT_ACCEPTED = Words(en="A desk did not accept the major.", zh="所学专业未获审核机构认定。")


def case_for(application: Application, policy: Policy, now: datetime) -> Case | None:
    """The case to open when an application with an unlisted major goes to its review; it holds up the payment.

    None where the policy has no exception, or while the case is open already.
    """
    exception = policy.eligibility.major_exception
    if exception is None or any(one.kind is CaseKind.MAJOR_EXCEPTION for one in application.open_cases):
        return None
    calendar = load_calendar(policy.calendar)
    because = Because(en="A desk decides about the major.", zh="由审核机构认定专业。", rules=("ELI-05",))
    due = window_end(now, exception.decide, policy, calendar, because)
    return new_case(
        CaseKind.MAJOR_EXCEPTION,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.life)}",  # handed in again with another major: a case of its own
        now=now,
        due=due.due,
        desk=desk_for(policy, CaseKind.MAJOR_EXCEPTION, application.region).code,
        facts={"upload": exception.upload},
        scheme=application.scheme,
        warn=warning_at(due.due, policy, calendar),
    )


def decided(case: Case) -> None:
    """Apply the decision, once: an accepted major counts as listed for this application, and eligibility is asked again."""
    application, decision = applications.read(case.about), case.decision
    if decision is None or not application.has_open(case.id):
        return
    now, accepted = clock.now(), decision.outcome == Verdict.APPROVE
    closed = application.changed(
        open_cases=application.open_without(case.id),
        majors_accepted=(
            *application.majors_accepted,
            *(
                eligibility.fingerprint(application.reference, major)
                for major in eligibility.unlisted(application)
                if accepted
            ),
        ),
    )
    words = ACCEPTED if accepted else NOT_ACCEPTED
    said = Answer(rule=RULE, yes=accepted, en=words.en, zh=words.zh, at=now, rules=("ELI-05",))
    answer, inputs = eligibility.of_application(closed)
    found = eligibility.answer_of(answer, inputs, now)
    entry = eligibility.entry_of(closed, answer, inputs, decision.decided_by, now)
    others = tuple(one for one in application.answers if one.rule not in (RULE, found.rule))
    commit([applications.update(closed.changed(answers=(*others, found, said))), audit.insert(entry)])
