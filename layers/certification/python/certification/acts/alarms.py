"""Alarms: what a rule cannot explain about a payment is a case, and is closed by itself once it is explained."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.acts.cases import closed, new_case, opened
from certification.acts.externals import external_row
from certification.acts.portions import Portion
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.payments import Payment
from certification.policies import load_policy
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY, desk_for

EXTERNAL_REFUND = "external_refund:"
"""How the anomaly of a refund begins that we did not ask for; the provider's number of it follows."""
LOOKED_AT = timedelta(days=1)
"""How soon somebody must look at money that a rule cannot place."""


def raised(
    payment: Payment, application: Application, anomalies: Sequence[str], portion: Portion, now: datetime
) -> Payment:
    """The payment with its anomalies flagged, a case for each new one, and those closed that are gone: as many as fit.

    A refund made in the provider's own pages gets its row with its case: what is flagged has both.
    """
    flagged = {*payment.flagged}
    for anomaly in sorted({*anomalies} - flagged):
        if not portion.has_room:
            break
        case = _case(payment, application, anomaly, now)
        if cases.find(case.id) is None:
            portion.add([cases.insert(case)], [opened(case)])
        if anomaly.startswith(EXTERNAL_REFUND):
            portion.add(*external_row(payment, application, anomaly.removeprefix(EXTERNAL_REFUND)))
        flagged.add(anomaly)
    for anomaly in sorted(flagged - {*anomalies}):
        if not portion.has_room:
            break
        known = cases.find(_case(payment, application, anomaly, now).id)
        if known is not None and known.decision is None:
            portion.add([closed(known, "explained", "system", now)])
        flagged.remove(anomaly)
    after: Payment = payment.changed(flagged=tuple(sorted(flagged)))
    return after


def _case(payment: Payment, application: Application, anomaly: str, now: datetime) -> Case:
    policy, _ = load_policy(application.scheme)
    external = anomaly.startswith(EXTERNAL_REFUND)
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
