"""Answering before something is void, and appealing against what was decided."""

from certification.acts import appeals, voids
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import hearing
from certification.rules.errors import Refused

ACTS = {"hearing": voids.reply, "appeal": appeals.appeal}


def show(request: Request, reference: str, way: str) -> Response:
    return _show(request, reference, way, None)


def say(request: Request, reference: str, way: str) -> Response:
    form = Form(request)
    text = request.field("text")
    if not text:
        form.wrong("text", "hearing.text_missing")
    if not form.errors:
        try:
            ACTS[way](request.visitor.subject, reference, text)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _show(request, reference, way, form)


def _show(request: Request, reference: str, way: str, form: Form | None) -> Response:
    view = hearing.of(request.visitor.subject, reference, request.language)
    return page(request, "hearing.html", form=form, view=view, way=way)
