"""On-site checks: opened with the lane, booked by the candidate, decided by the desk, remembered for the exam.

A place in a slot is a row in Claims, so nobody is booked twice and no slot is overbooked, whoever is faster.
"""

from collections.abc import Collection
from datetime import datetime

from certification.acts import notice_board
from certification.acts.cases import new_case, opened
from certification.acts.moving import announce
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Answer, Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.verifications import Verification, on_site_id, verifications
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy
from certification.rules.appointments import Slot, bookable, full, must_be_changeable, must_come, nothing_to_book
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.notices import NoticeKind, OnSite
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass
from certification.rules.review import Verdict
from certification.rules.status import is_live
from certification.rules.words import Words

RULE = "on_site"
AT, PLACE = "appointment", "place"
"""Facts of the case: when the candidate comes, and the claim of the place."""


class SlotNow(Frozen):
    """A slot with the places that are left."""

    starts: datetime
    ends: datetime
    free: int


class OnSiteNow(Frozen):
    """The on-site check of one application: the notice's words, the slots still to come, and what was booked."""

    case: str
    when: Words | None
    where: Words | None
    how: Words | None
    slots: tuple[SlotNow, ...]
    appointment: datetime | None


# opening, with the lane


def opened_for(
    application: Application, policy: Policy, classes: Collection[CandidateClass], now: datetime
) -> tuple[Application, list[Write], list[Announcement]]:
    """The application with its on-site check beside it, where its classes need one and none is open."""
    waits = any(one.kind is CaseKind.ON_SITE_CHECK for one in application.open_cases)
    if waits or not must_come(policy, classes):
        return application, [], []
    case = _case(application, policy, now)
    after: Application = application.changed(open_cases=(*application.open_cases, case.as_open))
    return after, [cases.insert(case)], [opened(case), announce("OnSiteCheckAsked", application, case=case.id)]


def _case(application: Application, policy: Policy, now: datetime, time: int = 1) -> Case:
    due = sittings.read(application.sitting).dates.payment_closes
    case = new_case(
        CaseKind.ON_SITE_CHECK,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.life)}",
        str(time),
        now=now,
        due=max(due, now),
        desk=desk_for(policy, CaseKind.ON_SITE_CHECK, application.region).code,
        facts={"time": str(time)},
        scheme=application.scheme,
    )
    waiting: Case = case.changed(waits_for="candidate")
    return waiting


# booking


def read(candidate_id: str, reference: str) -> OnSiteNow:
    """The on-site check of the candidate's own application, with what can be booked now."""
    application = own_application(candidate_id, reference)
    case, notice, now = _waiting(application), notice_of(application), clock.now()
    slots = notice.slots if notice else ()
    return OnSiteNow(
        case=case.id,
        when=notice.when if notice else None,
        where=notice.where if notice else None,
        how=notice.how if notice else None,
        slots=tuple(
            SlotNow(starts=slot.starts, ends=slot.ends, free=_free(application, slot))
            for slot in slots
            if now < slot.starts
        ),
        appointment=_booked(case),
    )


def _waiting(application: Application) -> Case:
    open_one = next((one for one in application.open_cases if one.kind is CaseKind.ON_SITE_CHECK), None)
    if open_one is None:
        raise nothing_to_book()
    return cases.read(open_one.reference)


def notice_of(application: Application) -> OnSite | None:
    """The notice of on-site checks that counts now for the application's region (CHK-07)."""
    found = notice_board.about(NoticeKind.ON_SITE_CHECK, application.scheme, application.sitting, application.region)
    return notice_board.read(found[0].id, found[1].number).on_site if found else None


def _booked(case: Case) -> datetime | None:
    return datetime.fromisoformat(case.facts[AT]) if AT in case.facts else None


def _place(application: Application, slot: Slot, number: int) -> str:
    year = load_policy(application.scheme)[0].year
    return f"on-site:{application.scheme}:{year}:{application.region}:{slot.starts:%Y%m%dT%H%M%SZ}:{number}"


def _taken(application: Application, slot: Slot) -> list[Claim | None]:
    return [claims.find(_place(application, slot, number)) for number in range(1, slot.places + 1)]


def _free(application: Application, slot: Slot) -> int:
    return sum(claim is None for claim in _taken(application, slot))


@retried
def book(candidate_id: str, reference: str, starts: datetime) -> None:
    """Take one place in a slot; a place booked before is given back in the same breath. The same again changes nothing."""
    application = own_application(candidate_id, reference)
    case, notice, now = _waiting(application), notice_of(application), clock.now()
    slot = bookable(notice.slots if notice else (), starts, now)
    booked = _booked(case)
    if booked == slot.starts:
        return
    if booked is not None:
        must_be_changeable(booked, now)
    for number, claim in enumerate(_taken(application, slot), 1):
        if claim is None:
            place = Claim(key=_place(application, slot, number), holder=case.id)
            after = case.changed(facts={**case.facts, AT: slot.starts.isoformat(), PLACE: place.key}, waits_for="desk")
            told = announce("AppointmentBooked", application, case=case.id, at=slot.starts.isoformat())
            booking = told.model_copy(update={"key": f"{case.id}#{case.version + 1}"})
            try:
                commit([claims.insert(place), cases.update(after), *_given_back(case)], [booking])
            except Lost as loss:
                if loss.concerns(f"Claims/{place.key}") and not loss.concerns("Cases/"):
                    continue  # somebody was faster: the next place
                raise
            return
    raise full()


def _given_back(case: Case) -> list[Write]:
    claim = claims.find(case.facts.get(PLACE, "")) if PLACE in case.facts else None
    return [claims.delete(claim)] if claim is not None and claim.holder == case.id else []


@retried
def cancel(candidate_id: str, reference: str) -> None:
    """Give the place back. Without an appointment nothing changes."""
    application = own_application(candidate_id, reference)
    case = _waiting(application)
    booked = _booked(case)
    if booked is None:
        return
    must_be_changeable(booked, clock.now())
    facts = {name: value for name, value in case.facts.items() if name not in (AT, PLACE)}
    commit([cases.update(case.changed(facts=facts, waits_for="candidate")), *_given_back(case)])


# what the desk decides


def apply(case: Case) -> None:
    """Passed, not passed, or did not come, once. Passed or not is remembered for the exam; who did not come may book again."""
    application = applications.read(case.about)
    if case.decision is None or not application.has_open(case.id):
        return
    policy, _ = load_policy(application.scheme)
    now = clock.now()
    others = application.open_without(case.id)
    if case.decision.outcome == Verdict.RETURN and is_live(application.status):
        again = _case(application, policy, now, int(case.facts.get("time", "1")) + 1)
        after = application.changed(open_cases=(*others, again.as_open))
        writes = [cases.insert(again), *_given_back(case)]
    else:
        kept = tuple(one for one in application.answers if one.rule != RULE)
        after = application.changed(open_cases=others, answers=(*kept, _answer(case.decision.outcome, now)))
        writes = [*_remembered(application, case, policy, now), *_given_back(case)]
    told = announce("OnSiteCheckDecided", application, case=case.id, outcome=case.decision.outcome)
    commit([applications.update(after), *writes], [told])


def _answer(outcome: str, now: datetime) -> Answer:
    if outcome == Verdict.APPROVE:
        return Answer(rule=RULE, yes=True, en="Passed on site.", zh="现场核查已通过。", at=now)
    return Answer(rule=RULE, yes=False, en="Not passed on site.", zh="现场核查未通过。", at=now)


def must_be_passed(application: Application) -> None:
    """Nobody is let through to payment before the on-site check, or after one that was not passed (EDU-18)."""
    open_one = any(one.kind is CaseKind.ON_SITE_CHECK for one in application.open_cases)
    if open_one or any(answer.rule == RULE and not answer.yes for answer in application.answers):
        raise Refused(
            "on_site_first",
            "The on-site check is not passed, so this application cannot go on to payment.",
            "现场核查尚未通过，不能进入缴费环节。",
            rules=("EDU-18", "CHK-05"),
        )


def _remembered(application: Application, case: Case, policy: Policy, now: datetime) -> list[Write]:
    """One row for each check of the person that gave no pass: what was found on site, for this exam (EDU-19)."""
    if case.decision is None:
        return []
    candidate = candidates.read(application.candidate)
    checks = [candidate.identity_check, *(one.check for one in candidate.education)]
    state = "passed" if case.decision.outcome == Verdict.APPROVE else "failed"
    writes: list[Write] = []
    for check in checks:
        registry = verifications.find(check) if check else None
        if registry is None or registry.state == "passed":
            continue
        found = verifications.find(on_site_id(registry.id, policy.exam))
        row = found or Verification(
            id=on_site_id(registry.id, policy.exam),
            candidate=candidate.id,
            matter=registry.matter,
            state="on_site",
            asked_at=case.opened_at,
            exam=policy.exam,
        )
        decided = row.changed(state=state, reason="desk", answered_at=now, decided_by=case.decision.decided_by)
        writes.append(verifications.update(decided) if found else verifications.insert(decided))
    return writes
