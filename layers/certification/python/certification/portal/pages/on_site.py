"""The on-site check of an application: what the notice says, and the appointment."""

from datetime import datetime

from certification.acts import appointments
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import on_site
from certification.rules.errors import Refused


def show(request: Request, reference: str) -> Response:
    return _show(request, reference, None)


def book(request: Request, reference: str) -> Response:
    form = Form(request)
    view = on_site.of(request.visitor.subject, reference, request.language)
    starts = form.chosen("starts", [code for code, _, _ in view.slots], "on_site.starts_missing")
    if not form.errors:
        try:
            appointments.book(request.visitor.subject, reference, datetime.fromisoformat(starts))
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}/on-site"))
    return _show(request, reference, form)


def cancel(request: Request, reference: str) -> Response:
    appointments.cancel(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/on-site"))


def _show(request: Request, reference: str, form: Form | None) -> Response:
    view = on_site.of(request.visitor.subject, reference, request.language)
    return page(request, "on_site.html", form=form, reference=reference, view=view)
