"""Pages for anybody: notices, the plan of a year, contacts, browsers, what can be verified, and the page without a network."""

from certification.portal import feed
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.views import information, notices, plans
from certification.rules.errors import NotFound
from certification.rules.notices import NoticeKind

A_WHILE = {"cache-control": "public, max-age=300"}


def all_notices(request: Request) -> Response:
    return page(request, "notices.html", entries=notices.in_force(request.language))


def notice(request: Request, notice: str) -> Response:
    return _notice(request, notice, None)


def version(request: Request, notice: str, number: str) -> Response:
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise NotFound("notice")
    return _notice(request, notice, int(number))


def _notice(request: Request, identifier: str, number: int | None) -> Response:
    """Gone (410) when it spoke of people and has ended: its hash remains, and what it was about."""
    view = notices.notice(identifier, number, request.language)
    return page(request, "notice.html", view=view, status=410 if view.removed else 200)


def atom(request: Request) -> Response:
    return Response(body=feed.atom(request.language), content_type=feed.TYPE, headers=A_WHILE)


def plan(request: Request, year: str | None = None) -> Response:
    return page(request, "plan.html", view=plans.year_of(year, request.language))


def contacts(request: Request) -> Response:
    return page(request, "contacts.html", platforms=information.platforms(request.language))


def browsers(request: Request) -> Response:
    return page(request, "browsers.html")


def scope(request: Request) -> Response:
    entries = notices.in_force(request.language, (NoticeKind.VERIFICATION_SCOPE,))
    return page(request, "scope.html", scopes=information.scopes(request.language), entries=entries)


def offline(request: Request) -> Response:
    return page(request, "offline.html")
