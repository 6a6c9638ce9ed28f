"""Notices by page: written in a form, looked at, published; or confirmed when the policy wants a second person."""

from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import staff_notices
from certification.rules.errors import Refused

BOARD = "/staff/notices"


def all_notices(request: Request) -> Response:
    entries = staff_notices.board(request.language)
    waiting = staff_notices.waiting(request.visitor.subject, request.language)
    said = {"published": "staff.notice_published", "proposed": "staff.notice_proposed"}.get(
        request.query.get("done", "")
    )
    return page(request, "staff/notices.html", entries=entries, waiting=waiting, said=said)


def new(request: Request) -> Response:
    """An empty form, or the newest version of a notice to write the next one from."""
    staff_notices.may_publish(request.visitor.subject)
    before = request.query.get("from", "")
    return _form(request, None, typed=staff_notices.typed(before) if before else {})


def write(request: Request) -> Response:
    """Look at it first: it is published from the page that shows how it will be read."""
    staff_notices.may_publish(request.visitor.subject)
    form = Form(request)
    notice = staff_notices.read(form)
    if notice is None:
        return _form(request, form)
    if request.field("act") == "publish":
        try:
            return _done(request, staff_notices.publish(request.visitor.subject, notice))
        except Refused as refusal:
            form.refused(refusal)
            return _form(request, form)
    return page(request, "staff/notice_preview.html", form=form, view=staff_notices.preview(notice), mine=False)


def proposal(request: Request, notice: str) -> Response:
    written = staff_notices.proposal(notice)
    waiting = staff_notices.waiting(request.visitor.subject, request.language)
    mine = any(one.mine for one in waiting if one.id == notice)
    return page(request, "staff/notice_preview.html", view=staff_notices.preview(written), mine=mine)


def confirm(request: Request, notice: str) -> Response:
    """The second person publishes exactly what the first one wrote: the page names its hash."""
    written = staff_notices.proposal(notice)
    if staff_notices.preview(written).proof != request.field("proof"):
        return redirect(request.link(f"{BOARD}/proposals/{notice}"))
    return _done(request, staff_notices.publish(request.visitor.subject, written))


def _done(request: Request, outcome: str) -> Response:
    return redirect(f"{request.link(BOARD)}?done={outcome}")


def _form(request: Request, form: Form | None, typed: dict[str, str] | None = None) -> Response:
    choices = staff_notices.choices(request.visitor.subject, request.language)
    return page(request, "staff/notice_form.html", form=form, typed=typed, choices=choices)
