"""The page "Education": entries of a person, added and corrected, each with what the registry said."""

from typing import Any

from certification.acts import education
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.pages.profile import reasons_of
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import countries, profile
from certification.portal.views import education as views
from certification.portal.views.speech import Speech
from certification.rules.education import Degree, EducationEntry
from certification.rules.errors import NotFound, Refused
from certification.rules.policy_applying import Education


def show(request: Request) -> Response:
    application = _application(request)
    return page(
        request,
        "education.html",
        view=views.of(request.visitor.subject, request.language, application),
        application=application,
        reasons=reasons_of(request, application, "education") if application else (),
        suffix=_suffix(request),
    )


def of_application(request: Request, reference: str) -> Response:
    """Education is the person's: the task of an application leads to its page, which leads back."""
    return redirect(request.link(f"/education?application={reference}"))


def new(request: Request) -> Response:
    return _form(request, 0, None)


def add(request: Request) -> Response:
    form = Form(request)
    entry = read_entry(form)
    if entry is not None:
        try:
            meant = request.field("duplicate_meant") == "yes"
            education.add(request.visitor.subject, entry, duplicate_meant=meant)
        except Refused as refusal:
            form.refused(refusal)
            return _form(request, 0, form, duplicate=refusal.code == "duplicate_entry")
        else:
            return redirect(request.link(f"/education{_suffix(request)}"))
    return _form(request, 0, form)


def one(request: Request, number: str) -> Response:
    return _form(request, known_number(request, number), None)


def correct(request: Request, number: str) -> Response:
    form, known = Form(request), known_number(request, number)
    entry = read_entry(form)
    if entry is not None:
        try:
            education.correct(request.visitor.subject, known, entry)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/education{_suffix(request)}"))
    return _form(request, known, form)


def declare_none(request: Request) -> Response:
    education.declare_none(request.visitor.subject)
    return redirect(request.link(f"/education{_suffix(request)}"))


def _form(request: Request, number: int, form: Form | None, *, duplicate: bool = False) -> Response:
    return entry_page(request, number, form, duplicate=duplicate, suffix=_suffix(request))


def entry_page(request: Request, number: int, form: Form | None, **more: Any) -> Response:
    """The form of one entry (0: another one). `more` is what a page around it adds."""
    say = Speech(request.language)
    return page(
        request,
        "education_entry.html",
        form=form,
        number=number,
        entry=views.entry(request.visitor.subject, number) if number else None,
        levels=[option for option in profile.levels(request.language) if option[0] != Education.NONE.value],
        degrees=[(code, say(f"education.degree_{code}"), "") for code in views.DEGREES],
        forms=[(code, say(f"education.full_time_{code}"), "") for code in ("yes", "no")],
        countries=countries.options(request.language),
        **more,
    )


def read_entry(form: Form) -> EducationEntry | None:
    """The entry that was typed, or None with everything that is wrong noted in the form."""
    codes = [code for code, _ in countries.options("en")]
    levels = [level.value for level in Education if level is not Education.NONE]
    level = form.chosen("level", levels, "education.level_missing")
    degree: Degree = next((known for known in views.DEGREES if known == form.request.field("degree")), "none")
    form.chosen("degree", views.DEGREES, "education.degree_missing")
    full_time = form.chosen("full_time", ("yes", "no"), "education.full_time_missing")
    texts = {name: form.text(name) for name in ("major", "certificate", "name")}
    institution = form.text("institution", "education.institution_missing")
    country = form.chosen("country", codes, "education.country_missing")
    taught_in = form.chosen("taught_in", codes, "education.country_missing")
    began = form.day("began", "education.began_missing")
    graduated = form.day("graduated", "education.graduated_missing")
    if form.errors or began is None or graduated is None:
        return None
    return EducationEntry(
        institution=institution,
        country=country,
        taught_in=taught_in,
        level=Education(level),
        degree=degree,
        full_time=full_time == "yes",
        began=began,
        graduated=graduated,
        **texts,
    )


def known_number(request: Request, written: str) -> int:
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 3 else 0
    if views.entry(request.visitor.subject, number) is None:
        raise NotFound("education entry")
    return number


def _application(request: Request) -> str:
    """The application whose task list led here, for the way back; empty when there is none."""
    reference = request.query.get("application", "")
    return reference if reference.replace("-", "").isalnum() and reference.isascii() and len(reference) < 40 else ""


def _suffix(request: Request) -> str:
    application = _application(request)
    return f"?application={application}" if application else ""
