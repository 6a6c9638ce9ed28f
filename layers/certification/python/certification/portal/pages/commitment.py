"""The commitment: choosing it, reading notice and letter, signing in person, taking it back; and handing in proofs."""

from certification.acts import commitments, proofs, supervision, taking_back
from certification.portal import asked
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import commitment
from certification.rules.errors import Refused

CHOICES = ("commit", "proofs")


def choose(request: Request, reference: str) -> Response:
    """The notice, the letter, and the choice. Nothing is chosen beforehand."""
    return _choose(request, reference, None)


def _choose(request: Request, reference: str, form: Form | None) -> Response:
    view = commitment.of(request.visitor.subject, reference, request.language)
    if not view.choosing:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "commitment.html", form=form, view=view)


def save_choice(request: Request, reference: str) -> Response:
    form = Form(request)
    chosen = form.chosen("lane", CHOICES, "commitment.choice_missing")
    if not form.errors:
        try:
            commitments.choose(
                request.visitor.subject, reference, chosen == "commit", request.field("notice"), request.language
            )
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _choose(request, reference, form)


def sign(request: Request, reference: str) -> Response:
    """Notice and letter in full, with a box for each statement."""
    return _sign(request, reference, None)


def _sign(request: Request, reference: str, form: Form | None) -> Response:
    view = commitment.of(request.visitor.subject, reference, request.language)
    if not view.signing:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "sign.html", form=form, view=view)


def send_code(request: Request, reference: str) -> Response:
    """All statements agreed to: the notice is noted as shown, and the code that signs is sent to the account's phone."""
    form = Form(request)
    view = commitment.of(request.visitor.subject, reference, request.language)
    if set(request.form.get("statements", [])) != {str(number) for number in range(1, len(view.statements) + 1)}:
        form.wrong("statements", "commitment.statements_missing")
    if not form.errors:
        who = request.visitor.subject
        try:
            commitments.note_notice(who, reference, request.field("notice"), request.language)
            challenge = commitments.ask_code(who, reference)
        except Refused as refusal:
            form.refused(refusal)
        else:
            note = Asked(challenge=challenge, address="", to=_code_page(reference))
            return asked.go_on(request, note, _code_page(reference))
    return _sign(request, reference, form)


def _code_page(reference: str) -> str:
    return f"/apply/{reference}/sign/code"


def code(request: Request, reference: str) -> Response:
    return _code(request, reference, None)


def _code(request: Request, reference: str, form: Form | None) -> Response:
    note = asked.read(request)
    if note is None or note.to != _code_page(reference):
        return redirect(request.link(f"/apply/{reference}/sign"))
    return page(request, "sign_code.html", form=form, flow=asked.flow_of(request), reference=reference)


def confirm(request: Request, reference: str) -> Response:
    """Sign. A bar that was found meanwhile is told on the application's own page."""
    note = asked.read(request)
    if note is None or note.to != _code_page(reference):
        return redirect(request.link(f"/apply/{reference}/sign"))
    form = Form(request)
    typed = form.code("code")
    if not form.errors:
        view = commitment.of(request.visitor.subject, reference, request.language)
        agreed = range(1, len(view.statements) + 1)
        session = request.visitor.session or ""
        try:
            commitments.sign(request.visitor.subject, reference, session, note.challenge, typed, agreed)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"), asked.over(request))
    return _code(request, reference, form)


def letter(request: Request, reference: str) -> Response:
    """A copy of what was signed, to keep or print."""
    view = commitment.of(request.visitor.subject, reference, request.language)
    if not view.signature:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "commitment_letter.html", view=view)


def leave(request: Request, reference: str, way: str) -> Response:
    """Before declining or taking back: what follows from it."""
    view = commitment.of(request.visitor.subject, reference, request.language)
    possible = view.signing if way == "decline" else view.withdrawable_until
    if not possible:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "commitment_leave.html", view=view, way=way)


def confirm_leaving(request: Request, reference: str, way: str) -> Response:
    act = commitments.decline if way == "decline" else taking_back.withdraw
    act(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/proofs"))


def show_proofs(request: Request, reference: str) -> Response:
    return _proofs(request, reference, None)


def _proofs(request: Request, reference: str, form: Form | None) -> Response:
    view = commitment.of(request.visitor.subject, reference, request.language)
    if not view.handing_in:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "proofs.html", form=form, view=view)


def hand_in(request: Request, reference: str) -> Response:
    form = Form(request)
    try:
        proofs.hand_in(request.visitor.subject, reference)
    except Refused as refusal:
        form.refused(refusal)
        return _proofs(request, reference, form)
    return redirect(request.link(f"/apply/{reference}"))


def show_check(request: Request, reference: str) -> Response:
    return _check(request, reference, None)


def _check(request: Request, reference: str, form: Form | None) -> Response:
    view = commitment.of(request.visitor.subject, reference, request.language)
    if view.check is None:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "supervision.html", form=form, view=view)


def answer_check(request: Request, reference: str) -> Response:
    """Hand in what a check asks for."""
    form = Form(request)
    try:
        supervision.answer(request.visitor.subject, reference)
    except Refused as refusal:
        form.refused(refusal)
        return _check(request, reference, form)
    return redirect(request.link(f"/apply/{reference}"))
