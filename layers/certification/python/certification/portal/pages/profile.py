"""What the candidate declares about themselves: details, contact, education."""

from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import countries, profile, whole
from certification.portal.views.profile import Education
from certification.rules.errors import Refused

NAMES_OF_FIELDS = {
    "education": "education_0_level",
    "graduated_on": "education_0_graduated",
}


def details(request: Request, reference: str) -> Response:
    return _details(request, reference, None)


def save_details(request: Request, reference: str) -> Response:
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
            return redirect(request.link(f"/apply/{reference}"))
    return _details(request, reference, form)


def _details(request: Request, reference: str, form: Form | None) -> Response:
    known = whole.read(request.visitor.subject, reference)
    return page(
        request,
        "details.html",
        form=form,
        reference=reference,
        person=known.behind.person,
        reasons=_reasons(request, known, "details"),
        kinds=profile.id_kinds(request.language, known.behind.policy.accounts.id_documents),
        nationalities=countries.options(request.language),
    )


def _reasons(request: Request, known: whole.Whole, name: str) -> tuple[str, ...]:
    from certification.portal.views.tasks import reasons_by_page

    return reasons_by_page(known, known.speech(request.language)).get(name, ())


def contact(request: Request, reference: str) -> Response:
    return _contact(request, reference, None)


def save_contact(request: Request, reference: str) -> Response:
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


def background(request: Request, reference: str) -> Response:
    return _background(request, reference, None)


def save_background(request: Request, reference: str) -> Response:
    """Every entry of the page at once; an entry left empty is left out."""
    form = Form(request)
    numbers = range(profile.ENTRIES)
    education = [found for number in numbers if (found := _education(form, f"education_{number}"))]
    if not education and not form.errors:
        form.wrong("education_0_level", "profile.education_missing")
    if not form.errors:
        try:
            profile.save_background(request.visitor.subject, tuple(education))
        except Refused as refusal:
            form.refused(refusal, NAMES_OF_FIELDS)
        else:
            more = request.field("more")
            after = f"/background?more={more}#{more}" if more == "education" else ""
            return redirect(request.link(f"/apply/{reference}{after}"))
    return _background(request, reference, form)


def _education(form: Form, name: str) -> Education | None:
    level = form.chosen(f"{name}_level", [code for code, _ in profile.levels("en")])
    school, major = form.text(f"{name}_school"), form.text(f"{name}_major")
    graduated = form.day(f"{name}_graduated")
    if not (level or school or major or graduated or f"{name}_graduated" in form.errors):
        return None
    for field, value in (("level", level), ("school", school), ("graduated", graduated)):
        if not value:
            form.wrong(f"{name}_{field}", f"profile.{field}_missing")
    return Education(level=level, school=school, major=major, graduated=graduated) if level and graduated else None


def _background(request: Request, reference: str, form: Form | None) -> Response:
    known = whole.read(request.visitor.subject, reference)
    more = request.query.get("more", "")
    return page(
        request,
        "background.html",
        form=form,
        reference=reference,
        reasons=_reasons(request, known, "background"),
        levels=profile.levels(request.language),
        most=profile.ENTRIES,
        education=_blocks(form, "education", known.candidate.education, more),
    )


def _blocks(form: Form | None, kind: str, stored: tuple[Education, ...], more: str) -> list[Education | None]:
    """What to show: the stored entries and an empty one where there is none or one more was asked for."""
    blocks: list[Education | None] = [*stored]
    typed = 0
    if form:
        numbers = [
            int(name.split("_")[1])
            for name in form.typed
            if name.startswith(f"{kind}_") and name.split("_")[1].isdigit()
        ]
        typed = max(numbers, default=-1) + 1
    wanted = max(1, len(blocks) + (more == kind), typed)
    return (blocks + [None] * wanted)[: min(wanted, profile.ENTRIES)]
