"""A desk's work: its queue, and one case with everything a decision needs."""

from certification.acts import correction_shown, review, seconding, uploads
from certification.acts.profile import read as read_profile
from certification.cloud.tables.cases import Case
from certification.cloud.tables.staff import StaffMember, staff
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import (
    answers,
    correction,
    desk_checks,
    desk_credits,
    desk_eligibility,
    desk_facts,
    desk_help,
    desk_queue,
    whole,
)
from certification.portal.views.desk_kinds import SHOW_APPLICATION, is_placeable, outcomes, verdicts
from certification.portal.views.desk_queue import Queue
from certification.portal.views.proposal import Proposal, held, waiting
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.cases import CaseKind
from certification.rules.errors import NotFound
from certification.rules.model import Frozen
from certification.rules.review import MAY_REFUSE, Decision, Only, Verdict
from certification.rules.words import Words

Facts = tuple[tuple[str, str], ...]


class CasePage(Frozen):
    """`reasons` are (code, words); `outcomes` (code, words, hint) where a kind has its own.

    `returned_before`: when, then what the candidate was asked to correct. Without `may_decide` the page is for reading.
    """

    id: str
    kind: str
    about: str
    promised: str
    late: str
    is_review: bool
    may_refuse: bool
    may_decide: bool
    outcomes: tuple[tuple[str, str, str], ...] = ()
    places_money: bool = False
    decided: str
    proposal: Proposal | None
    objections: tuple[str, ...]
    held: str
    holds: bool
    name: str
    look_at: tuple[str, ...]
    facts: Facts
    groups: tuple[answers.Group, ...]
    rules: Facts
    photo: str
    photo_problems: tuple[str, ...]
    document: str
    document_is_picture: bool
    reasons: tuple[tuple[str, str], ...]
    sitting: str = ""
    returned_before: tuple[str, ...] = ()
    wanted: Facts = ()
    evidence: str = ""
    proofs: Facts = ()
    eligibility: desk_eligibility.Shown | None = None
    may_open_check: bool = False
    waits_for_paper: bool = False

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of pictures on this page."""
        return tuple(address for address in (self.photo, self.document if self.document_is_picture else "") if address)


def member(staff_id: str) -> StaffMember:
    """The member of staff who is signed in; not found once they left."""
    found = staff.find(staff_id)
    if found is None:
        raise NotFound("member of staff")
    return found


def queue(staff_id: str, language: Language, page: int, only: Only) -> Queue:
    """One page of the open cases of the member's desks."""
    return desk_queue.queue(member(staff_id), language, page, only)


def done(staff_id: str, case_id: str, language: Language) -> str:
    """What became of a case that the reader has just decided; empty for any other."""
    try:
        found = review.read_case(member(staff_id), case_id)
    except NotFound:
        return ""
    say = Speech(language)
    last = found.proposals[-1] if found.proposals else None
    if found.decision is not None and found.decision.decided_by == staff_id:
        words = _decided(found, desk_queue.of_scheme(found, say))
    elif last is not None and last.answered_by == staff_id:
        words = say("desk.done_taken_back" if last.taken_back else "desk.done_answered")
    elif last is not None and last.by == staff_id and last.agreed is None:
        words = say("desk.done_proposed")
    else:
        return ""
    return say("desk.done", case=found.id, words=words)


def take_next(staff_id: str, only: Only) -> str | None:
    """Lock the oldest free case of those that are wanted; gives its id."""
    taken = review.take_next(member(staff_id), only)
    return taken.id if taken else None


def decide(staff_id: str, case_id: str, verdict: str, reasons: tuple[str, ...], note: str) -> None:
    """Decide a case by page."""
    decision = Decision(verdict=Verdict(verdict), decided_by=staff_id, reasons=reasons, note=note)
    review.decide(member(staff_id), case_id, decision)


def second(staff_id: str, case_id: str, number: str, *, agree: bool, why_not: str) -> None:
    """Answer a proposal by page."""
    seconding.second(member(staff_id), case_id, _number(number), agree=agree, why_not=why_not)


def take_back(staff_id: str, case_id: str, number: str, why: str) -> None:
    """Take one's own proposal back by page."""
    seconding.take_back(member(staff_id), case_id, _number(number), why)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def case(staff_id: str, case_id: str, language: Language) -> CasePage:
    """One case of the member's desks."""
    found = review.read_case(member(staff_id), case_id)
    say = desk_queue.of_scheme(found, Speech(language))
    reader = member(staff_id)
    known = _application(found) if "reviewer" in reader.roles else None
    row = desk_queue.row(found, say, staff_id)
    bare = CasePage(
        id=found.id,
        kind=row.kind,
        about=found.about,
        promised=row.promised,
        late=row.late,
        is_review=found.kind is CaseKind.REVIEW,
        may_refuse=found.kind in MAY_REFUSE,
        may_decide=review.may_decide(found, reader),
        outcomes=outcomes(found, say),
        places_money=is_placeable(found),
        decided=_decided(found, say),
        proposal=waiting(found, say, staff_id),
        objections=tuple(
            say(
                "desk.taken_back" if one.taken_back else "staff.objection",
                by=desk_facts.person(one.answered_by or "", say),
                why=one.why_not,
            )
            for one in found.proposals
            if one.agreed is False
        ),
        held=held(found, say, staff_id),
        holds=desk_queue.is_held(found) and found.taken_by == staff_id,
        name="",
        look_at=_look_at(found, language),
        facts=(
            *desk_facts.facts(found, say),
            *desk_help.facts(found, say),
            *desk_credits.facts(found, say),
        ),
        groups=(),
        rules=(),
        photo="",
        photo_problems=(),
        document="",
        document_is_picture=False,
        reasons=(),
    )
    bare = bare.model_copy(update=desk_checks.of(found, reader, bare.facts, say))
    if found.kind is CaseKind.CORRECTION and "reviewer" in reader.roles:
        bare = bare.model_copy(update=_wanted(found, say))
    return _with_application(bare, known, say) if known else bare


def _wanted(found: Case, say: Speech) -> dict[str, object]:
    """What a correction asks for, beside what stands there."""
    asked = correction_shown.of(found)
    policy = load_policy(found.scheme)[0] if found.scheme else None
    rows = [
        (
            correction.words(policy, one.field, say) if policy else one.field,
            say("correction.wanted_row", now=one.now or "–", wanted=one.wanted),
        )
        for one in asked.fields
    ]
    rows += correction.background_rows(asked, say)
    if asked.reason:
        rows.append((say("correction.wanted_reason"), asked.reason))
    return {"wanted": tuple(rows), "evidence": asked.evidence or ""}


def _application(found: Case) -> Whole | None:
    if found.kind not in SHOW_APPLICATION:
        return None
    application = review.application_of(found)
    return whole.read(application.candidate, application.reference)


def _with_application(page: CasePage, known: Whole, say: Speech) -> CasePage:
    candidate = known.candidate
    photo, document = uploads.photo_for(candidate, known.behind.policy), candidate.file("id_document")
    identity = read_profile(candidate.id).identity_check
    said = [(say("staff.identity_check"), say(f"staff.identity_{identity}"))]
    for answer in known.application.answers:
        words = answer.zh if say.language == "zh" else answer.en
        key = f"staff.rule_{answer.rule}"
        said.append(
            (
                say(key) if say.has(key) else answer.rule,
                f"{say('staff.yes') if answer.yes else say('staff.no')} {words}",
            )
        )
    return page.model_copy(
        update={
            "name": known.behind.person.name,
            "sitting": say.said(Words(en=known.behind.sitting.name_en, zh=known.behind.sitting.name_zh)),
            "groups": answers.of_person(known, say),
            "returned_before": _returned_before(known, say),
            "rules": tuple(said),
            "photo": uploads.link(photo, "photo") if photo else "",
            "photo_problems": tuple(one.zh if say.language == "zh" else one.en for one in photo.problems)
            if photo
            else (),
            "document": uploads.link(document, "id_document") if document else "",
            "document_is_picture": bool(document and document.content_type.startswith("image/")),
            "reasons": tuple((one.code, say.said(one.words)) for one in known.behind.policy.review.reasons),
            "proofs": desk_eligibility.proofs(known, say),
            "eligibility": desk_eligibility.answer(known, say),
        }
    )


def _returned_before(known: Whole, say: Speech) -> tuple[str, ...]:
    """What the candidate was asked to correct the last time, under a line that says when."""
    before = known.application.returned_before
    if before is None:
        return ()
    reasons = [one.zh if say.language == "zh" else one.en for one in before.reasons]
    note = [say("desk.returned_note", note=before.note)] if before.note else []
    return (say("desk.returned_before", at=say.moment(before.at)), *reasons, *note)


def _look_at(case: Case, language: Language) -> tuple[str, ...]:
    """What the rules doubt, in the reader's language."""
    found = [
        key for key in sorted(case.facts) if key.startswith("look_at") and key.endswith("_zh") == (language == "zh")
    ]
    return tuple(case.facts[key] for key in found)


def _decided(case: Case, say: Speech) -> str:
    if case.decision is None:
        return ""
    outcome = desk_facts.outcome(case.decision.outcome, verdicts(case.kind), say)
    by = desk_facts.person(case.decision.decided_by, say)
    return say("staff.decided", outcome=outcome, by=by, at=say.moment(case.decision.decided_at))
