"""Alarms: what a rule cannot explain about a payment is a case, and is closed by itself once it is explained."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts.cases import closed, new_case, opened
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.payments import Payment
from certification.policies import load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY, desk_for

LOOKED_AT = timedelta(days=1)
"""How soon somebody must look at money that a rule cannot place."""


def raised(
    payment: Payment, application: Application, anomalies: Sequence[str], now: datetime
) -> tuple[Payment, list[Write], list[Announcement]]:
    """The payment with its anomalies flagged, a case for each new one, and those closed that are gone."""
    writes: list[Write] = []
    news: list[Announcement] = []
    for anomaly in sorted({*anomalies} - {*payment.flagged}):
        case = _case(payment, application, anomaly, now)
        if cases.find(case.id) is None:
            writes.append(cases.insert(case))
            news.append(opened(case))
    for anomaly in sorted({*payment.flagged} - {*anomalies}):
        known = cases.find(_case(payment, application, anomaly, now).id)
        if known is not None and known.decision is None:
            writes.append(closed(known, "explained", "system", now))
    after: Payment = payment.changed(flagged=tuple(sorted(anomalies)))
    return after, writes, news


def _case(payment: Payment, application: Application, anomaly: str, now: datetime) -> Case:
    policy, _ = load_policy(application.scheme)
    external = anomaly.startswith("external_refund:")
    kind = CaseKind.EXTERNAL_REFUND if external else CaseKind.UNMATCHED_CREDIT
    return new_case(
        kind,
        Subject.PAYMENT,
        payment.id,
        anomaly,
        now=now,
        due=now + LOOKED_AT,
        desk=desk_for(policy, kind, application.region).code if external else TREASURY,
        facts={"anomaly": anomaly, "order": payment.order or "", "application": application.reference},
        scheme=application.scheme if external else None,
    )
