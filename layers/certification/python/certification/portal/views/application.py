"""The one durable page of an application: next step, tasks or progress, papers, payment."""

from certification.cloud.tables.applications import applications
from certification.letters.formats import Language
from certification.portal.views import payments, progress, tasks, whole
from certification.portal.views.payment import partly_paid
from certification.portal.views.payments import ReceiptView, RefundView
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.cases import CaseKind
from certification.rules.choosing import taken
from certification.rules.model import Frozen
from certification.rules.payments import OrderState
from certification.rules.status import ENDED, WAY_BACK, Status

Facts = tuple[tuple[str, str], ...]
WITHDRAWABLE = frozenset(
    {
        Status.DRAFT,
        Status.AWAITING_SIGNATURE,
        Status.AWAITING_PROOFS,
        Status.AWAITING_REVIEW,
        Status.RETURNED,
        Status.AWAITING_PAYMENT,
        Status.REGISTERED,
        Status.SEATED,
    }
)


class Paper(Frozen):
    """A document of the application and where it is downloaded."""

    title: str
    href: str


class Page(Frozen):
    """The page of an application. `tasks` are there while it may be edited, `steps` afterwards."""

    reference: str
    name: str
    sitting: str
    sitting_id: str
    status: str
    next: progress.Next
    reasons: tuple[str, ...]
    note: str
    tasks: tuple[tasks.Task, ...]
    done: int
    steps: tuple[progress.Step, ...]
    papers: tuple[Paper, ...]
    seat: Facts
    result: Facts
    payment: Facts
    refund: str
    refunds: tuple[RefundView, ...]
    receipts: tuple[ReceiptView, ...]
    withdrawable: bool
    correctable: bool
    heard: bool
    appealable: bool
    signed: bool
    commitment_withdrawable: bool
    duties: tuple[Paper, ...] = ()


class Row(Frozen):
    """An application in the list of a candidate's own."""

    reference: str
    name: str
    sitting: str
    next: progress.Next


def overview(candidate_id: str, language: Language) -> tuple[Row, ...]:
    """The candidate's applications, newest first, each with its next step."""
    rows = []
    for page in (show(candidate_id, application.reference, language) for application in applications.of(candidate_id)):
        rows.append(Row(reference=page.reference, name=page.name, sitting=page.sitting, next=page.next))
    return tuple(rows)


def show(candidate_id: str, reference: str, language: Language) -> Page:
    """The page as it is now."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    base = f"/{language}/apply/{reference}"
    todo = tasks.tasks(known, say, base) if known.editable else ()
    application = known.application
    returned = application.returned
    refunds, receipts = payments.of_application(reference, language) if application.orders else ((), ())
    return Page(
        reference=reference,
        name=whole.name(known, say),
        sitting=known.behind.sitting.name_zh if language == "zh" else known.behind.sitting.name_en,
        sitting_id=application.sitting,
        status=application.status,
        next=progress.next_step(known, say, base, todo),
        reasons=tuple(text for texts in tasks.reasons_by_page(known, say).values() for text in texts),
        note=returned.note if returned else "",
        tasks=todo,
        done=sum(task.state == "done" for task in todo),
        steps=progress.steps(known, say) if application.confirmed_at else (),
        papers=_papers(known, say, base),
        seat=_seat(known, say),
        result=_result(known, say),
        payment=_payment(known, say),
        refund=_refund(known, say),
        refunds=refunds,
        receipts=receipts,
        withdrawable=application.status in WITHDRAWABLE and not (known.quote and known.quote.confirming),
        correctable=application.confirmed_at is not None and application.status not in (*ENDED, Status.RETURNED),
        heard=any(case.kind is CaseKind.VOID_HEARING for case in application.open_cases),
        appealable=application.status in WAY_BACK,
        duties=_duties(known, say, base),
        signed=application.commitment is not None,
        commitment_withdrawable=bool(application.commits and application.commitment)
        and application.status is Status.AWAITING_PAYMENT
        and known.now < known.behind.sitting.dates.registration_closes,
    )


DUTIES = {CaseKind.ON_SITE_CHECK: "on-site", CaseKind.PROVISIONAL_REPORT: "report"}
"""The pages of what the candidate has to do beside the status."""


def _duties(known: Whole, say: Speech, base: str) -> tuple[Paper, ...]:
    pages = (DUTIES[case.kind] for case in known.application.open_cases if case.kind in DUTIES)
    return tuple(Paper(title=say(f"tasks.duty_{page}"), href=f"{base}/{page}") for page in pages)


def _papers(known: Whole, say: Speech, base: str) -> tuple[Paper, ...]:
    application = known.application
    there = {
        "ticket": progress.ticket_is_open(known),
        "score-report": application.score_report is not None,
        "certificate": application.certificate is not None,
    }
    return tuple(
        Paper(title=say(f"papers.{kind}"), href=f"{base}/{kind}") for kind, is_there in there.items() if is_there
    )


def _seat(known: Whole, say: Speech) -> Facts:
    """Date and place of the exam; the seat is shown with the ticket, not before (K28)."""
    application, sitting = known.application, known.behind.sitting
    if application.seat is None or not progress.ticket_is_open(known):
        return ()
    rows = [
        (say("papers.number"), application.candidate_number or ""),
        (
            say("papers.site"),
            f"{application.seat.site}, {sitting.address_zh if say.language == 'zh' else sitting.address_en}",
        ),
        (say("papers.room_and_seat"), say("papers.seat", room=application.seat.room, seat=application.seat.seat)),
    ]
    subjects = taken(known.behind.policy, application)
    rows += [
        (say.said(known.behind.policy.subject(slot.subject).words), say.moment(slot.starts))
        for slot in sitting.dates.slots
        if slot.subject in subjects
    ]
    return tuple(rows)


def _result(known: Whole, say: Speech) -> Facts:
    """Pass or fail and every paper's marks, or the words of its code, as the score report says them (RES-04, RES-05)."""
    if known.application.result is None:
        return ()
    failed = known.application.status is Status.NOT_PASSED
    policy, marks = known.behind.policy, known.result.marks if known.result else {}
    codes = {row.code: say.said(row.words) for row in policy.results.codes}
    rows = [(say("papers.outcome"), say("papers.not_passed" if failed else "papers.passed"))]
    for code, mark in marks.items():
        subject = policy.subject(code)
        points = say("papers.points", mark=mark, maximum=subject.maximum, pass_mark=subject.pass_mark)
        rows.append((say.said(subject.words), codes.get(mark, points)))
    return tuple(rows)


def _payment(known: Whole, say: Speech) -> Facts:
    if known.quote is None:
        return ()
    order = known.quote.order
    part = partly_paid(known.quote)
    state = "confirming" if known.quote.confirming else "part" if part else str(order.state)
    rows = [
        (say("pay.order"), order.number),
        (say("pay.amount"), say.amount(order.total)),
        (say("pay.state"), say(f"pay.state_{state}")),
    ]
    if part:
        rows.append((say("transfer.missing"), say.amount(known.quote.rest)))
    if order.settled_at:
        rows.append((say("pay.paid_at"), say.moment(order.settled_at)))
    return tuple(rows)


def _refund(known: Whole, say: Speech) -> str:
    """What a withdrawal would get back now, from the rule that decides it."""
    if known.quote is None or known.quote.order.state is not OrderState.SETTLED:
        return ""
    refund = known.quote.refund
    if refund.now.refunded and refund.closes_at:
        said = say(
            "pay.refund_now",
            amount=say.amount(refund.now.amount),
            fee=say.amount(refund.now.fee),
            until=say.deadline(refund.closes_at),
        )
        return f"{said} {say('pay.refund_bank_holds')}" if known.quote.bank_holds else said
    because = refund.now.because
    return because.zh if say.language == "zh" else because.en
