"""The door of the portal: an HTTP API event in, a page out. Errors become pages too."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from certification.acts import sessions
from certification.cloud.log import logger
from certification.cloud.settings import settings
from certification.letters.formats import LANGUAGES, Language
from certification.portal import guard, installed, requests, static_files
from certification.portal.forms import NOT_ACCEPTED
from certification.portal.page import page
from certification.portal.requests import Request, Visitor
from certification.portal.responses import Response, as_event, redirect
from certification.portal.router import Access, find
from certification.portal.routes import ROUTES
from certification.rules.errors import Forbidden, NotFound, Refused

SIGN_IN: dict[Access, str] = {"candidate": "/sign-in", "staff": "/staff/sign-in"}


def answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """The HTTP API's answer (payload 2.0) to one request."""
    request = requests.read(event)
    try:
        response = _respond(request)
    except Exception as error:  # the last door: whoever asked gets a page, and we get a line in the log
        logger.exception("page failed", path=request.path, error=type(error).__name__)
        response = page(_in_language(request)[0], "failed.html", status=500, number=request.id)
    return as_event(response, request.method, request.headers.get("accept-encoding", ""))


def _respond(request: Request) -> Response:
    if request.path.startswith("/static/"):
        return static_files.serve(request.path) or _missing(request)
    if request.path == installed.PATH:
        return installed.service_worker()
    asked, has_prefix = _in_language(request)
    if not has_prefix:
        known = request.path == "/" or request.path.startswith("/staff")
        return redirect(asked.link(request.path)) if known and request.method == "GET" else _missing(asked)
    return _page(_with_visitor(asked))


def _page(request: Request) -> Response:
    found, methods = find(ROUTES, request)
    if found is None and not methods:
        return _missing(request)
    if found is None:
        allowed = {"allow": ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])}))}
        return page(request, "not_found.html", status=405).model_copy(update={"headers": allowed})
    if found.route.access not in ("anybody", request.visitor.kind):
        return _sign_in_first(request, found.route.access)
    if request.method == "POST" and guard.is_forged(request, settings().public_url):
        return page(request, "forged.html", status=403)
    try:
        return found.show(request)
    except NotFound:
        return _missing(request)
    except Forbidden as refusal:
        return page(request, "refused.html", status=403, refusal=refusal)
    except Refused as refusal:
        if refusal.code == NOT_ACCEPTED:
            return redirect(f"{request.link('/account/agreement')}?{urlencode({'next': request.path})}")
        logger.info("refused", path=found.route.path, code=refusal.code)
        return page(request, "refused.html", status=409, refusal=refusal)


def _missing(request: Request) -> Response:
    return page(request, "not_found.html", status=404)


def _sign_in_first(request: Request, access: Access) -> Response:
    """Signing in leads back here. A form that was sent after the session ended leads back to its page."""
    ended = {"ended": "1"} if guard.SESSION in request.cookies else {}
    return redirect(f"{request.link(SIGN_IN[access])}?{urlencode({'next': request.path, **ended})}")


def _in_language(request: Request) -> tuple[Request, bool]:
    """The request with its language, taken off the path; without a prefix: the language somebody probably reads."""
    first, _, rest = request.path.removeprefix("/").partition("/")
    for language in LANGUAGES:
        if first == language:
            return request.model_copy(update={"language": language, "path": f"/{rest}"}), True
    return request.model_copy(update={"language": _preferred(request)}), False


def _preferred(request: Request) -> Language:
    if request.cookies.get(guard.LANGUAGE) in LANGUAGES:
        return "zh" if request.cookies[guard.LANGUAGE] == "zh" else "en"
    accepted = [part.split(";")[0].strip().lower() for part in request.headers.get("accept-language", "").split(",")]
    known = [code for code in accepted if code.startswith(("en", "zh"))]
    return "zh" if known and known[0].startswith("zh") else "en"


def _with_visitor(request: Request) -> Request:
    session_id = request.cookies.get(guard.SESSION)
    session = sessions.read(session_id)
    visit = request.cookies.get(guard.VISIT)
    if session is None:
        return request.model_copy(update={"visitor": Visitor(visit=visit)})
    visitor = Visitor(kind=session.kind, subject=session.subject, session=session_id, visit=visit)
    return request.model_copy(update={"visitor": visitor})
