"""Everything the candidate ever paid, and what came back (PAY-10)."""

from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.views import payments


def show(request: Request) -> Response:
    return page(request, "payments.html", orders=payments.of(request.visitor.subject, request.language))
