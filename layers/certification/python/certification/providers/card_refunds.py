"""CARD REFUNDS: what the card provider's refund and dispute objects say, in our words.

In words: a refund names our id in its metadata, or was made in the provider's own pages. `succeeded` is money that went;
`failed` and `canceled` are money that is with us again, also after a success. `charge.refunded` tells a sum over all
refunds of a charge and is no fact. A dispute moves money only when its funds are withdrawn or reinstated.
"""

from datetime import UTC, datetime
from typing import Any

from certification.providers.refund_ports import DisputeSeen, RefundReport, RefundSeen
from certification.rules.disputes import DisputeStage
from certification.rules.facts import FactKind, fact_of
from certification.rules.money import Money

REPORTS: dict[str, RefundReport] = {
    "pending": "pending",
    "requires_action": "manual",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
STAGES: dict[str, DisputeStage] = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "won",
    "needs_response": "open",
    "under_review": "open",
    "appeal_needs_response": "open",
    "appeal_under_review": "open",
    "won": "won",
    "lost": "lost",
    "prevented": "prevented",
}
Said = dict[str, Any]


def named(found: Any) -> str:
    """The id of an object that is given by its id or in full."""
    name = found["id"] if isinstance(found, dict) else found
    if not isinstance(name, str):
        raise TypeError("an object without an id")
    return name


def seen_refund(refund: dict[str, Any], at: datetime | None = None) -> RefundSeen:
    """A refund object. It went when it was made; what ended it otherwise happened at the event's time `at`."""
    state = REPORTS[refund["status"]]
    made = datetime.fromtimestamp(refund["created"], UTC)
    return RefundSeen(
        id=refund["id"],
        refund=(refund.get("metadata") or {}).get("refund"),
        capture=named(refund["payment_intent"]),
        state=state,
        money=Money(amount=refund["amount"], currency=refund["currency"].upper()),
        at=made if state == "succeeded" else at or made,
        why=refund.get("failure_reason"),
    )


def read_refund(refund: dict[str, Any], at: datetime) -> Said:
    """`refund.created`, `refund.updated`, `refund.failed`."""
    seen = seen_refund(refund, at)
    reference = (refund.get("metadata") or {}).get("reference")
    return {"reference": reference, "payment": seen.capture, "refund": seen, "facts": seen.facts("card:refund")}


def read_dispute(dispute: dict[str, Any], at: datetime) -> Said:
    """`charge.dispute.created`, `.updated`, `.closed`: a stage, and no money."""
    due = (dispute.get("evidence_details") or {}).get("due_by")
    seen = DisputeSeen(
        id=dispute["id"],
        capture=named(dispute["payment_intent"]),
        stage=STAGES[dispute["status"]],
        money=_money(dispute),
        at=at,
        why=str(dispute.get("reason") or ""),
        evidence_by=datetime.fromtimestamp(due, UTC) if due else None,
    )
    return {"payment": seen.capture, "dispute": seen}


def read_funds_out(dispute: dict[str, Any], at: datetime) -> Said:
    """`charge.dispute.funds_withdrawn`: the money left."""
    said = read_dispute(dispute, at)
    seen: DisputeSeen = said["dispute"]
    stage = seen.stage if seen.stage in ("won", "lost") else "funds_out"
    return {**said, "dispute": seen.model_copy(update={"stage": stage}), "facts": _moved(FactKind.DISPUTE_OUT, seen)}


def read_funds_back(dispute: dict[str, Any], at: datetime) -> Said:
    """`charge.dispute.funds_reinstated`: the money came back."""
    said = read_dispute(dispute, at)
    return {**said, "facts": _moved(FactKind.DISPUTE_IN, said["dispute"])}


def _moved(kind: FactKind, seen: DisputeSeen) -> tuple[Any, ...]:
    return (fact_of(kind, seen.id, seen.money, seen.at, "card:dispute", capture=f"CAP#{seen.capture}"),)


def _money(found: dict[str, Any]) -> Money:
    return Money(amount=found["amount"], currency=found["currency"].upper())
