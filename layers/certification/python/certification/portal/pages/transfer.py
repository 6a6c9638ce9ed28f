"""Paying by bank transfer: the particulars, choosing it, and saying that it was sent."""

from certification.acts import transfers
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import transfer


def show(request: Request, reference: str) -> Response:
    view = transfer.of(request.visitor.subject, reference, request.language)
    return page(request, "transfer.html", view=view)


def choose(request: Request, reference: str) -> Response:
    transfers.choose(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/pay/transfer"))


def sent(request: Request, reference: str) -> Response:
    transfers.declare(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/pay/transfer"))
