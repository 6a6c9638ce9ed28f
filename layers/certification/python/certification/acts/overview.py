"""What a desk sees: an open case, and for a review the application behind it, with what the rules said about it.

A reviewer compares the person's particulars with the document, so they see both; how to reach the person (phone, e-mail,
postal address) is nothing a review needs, and other desks see no particulars at all.
"""

from datetime import date, datetime
from typing import Literal

from certification.acts import correction_shown, education, public_reports, review, uploads
from certification.acts.correction_shown import WantedCorrection
from certification.acts.education import EntryNow
from certification.acts.people import opened
from certification.cloud.tables.applications import Answer, Application, Returned
from certification.cloud.tables.candidates import Candidate, Problem, Upload, candidates
from certification.cloud.tables.cases import Case, Proposal
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import StaffMember
from certification.cloud.tables.verifications import verifications
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.review import LOCK, Only
from certification.rules.words import Words
from certification.rules.work import WorkHistory


class CaseLine(Frozen):
    """A case in the queue. `mine`: the asking member holds it, until `held_until`.

    `waits_for`: whether the desk can do something now, or the candidate or somebody else has to act first.

    `warned`: its supervisor heard that the promise is near; `escalations` counts the days it is overdue. `seconding`: a
    decision waits for a second person, who cannot be the asking member when it is `own_proposal`.
    """

    id: str
    kind: CaseKind
    about: str
    desk: str
    waits_for: Literal["candidate", "desk", "outside"]
    opened_at: datetime
    promised: datetime
    mine: bool
    taken_by: str | None
    taken_at: datetime | None
    held_until: datetime | None
    warned: bool
    escalations: int
    seconding: bool
    own_proposal: bool


class Proposed(Frozen):
    """A decision that waits for its second person, or what became of it. `number` is what the second confirms."""

    number: int
    outcome: str
    reasons: tuple[str, ...]
    note: str
    by: str
    at: datetime
    agreed: bool | None
    answered_by: str | None
    taken_back: bool
    why_not: str


class Made(Frozen):
    """A decision that was made. `by_file`: in a file of decisions."""

    outcome: str
    reasons: tuple[str, ...]
    note: str
    decided_by: str
    seconded_by: str | None
    decided_at: datetime
    by_file: bool


class Particulars(Frozen):
    """The person as declared, for comparison with the ID document."""

    native_name: str | None
    latin_name: str | None
    birth_date: date | None
    nationality: str | None
    id_kind: str | None
    id_number: str | None
    education: tuple[EntryNow, ...]
    work: WorkHistory


class File(Frozen):
    """A checked file of the candidate: a link that lives five minutes, and what the check found."""

    url: str
    content_type: str
    problems: tuple[Problem, ...]
    needs_person: bool


class NamedReason(Frozen):
    """A return reason of the policy that a reviewer may name."""

    code: str
    applies_to: str
    words: Words


class Reviewed(Frozen):
    """The application behind a review. `identity` is the registry's word; `answers` what the rules of the scheme said."""

    reference: str
    status: str
    sitting: Words
    occupation: Words
    level: Words
    form: Words
    confirmed_at: datetime | None
    person: Particulars
    photo: File | None
    id_document: File | None
    identity: Literal["unasked", "asked", "passed", "failed", "on_site"]
    answers: tuple[Answer, ...]
    returned_before: Returned | None
    reasons: tuple[NamedReason, ...]
    rejecting_needs_two: bool


class Reported(Frozen):
    """What the public wrote about a commitment: who it is about, and what is known (CHK-11)."""

    who: str
    text: str


class Overview(Frozen):
    """A case with everything needed to decide it. `facts` say what opened it; ids and codes only."""

    case: CaseLine
    facts: dict[str, str]
    decision: Made | None
    proposals: tuple[Proposed, ...]
    review: Reviewed | None
    wanted: WantedCorrection | None
    report: Reported | None


def line(case: Case, member: StaffMember) -> CaseLine:
    """A case as the queue shows it."""
    return CaseLine(
        id=case.id,
        kind=case.kind,
        about=case.about,
        desk=case.desk,
        waits_for=case.waits_for,
        opened_at=case.opened_at,
        promised=case.promised,
        mine=case.taken_by == member.id,
        taken_by=case.taken_by,
        taken_at=case.taken_at,
        held_until=case.taken_at + LOCK if case.taken_at else None,
        warned=case.warned_at is not None,
        escalations=case.escalations,
        seconding=case.seconding is not None,
        own_proposal=case.seconding is not None and case.seconding.by == member.id,
    )


def queue(member: StaffMember, only: Only, page: int) -> tuple[tuple[CaseLine, ...], int]:
    """One page of the open cases of the member's desks, and how many pages there are: those that wait for a desk, oldest
    promise first, then the others. A page beyond the last is empty."""
    found = [
        case
        for others in (False, True)
        for case in review.queue(member, review.MANY, below=True, others=others, only=only)
    ]
    shown = found[(page - 1) * review.A_PAGE : page * review.A_PAGE]
    return tuple(line(case, member) for case in shown), max(1, -(-len(found) // review.A_PAGE))


COMPARED = (
    CaseKind.REVIEW,
    CaseKind.SUPERVISION_CHECK,
    CaseKind.ON_SITE_CHECK,
    CaseKind.PROVISIONAL_REPORT,
    CaseKind.QUALIFICATION_CHECK,
)
"""Kinds for which a reviewer compares what the person declared with papers."""


def of_case(member: StaffMember, case_id: str) -> Overview:
    """A case of one of the member's desks; `NotFound` for any other. Only a reviewer sees the person behind a review."""
    case = review.read_case(member, case_id)
    sees_person = case.kind in COMPARED and "reviewer" in member.roles
    return Overview(
        case=line(case, member),
        facts=case.facts,
        decision=_made(case),
        proposals=tuple(_proposed(number, one) for number, one in enumerate(case.proposals, 1)),
        review=_reviewed(review.application_of(case)) if sees_person else None,
        wanted=correction_shown.of(case) if case.kind is CaseKind.CORRECTION and "reviewer" in member.roles else None,
        report=_report(case) if "reviewer" in member.roles else None,
    )


def _report(case: Case) -> Reported | None:
    told = public_reports.told(case)
    return Reported(who=told[0], text=told[1]) if told else None


def _proposed(number: int, proposal: Proposal) -> Proposed:
    return Proposed(
        number=number,
        outcome=proposal.outcome,
        reasons=proposal.reasons,
        note=proposal.note,
        by=proposal.by,
        at=proposal.at,
        agreed=proposal.agreed,
        answered_by=proposal.answered_by,
        taken_back=proposal.taken_back,
        why_not=proposal.why_not,
    )


def _made(case: Case) -> Made | None:
    decided = case.decision
    if decided is None:
        return None
    return Made(
        outcome=decided.outcome,
        reasons=decided.reasons,
        note=decided.note,
        decided_by=decided.decided_by,
        seconded_by=decided.seconded_by,
        decided_at=decided.decided_at,
        by_file=decided.by == "file",
    )


def _reviewed(application: Application) -> Reviewed:
    candidate = candidates.read(application.candidate)
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(application.scheme)
    check = verifications.find(candidate.identity_check) if candidate.identity_check else None
    return Reviewed(
        reference=application.reference,
        status=application.status,
        sitting=Words(en=sitting.name_en, zh=sitting.name_zh),
        occupation=policy.occupation(application.occupation or "").words,
        level=policy.level(application.level or "").words,
        form=policy.form(application.form or "").words,
        confirmed_at=application.confirmed_at,
        person=_particulars(candidate),
        photo=_file("photo", uploads.photo_for(candidate, policy)),
        id_document=_file("id_document", candidate.file("id_document")),
        identity=check.state if check else "unasked",
        answers=application.answers,
        returned_before=application.returned_before,
        reasons=_reasons(policy),
        rejecting_needs_two=policy.review.final_needs_two,
    )


def _particulars(candidate: Candidate) -> Particulars:
    person = opened(candidate)
    return Particulars(
        native_name=person.native_name,
        latin_name=person.latin_name,
        birth_date=person.birth_date,
        nationality=person.nationality,
        id_kind=person.id_kind,
        id_number=person.id_number,
        education=education.of(candidate),
        work=person.work,
    )


def _file(kind: str, upload: Upload | None) -> File | None:
    if upload is None or upload.key is None:
        return None
    return File(
        url=uploads.link(upload, kind),
        content_type=upload.content_type,
        problems=upload.problems,
        needs_person=upload.needs_person,
    )


def _reasons(policy: Policy) -> tuple[NamedReason, ...]:
    return tuple(
        NamedReason(code=reason.code, applies_to=reason.applies_to, words=reason.words)
        for reason in policy.review.reasons
    )
