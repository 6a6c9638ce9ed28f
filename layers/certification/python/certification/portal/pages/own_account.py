"""The candidate's own account: how it is reached, who is signed in, the security question, the name on paper."""

from certification.acts import account_help, contact_changes, names, reserved, sessions
from certification.acts.contact_changes import Changing, Channel, Proof
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import own_account, profile
from certification.rules.errors import Refused
from certification.rules.reserved_answers import QUESTIONS

HOME, QUESTION = "/account", "/account/question"


def show(request: Request) -> Response:
    visitor = request.visitor
    return page(request, "own_account.html", view=own_account.of(visitor.subject, visitor.session, request.language))


def end_session(request: Request, name: str) -> Response:
    """One session by its name, or all others."""
    if name == "others":
        sessions.end_others(request.visitor.subject, request.visitor.session)
    else:
        sessions.end_one(request.visitor.subject, name)
    return redirect(request.link(HOME))


def say_no(request: Request, case: str) -> Response:
    account_help.say_no(request.visitor.subject, case)
    return redirect(request.link(HOME))


def email(request: Request) -> Response:
    return _email(request, None)


def _email(request: Request, form: Form | None) -> Response:
    known = profile.read(request.visitor.subject).person.email
    return page(request, "new_email.html", form=form, known=known)


def send_email_code(request: Request) -> Response:
    form = Form(request)
    address = form.text("email", "account.email_missing")
    if not form.errors:
        try:
            second = ask_confirmation(request, "email")
            challenge = contact_changes.ask_new_email_code(request.visitor.subject, address)
            note = Asked(challenge=challenge, address=address, confirmation=second)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return asked.go_on(request, note, "/account/email-code")
    return _email(request, form)


def ask_confirmation(request: Request, changing: Changing) -> str:
    """The challenge of the second code, sent now; empty when none is needed."""
    visitor = request.visitor
    if not contact_changes.needs_confirmation(visitor.subject, changing, visitor.session):
        return ""
    return contact_changes.ask_confirmation(visitor.subject, changing)


def email_code(request: Request) -> Response:
    note = asked.read(request)
    return codes_page(request, note, None, "email") if note else redirect(request.link("/account/email"))


def codes_page(request: Request, note: Asked, form: Form | None, changing: Channel) -> Response:
    """The page that asks for the code to the new address or number, and for the one that confirms."""
    channel = contact_changes.confirmed_by(request.visitor.subject, changing)
    view = {"confirmed": form_text(request, f"own.confirmed_{channel}") if note.confirmation else ""}
    return page(
        request,
        "change_codes.html",
        form=form,
        flow=asked.flow_of(request),
        view=view,
        address=note.address,
        by_phone=changing == "phone",
        again=f"/account/{changing}",
    )


def form_text(request: Request, key: str) -> str:
    """A text in the language of the page."""
    return Form(request).t(key)


def proof(form: Form, note: Asked) -> Proof | None:
    """The second code, where one was sent."""
    return Proof(challenge=note.confirmation, code=form.code("confirmation")) if note.confirmation else None


def confirm_email(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/account/email"))
    form, visitor = Form(request), request.visitor
    code, second = form.code("code"), proof(form, note)
    if not form.errors:
        try:
            contact_changes.confirm_new_email(visitor.subject, note.challenge, code, second, visitor.session)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(HOME), asked.over(request))
    return codes_page(request, note, form, "email")


def question(request: Request) -> Response:
    return _question(request, None)


def send_question_code(request: Request) -> Response:
    """A question is a way back into the account: a fresh code comes before it, like before the others."""
    form = Form(request)
    try:
        second = ask_confirmation(request, "question")
    except Refused as refusal:
        form.refused(refusal)
        return _question(request, form)
    return asked.go_on(request, Asked(challenge="", address="", to=QUESTION, confirmation=second), QUESTION)


def save_question(request: Request) -> Response:
    note = _confirming(request)
    if note is None:
        return redirect(request.link(QUESTION))
    form = Form(request)
    chosen = form.chosen("question", QUESTIONS, "own.question_missing")
    answer, second = form.text("answer", "own.answer_missing"), proof(form, note)
    if not form.errors:
        try:
            reserved.reserve(request.visitor.subject, chosen, answer, second, request.visitor.session)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(HOME), asked.over(request))
    return _question(request, form)


def _confirming(request: Request) -> Asked | None:
    """What confirms the question in this tab: the code that was sent, or that none is needed now."""
    note = asked.read(request) if asked.named(request) else None
    if note is not None and note.to == QUESTION:
        return note
    subject, session = request.visitor.subject, request.visitor.session
    needed = contact_changes.needs_confirmation(subject, "question", session)
    return None if needed else Asked(challenge="", address="")


def _question(request: Request, form: Form | None) -> Response:
    note = _confirming(request)
    channel = contact_changes.confirmed_by(request.visitor.subject, "question")
    return page(
        request,
        "question.html",
        form=form,
        flow=asked.named(request),
        view=own_account.question(request.visitor.subject, request.language),
        confirmed=form_text(request, f"own.confirmed_{channel}"),
        sends=note is None,
        confirms=note is not None and note.confirmation != "",
    )


def name(request: Request) -> Response:
    return _name(request, None, request.query.get("next", ""))


def describe_name(request: Request) -> Response:
    form, to = Form(request), request.field("next")
    description, spelling = request.field("description"), form.text("spelling")
    if not form.errors:
        try:
            names.ask(request.visitor.subject, description, spelling)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(to if to and guard.is_ours(to) else "/account/name"))
    return _name(request, form, to)


def _name(request: Request, form: Form | None, to: str) -> Response:
    view = own_account.name(request.visitor.subject)
    return page(request, "own_name.html", form=form, view=view, to=to if to and guard.is_ours(to) else "")
