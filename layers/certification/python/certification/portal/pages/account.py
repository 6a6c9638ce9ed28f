"""Signing in, which also makes an account: e-mail, code, and for a new account phone and SMS code."""

from certification.acts import accounts, agreements, contact_changes, sessions
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.pages import own_account
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import profile
from certification.rules.agreements import AgreementKind
from certification.rules.errors import Refused

HOME = "/applications"


def sign_in(request: Request) -> Response:
    to = request.query.get("next", "")
    if request.visitor.kind == "candidate":
        return redirect(request.link(to if guard.is_ours(to) else HOME))
    ended = "ended" in request.query
    return page(request, "sign_in.html", to=to if guard.is_ours(to) else "", ended=ended, staff=False)


def send_email_code(request: Request) -> Response:
    """The answer is the same whether the address has an account."""
    form = Form(request)
    email, to = form.text("email", "account.email_missing"), request.field("next")
    if not form.errors:
        try:
            challenge = accounts.ask_email_code(email, request.language, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            note = Asked(challenge=challenge, address=email, to=to if guard.is_ours(to) else "")
            return asked.go_on(request, note, "/sign-in/code")
    return page(request, "sign_in.html", form=form, to=to, ended=False, staff=False)


def email_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/sign-in"))
    return asked.page_for(request, note, None, by_phone=False, again="/sign-in")


def confirm_email_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/sign-in"))
    form = Form(request)
    code = form.code("code")
    if not form.errors:
        try:
            session_id = accounts.confirm_email_code(note.challenge, note.address, code, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            to = note.to if note.to else HOME
            return redirect(request.link(to), guard.session_cookie(session_id), asked.over(request))
    return asked.page_for(request, note, form, by_phone=False, again="/sign-in")


def sign_out(request: Request) -> Response:
    """Back to where one came in: staff to their own door."""
    sessions.end(request.visitor.session)
    return redirect(
        request.link("/staff/sign-in" if request.visitor.kind == "staff" else "/"), guard.no_session_cookie()
    )


def phone(request: Request) -> Response:
    """The agreement comes first: nothing is asked of somebody who has not accepted it (ACC-03)."""
    if not agreements.accepted(request.visitor.subject, AgreementKind.REGISTRATION):
        return redirect(request.link("/account/agreement"))
    known = profile.phone(request.visitor.subject)
    return page(request, "phone.html", known=known)


def send_phone_code(request: Request) -> Response:
    """A change is confirmed by a second code, to the e-mail address; a first number is not."""
    form = Form(request)
    known = profile.phone(request.visitor.subject)
    number = form.text("phone", "account.phone_missing")
    if not form.errors:
        try:
            challenge = contact_changes.ask_phone_code(request.visitor.subject, number)
            second = own_account.ask_confirmation(request, "phone")
        except Refused as refusal:
            form.refused(refusal)
        else:
            note = Asked(challenge=challenge, address=number, confirmation=second)
            return asked.go_on(request, note, "/account/phone-code")
    return page(request, "phone.html", form=form, known=known)


def phone_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/account/phone"))
    return own_account.codes_page(request, note, None, "phone")


def confirm_phone_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/account/phone"))
    form, visitor = Form(request), request.visitor
    code, second = form.code("code"), own_account.proof(form, note)
    if not form.errors:
        try:
            contact_changes.confirm_phone_code(visitor.subject, note.challenge, code, second, visitor.session)
        except Refused as refusal:
            form.refused(refusal, {"phone": "code"})
        else:
            return redirect(request.link(HOME), asked.over(request))
    return own_account.codes_page(request, note, form, "phone")
