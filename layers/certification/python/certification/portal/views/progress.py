"""Whose turn it is and what comes next: the one box at the top of an application, and its dated steps."""

from datetime import datetime
from typing import Literal

from certification.portal.views.payment import partly_paid
from certification.portal.views.speech import Speech
from certification.portal.views.tasks import Task
from certification.portal.views.whole import Whole
from certification.rules.cases import CaseKind
from certification.rules.model import Frozen
from certification.rules.payments import OrderState
from certification.rules.status import ENDED, Status
from certification.rules.waits import waits_for

Asks = Literal["", "link", "check_payment"]


class Next(Frozen):
    """`asks` says what the button is: a link to `href`, the form that asks the payment provider, or nothing."""

    title: str
    lines: tuple[str, ...]
    asks: Asks = ""
    button: str = ""
    href: str = ""


class Step(Frozen):
    """One dated step: done, going on now, or to come."""

    title: str
    hint: str
    state: Literal["done", "now", "todo"]


def next_step(whole: Whole, say: Speech, base: str, tasks: tuple[Task, ...]) -> Next:
    """What happens next in this application, whose turn it is, and by when."""
    status = whole.application.status
    if whole.editable:
        return _editing(whole, say, tasks)
    maker = {
        Status.AWAITING_SIGNATURE: _acting,
        Status.AWAITING_PROOFS: _acting,
        Status.AWAITING_PAYMENT: _paying,
        Status.AWAITING_CHOICE: _choosing,
        Status.SEATED: _seated,
        Status.NOT_PASSED: _not_passed,
        Status.CERTIFIED: _certified,
    }.get(status)
    if whole.check_by is not None:
        return Next(
            title=say("next.check_title"),
            lines=(say("next.check_text", by=say.deadline(whole.check_by)),),
            asks="link",
            button=say("next.check_button"),
            href=f"{base}/supervision",
        )
    if maker is not None:
        return maker(whole, say, base)
    key = f"next.{status}"
    if say.has(f"{key}_title"):
        return Next(title=say(f"{key}_title"), lines=(say(f"{key}_text", **_dates(whole, say)),))
    wait = waits_for(status)
    return Next(
        title=wait.zh if say.language == "zh" else wait.en,
        lines=(wait.next_zh if say.language == "zh" else wait.next_en,),
    )


def _dates(whole: Whole, say: Speech) -> dict[str, str]:
    """Every date a text may name."""
    sitting = whole.behind.sitting
    dates = sitting.dates
    return {
        "review_by": say.deadline(whole.review_by) if whole.review_by else "",
        "payment_closes": say.deadline(dates.payment_closes),
        "tickets_open": say.moment(dates.tickets_open) if dates.tickets_open else "",
        "exam": say.moment(dates.first_subject),
        "results_by": say.deadline(sitting.results_due),
    }


def _editing(whole: Whole, say: Speech, tasks: tuple[Task, ...]) -> Next:
    returned = whole.application.status is Status.RETURNED
    by = (
        whole.application.due.at
        if returned and whole.application.due
        else whole.behind.sitting.dates.registration_closes
    )
    deadline = say("next.correct_by" if returned else "next.register_by", by=say.deadline(by))
    open_tasks = [task for task in tasks if task.state in ("todo", "problem", "working") and task.href]
    if not open_tasks:
        return Next(title=say("next.waiting_title"), lines=(tasks[-1].hint, deadline))
    first = next((task for task in open_tasks if task.state == "problem"), open_tasks[0])
    lines = (say("next.returned_text"), deadline) if returned else (deadline,)
    return Next(
        title=say("next.task_title", task=first.title),
        lines=lines,
        asks="link",
        button=say("next.problem_button" if first.state == "problem" else "next.task_button"),
        href=first.href,
    )


def _acting(whole: Whole, say: Speech, base: str) -> Next:
    """Something to sign or to hand in, and until when."""
    status = whole.application.status
    by = whole.application.act_by
    return Next(
        title=say(f"next.{status}_title"),
        lines=(say(f"next.{status}_text", by=say.deadline(by) if by else ""),),
        asks="link",
        button=say(f"next.{status}_button"),
        href=f"{base}/{'sign' if status is Status.AWAITING_SIGNATURE else 'proofs'}",
    )


def _choosing(whole: Whole, say: Speech, base: str) -> Next:
    """The exam does not take place: what follows is the candidate's choice, or the body's decision."""
    by = whole.application.act_by
    wait = waits_for(Status.AWAITING_CHOICE)
    if any(case.kind is CaseKind.CALLED_OFF for case in whole.application.open_cases):
        return Next(title=say("called_off.title"), lines=(say("called_off.body_decides"),))
    return Next(
        title=say("called_off.title"),
        lines=(
            wait.next_zh if say.language == "zh" else wait.next_en,
            say("called_off.until", by=say.deadline(by) if by else ""),
        ),
        asks="link",
        button=say("called_off.go"),
        href=f"{base}/called-off",
    )


def _paying(whole: Whole, say: Speech, base: str) -> Next:
    quote = whole.quote
    if quote is None:
        return Next(title=say("next.awaiting_payment_title"), lines=())
    if quote.confirming:
        return Next(
            title=say("next.confirming_title"),
            lines=(say("next.confirming_text"), say("next.confirming_held")),
            asks="check_payment",
            button=say("pay.check_now"),
            href=f"{base}/pay/check",
        )
    if not quote.payable:
        return Next(title=say("next.payment_over_title"), lines=(say("next.payment_over_text"),))
    by = say.deadline(quote.order.pay_by)
    if partly_paid(quote):
        arrived = say.amount(quote.order.total - quote.rest)
        return Next(
            title=say("next.pay_rest_title", amount=say.amount(quote.rest)),
            lines=(say("next.pay_rest_text", arrived=arrived, by=by),),
            asks="link",
            button=say("next.pay_button"),
            href=f"{base}/pay",
        )
    signed = bool(whole.application.commits and whole.application.commitment)
    return Next(
        title=say("next.pay_signed_title" if signed else "next.pay_title", amount=say.amount(quote.order.total)),
        lines=(say("next.pay_text", by=by),),
        asks="link",
        button=say("next.pay_button"),
        href=f"{base}/pay",
    )


def _seated(whole: Whole, say: Speech, base: str) -> Next:
    if not ticket_is_open(whole):
        return Next(title=say("next.seated_title"), lines=(say("next.seated_text", **_dates(whole, say)),))
    return Next(
        title=say("next.ticket_title"),
        lines=(say("next.ticket_text", **_dates(whole, say)),),
        asks="link",
        button=say("next.ticket_button"),
        href=f"{base}/ticket",
    )


def _not_passed(whole: Whole, say: Speech, base: str) -> Next:
    has_report = whole.application.score_report is not None
    return Next(
        title=say("next.not_passed_title"),
        lines=(say("next.not_passed_text"),),
        asks="link" if has_report else "",
        button=say("next.report_button"),
        href=f"{base}/score-report",
    )


def _certified(whole: Whole, say: Speech, base: str) -> Next:
    return Next(
        title=say("next.certified_title"),
        lines=(say("next.certified_text", number=whole.application.certificate or ""),),
        asks="link",
        button=say("next.certificate_button"),
        href=f"{base}/certificate",
    )


def ticket_is_open(whole: Whole) -> bool:
    """Whether the ticket may be downloaded: printed, and its opening was announced."""
    return whole.application.ticket is not None and whole.application.ticket_announced


def steps(whole: Whole, say: Speech) -> tuple[Step, ...]:
    """The way from handing in to the certificate. What is done has its date; the rest says when it comes."""
    application, dates = whole.application, _dates(whole, say)
    examined = whole.now >= whole.behind.sitting.dates.exam_over
    signing = application.status is Status.AWAITING_SIGNATURE or (application.commits and application.commitment)
    looked_at: tuple[str, datetime | None, str] = (
        ("signed", whole.at("signed"), say("progress.signed_hint"))
        if signing
        else ("approved", whole.at("approved"), _review_hint(whole, say))
    )
    happened: list[tuple[str, datetime | None, str]] = [
        ("submitted", application.confirmed_at, ""),
        looked_at,
        ("paid", application.registered_at, _pay_hint(whole, say)),
        ("seated", whole.at("seat_drawn"), say("progress.seated_hint", **dates)),
        (
            "ticket",
            whole.behind.sitting.dates.tickets_open if ticket_is_open(whole) else None,
            say("progress.ticket_hint", **dates),
        ),
        ("exam", whole.behind.sitting.dates.exam_over if examined and application.seat else None, dates["exam"]),
        ("result", whole.at("standing_complete", "not_passed"), say("progress.result_hint", **dates)),
        ("certificate", whole.at("certificate_issued"), say("progress.certificate_hint")),
    ]
    if application.status is Status.NOT_PASSED:
        happened.pop()
    if application.status in ENDED:  # what was still to come does not come any more
        happened = [step for step in happened if step[1] is not None]
    current = next((key for key, at, _ in happened if at is None), None)
    return tuple(
        Step(
            title=say(f"progress.{key}"),
            hint=say.moment(at) if at else hint,
            state="done" if at else "now" if key == current else "todo",
        )
        for key, at, hint in happened
    )


def _review_hint(whole: Whole, say: Speech) -> str:
    if whole.review_by:
        return say("progress.approved_by", by=say.deadline(whole.review_by))
    within = whole.behind.policy.review.decide.within
    return say("progress.approved_hint", within=say.span(within) if within else "")


def _pay_hint(whole: Whole, say: Speech) -> str:
    if whole.quote and whole.quote.order.state is not OrderState.SETTLED:
        return say("progress.paid_by", by=say.deadline(whole.quote.order.pay_by))
    signs = whole.application.status is Status.AWAITING_SIGNATURE
    return say("progress.paid_after_signing" if signs else "progress.paid_hint")
