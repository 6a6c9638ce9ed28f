"""Proofs: awaited from whoever does not commit, handed in together, then reviewed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from certification.acts import appointments, majors
from certification.acts.cases import opened
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.reviews import review_of
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.commitment_deadlines import proofs_advised, proofs_due
from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass
from certification.rules.proofs import looked_at_first, needed
from certification.rules.status import Status, Trigger
from certification.rules.words import Because


def missing(candidate: Candidate, policy: Policy, classes: Collection[CandidateClass]) -> tuple[str, ...]:
    """The uploads of these classes that were not accepted yet."""
    accepted = {code for code, file in candidate.files.items() if file.state == "accepted"}
    return tuple(code for code in needed(policy, classes) if code not in accepted)


def awaited(
    application: Application,
    policy: Policy,
    trigger: Trigger,
    news: str,
    now: datetime,
    *,
    by: str,
    because: Because,
    own_act: bool = False,
    **changes: Any,
) -> tuple[list[Write], list[Announcement]]:
    """The application as it waits for proofs. `own_act`: by the candidate's own decision, at their own risk (COM-14).

    `news` is what is announced: each way to get here has a letter of its own.
    """
    dates, calendar = sittings.read(application.sitting).dates, load_calendar(policy.calendar)
    due = proofs_due(application.confirmed_at or now, now, dates, policy, calendar, own_act=own_act)
    looked = looked_at_first(now, proofs_advised(due.due, policy, calendar), due.due)
    waiting = moved(
        application,
        trigger,
        by=by,
        now=now,
        due=Due(at=looked),
        promised=due.due,
        rules=(*because.rules, *due.because.rules),
        **changes,
    )
    waiting, beside, more = appointments.opened_for(waiting, policy, waiting.classes, now)  # CHK-05
    return [applications.update(waiting), *beside], [announce(news, application), *more]


@retried
def hand_in(candidate_id: str, reference: str) -> None:
    """Hand in the proofs: they are reviewed before paying (COM-13). Handing in again changes nothing."""
    application = own_application(candidate_id, reference)
    if application.status is Status.AWAITING_REVIEW:
        return
    now = clock.now()
    if application.status is Status.AWAITING_PROOFS and not is_open(now, None, application.act_by):
        raise Refused(
            "proofs_closed",
            "The time to hand in proofs is over.",
            "上传证明材料的时间已截止。",
            rules=("COM-14",),
        )
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(candidate_id)
    lacking = missing(candidate, policy, application.classes)
    if lacking:
        words = {upload.code: upload.words for upload in policy.uploads}
        raise Refused(
            "proofs_missing",
            f"Upload and accept first: {'; '.join(words[code].en for code in lacking)}.",
            f"请先上传并确认：{'、'.join(words[code].zh for code in lacking)}。",
            rules=("COM-13",),
            facts={code: words[code].en for code in lacking},
        )
    case, because = review_of(application, policy, now)
    beside = majors.case_for(application, policy, now) if "unlisted_major" in application.classes else None
    new = [case] if beside is None else [case, beside]
    waiting = moved(
        application,
        Trigger.PROOFS_UPLOADED,
        by="candidate",
        now=now,
        due=None,  # the case has it
        rules=because.rules,
        review=case.id,
        open_cases=(*application.open_cases, *(one.as_open for one in new)),
        uploads_confirmed={
            **application.uploads_confirmed,
            **{code: candidate.files[code].key or "" for code in needed(policy, application.classes)},
        },
    )
    commit(
        [applications.update(waiting), *map(cases.insert, new), candidates.unchanged(candidate)],
        [*map(opened, new), announce("ProofsSubmitted", application)],
    )
