"""The money desk by page: finding a payment, and sending part of it back."""

from certification.acts import part_refunds
from certification.acts.callers import MAY_REVIEW, must_be
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, staff_payments
from certification.rules.errors import Refused
from certification.rules.part_refund import REASONS


def find(request: Request) -> Response:
    """Payments of an application, an order, or by their own number."""
    text = request.query.get("of", "")
    rows = staff_payments.found(request.visitor.subject, text, request.language)
    return page(request, "staff/payments.html", rows=rows, text=text, typed={"of": text})


def ask(request: Request, payment: str) -> Response:
    return _ask(request, payment, None)


def asked(request: Request, payment: str) -> Response:
    """First what would be left is shown; then it is asked for."""
    member = desk.member(request.visitor.subject)
    must_be(member, MAY_REVIEW)
    form = Form(request)
    offer = part_refunds.offer(member, payment)
    only = offer.captures[0].capture if len(offer.captures) == 1 else ""
    capture = only or form.chosen("capture", [one.capture for one in offer.captures], "staff_payments.capture_missing")
    reason = form.chosen("because", list(REASONS), "staff_payments.because_missing")
    shown = None
    try:
        if form.errors:
            return _ask(request, payment, form)
        named = next(code for code in REASONS if code == reason)
        amount, said = request.field("amount"), request.field("reason")
        if request.field("confirmed") == "yes":
            made = part_refunds.ask(member, payment, capture, amount, said, named, _number(request.field("seen")))
            return redirect(request.link(f"/staff/refunds/{made}"))
        shown = staff_payments.preview(offer, capture, amount, said, named, request.language)
    except Refused as refusal:
        form.refused(refusal)
    return _ask(request, payment, form, shown)


def _number(text: str) -> int:
    """The number that was sent with what was seen; one that is none is never the present one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


def _ask(request: Request, payment: str, form: Form | None, shown: staff_payments.Preview | None = None) -> Response:
    view = staff_payments.of(request.visitor.subject, payment, request.language)
    return page(request, "staff/payment.html", form=form, view=view, shown=shown)
