"""Corrections after confirming: asked for by the candidate, decided by the desk of the place they choose, then made.

What was asked for is sealed under the candidate's key: names and numbers stand nowhere in clear. The rule is asked when
it is filed and again when it is made, because meanwhile the candidate may have paid.
"""

import json
from datetime import date, datetime

from certification.acts.cases import new_case
from certification.acts.cases import opened as case_opened
from certification.acts.correcting import EDUCATION, WORK, EntryWanted, Wanted, corrected
from certification.acts.moving import announce
from certification.acts.ownership import own_application
from certification.acts.people import educations, opened
from certification.acts.superseding import PagesOpen, payable_again, shut
from certification.acts.uploads import CORRECTION_PROOF
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.tables.applications import Application, Correction, applications
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.case_deadlines import correction_due
from certification.rules.cases import CaseKind, Subject
from certification.rules.changes import LONGEST_REASON, check_wish, correctable, stage_of
from certification.rules.choosing import ELECTRONIC
from certification.rules.deadlines import ticket_window, warning_at
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.policy import Policy
from certification.rules.policy_changes import Stage
from certification.rules.review import Verdict
from certification.rules.work import WorkHistory


def stage(application: Application, policy: Policy, now: datetime) -> Stage:
    """How far the application has come, as the matrix of changes counts it."""
    dates = sittings.read(application.sitting).dates
    try:
        tickets = ticket_window(dates, policy, load_calendar(policy.calendar))
    except ValueError:
        tickets = None
    return stage_of(application.status, tickets, dates.exam_over, now)


def open_to(candidate_id: str, reference: str) -> tuple[str, ...]:
    """The fields for which this candidate may ask for a correction now."""
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    return correctable(policy, application.status, stage(application, policy, clock.now()))


@retried
def ask(
    candidate_id: str,
    reference: str,
    fields: dict[str, str],
    reason: str = "",
    site: str | None = None,
    *,
    education: EntryWanted | None = None,
    work: WorkHistory | None = None,
) -> str:
    """File a correction with the desk of a place (of the own registration, if none is named); gives the case.

    One at a time. The same again gives the same case; nothing is changed before the desk has decided.
    """
    application = own_application(candidate_id, reference)
    candidate = candidates.read(candidate_id)
    policy, _ = load_policy(application.scheme)
    now = clock.now()
    if len(reason) > LONGEST_REASON:
        raise Refused("reason_too_long", "Keep the explanation shorter.", "说明过长。", field="reason")
    proof = candidate.drafts.get(CORRECTION_PROOF)
    evidence = proof.key if proof is not None and proof.state == "checked" else None
    waiting = next((one for one in application.corrections if one.state == "asked"), None)
    for code in (EDUCATION, WORK):
        if code in fields:
            raise Refused(
                "entry_needed",
                "Send the whole entry or history as it should stand.",
                "请提交完整的学历学位或工作经历信息。",
                rules=("CHG-01",),
                field=code,
            )
    wanted = Wanted(
        fields={code: value.strip() for code, value in fields.items()},
        education=education,
        work=work,
        reason=reason.strip(),
        evidence=evidence,
    )
    if waiting is not None:
        asked_before = wanted_of(cases.read(waiting.case), candidate_id)
        if asked_before.model_copy(update={"reason": wanted.reason, "evidence": wanted.evidence}) == wanted:
            return waiting.case
        raise Refused(
            "correction_waits",
            "A correction you asked for is not decided yet. Wait for the answer.",
            "您已有一项更正申请正在办理，请等待结果。",
            rules=("CHG-01",),
            facts={"case": waiting.case},
        )
    check_wish(
        policy, application.status, stage(application, policy, now), wanted.values, evidence=evidence is not None
    )
    corrected(application, candidate, wanted, policy)  # each value by its own rule; nothing is stored
    case = _case(application, policy, wanted, site, now)
    asked = Correction(case=case.id, fields=tuple(wanted.values), asked_at=now)
    changed = application.changed(
        corrections=(*application.corrections, asked), open_cases=(*application.open_cases, case.as_open)
    )
    commit(
        [applications.update(changed), cases.insert(case), candidates.unchanged(candidate)],
        [case_opened(case), announce("CorrectionAsked", application, case=case.id)],
    )
    return case.id


def _case(application: Application, policy: Policy, wanted: Wanted, site: str | None, now: datetime) -> Case:
    place = site or application.region
    if place is not None and place not in {row.code for row in policy.regions}:
        raise Refused(
            "site_unknown",
            "Choose a place from the list.",
            "请从列表中选择地市报考点。",
            rules=("CHG-01",),
            field="site",
        )
    calendar = load_calendar(policy.calendar)
    due = correction_due(now, policy, calendar)
    case = new_case(
        CaseKind.CORRECTION,
        Subject.APPLICATION,
        application.reference,
        f"{len(application.corrections)}",
        now=now,
        due=due.due,
        desk=desk_for(policy, CaseKind.CORRECTION, place).code,
        facts={"fields": ", ".join(wanted.values), "site": place or "", "stage": stage(application, policy, now)},
        scheme=application.scheme,
        warn=warning_at(due.due, policy, calendar),
    )
    sealed: Case = case.changed(wanted=key_of(application.candidate).seal("wanted", wanted.model_dump_json()))
    return sealed


def wanted_of(case: Case, candidate_id: str) -> Wanted:
    """What was asked for, in clear, for the desk and the candidate."""
    return Wanted.model_validate(json.loads(key_of(candidate_id).open("wanted", case.wanted or "")))


def apply(case: Case) -> None:
    """Make a correction that the desk granted, or say why not. Applying it again changes nothing.

    An order that must make way has its pages closed first. Raises PagesOpen while somebody may be paying: to be called
    again, when either the page is closed or what was paid stays fixed (REG-07).
    """
    try:
        _make(case)
    except PagesOpen as still:
        shut(still.order)
        _make(case)


@retried
def _make(case: Case) -> None:
    application = applications.read(case.about)
    known = next((one for one in application.corrections if one.case == case.id), None)
    if known is None or known.state != "asked" or case.decision is None:
        return
    if case.decision.outcome != Verdict.APPROVE:
        _end(application, case, known, "refused")
        return
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(application.candidate)
    wanted = wanted_of(case, application.candidate)
    asked_at, now_at = Stage(case.facts["stage"]), stage(application, policy, clock.now())
    try:
        # A desk may take its time (CHG-02: it was reported in time), but what a payment fixed stays fixed (REG-07).
        in_force = asked_at if now_at is Stage.TICKET_CLOSED else now_at
        wish = check_wish(policy, application.status, in_force, wanted.values, evidence=True)
        change = corrected(application, candidate, wanted, policy, wish.then)
    except Refused:
        _end(application, case, known, "overtaken")
        return
    done = known.model_copy(update={"state": "made", "note": case.decision.note, "decided_at": clock.now()})
    after = change.application.changed(
        corrections=_with(change.application, done), open_cases=change.application.open_without(case.id)
    )
    commit(
        [applications.update(after), *change.writes],
        [*change.told, announce("CorrectionDecided", application, case=case.id)],
    )


def _end(application: Application, case: Case, known: Correction, state: str) -> None:
    note = case.decision.note if case.decision else ""
    ended = known.model_copy(update={"state": state, "note": note, "decided_at": clock.now()})
    after = application.changed(corrections=_with(application, ended), open_cases=application.open_without(case.id))
    commit(
        [applications.update(after), *payable_again(application.order)],
        [announce("CorrectionDecided", application, case=case.id)],
    )


def _with(application: Application, changed: Correction) -> tuple[Correction, ...]:
    return tuple(changed if one.case == changed.case else one for one in application.corrections)


def before(application: Application, candidate_id: str, fields: tuple[str, ...]) -> dict[str, str]:
    """What stands in these fields now, as text: for the page that asks and the desk that compares."""
    candidate = candidates.read(candidate_id)
    person = opened(candidate)
    now: dict[str, object] = {
        "full_name": person.native_name,
        "latin_name": person.latin_name,
        "nationality": person.nationality,
        "date_of_birth": person.birth_date,
        "id_type": person.id_kind,
        "id_number": person.id_number,
        "postal_address": person.address,
        "occupation": application.occupation,
        "level": application.level,
        "form": application.form,
        "region": application.region,
        "subjects": ", ".join(application.subjects),
        "paper": application.paper or ELECTRONIC,
        EDUCATION: "; ".join(f"{one.institution}, {one.graduated}" for one in educations(candidate).values()),
        WORK: "; ".join(f"{job.employer}, {job.since}" for job in person.work.jobs),
    }
    return {code: _text(now.get(code)) for code in fields}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
