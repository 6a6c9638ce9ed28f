"""Over the identity platform and back: to be verified in one's account, or to sign in."""

from certification.acts import platform
from certification.acts.platform import Away
from certification.cloud.settings import settings
from certification.portal import guard
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.rules.errors import Refused

STATE = "__Host-platform"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def show(request: Request) -> Response:
    """What the platform is for, and the button that goes there; nothing where no scheme names one."""
    view = {"offered": platform.offered() or "", "signed_in": request.visitor.kind == "candidate"}
    return page(request, "platform.html", view=view, posts_to=(settings().platform_api,))


def go(request: Request) -> Response:
    """Off to the platform; the browser remembers the state it must come back with."""
    provider = platform.offered()
    if provider is None:
        return redirect(request.link("/sign-in"))
    return _away(platform.begin(provider, request.language, _who(request)))


def _who(request: Request) -> str | None:
    return request.visitor.subject if request.visitor.kind == "candidate" else None


def _away(away: Away) -> Response:
    return redirect(away.address, f"{STATE}={away.state}; {_ATTRIBUTES}; Max-Age=600")


def came_back(request: Request) -> Response:
    """Only the browser that went comes back. A refusal is a page with its reason, and nothing happened."""
    state, code = request.query.get("state", ""), request.query.get("code", "")
    began_with = request.cookies.get(STATE, "")
    over = f"{STATE}=; {_ATTRIBUTES}; Max-Age=0"
    try:
        session = platform.come_back(state, began_with, code, request.language, _who(request), request.visit)
    except Refused as refusal:
        return page(request, "refused.html", status=409, refusal=refusal).with_cookies(over)
    if session is None:
        return redirect(request.link("/account"), over)
    return redirect(request.link("/applications"), guard.session_cookie(session), over)
