"""The money desk by page: its refunds, sending one again, paying one by hand, calling an exam off."""

from certification.acts import calling_off, refund_desk
from certification.acts.callers import MAY_PUBLISH_SITTINGS, MAY_REVIEW, must_be
from certification.cloud.tables.refunds import Listed
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, staff_refunds
from certification.rules.errors import Refused


def all_refunds(request: Request) -> Response:
    which: Listed = "ended" if request.query.get("listed") == "ended" else "open"
    rows = staff_refunds.listed(request.visitor.subject, request.language, which)
    return page(request, "staff/refunds.html", rows=rows, which=which)


def one(request: Request, refund: str) -> Response:
    return _one(request, refund, None)


def retry(request: Request, refund: str) -> Response:
    member = desk.member(request.visitor.subject)
    must_be(member, MAY_REVIEW)
    form = Form(request)
    try:
        again = refund_desk.retry(member, refund)
    except Refused as refusal:
        form.refused(refusal)
        return _one(request, refund, form)
    return redirect(request.link(f"/staff/refunds/{again}"))


def by_hand(request: Request, refund: str) -> Response:
    member = desk.member(request.visitor.subject)
    must_be(member, MAY_REVIEW)
    form = Form(request)
    try:
        refund_desk.by_hand(member, refund, request.field("reason"))
    except Refused as refusal:
        form.refused(refusal)
        return _one(request, refund, form)
    return redirect(request.link(f"/staff/refunds/{refund}"))


def _one(request: Request, refund: str, form: Form | None) -> Response:
    view = staff_refunds.of(request.visitor.subject, refund, request.language)
    return page(request, "staff/refund.html", form=form, view=view)


def call_off(request: Request, sitting: str) -> Response:
    return _call_off(request, sitting, None)


def confirm_call_off(request: Request, sitting: str) -> Response:
    member = desk.member(request.visitor.subject)
    must_be(member, MAY_PUBLISH_SITTINGS)
    form = Form(request)
    others = form.several("instead", [name for name, *_ in staff_refunds.others(sitting, request.language)])
    try:
        calling_off.call_off(member, sitting, request.field("why_en"), request.field("why_zh"), tuple(others))
    except Refused as refusal:
        form.refused(refusal)
        return _call_off(request, sitting, form)
    return redirect(request.link(f"/staff/sittings/{sitting}"))


def _call_off(request: Request, sitting: str, form: Form | None) -> Response:
    must_be(desk.member(request.visitor.subject), MAY_PUBLISH_SITTINGS)
    others = staff_refunds.others(sitting, request.language)
    ticked = {"instead": request.form.get("instead", [])}
    return page(request, "staff/call_off.html", form=form, sitting=sitting, others=others, ticked=ticked)
