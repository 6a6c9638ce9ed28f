"""COURSE: one application's way through time: what happened, what is next, whose turn it is, by when, by which rule.

In words: every move the application made is a line with its date and the rules behind it. The wait it is in is the line
whose turn it is: the candidate's, a desk's, a machine's or the outside's, with the instant at which it ends and the
policy's words for it. What must follow is a line each: the ticket, every subject that is taken, the results. When an
application has ended, what would have followed is called off, and a calendar that knew of it is told so. Money that goes
back has its own lines (`course_money.py`), whatever became of the application.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from certification.rules import course_words as say
from certification.rules.calendars import WorkingCalendar
from certification.rules.commitment_deadlines import proofs_due, signature_due
from certification.rules.course_money import MoneyBack, MoneyLine
from certification.rules.course_money import lines as money_lines
from certification.rules.deadlines import (
    certificate_due,
    choice_due,
    payment_due,
    results_due,
    review_due,
    supplement_due,
    ticket_window,
)
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.sitting import SittingDates
from certification.rules.status import AT_REST, ENDED, Status, Trigger
from certification.rules.waits import Party, waits_for
from certification.rules.words import Because, Words

State = Literal["done", "now", "later", "called_off"]


class Move(Frozen):
    """One step that was taken. `by_candidate`: they took it themselves."""

    at: datetime
    trigger: Trigger
    rules: tuple[str, ...] = ()


class Duty(Frozen):
    """An open case beside the application: whose turn, until when."""

    reference: str
    kind: str
    party: Party
    due: datetime


class Known(Frozen):
    """What is known of an application. `due` ends its present wait (a row's date, or what a desk promised)."""

    status: Status
    moves: tuple[Move, ...]
    due: datetime | None
    dates: SittingDates
    subjects: tuple[str, ...]
    duties: tuple[Duty, ...] = ()
    refunds: tuple[MoneyBack, ...] = ()
    ticket_ready: bool = False


class Line(Frozen):
    """One line. `key` never changes for the same thing. `at` is when it happened, begins or ends (`is_deadline`).

    `until` is there for what lasts. `provisional`: holidays on the way are not announced yet; it can only become later.
    """

    key: str
    state: State
    at: datetime
    until: datetime | None = None
    is_deadline: bool = False
    turn: Party
    words: Words
    because: Because
    provisional: bool = False


def course(known: Known, policy: Policy, calendar: WorkingCalendar, now: datetime) -> tuple[Line, ...]:
    """Every line, in the order of time; what waits now comes after what happened, whatever its date."""
    money = [_of_money(line) for line in money_lines(known.refunds)]
    done = [*_happened(known), *(line for line in _dated(known, policy, calendar, now) if line.state == "done")]
    done += [line for line in money if line.state == "done"]
    coming = [line for line in _dated(known, policy, calendar, now) if line.state != "done"]
    waiting = [*_present(known, policy, calendar, now), *_beside(known)]
    waiting += [line for line in money if line.state == "now"]
    later = [line for line in coming if line.key not in {one.key for one in waiting}]
    return (*sorted(done, key=lambda line: line.at), *waiting, *sorted(later, key=lambda line: (line.at, line.key)))


def _of_money(line: MoneyLine) -> Line:
    return Line(is_deadline=line.state == "now", **dict(line))


def _happened(known: Known) -> Iterator[Line]:
    for number, move in enumerate(known.moves, 1):
        words = say.HAPPENED[move.trigger]
        because = Because(en=words.en, zh=words.zh, rules=move.rules)
        yield Line(key=f"life-{number}", state="done", at=move.at, turn="nobody", words=words, because=because)


def _present(known: Known, policy: Policy, calendar: WorkingCalendar, now: datetime) -> Iterator[Line]:
    """The wait the application is in. A wait without a date of its own ends by the time of its milestone."""
    if known.status in AT_REST or known.due is None:
        return
    wait = waits_for(known.status)
    because, provisional = _because(known, policy, calendar, now)
    yield Line(
        key=say.DUTY.get(known.status, known.status.value),
        state="now",
        at=known.due,
        is_deadline=True,
        turn=wait.party,
        words=Words(en=wait.next_en, zh=wait.next_zh),
        because=because,
        provisional=provisional,
    )


def _because(known: Known, policy: Policy, calendar: WorkingCalendar, now: datetime) -> tuple[Because, bool]:
    """The policy's own words for the present deadline, from the rule that computes it."""
    since = known.moves[-1].at if known.moves else now
    dates, status = known.dates, known.status
    try:
        match status:
            case Status.RETURNED:
                found = supplement_due(since, dates, policy, calendar)
            case Status.AWAITING_REVIEW:
                found = review_due(since, policy, calendar)
            case Status.AWAITING_PAYMENT:
                found = payment_due(min(since, dates.payment_closes - timedelta(seconds=1)), dates, policy, calendar)
            case Status.AWAITING_SIGNATURE:
                found = signature_due(since, now, dates, policy, calendar)
            case Status.AWAITING_PROOFS:
                found = proofs_due(since, now, dates, policy, calendar, own_act=False)
            case Status.AWAITING_CHOICE:
                found = choice_due(since, policy, calendar)
            case Status.AWAITING_RESULT:
                found = results_due(dates, policy, calendar)
            case Status.PASSED:
                found = certificate_due(since, policy, calendar)
            case _:
                return say.WAITING.get(status, say.IN_PROGRESS), False
    except ValueError:  # this scheme leaves the date to a notice that names none
        return say.WAITING.get(status, say.IN_PROGRESS), False
    return found.because, found.provisional


def _beside(known: Known) -> Iterator[Line]:
    """Every open case that has a date: whose turn it is there."""
    for duty in known.duties:
        if known.status is Status.AWAITING_REVIEW and duty.kind == "review":
            continue  # it is the application's own wait
        words = say.CASES.get(duty.kind, say.OTHER_CASE)
        yield Line(
            key=f"case-{duty.reference}",
            state="now",
            at=duty.due,
            is_deadline=True,
            turn=duty.party,
            words=words,
            because=Because(en=words.en, zh=words.zh, rules=say.CASE_RULES.get(duty.kind, ())),
        )


def _dated(known: Known, policy: Policy, calendar: WorkingCalendar, now: datetime) -> list[Line]:
    """Milestones of the sitting that concern this application."""
    dates, lines = known.dates, []
    before_payment = known.status in (*_BEFORE_PAYING, Status.AWAITING_PAYMENT)
    if known.status is Status.DRAFT:
        lines.append(_milestone("registration", dates.registration_closes, None, "candidate", now))
    if before_payment:
        lines.append(_milestone("payment_closes", dates.payment_closes, None, "candidate", now))
    opens, closes = _tickets(dates, policy, calendar)
    if opens is not None:
        lines.append(_milestone("tickets", opens, closes, "candidate", now))
    for slot in dates.slots:
        if slot.subject in known.subjects:
            line = _milestone("exam", slot.starts, slot.ends, "candidate", now)
            subject = policy.subject(slot.subject).words
            named = Words(en=f"Exam: {subject.en}", zh=f"考试：{subject.zh}")
            lines.append(line.model_copy(update={"key": f"exam-{slot.subject}", "words": named}))
    if known.status not in AT_REST and known.status is not Status.PASSED:
        lines += _results(known, policy, calendar)
    ended = known.status in ENDED
    return [line.model_copy(update={"state": "called_off"}) if ended and line.at > now else line for line in lines]


_BEFORE_PAYING = (
    Status.DRAFT,
    Status.VERIFYING,
    Status.AWAITING_SIGNATURE,
    Status.AWAITING_PROOFS,
    Status.AWAITING_REVIEW,
    Status.RETURNED,
)


def _results(known: Known, policy: Policy, calendar: WorkingCalendar) -> Sequence[Line]:
    try:
        found = results_due(known.dates, policy, calendar)
    except ValueError:
        return ()
    line = Line(
        key=say.DUTY[Status.AWAITING_RESULT],
        state="later",
        at=found.due,
        is_deadline=True,
        turn="desk",
        words=say.MILESTONES["results"][0],
        because=found.because,
        provisional=found.provisional,
    )
    return (line,)


def _tickets(dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> tuple[datetime | None, datetime | None]:
    try:
        return ticket_window(dates, policy, calendar)
    except ValueError:
        return None, None


def _milestone(kind: str, at: datetime, until: datetime | None, turn: Party, now: datetime) -> Line:
    words, because = say.MILESTONES[kind]
    return Line(
        key=kind,
        state="done" if (until or at) <= now else "later",
        at=at,
        until=until,
        is_deadline=until is None,
        turn=turn,
        words=words,
        because=because,
    )
