"""Everything the candidate ever paid, what came back (PAY-10), and the receipts."""

from certification.acts import payment_history
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import payments


def show(request: Request) -> Response:
    return page(request, "payments.html", orders=payments.of(request.visitor.subject, request.language))


def receipt(request: Request, reference: str, number: str) -> Response:
    """On to a short-lived address of one receipt."""
    return redirect(payment_history.receipt(request.visitor.subject, reference, number))
