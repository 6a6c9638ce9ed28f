"""Between asking for a code and typing it: which challenge, for which address, and where to go afterwards.

It travels in a cookie of half an hour rather than in the address of the page: addresses end up in logs. It proves
nothing; the act compares code and address with the challenge it stored. Each way through the pages is a flow with a
cookie of its own, and its pages name it, so that two tabs do not answer each other's questions.
"""

import base64
import binascii
import re
import secrets
from datetime import timedelta

from pydantic import ValidationError

from certification.cloud import clock
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.rules import codes
from certification.rules.model import Frozen

NAME = "__Host-asked-"
MOST = 5
"""Flows that a browser remembers: cookies travel with every request."""
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


class Asked(Frozen):
    """`address` is the e-mail address or phone number as typed; `to` a page of ours, or empty.

    `confirmation` is the challenge of a second code. The rest is where a recovery stands (`pages/recovery.py`).
    """

    challenge: str
    address: str
    to: str = ""
    confirmation: str = ""
    recovery: str = ""
    factor: str = ""
    found: bool = False
    next: tuple[str, ...] = ()
    question: str = ""


def go_on(request: Request, note: Asked, to: str) -> Response:
    """On to the next page of the flow that the request names, or of a new one. The oldest of too many is forgotten."""
    flow = named(request) or f"{int(clock.now().timestamp()):x}{secrets.token_hex(4)}"
    others = [name for name in _cookies(request) if name != NAME + flow]
    value = base64.urlsafe_b64encode(note.model_dump_json().encode()).decode().rstrip("=")
    forgotten = [f"{name}=; {_ATTRIBUTES}; Max-Age=0" for name in others[: -(MOST - 1)]]
    kept = f"{NAME}{flow}={value}; {_ATTRIBUTES}; Max-Age=1800"
    return redirect(f"{request.link(to)}?flow={flow}", kept, *forgotten)


def named(request: Request) -> str:
    """The flow that the form or the address names; empty when they name none."""
    flow = request.field("flow") or request.query.get("flow", "")
    return flow if re.fullmatch(r"[0-9a-f]{1,40}", flow) else ""


def flow_of(request: Request) -> str:
    """The flow that the request names; without a name, the one begun last."""
    begun = _cookies(request)
    return named(request) or (begun[-1].removeprefix(NAME) if begun else "")


def over(request: Request) -> str:
    """The cookie that ends this flow, and no other."""
    return f"{NAME}{flow_of(request)}=; {_ATTRIBUTES}; Max-Age=0"


def read(request: Request) -> Asked | None:
    """What was asked in this flow, or None: nothing, too long ago, or not readable."""
    value = request.cookies.get(NAME + flow_of(request), "")
    try:
        return Asked.model_validate_json(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValidationError, binascii.Error, ValueError):
        return None


def _cookies(request: Request) -> list[str]:
    """The names of the flows' cookies, the first begun first: a flow's name begins with its time."""
    return sorted(name for name, value in request.cookies.items() if name.startswith(NAME) and value)


def page_for(request: Request, note: Asked, form: Form | None, *, by_phone: bool, again: str) -> Response:
    """The page that asks for the code. `again` is where a new one is asked for."""
    return page(
        request,
        "code.html",
        form=form,
        flow=flow_of(request),
        address=note.address,
        minutes=codes.LIFETIME // timedelta(minutes=1),
        by_phone=by_phone,
        again=again,
    )
