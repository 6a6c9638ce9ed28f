"""Between asking for a code and typing it: which challenge, for which address, and where to go afterwards.

It travels in a cookie of half an hour rather than in the address of the page: addresses end up in logs. It proves
nothing; the act compares code and address with the challenge it stored.
"""

import base64
import binascii
from datetime import timedelta

from pydantic import ValidationError

from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.rules import codes
from certification.rules.model import Frozen

NAME = "__Host-asked"
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


def cookie(note: Asked) -> str:
    value = base64.urlsafe_b64encode(note.model_dump_json().encode()).decode().rstrip("=")
    return f"{NAME}={value}; {_ATTRIBUTES}; Max-Age=1800"


def no_cookie() -> str:
    return f"{NAME}=; {_ATTRIBUTES}; Max-Age=0"


def read(request: Request) -> Asked | None:
    """What was asked, or None: nothing, too long ago, or not readable."""
    value = request.cookies.get(NAME, "")
    try:
        return Asked.model_validate_json(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValidationError, binascii.Error, ValueError):
        return None


def page_for(request: Request, note: Asked, form: Form | None, *, by_phone: bool, again: str) -> Response:
    """The page that asks for the code. `again` is where a new one is asked for."""
    return page(
        request,
        "code.html",
        form=form,
        address=note.address,
        minutes=codes.LIFETIME // timedelta(minutes=1),
        by_phone=by_phone,
        again=again,
    )
