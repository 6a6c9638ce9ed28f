"""Asking a desk to correct what was confirmed."""

from certification.acts import corrections
from certification.acts.correcting import EntryWanted
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.pages import education as education_pages
from certification.portal.pages import work as work_pages
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import correction
from certification.rules.changes import LONGEST_REASON, LONGEST_VALUE
from certification.rules.errors import Refused
from certification.rules.work import WorkHistory


def show(request: Request, reference: str) -> Response:
    return _show(request, reference, None)


def ask(request: Request, reference: str) -> Response:
    view = correction.of(request.visitor.subject, reference, request.language)
    form = Form(request)
    field = form.chosen("field", [code for code, _ in view.fields], "correction.field_missing")
    value = form.text("value", "correction.value_missing", longest=LONGEST_VALUE)
    reason = form.text("reason", longest=LONGEST_REASON)
    site = form.chosen("site", [code for code, _ in view.sites], "correction.site_missing") if view.sites else None
    if not form.errors:
        try:
            corrections.ask(request.visitor.subject, reference, {field: value}, reason, site)
        except Refused as refusal:
            form.refused(refusal, {field: "value"})
        else:
            return redirect(request.link(f"/apply/{reference}/correction"))
    return _show(request, reference, form)


def education(request: Request, reference: str, number: str) -> Response:
    return _entry(request, reference, number, None)


def ask_education(request: Request, reference: str, number: str) -> Response:
    """An entry as it should stand; `new` asks for one more."""
    form = Form(request)
    entry = education_pages.read_entry(form)
    known = 0 if number == "new" else education_pages.known_number(request, number)
    if entry is not None:
        wanted = EntryWanted(number=known or None, entry=entry)
        if _filed(request, reference, form, {}, education=wanted):
            return redirect(request.link(f"/apply/{reference}/correction"))
    return _entry(request, reference, number, form)


def _entry(request: Request, reference: str, number: str, form: Form | None) -> Response:
    view = correction.of(request.visitor.subject, reference, request.language)
    known = 0 if number == "new" else education_pages.known_number(request, number)
    return education_pages.entry_page(request, known, form, correcting=view, duplicate=False)


def work(request: Request, reference: str) -> Response:
    return _work(request, reference, None)


def ask_work(request: Request, reference: str) -> Response:
    """The whole history as it should stand; with `more` the page comes back with one more empty entry."""
    form = Form(request)
    read = work_pages.read_work(request, reference, form)
    if (
        not form.errors
        and not request.field("more")
        and _filed(request, reference, form, read.names, work=read.history)
    ):
        return redirect(request.link(f"/apply/{reference}/correction"))
    return _work(request, reference, form)


def _work(request: Request, reference: str, form: Form | None) -> Response:
    view = correction.of(request.visitor.subject, reference, request.language)
    return work_pages.work_page(request, reference, form, correcting=view, action="correction/work")


def _filed(
    request: Request,
    reference: str,
    form: Form,
    names: dict[str, str],
    *,
    education: EntryWanted | None = None,
    work: WorkHistory | None = None,
) -> bool:
    """Whether it was filed; what is wrong with it is noted in the form."""
    view = correction.of(request.visitor.subject, reference, request.language)
    reason = form.text("reason", longest=LONGEST_REASON)
    site = form.chosen("site", [code for code, _ in view.sites], "correction.site_missing") if view.sites else None
    if form.errors:
        return False
    try:
        corrections.ask(request.visitor.subject, reference, {}, reason, site, education=education, work=work)
    except Refused as refusal:
        form.refused(refusal, names)
    return not form.errors


def _show(request: Request, reference: str, form: Form | None) -> Response:
    view = correction.of(request.visitor.subject, reference, request.language)
    return page(request, "correction.html", form=form, view=view)
