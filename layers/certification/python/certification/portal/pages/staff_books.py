"""The books by page: providers' days, months to take away, money without a home."""

from certification.acts import book_desk
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, staff_books


def overview(request: Request) -> Response:
    return page(request, "staff/books.html", view=staff_books.of(request.visitor.subject, request.language))


def day(request: Request, stream: str, day: str) -> Response:
    view = staff_books.day(request.visitor.subject, stream, day, request.language)
    return page(request, "staff/book_day.html", view=view)


def file(request: Request, stream: str, day: str, kind: str) -> Response:
    """On to the summary of a closed day, the signature over it, or the key that checks it."""
    signed = book_desk.signed(desk.member(request.visitor.subject), stream, day)
    return redirect({"summary": signed.summary, "signature": signed.signature, "key": signed.key}[kind])


def month(request: Request, month: str, form: str) -> Response:
    """On to a month of the ledger."""
    return redirect(book_desk.month(desk.member(request.visitor.subject), month, form))
