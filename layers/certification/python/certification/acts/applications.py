"""Applications: begun, filled in, confirmed, corrected after a return, withdrawn. Each act asks the rule first."""

import secrets
from datetime import timedelta

from certification.acts import answers as given
from certification.acts import bars, late_reports, notice_board
from certification.acts.agreements import must_have_accepted
from certification.acts.moving import announce, moved
from certification.acts.ownership import own_application
from certification.acts.people import opened
from certification.acts.places import live_claim
from certification.acts.platform import must_have_come_by
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy
from certification.rules.application import Gap, changes, editability, gaps
from certification.rules.choosing import Wanted, chosen, regions_offered
from certification.rules.errors import Refused
from certification.rules.fees import OrderFees, order_fees
from certification.rules.numbers import application_reference
from certification.rules.opening import must_be_in_registration
from certification.rules.status import Status, Trigger

SMALLEST, LARGEST = 100_000_000, 999_999_999
"""References carry a random sequence of nine digits: a counter would be one hot row at the opening of registration."""
MACHINE_PATIENCE = timedelta(minutes=15)
"""How long the screening may take before the sweep starts it again."""


class Incomplete(Refused):
    """The application cannot be confirmed yet; `gaps` names everything that is missing."""

    def __init__(self, missing: tuple[Gap, ...]) -> None:
        super().__init__(
            "incomplete",
            " ".join(gap.en for gap in missing),
            "".join(gap.zh for gap in missing),
            rules=("REG-05",),
            facts={gap.field: gap.en for gap in missing},
        )
        self.gaps = missing


def start(candidate_id: str, sitting_id: str) -> str:
    """Begin an application for a sitting, or find the one that is live; gives its reference."""
    sitting = sittings.read(sitting_id)
    claim = claims.find(live_claim(candidate_id, sitting_id))
    if claim is not None:
        return claim.holder
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    must_have_come_by(candidate, sitting.scheme)
    must_be_in_registration(clock.now(), sitting.dates, load_policy(sitting.scheme)[0].zone)
    reference = application_reference(
        sitting.dates.first_subject.year, SMALLEST + secrets.randbelow(LARGEST - SMALLEST)
    )
    policy, policy_hash = load_policy(sitting.scheme)
    places = regions_offered(policy, sitting)
    application = Application(
        reference=reference,
        candidate=candidate_id,
        sitting=sitting_id,
        scheme=sitting.scheme,
        policy_hash=policy_hash,
        begun_at=clock.now(),
        region=places[0] if len(places) == 1 else None,
        form=sitting.forms[0] if len(sitting.forms) == 1 else None,
        due=Due(at=sitting.dates.registration_closes),
        notices_seen=notice_board.seen(sitting.scheme, sitting_id, None),
    )
    told = announce("ApplicationStarted", application)
    try:
        commit(
            [
                applications.insert(application),
                claims.insert(Claim(key=live_claim(candidate_id, sitting_id), holder=reference)),
            ],
            [told],
        )
    except Lost:
        return claims.read(live_claim(candidate_id, sitting_id)).holder
    return reference


@retried
def choose(candidate_id: str, reference: str, wanted: Wanted) -> OrderFees:
    """Choose what to apply for; gives the fee it will cost (FEE-02)."""
    application = own_application(candidate_id, reference)
    _editable(application)
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(application.scheme)
    choice = chosen(policy, sitting, wanted)
    made = application.changed(**dict(choice))
    if made != application:
        commit([applications.update(made)])
    return order_fees(policy, choice.occupation, choice.level, choice.form, choice.subjects, choice.paper)


def _editable(application: Application) -> None:
    answer = editability(application.status)
    if not answer.editable:
        raise Refused("not_editable", answer.because.en, answer.because.zh, rules=answer.because.rules)


def missing(candidate_id: str, reference: str) -> tuple[Gap, ...]:
    """Everything that keeps the application from being confirmed."""
    application = own_application(candidate_id, reference)
    candidate = candidates.read(candidate_id)
    policy, _ = load_policy(application.scheme)
    found = gaps(
        policy,
        given.answers_of(candidate, opened(candidate), application),
        given.uploads_of(candidate, policy),
        given.checks_of(candidate, policy),
        given.answers_due(candidate, policy),
    )
    return (*found, *late_reports.gaps(policy, candidate), *bars.gaps(application, candidate))


@retried
def confirm(candidate_id: str, reference: str) -> None:
    """Hand the application in, the first time or again after a return. Confirming what is confirmed changes nothing."""
    application = own_application(candidate_id, reference)
    if application.status not in (Status.DRAFT, Status.RETURNED):
        return
    sitting = sittings.read(application.sitting)
    if application.status is Status.DRAFT:
        must_be_in_registration(clock.now(), sitting.dates, load_policy(sitting.scheme)[0].zone)
    elif application.due is None or clock.now() >= application.due.at:
        raise Refused(
            "correction_closed",
            "The time to correct this application is over.",
            "修改重新提交的时间已截止。",
            rules=("CHK-03",),
        )
    lacking = missing(candidate_id, reference)
    if lacking:
        raise Incomplete(lacking)
    _hand_in(application)


def _hand_in(application: Application) -> None:
    now = clock.now()
    candidate = candidates.read(application.candidate)
    policy, _ = load_policy(application.scheme)
    answers = given.fingerprints(given.answers_of(candidate, opened(candidate), application))
    files = given.upload_hashes(candidate, policy)
    trigger = Trigger.CONFIRMED
    if application.status is Status.RETURNED:
        # Screened again in any case: the machine opens the review with its fresh clock (decision 7).
        trigger = Trigger.RESUBMITTED_WITH_CHANGES
        changed = changes(policy, application.answers_confirmed, answers, application.uploads_confirmed, files)
        if not changed.answers and not changed.uploads:
            raise Refused(
                "nothing_changed",
                "Nothing was corrected since the application was returned. Correct what the reasons name.",
                "退回后尚未修改任何内容，请按退回理由修改。",
                rules=("CHK-03",),
            )
    waiting = moved(
        application,
        trigger,
        by="candidate",
        now=now,
        due=Due(at=now + MACHINE_PATIENCE),
        rules=("REG-05",),
        confirmed_at=now,
        answers_confirmed=answers,
        uploads_confirmed=files,
        photo=files.get("photo"),
        returned=None,
        returned_before=application.returned or application.returned_before,
    )
    writes: list[Write] = [applications.update(waiting)]
    if candidate.held_by != application.reference:
        writes.append(candidates.update(candidate.changed(held_by=application.reference)))
    else:
        writes.append(candidates.unchanged(candidate))
    commit(writes, [announce("ApplicationConfirmed", application)])
