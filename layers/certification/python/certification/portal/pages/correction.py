"""Asking a desk to correct what was confirmed."""

from certification.acts import corrections
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import correction
from certification.rules.changes import LONGEST_REASON, LONGEST_VALUE
from certification.rules.errors import Refused


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


def _show(request: Request, reference: str, form: Form | None) -> Response:
    view = correction.of(request.visitor.subject, reference, request.language)
    return page(request, "correction.html", form=form, view=view)
