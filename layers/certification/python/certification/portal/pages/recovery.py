"""The way back into an account, and looking one up by an ID document. Nobody learns anything they did not prove."""

from certification.acts import recovery
from certification.acts.recovery import Progress
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import countries, own_account
from certification.portal.views.speech import Speech
from certification.rules import codes
from certification.rules.errors import Refused
from certification.rules.id_documents import KINDS
from certification.rules.recovery import Factor
from certification.rules.reserved_answers import QUESTIONS

CODES: tuple[Factor, ...] = ("sms_code", "email_code")
MINUTES = int(codes.LIFETIME.total_seconds()) // 60


def begin(request: Request) -> Response:
    return page(request, "recover.html", view={"factor": ""})


def send_code(request: Request) -> Response:
    """A code goes to any number or address; what was proved before stays."""
    form = Form(request)
    chosen = form.chosen("factor", CODES, "recover.factor_missing")
    to = form.text("to", "recover.to_missing")
    if not form.errors:
        factor = next(known for known in CODES if known == chosen)
        try:
            challenge = recovery.ask_code(factor, to, request.language, request.visit)
        except Refused as refusal:
            form.refused(refusal, {"phone": "to", "email": "to"})
        else:
            before = asked.read(request) if asked.named(request) else None
            note = Asked(challenge=challenge, address=to, factor=factor, recovery=before.recovery if before else "")
            return asked.go_on(request, note, "/recover/code")
    return page(request, "recover.html", form=form, flow=asked.named(request), view={"factor": chosen})


def code(request: Request) -> Response:
    note = asked.read(request)
    return _code(request, note, None) if note and note.factor else redirect(request.link("/recover"))


def _code(request: Request, note: Asked, form: Form | None) -> Response:
    flow = asked.flow_of(request)
    return page(request, "recover_code.html", form=form, flow=flow, address=note.address, minutes=MINUTES)


def prove_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None or not note.factor:
        return redirect(request.link("/recover"))
    form = Form(request)
    typed = form.code("code")
    if not form.errors:
        factor = next(known for known in CODES if known == note.factor)
        try:
            progress = recovery.prove_code(factor, note.challenge, typed, note.recovery or None, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return _on(request, progress)
    return _code(request, note, form)


def _on(request: Request, progress: Progress) -> Response:
    """Into the account, or on to the next proof."""
    if progress.session:
        return redirect(request.link("/account"), guard.session_cookie(progress.session), asked.over(request))
    note = Asked(
        challenge="",
        address="",
        recovery=progress.recovery if progress.found else "",
        found=progress.found,
        next=progress.next,
        question=progress.question or "",
    )
    return asked.go_on(request, note, "/recover/next")


def next_proof(request: Request) -> Response:
    note = asked.read(request)
    return _next(request, note, None) if note else redirect(request.link("/recover"))


def _next(request: Request, note: Asked, form: Form | None) -> Response:
    say = Speech(request.language)
    view = {
        "found": note.found,
        "question": say.said(QUESTIONS[note.question]) if note.question in QUESTIONS else "",
        "codes": [(factor, say(f"recover.{factor}")) for factor in CODES if factor in note.next],
        "desk": "staff_case" in note.next,
    }
    return page(request, "recover_next.html", form=form, flow=asked.flow_of(request), view=view)


def answer(request: Request) -> Response:
    note = asked.read(request)
    if note is None or not note.recovery:
        return redirect(request.link("/recover"))
    form = Form(request)
    typed = form.text("answer", "own.answer_missing")
    if not form.errors:
        try:
            progress = recovery.prove_answer(note.recovery, typed, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return _on(request, progress)
    return _next(request, note, form)


def look_up(request: Request) -> Response:
    return _look_up(request, None, done="done" in request.query)


def ask_look_up(request: Request) -> Response:
    """Whoever asks gets the same answer; the owner of an account gets a letter."""
    form = Form(request)
    chosen = form.chosen("id_type", KINDS, "profile.id_type_missing")
    number = form.text("id_number", "profile.id_number_missing")
    if not form.errors:
        try:
            kind, country = next(known for known in KINDS if known == chosen), request.field("id_country")
            recovery.look_up(kind, number, country, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link("/recover/look-up?done=1"))
    return _look_up(request, form, done=False)


def _look_up(request: Request, form: Form | None, *, done: bool) -> Response:
    kinds, states = own_account.every_id_kind(request.language), countries.options(request.language)
    return page(request, "look_up.html", form=form, view={"done": done}, kinds=kinds, countries=states)
