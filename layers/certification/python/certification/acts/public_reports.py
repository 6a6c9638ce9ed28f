"""Reports from the public about a commitment: limited, sealed, and read by a desk that decides whether to look (CHK-11)."""

import json

from certification.acts import guessing
from certification.acts.cases import case_id, new_case, opened
from certification.cloud import clock
from certification.cloud.sealed_texts import seal, unseal
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.cases import Block, CaseKind, Subject
from certification.rules.deadlines import review_due
from certification.rules.desks import desk_for
from certification.rules.reporting import check_report, fingerprint


@retried
def report(sitting_id: str, who: str, text: str, source: str) -> str:
    """Take a report; gives its receipt, the number of the case. The same report again gives the same receipt."""
    sitting = sittings.read(sitting_id)
    policy, _ = load_policy(sitting.scheme)
    named, told = check_report(policy, who, text)
    cause = fingerprint(named, told)
    receipt = case_id(CaseKind.COMPLAINT, sitting_id, cause)
    if cases.find(receipt) is not None:
        return receipt
    guessing.must_be_below(source, "report")
    now = clock.now()
    case = new_case(
        CaseKind.COMPLAINT,
        Subject.SITTING,
        sitting_id,
        cause,
        now=now,
        due=review_due(now, policy, load_calendar(policy.calendar)).due,
        desk=desk_for(policy, CaseKind.COMPLAINT).code,
        blocks=Block.NOTHING,  # a report accuses nobody; a check that a desk opens does block
        facts={"sitting": sitting_id},
        scheme=sitting.scheme,
    ).changed(wanted=seal(receipt, json.dumps({"who": named, "text": told}, ensure_ascii=False)))
    commit([cases.insert(case), *guessing.counted(source, "report")], [opened(case)])
    return receipt


def told(case: Case) -> tuple[str, str] | None:
    """Who a report is about and what it says, in clear, for the desk that reads it."""
    if case.kind is not CaseKind.COMPLAINT or case.wanted is None:
        return None
    said = json.loads(unseal(case.id, case.wanted))
    return said["who"], said["text"]
