"""Disputes: an evidence case for each, which holds up the certificate until the dispute is over (decision 22)."""

from datetime import datetime, timedelta

from certification.acts.cases import closed, new_case, opened
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Dispute, Payment, payments
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.cases import Block, CaseKind, OpenCase, Subject
from certification.rules.desks import desk_for

EVIDENCE_WITHIN = timedelta(days=7)
"""Where the provider names no date until which it takes evidence."""
OVER_WITHOUT_US = ("won", "prevented")


def followed(
    application: Application, payment: Payment, now: datetime
) -> tuple[Application, list[Write], list[Announcement]]:
    """The application with what holds it up, and the writes of the cases. An inquiry holds up nothing; a dispute does
    until it is won, or, once lost, until a person has decided what follows."""
    writes: list[Write] = []
    news: list[Announcement] = []
    for name, dispute in payment.disputes.items():
        case = _case(application, payment, name, dispute, now)
        known = cases.find(case.id)
        if known is None and dispute.stage not in OVER_WITHOUT_US:
            writes.append(cases.insert(case))
            news.append(opened(case))
        elif known is not None and known.decision is None:
            if dispute.stage in OVER_WITHOUT_US:
                writes.append(closed(known, str(dispute.stage), "system", now))
            elif known.facts != case.facts:
                writes.append(cases.update(known.changed(facts=case.facts, blocks=case.blocks)))
        application = _held(application, case, known, dispute)
    return application, writes, news


def going_on(application: Application) -> tuple[OpenCase, ...]:
    """The disputes among its open cases: the payer's bank goes on with them after the application has ended."""
    return tuple(case for case in application.open_cases if case.kind is CaseKind.DISPUTE)


def over_with(application: Application, why: str, by: str, now: datetime, *, but: str = "") -> list[Write]:
    """The ends of all other cases that were open about an application that has ended; `but` is decided by itself."""
    ended = [case.reference for case in application.open_cases if case.kind is not CaseKind.DISPUTE]
    found = [cases.read(reference) for reference in ended if reference != but]
    return [closed(case, why, by, now) for case in found if case.decision is None]


def _held(application: Application, case: Case, known: Case | None, dispute: Dispute) -> Application:
    decided = known is not None and known.decision is not None
    holds = case.blocks is Block.ISSUANCE and dispute.stage not in OVER_WITHOUT_US and not decided
    if holds is application.has_open(case.id):
        return application
    others = application.open_without(case.id)
    after: Application = application.changed(open_cases=(*others, case.as_open) if holds else others)
    return after


def _case(application: Application, payment: Payment, name: str, dispute: Dispute, now: datetime) -> Case:
    policy, _ = load_policy(application.scheme)
    return new_case(
        CaseKind.DISPUTE,
        Subject.PAYMENT,
        payment.id,
        name,
        now=now,
        due=max(dispute.evidence_by or now + EVIDENCE_WITHIN, now),
        desk=desk_for(policy, CaseKind.DISPUTE, application.region).code,
        blocks=Block.NOTHING if dispute.stage == "inquiry" else Block.ISSUANCE,
        facts={
            "dispute": name,
            "stage": dispute.stage,
            "amount": str(dispute.money),
            "why": dispute.why,
            "order": payment.order or "",
            "application": application.reference,
        },
        scheme=application.scheme,
    )


@retried
def decided(case: Case) -> None:
    """A person has dealt with it: it holds up nothing any more."""
    payment = payments.read(case.about)
    if payment.order is None:
        return
    application = applications.read(orders.read(payment.order).application)
    if application.has_open(case.id):
        commit([applications.update(application.changed(open_cases=application.open_without(case.id)))])
