"""Documents to download, messages to read again, certificates to check, draws to recompute."""

from certification.acts import agreements, certificates
from certification.acts.certificates import DocumentKind
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import certificate as shown
from certification.portal.views import draws, messages
from certification.rules.agreements import AgreementKind

PAPERS: dict[str, DocumentKind] = {"ticket": "ticket", "score-report": "score_report", "certificate": "certificate"}


def paper(request: Request, reference: str, kind: str) -> Response:
    """On to a short-lived address of one file. The first visit to the certificate begins with its notice (ACC-15)."""
    if kind == "certificate" and not agreements.accepted(request.visitor.subject, AgreementKind.CERTIFICATES):
        return redirect(request.link(f"/account/service-notice?next=/apply/{reference}"))
    return redirect(certificates.download(request.visitor.subject, reference, PAPERS[kind]))


def all_messages(request: Request) -> Response:
    return page(request, "messages.html", messages=messages.of(request.visitor.subject, request.language))


def check(request: Request) -> Response:
    """Ask for a number. A form that was sent goes on to the address of its answer, which can be kept and shared."""
    number = request.query.get("number", "").strip()
    if number:
        return redirect(request.link(f"/check/{shown.in_address(number)}"))
    return page(request, "check_certificate.html", verdict=None, number="")


def verdict(request: Request, number: str) -> Response:
    found = shown.verify(number, request.language)
    return page(
        request, "check_certificate.html", status=200 if found.found else 404, verdict=found, number=found.number
    )


def all_draws(request: Request) -> Response:
    return page(request, "draws.html", draws=draws.all_draws(request.language))


def draw(request: Request, sitting: str) -> Response:
    return page(request, "draw.html", draw=draws.of(sitting, request.language))


def draw_file(_request: Request, sitting: str, name: str) -> Response:
    return redirect(draws.address(sitting, name))
