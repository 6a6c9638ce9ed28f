"""The start page, the exams, and the pages that only say something."""

from certification.portal import guard
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import exams, information, notices, own_account
from certification.rules.agreements import AgreementKind
from certification.rules.notices import NoticeKind


def start(request: Request) -> Response:
    return page(request, "start.html", exam=exams.next_open(request.language), course=exams.course(request.language))


def language(request: Request) -> Response:
    """Remember the language somebody chose, and show the same page in it."""
    asked = request.query.get("to", "/")
    to = asked if guard.is_ours(asked) else "/"
    return redirect(request.link(to), guard.language_cookie(request.language))


def all_exams(request: Request) -> Response:
    columns = notices.in_force(request.language, (NoticeKind.EXAM_NOTICE, NoticeKind.ANNUAL_PLAN))
    return page(request, "exams.html", exams=exams.all_exams(request.language), columns=columns)


def one_exam(request: Request, sitting: str) -> Response:
    shown = exams.exam(sitting, request.language)
    return page(request, "exam.html", exam=shown, info=information.of_exam(sitting, request.language))


def help_page(request: Request) -> Response:
    return page(request, "help.html")


def privacy(request: Request) -> Response:
    return page(request, "privacy.html")


def accessibility(request: Request) -> Response:
    return page(request, "accessibility.html")


def agreement(request: Request) -> Response:
    view = own_account.text(None, AgreementKind.REGISTRATION, request.language)
    return page(request, "accept.html", view=view, to="")
