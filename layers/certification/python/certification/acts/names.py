"""Names that our fonts cannot print or that cannot be typed: a desk and the person agree on a spelling (ACC-13).

Nothing waits for it: the name is kept as typed, the application goes on, and documents carry the Latin name meanwhile.
"""

import hashlib
import json

from certification.acts import home
from certification.acts.agreements import must_have_accepted
from certification.acts.cases import case_id, new_case
from certification.acts.cases import opened as case_opened
from certification.acts.people import on_paper
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.cases import Case, cases
from certification.cloud.transaction import commit, retried
from certification.documents.coverage import printable
from certification.policies import load_calendar, load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import review_due
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.glyphs import must_be_printable, printing
from certification.rules.identity import full_name
from certification.rules.model import Frozen
from certification.rules.review import Verdict

LONGEST_DESCRIPTION = 500


class NameHelp(Frozen):
    """How a candidate's name stands on paper now, what is missing, and the case that looks after it."""

    native: str | None
    on_paper: str
    missing: tuple[str, ...]
    forms: tuple[str, ...]
    agreed: str | None
    case: str | None
    decided: str | None
    note: str


class Wanted(Frozen):
    """What the person wrote: how the character looks, and how the name may be printed."""

    description: str
    spelling: str


def read(candidate_id: str) -> NameHelp:
    """How the name is printed, for the candidate's own eyes."""
    candidate = candidates.read(candidate_id)
    found = printing(candidate.native_name or "", printable())
    case = cases.find(_case_id(candidate))
    return NameHelp(
        native=candidate.native_name,
        on_paper=on_paper(candidate),
        missing=found.missing,
        forms=found.forms,
        agreed=candidate.account.printed_name,
        case=case.id if case else None,
        decided=case.decision.outcome if case and case.decision else None,
        note=case.decision.note if case and case.decision else "",
    )


def noticed(candidate: Candidate) -> tuple[list[Write], list[Announcement]]:
    """The case that a name opens by itself when it is saved and cannot be printed; nothing for any other name."""
    if not printing(candidate.native_name or "", printable()).missing or cases.find(_case_id(candidate)):
        return [], []
    case = _new(candidate, Wanted(description="", spelling=""))
    return [cases.insert(case)], [case_opened(case)]


@retried
def ask(candidate_id: str, description: str, spelling: str) -> str:
    """Describe a character, and say how the name may be printed; gives the case. Asking again replaces what was said."""
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    wanted = _wanted(description, spelling)
    if not (candidate.native_name or candidate.latin_name):
        raise Refused("name_missing", "Save your details first, with your name in Latin letters.", "请先填写姓名。")
    case = cases.find(_case_id(candidate))
    if case is None:
        case = _new(candidate, wanted)
        commit([cases.insert(case)], [case_opened(case)])
    elif case.decision is None:
        commit([cases.update(case.changed(wanted=_sealed(candidate, wanted)))])
    else:
        raise Refused(
            "name_decided",
            "A desk has decided how this name is printed. Write to it if that is wrong.",
            "该姓名的打印方式已有结论，如有异议请联系服务台。",
            rules=("ACC-13",),
        )
    return case.id


def wanted_in(case: Case) -> Wanted:
    """What the person wrote, for the desk."""
    if case.wanted is None:
        return Wanted(description="", spelling="")
    return Wanted.model_validate_json(key_of(case.about).open("wanted", case.wanted))


@retried
def apply(case: Case) -> None:
    """A desk has decided: the spelling that was asked for is printed from now on; and the person is told either way."""
    candidate = candidates.read(case.about)
    spelling = wanted_in(case).spelling
    told = Announcement(
        name="NamePrintingDecided",
        subject=case.id,
        key=case.id,
        about={"candidate": case.about, "case": case.id},
    )
    granted = case.decision is not None and case.decision.outcome == Verdict.APPROVE
    account = candidate.account.model_copy(update={"printed_name": spelling} if granted and spelling else {})
    commit([candidates.update(candidate.changed(account=account))], [told])


def _wanted(description: str, spelling: str) -> Wanted:
    said, printed = " ".join(description.split()), ""
    if not said:
        raise Refused(
            "description_missing",
            "Say which character it is: how it looks, its parts, or its number in Unicode.",
            "请说明是哪个字：字形、部件或统一码编号。",
            rules=("ACC-13",),
            field="description",
        )
    if len(said) > LONGEST_DESCRIPTION:
        raise Refused(
            "description_too_long",
            f"Keep the description to {LONGEST_DESCRIPTION} characters.",
            f"说明最多 {LONGEST_DESCRIPTION} 个字符。",
            field="description",
        )
    if spelling.strip():
        try:
            printed = full_name(spelling)
        except Refused as refusal:
            refusal.field = "spelling"
            raise
        must_be_printable(printed, printable(), "spelling")
    return Wanted(description=said, spelling=printed)


def _case_id(candidate: Candidate) -> str:
    return case_id(CaseKind.RARE_CHARACTER, candidate.id, _fingerprint(candidate))


def _fingerprint(candidate: Candidate) -> str:
    """Names a name without telling it: another name is another case."""
    name = candidate.native_name or candidate.latin_name or ""
    return hashlib.sha256(json.dumps([candidate.id, name]).encode()).hexdigest()[:16]


def _new(candidate: Candidate, wanted: Wanted) -> Case:
    now, scheme = clock.now(), home.scheme_of(candidate.id)
    policy, _ = load_policy(scheme)
    case = new_case(
        CaseKind.RARE_CHARACTER,
        Subject.CANDIDATE,
        candidate.id,
        _fingerprint(candidate),
        now=now,
        due=review_due(now, policy, load_calendar(policy.calendar)).due,
        desk=desk_for(policy, CaseKind.RARE_CHARACTER).code,
        scheme=scheme,
    )
    sealed: Case = case.changed(wanted=_sealed(candidate, wanted))
    return sealed


def _sealed(candidate: Candidate, wanted: Wanted) -> str:
    return key_of(candidate.id).seal("wanted", wanted.model_dump_json())
