"""Two people: what the first decides is a proposal, and counts once a second member of the desk has confirmed it.

Until then the first may take it back. Of taking back and confirming at the same time exactly one happens.
"""

from certification.acts.cases import decided
from certification.acts.review import held, may_decide, read_case
from certification.cloud import clock
from certification.cloud.tables.cases import Case, Proposal, cases
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.rules.errors import Refused
from certification.rules.review import LONGEST_NOTE, Decision, Verdict, check_second, is_free


@retried
def second(member: StaffMember, case_id: str, number: int, *, agree: bool, why_not: str = "") -> None:
    """Confirm a proposal, or disagree: then it is gone and the case waits anew. `number` is the proposal that was read.

    The same answer again changes nothing; a proposal that was replaced meanwhile must be read first.
    """
    case = read_case(member, case_id)
    proposal = case.proposals[number - 1] if 0 < number <= len(case.proposals) else None
    if proposal is None or (proposal.agreed, proposal.answered_by) == (agree, member.id):
        if proposal is None:
            raise _nothing()
        return
    if proposal.agreed is not None:
        raise _nothing()
    if "reviewer" not in member.roles or not is_free(case.taken_by, case.taken_at, member.id, clock.now()):
        raise held()
    check_second(proposal.by, member.id)
    why_not = _reason(why_not, "Say why you disagree.", "请说明不同意的理由。", needed=not agree)
    answered = case.changed(
        proposals=_answered(case, member, agree=agree, why_not=why_not), taken_by=None, taken_at=None
    )
    if not agree:
        commit([cases.update(answered)])
        return
    decision = Decision(
        verdict=Verdict(proposal.outcome), decided_by=proposal.by, reasons=proposal.reasons, note=proposal.note
    )
    write, told = decided(answered, decision, clock.now(), seconded_by=member.id)
    commit([write], [told])


@retried
def take_back(member: StaffMember, case_id: str, number: int, why: str) -> None:
    """Withdraw one's own proposal with a reason, before anybody answered it; the case waits anew, held by who holds it.

    The reason stays with the case, and whoever decides it next reads it. The same again changes nothing.
    """
    case = read_case(member, case_id)
    proposal = case.proposals[number - 1] if 0 < number <= len(case.proposals) else None
    if proposal is not None and proposal.taken_back and proposal.by == member.id:
        return
    if proposal is None or proposal.agreed is not None:
        raise _nothing()
    if proposal.by != member.id or not may_decide(case, member):
        raise Refused(
            "not_your_proposal",
            "Only whoever made a proposal can take it back. You can disagree instead.",
            "只有提出人可以撤回该决定；您可选择不同意。",
            rules=("CHK-03",),
        )
    why = _reason(why, "Say why you take it back.", "请说明撤回的理由。", needed=True)
    commit([cases.update(case.changed(proposals=_answered(case, member, agree=False, why_not=why)))])


def _reason(text: str, missing_en: str, missing_zh: str, *, needed: bool) -> str:
    said = text.strip()
    if needed and not said:
        raise Refused("why_missing", missing_en, missing_zh, field="why_not")
    if len(said) > LONGEST_NOTE:
        raise Refused("note_too_long", f"Keep it to {LONGEST_NOTE} characters.", "说明过长。", field="why_not")
    return said


def _answered(case: Case, member: StaffMember, *, agree: bool, why_not: str) -> tuple[Proposal, ...]:
    answer = {"agreed": agree, "answered_by": member.id, "answered_at": clock.now(), "why_not": why_not}
    return (*case.proposals[:-1], case.proposals[-1].model_copy(update=answer))


def _nothing() -> Refused:
    return Refused(
        "no_proposal",
        "No such proposal waits for a second person any more. Load the page again.",
        "该复核事项已变更，请刷新页面。",
        rules=("CHK-03",),
    )
