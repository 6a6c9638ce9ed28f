"""Stored applications as the rules read them, for replaying them under another policy: no name, number or address."""

from certification.acts.answers import checks_of
from certification.acts.authority import plans
from certification.acts.bars import standing
from certification.acts.eligibility import of_application
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.tables.verifications import verifications
from certification.policies import load_policy
from certification.rules.choosing import Wanted, taken
from certification.rules.commitments import Lock
from certification.rules.eligibility import Background
from certification.rules.errors import Forbidden
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.replaying import Replay
from certification.rules.status import Status

MOST = 100
"""How many applications one answer holds: each costs a few reads and one key."""


class Replays(Frozen):
    """A page of applications; `after` is where the next one begins, None at the end."""

    replays: tuple[Replay, ...]
    after: str | None


def of_sitting(member: StaffMember, sitting_id: str, after: str = "") -> Replays:
    """The confirmed applications of a sitting, by reference; for those who plan for its scheme."""
    sitting = sittings.read(sitting_id)
    policy, _ = load_policy(sitting.scheme)
    if not plans(member, sitting.scheme):
        raise Forbidden
    known = [one for status in Status for one in applications.in_status(sitting_id, status) if one.confirmed_at]
    waiting = sorted((one for one in known if one.reference > after), key=lambda one: one.reference)
    page = waiting[:MOST]
    return Replays(
        replays=tuple(_replay(one, sitting, policy) for one in page),
        after=page[-1].reference if len(waiting) > MOST else None,
    )


def _replay(application: Application, sitting: Sitting, policy: Policy) -> Replay:
    candidate = candidates.read(application.candidate)
    known = standing(candidate, policy)
    check = verifications.find(candidate.identity_check) if candidate.identity_check else None
    confirmed = application.confirmed_at or candidate.created_at
    approved = [step.at for step in application.life if step.to is Status.AWAITING_PAYMENT]
    lock: Lock | None = None
    if known.lock is not None:
        lock = "withdrawn" if known.lock.holder == "withdrawn" else "declined"
    return Replay(
        application=application.reference,
        wanted=Wanted(
            occupation=application.occupation or "",
            level=application.level or "",
            form=application.form or "",
            region=application.region,
            subjects=taken(policy, application),
            paper=application.paper,
        ),
        background=_nameless(of_application(application)[1].background),
        checks=checks_of(candidate, policy),
        commits=application.commits,
        entries=known.conduct.entries if known.conduct else (),
        lock=lock,
        dates=sitting.dates,
        saved_at=check.asked_at if check else confirmed,
        confirmed_at=confirmed,
        approved_at=approved[-1] if approved else None,
        registered_at=application.registered_at,
    )


def _nameless(background: Background) -> Background:
    """What the conditions look at, without what only names somebody: schools, employers, numbers, names on paper."""
    work = background.work
    nameless = {"institution": "", "name": "", "certificate": ""}
    return background.model_copy(
        update={
            "education": tuple(one.model_copy(update=nameless) for one in background.education),
            "work": work.model_copy(
                update={
                    "jobs": tuple(
                        job.model_copy(update={"employer": "×" if job.employer else "", "duties": ""})
                        for job in work.jobs
                    ),
                    "certificates": tuple(held.model_copy(update={"number": ""}) for held in work.certificates),
                }
            ),
        }
    )
