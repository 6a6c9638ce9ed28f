"""What the candidate declares about themselves: details, by the account or by an application, and contact."""

from certification.acts.ownership import own_application
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import countries, own_account, profile, whole
from certification.rules.errors import Refused


def details(request: Request, reference: str = "") -> Response:
    """Without an application: the account's own page, so that checks can be over before registration opens (EDU-04)."""
    return _details(request, reference, None)


def save_details(request: Request, reference: str = "") -> Response:
    if reference:
        own_application(request.visitor.subject, reference)
    form = Form(request)
    names = (form.text("full_name"), form.text("latin_name"))
    if not any(names):
        form.wrong("full_name", "profile.name_missing")
    born = form.day("date_of_birth", "profile.birth_missing")
    nationality = form.chosen(
        "nationality", [code for code, _ in countries.options("en")], "profile.nationality_missing"
    )
    document = (
        form.chosen("id_type", profile.KINDS, "profile.id_type_missing"),
        form.text("id_number", "profile.id_number_missing"),
    )
    if not form.errors and born:
        try:
            profile.save_details(request.visitor.subject, names, born, nationality, document)
        except Refused as refusal:
            form.refused(refusal)
        else:
            lacks, home = own_account.name(request.visitor.subject).missing, _home(reference)
            return redirect(request.link(f"/account/name?next={home}" if lacks else home))
    return _details(request, reference, form)


def _home(reference: str) -> str:
    return f"/apply/{reference}" if reference else "/account"


def _details(request: Request, reference: str, form: Form | None) -> Response:
    known = whole.read(request.visitor.subject, reference) if reference else None
    accepted = known.behind.policy.accounts.id_documents if known else profile.KINDS
    own = profile.read(request.visitor.subject)
    return page(
        request,
        "details.html",
        form=form,
        view={"back_to": _home(reference), "held_by": own.held_by or ""},
        person=own.person,
        reasons=_reasons(request, known, "details") if known else (),
        kinds=profile.id_kinds(request.language, accepted),
        nationalities=countries.options(request.language),
    )


def _reasons(request: Request, known: whole.Whole, name: str) -> tuple[str, ...]:
    from certification.portal.views.tasks import reasons_by_page

    return reasons_by_page(known, known.speech(request.language)).get(name, ())


def contact(request: Request, reference: str) -> Response:
    return _contact(request, reference, None)


def save_contact(request: Request, reference: str) -> Response:
    own_application(request.visitor.subject, reference)
    form = Form(request)
    address = form.text("postal_address", longest=300)
    language = form.chosen("language", ("en", "zh"), "profile.language_missing")
    if not form.errors:
        try:
            profile.save_contact(request.visitor.subject, address, "zh" if language == "zh" else "en")
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _contact(request, reference, form)


def _contact(request: Request, reference: str, form: Form | None) -> Response:
    known = whole.read(request.visitor.subject, reference)
    reasons = _reasons(request, known, "contact")
    return page(request, "contact.html", form=form, reference=reference, person=known.behind.person, reasons=reasons)


def reasons_of(request: Request, reference: str, name: str) -> tuple[str, ...]:
    """The reviewer's reasons that one page of the candidate's own application puts right."""
    return _reasons(request, whole.read(request.visitor.subject, reference), name)
