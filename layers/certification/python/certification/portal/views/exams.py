"""Sittings as candidates read them: what, when, where, how much, and what comes back when."""

from datetime import datetime
from typing import Literal

from certification.cloud import clock
from certification.cloud.tables.sittings import Sitting, sittings
from certification.letters.formats import Language
from certification.policies import load_policy, schemes
from certification.portal.views import terms
from certification.portal.views.speech import Speech
from certification.rules.fees import least_fee, order_fees
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.refunds import preview, refund_policy

Facts = tuple[tuple[str, str], ...]


class Prices(Frozen):
    """What one occupation costs: a row per level, and in it the total for each form of the exam ("–": not offered)."""

    occupation: str
    forms: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


class Exam(Frozen):
    """One sitting. `state` says whether registration has not begun, is open, or is over."""

    id: str
    name: str
    body: str
    state: Literal["soon", "open", "over"]
    state_words: str
    exam_day: str
    registers_by: str
    cheapest: str
    dates: Facts
    refund: Facts
    refund_notes: tuple[str, ...]
    prices: tuple[Prices, ...]
    money: str
    basis: Facts
    address: str
    drawn: bool


def announced() -> list[Sitting]:
    """Every sitting we made known, of every scheme."""
    return [sitting for scheme in schemes() for sitting in sittings.of(scheme)]


def all_exams(language: Language) -> tuple[Exam, ...]:
    """Every announced sitting, earliest registration first."""
    return tuple(_exam(sitting, language) for sitting in announced())


def exam(sitting_id: str, language: Language) -> Exam:
    """One sitting; NotFound when there is none."""
    return _exam(sittings.read(sitting_id), language)


def next_open(language: Language) -> Exam | None:
    """The open sitting whose registration ends first, for the start page."""
    found = _next_open()
    return _exam(found, language) if found else None


def _next_open() -> Sitting | None:
    now = clock.now()
    found = [one for one in announced() if _state(one, now) == "open"]
    return min(found, key=lambda one: (one.dates.registration_closes, one.id), default=None)


def _state(sitting: Sitting, now: datetime) -> Literal["soon", "open", "over"]:
    if now < sitting.dates.registration_opens:
        return "soon"
    return "open" if now < sitting.dates.registration_closes else "over"


def _exam(sitting: Sitting, language: Language) -> Exam:
    policy, _ = load_policy(sitting.scheme)
    say = Speech(language, policy.time_zone)
    now = clock.now()
    state = _state(sitting, now)
    rows = prices(sitting, policy, say)
    return Exam(
        id=sitting.id,
        name=sitting.name_zh if language == "zh" else sitting.name_en,
        body=say.said(policy.body),
        state=state,
        state_words=say(f"exams.{state}"),
        exam_day=say.day(sitting.dates.first_subject),
        registers_by=say.deadline(sitting.dates.registration_closes),
        cheapest=say.amount(min(least_fee(policy, *key) for key in _offered(sitting, policy))),
        dates=dates(sitting, policy, say),
        refund=_refund(sitting, policy, say, now),
        refund_notes=terms.refund(policy, say),
        prices=rows,
        money=terms.money(policy, say),
        basis=terms.basis(policy, say),
        address=sitting.address_zh if language == "zh" else sitting.address_en,
        drawn=sitting.draw.published_at is not None,
    )


def dates(sitting: Sitting, policy: Policy, say: Speech) -> Facts:
    """The dates of a sitting in their order, in words."""
    known = sitting.dates
    rows = [
        (
            say("exams.registration"),
            say(
                "exams.from_to",
                since=say.moment(known.registration_opens),
                until=say.deadline(known.registration_closes),
            ),
        ),
        (say("exams.payment_closes"), say.deadline(known.payment_closes)),
    ]
    if known.tickets_open:
        rows.append((say("exams.tickets"), say("exams.since", since=say.moment(known.tickets_open))))
    for slot in known.slots:
        rows.append((say.said(policy.subject(slot.subject).words), say.moment(slot.starts)))
    rows.append((say("exams.results"), say("exams.until", until=say.deadline(sitting.results_due))))
    return tuple(rows)


def _refund(sitting: Sitting, policy: Policy, say: Speech, now: datetime) -> Facts:
    """Both refund dates, as they would be for somebody who pays now (REF-01, REF-02)."""
    terms = refund_policy(policy.refund)
    exam_day = sitting.dates.first_subject.astimezone(policy.zone).date()
    anything = order_fees(policy, *_offered(sitting, policy)[0]).total
    shown = preview(terms, anything, now, exam_day, now, policy.zone)
    rows: list[tuple[str, str]] = []
    if policy.refund.windows:
        window = policy.refund.windows[0]
        within = say.span(window.window.within) if window.window.within else ""
        kept = f"{window.handling_fee_rate * 100:.0f}%"
        rows.append((say("exams.refund_window"), say("exams.refund_window_is", within=within, kept=kept)))
    if shown.blackout_starts:
        rows.append((say("exams.refund_blackout"), say("exams.refund_blackout_is", day=say.day(shown.blackout_starts))))
    return tuple(rows)


def _offered(sitting: Sitting, policy: Policy) -> list[tuple[str, str, str]]:
    """The combinations of occupation, level and form that this sitting and the policy both offer."""
    return [
        (row.occupation, row.level, row.form)
        for row in policy.fees.schedule
        if row.occupation in sitting.occupations and row.level in sitting.levels and row.form in sitting.forms
    ]


def prices(sitting: Sitting, policy: Policy, say: Speech) -> tuple[Prices, ...]:
    """What every combination that this sitting offers costs, by occupation."""
    offered = _offered(sitting, policy)
    totals = {key: say.amount(order_fees(policy, *key).total) for key in offered}

    def row(occupation: str, level: str) -> tuple[str, tuple[str, ...]]:
        return (
            say.said(policy.level(level).words),
            tuple(totals.get((occupation, level, form), "–") for form in sitting.forms),
        )

    return tuple(
        Prices(
            occupation=say.said(policy.occupation(code).words),
            forms=tuple(say.said(policy.form(form).words) for form in sitting.forms),
            rows=tuple(
                row(code, level) for level in sitting.levels if any(key[:2] == (code, level) for key in offered)
            ),
        )
        for code in sitting.occupations
    )


def with_reports(language: Language) -> tuple[tuple[str, str, str], ...]:
    """The sittings whose commitments the public may report, as a form offers them (CHK-11)."""
    found = [one for one in announced() if (checks := load_policy(one.scheme)[0].checks) and "reported" in checks.key]
    return tuple((one.id, one.name_zh if language == "zh" else one.name_en, "") for one in found)


def course(language: Language) -> tuple[str, ...]:
    """What happens from applying to the certificate, as the exam of the start page has it; else the first scheme."""
    found = _next_open()
    policy, _ = load_policy(found.scheme if found else schemes()[0])
    return terms.course(policy, Speech(language, policy.time_zone))
