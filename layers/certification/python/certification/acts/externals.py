"""Refunds that were made in the provider's own pages: rows of their own, so that every list and page shows them.

The money is a fact and is booked already. Whether the seat stays is a person's decision: settling opens the case.
"""

from datetime import datetime

from certification.acts.portions import Portion
from certification.acts.refunding import told
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.payments import Payment
from certification.cloud.tables.refunds import Refund, refunds
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.facts import PREFIX, Fact, FactKind
from certification.rules.findings import RefundKind
from certification.rules.refund_life import STOPPED, RefundState, external_refund
from certification.rules.words import Because

EXTERNAL = Because(
    en="This refund was made in the payment provider's own pages.",
    zh="该笔退款由支付机构后台直接办理。",
    rules=("REF-04",),
)


def external_row(payment: Payment, application: Application, reference: str) -> tuple[list[Write], list[Announcement]]:
    """The row of a refund that the provider knows by this number, and the letter with its credit note; nothing where the
    row is there."""
    if refunds.find(external_refund(reference)) is not None:
        return [], []
    fact = payment.facts[f"{PREFIX[FactKind.REFUND_DONE]}#{reference}"]
    row = _row(payment, application, fact).went_to(RefundState.EXTERNAL, fact.at, "provider")
    return [refunds.insert(row)], told("RefundArrived", row)


def failed_rows(payment: Payment, application: Application, portion: Portion, now: datetime) -> None:
    """Of those that came back: the rows that are missing or do not say so yet, as many as fit."""
    asked = {fact.about for fact in payment.facts.values() if fact.kind is FactKind.REFUND_REQUESTED}
    failed = {fact.reference for fact in payment.facts.values() if fact.kind is FactKind.REFUND_FAILED}
    for fact in payment.facts.values():
        if fact.kind is not FactKind.REFUND_DONE or fact.about in asked or fact.reference not in failed:
            continue
        if not portion.has_room:
            return
        known = refunds.find(external_refund(fact.reference))
        if known is None:
            row = _row(payment, application, fact).went_to(RefundState.FAILED, fact.at, "provider")
            portion.add([refunds.insert(row)], told("RefundFailed", row))
        elif known.state not in STOPPED:
            portion.add(
                [refunds.update(known.went_to(RefundState.FAILED, now, "provider"))], told("RefundFailed", known)
            )


def _row(payment: Payment, application: Application, fact: Fact) -> Refund:
    policy, _ = load_policy(application.scheme)
    return Refund(
        id=external_refund(fact.reference),
        payment=payment.id,
        order=payment.order,
        application=application.reference,
        candidate=application.candidate,
        scheme=application.scheme,
        desk=desk_for(policy, CaseKind.EXTERNAL_REFUND, application.region).code,
        capture=fact.capture,
        kind=RefundKind.EXTERNAL,
        money=fact.money,
        state=RefundState.EXTERNAL,
        reason_en=EXTERNAL.en,
        reason_zh=EXTERNAL.zh,
        rules=EXTERNAL.rules,
        requested_at=fact.at,
        not_before=fact.at,
        provider_refund=fact.reference,
    )
