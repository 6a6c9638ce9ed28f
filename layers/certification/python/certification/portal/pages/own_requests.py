"""Help with an account by a desk, and texts to read and accept."""

from certification.acts import account_help, agreements
from certification.portal import asked, guard
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import countries, own_account
from certification.rules.agreements import AgreementKind
from certification.rules.errors import Refused
from certification.rules.id_documents import KINDS, id_document

AFTER = {"agreement": "/account/phone", "service-notice": "/applications"}
TEXTS = {"agreement": AgreementKind.REGISTRATION, "service-notice": AgreementKind.CERTIFICATES}


def explain(request: Request) -> Response:
    return page(request, "account_help.html")


def account(request: Request) -> Response:
    return _account(request, None)


def ask_for_account(request: Request) -> Response:
    """The answer is the same whether there is an account under the document."""
    form = Form(request)
    name, number = form.text("full_name", "own.help_name_missing"), form.text("id_number", "profile.id_number_missing")
    born = form.day("date_of_birth", "profile.birth_missing")
    chosen = form.chosen("id_type", KINDS, "profile.id_type_missing")
    if not form.errors and born:
        kind = next(known for known in KINDS if known == chosen)
        try:
            document = id_document(kind, number, request.field("id_country"))
            case = account_help.ask_for_account(request.visitor.subject, name, born, document, request.field("note"))
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/account/help/{case}"))
    return _account(request, form)


def _account(request: Request, form: Form | None) -> Response:
    kinds, states = own_account.every_id_kind(request.language), countries.options(request.language)
    return page(request, "help_account.html", form=form, kinds=kinds, countries=states)


def phone(request: Request) -> Response:
    return _phone(request, None)


def ask_for_phone(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/account/phone"))
    form = Form(request)
    code = form.code("code")
    if not form.errors:
        try:
            subject, words = request.visitor.subject, request.field("note")
            case = account_help.ask_for_phone(subject, note.challenge, code, words)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/account/help/{case}"), asked.over(request))
    return _phone(request, form)


def _phone(request: Request, form: Form | None) -> Response:
    note = asked.read(request)
    flow, address = asked.flow_of(request), note.address if note else ""
    return page(request, "help_phone.html", form=form, flow=flow, address=address)


def one(request: Request, case: str) -> Response:
    words = own_account.request_words(request.visitor.subject, case, request.language)
    return page(request, "own_request.html", view={"words": words})


def text(request: Request, name: str) -> Response:
    return _text(request, name, None, request.query.get("next", ""))


def accept(request: Request, name: str) -> Response:
    """Kept with version, hash and time. What changed while somebody read it is shown anew."""
    form, to = Form(request), request.field("next")
    if request.field("accept") != "yes":
        form.wrong("accept", "own.accept_missing")
    if not form.errors:
        try:
            agreements.accept(request.visitor.subject, TEXTS[name], request.field("version"))
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(to if to and guard.is_ours(to) else AFTER[name]))
    return _text(request, name, form, to)


def _text(request: Request, name: str, form: Form | None, to: str) -> Response:
    view = own_account.text(request.visitor.subject, TEXTS[name], request.language)
    return page(request, "accept.html", form=form, view=view, to=to if to and guard.is_ours(to) else "")
