"""The comparisons of smart supervision, asked once when a commitment is let through to its signature (CHK-12)."""

from datetime import datetime

from certification.acts.answers import background_of
from certification.acts.people import opened
from certification.cloud.tables.applications import Answer, Application, applications
from certification.cloud.tables.candidates import Candidate
from certification.policies import load_policy
from certification.rules.comparing import Declared, stands_out
from certification.rules.policy import Policy

RULE = "smart"


def compared(application: Application, candidate: Candidate, policy: Policy, now: datetime) -> tuple[Answer, ...]:
    """What stands out, kept with the application for the desk; nothing where the policy compares nothing."""
    if policy.checks is None or not policy.checks.smart:
        return ()
    person = opened(candidate)
    background = background_of(candidate, person)
    declared = Declared(
        born=person.birth_date,
        graduated=tuple(entry.graduated for entry in background.education),
        worked_since=tuple(job.since for job in background.work.jobs),
        before=_before(application, policy),
        now=application.answers_confirmed,
    )
    found = stands_out(policy, declared)
    en = " ".join(one.en for one in found) or "Nothing stands out."
    zh = "".join(one.zh for one in found) or "未见异常。"
    return (Answer(rule=RULE, yes=not found, en=en, zh=zh, at=now),)


def _before(application: Application, policy: Policy) -> dict[str, str]:
    """The fingerprints of the last application that this person confirmed for the same exam."""
    earlier = [
        one
        for one in applications.of(application.candidate)
        if one.reference != application.reference
        and one.confirmed_at is not None
        and load_policy(one.scheme)[0].exam == policy.exam
    ]
    newest = max(earlier, key=lambda one: f"{one.confirmed_at}", default=None)
    return newest.answers_confirmed if newest else {}
