"""The course of one application, read from the rows as they are now, and as a calendar file."""

from datetime import datetime

from certification.acts.ownership import own_application
from certification.acts.payment_history import of_payment
from certification.acts.refund_accounts import UNKNOWN
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import Refund
from certification.cloud.tables.sittings import sittings
from certification.letters import formats
from certification.letters.formats import Language
from certification.policies import load_calendar, load_policy
from certification.rules.calendar_file import Entry, calendar_file
from certification.rules.calendars import WorkingCalendar
from certification.rules.choosing import taken
from certification.rules.course import Duty, Known, Line, Move, course
from certification.rules.course_money import MoneyBack, arrives_by
from certification.rules.course_money import Step as MoneyStep
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.refund_life import RefundState
from certification.rules.status import Status
from certification.rules.words import Because


class Timeline(Frozen):
    """The lines, the scheme's time zone, and a number that grows whenever something behind them changes."""

    lines: tuple[Line, ...]
    time_zone: str
    sequence: int


def of(candidate_id: str, reference: str) -> Timeline:
    """The candidate's own application; another person's is not found."""
    application = own_application(candidate_id, reference)
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(application.scheme)
    open_cases = [cases.read(case.reference) for case in application.open_cases]
    made = [orders.read(number) for number in application.orders]
    back = [refund for order in made for payment in order.payments for refund in of_payment(payments.read(payment))]
    calendar = load_calendar(policy.calendar)
    known = Known(
        status=application.status,
        moves=tuple(Move(at=step.at, trigger=step.trigger, rules=step.rules) for step in application.life),
        due=_due(application, open_cases, made),
        dates=sitting.dates,
        subjects=taken(policy, application) if application.occupation and application.level else (),
        duties=tuple(_duty(case) for case in open_cases if case.decision is None),
        refunds=tuple(_back(one, policy, calendar) for one in back),
    )
    rows = (application, sitting, *open_cases, *made, *back)
    return Timeline(
        lines=course(known, policy, calendar, clock.now()),
        time_zone=policy.time_zone,
        sequence=sum(row.version for row in rows),
    )


def _due(application: Application, open_cases: list[Case], made: list[Order]) -> datetime | None:
    """The end of the present wait: what a desk promised, the time to pay, or the row's own date."""
    if application.status is Status.AWAITING_REVIEW:
        return next((case.promised for case in open_cases if case.id == application.review), None)
    if application.status is Status.AWAITING_PAYMENT and made:
        return made[-1].pay_by
    return application.act_by


def _duty(case: Case) -> Duty:
    return Duty(reference=case.id, kind=case.kind, party=case.waits_for, due=case.promised)


def _back(refund: Refund, policy: Policy, calendar: WorkingCalendar) -> MoneyBack:
    case = cases.find(refund.case) if refund.case else None
    sent = refund.at(RefundState.SUBMITTED)
    return MoneyBack(
        name=refund.id,
        money=refund.money,
        because=Because(en=refund.reason_en, zh=refund.reason_zh, rules=refund.rules),
        steps=tuple(MoneyStep(state=step.state, at=step.at) for step in refund.steps),
        not_before=refund.not_before,
        promised=case.promised if case is not None and case.decision is None else None,
        arrives_by=arrives_by(sent, policy.refund, calendar, policy.zone) if sent else None,
        followed=refund.again is not None,
        asks_candidate=refund.failure == UNKNOWN,
    )


def as_calendar(candidate_id: str, reference: str, language: Language) -> str:
    """Everything dated that is to come, as an iCalendar file in one language. What happened is not a date to keep."""
    timeline = of(candidate_id, reference)
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    name = f"{formats.said(policy.title, language)} {reference}"
    kept = [line for line in timeline.lines if not line.key.startswith("life-") and line.state != "done"]
    return calendar_file(
        name,
        (_entry(line, reference, language) for line in kept),
        language="zh-CN" if language == "zh" else "en",
        zone=policy.zone,
        sequence=timeline.sequence,
        made=clock.now(),
    )


def _entry(line: Line, reference: str, language: Language) -> Entry:
    because = line.because.zh if language == "zh" else line.because.en
    rules = ", ".join(line.because.rules)
    return Entry(
        uid=f"{reference}-{line.key}@assay",
        at=line.at,
        until=line.until,
        summary=formats.said(line.words, language),
        description=f"{because} ({rules})" if rules else because,
        address=f"{settings().public_url}/{language}/apply/{reference}",
        called_off=line.state == "called_off",
        remind=line.is_deadline and line.turn == "candidate",
    )
