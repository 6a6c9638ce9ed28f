"""The form with which a desk opens a check of a commitment."""

import re

from certification.acts import supervision
from certification.acts.callers import MAY_REVIEW, must_be
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk
from certification.rules.errors import Refused

REFERENCE = re.compile(r"APP-20\d{2}-\d{5,9}[A-Z]", re.ASCII)
LONGEST_WHY = 200


def ask(request: Request) -> Response:
    return _ask(request, None)


def _ask(request: Request, form: Form | None) -> Response:
    return page(request, "staff/check.html", form=form, why=request.query.get("case", ""))


def open_check(request: Request) -> Response:
    form = Form(request)
    reference = form.text("reference", "commitment.open_check_reference_missing").upper()
    if reference and not REFERENCE.fullmatch(reference):
        form.wrong("reference", "commitment.open_check_reference_missing")
    why = form.text("why", "commitment.open_check_why_missing", LONGEST_WHY)
    if not form.errors:
        member = desk.member(request.visitor.subject)
        must_be(member, MAY_REVIEW)
        try:
            case = supervision.ask_check(member, reference, why)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/staff/cases/{case}"))
    return _ask(request, form)


def received(request: Request, case: str) -> Response:
    """The proofs came on paper."""
    member = desk.member(request.visitor.subject)
    must_be(member, MAY_REVIEW)
    supervision.received(member, case)
    return redirect(request.link(f"/staff/cases/{case}"))
