"""What the letters about commitment and proofs are told, read from the rows as they are now."""

from collections.abc import Callable
from typing import Any

from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import cases
from certification.cloud.tables.commitments import commitments
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_calendar, load_policy
from certification.rules.commitment_deadlines import proofs_advised
from certification.rules.lanes import proofs_first
from certification.rules.proofs import asked_in_check, needed
from certification.rules.supervision import MODES, after_missed
from certification.rules.waits import waits_for

Values = dict[str, Any]


def _sign(application: Application, _sitting: Sitting, _detail: Values) -> Values | None:
    return {"sign_by": application.act_by} if application.act_by else None


def _signed(_application: Application, sitting: Sitting, detail: Values) -> Values:
    signed, order = commitments.read(detail["commitment"]), orders.read(detail["order"])
    return {
        "number": signed.id,
        "signed_at": signed.signed_at,
        "amount": order.total,
        "pay_by": order.pay_by,
        "back_until": sitting.dates.registration_closes,
    }


def _proofs(application: Application, _sitting: Sitting, _detail: Values) -> Values | None:
    """Which proofs, and until when; nothing once they were handed in."""
    if application.act_by is None:
        return None
    policy, _ = load_policy(application.scheme)
    wanted = needed(policy, application.classes)
    because = proofs_first(tuple(sorted(application.classes)))
    advised = proofs_advised(application.act_by, policy, load_calendar(policy.calendar))
    return {
        "why": {"en": because.en, "zh": because.zh},
        "proofs": tuple(upload.words for upload in policy.uploads if upload.code in wanted),
        "hand_in_by": application.act_by,
        "advised_by": advised if clock.now() < advised < application.act_by else None,
    }


def _submitted(application: Application, _sitting: Sitting, _detail: Values) -> Values | None:
    review = cases.find(application.review) if application.review else None
    return {"review_by": review.promised} if review else None


def _reminded(application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    """What still waits for them; nothing once they acted."""
    if application.act_by is None or application.status != detail.get("waits", application.status):
        return None
    wait = waits_for(application.status)
    return {"what": {"en": wait.next_en, "zh": wait.next_zh}, "by": application.act_by}


def _check(application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    """What the check asks for; nothing once it was answered."""
    case = cases.read(detail["case"])
    policy, _ = load_policy(application.scheme)
    if case.decision is not None or case.waits_for != "candidate" or policy.checks is None:
        return None
    wanted = asked_in_check(policy, application.level or "")
    return {
        "why": MODES[case.facts["mode"]],
        "proofs": tuple(upload.words for upload in policy.uploads if upload.code in wanted),
        "on_paper": "paper" in policy.checks.accepts,
        "answer_by": case.promised,
        "forfeits": after_missed(policy, application.status) == "forfeited",
    }


ABOUT_COMMITMENT: dict[str, Callable[[Application, Sitting, Values], Values | None]] = {
    "SignatureAwaited": _sign,
    "CommitmentSigned": _signed,
    "ProofsAwaited": _proofs,
    "CommitmentWithdrawn": _proofs,
    "CommitmentBarred": _proofs,
    "ProofsSubmitted": _submitted,
    "CandidateReminded": _reminded,
    "CheckRequested": _check,
    "CheckPassed": lambda *_: {},
    "RightForfeited": lambda *_: {},
}
