"""The form on which anybody reports a commitment that may be false."""

from certification.acts import public_reports
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.views import exams
from certification.rules.errors import Refused
from certification.rules.reporting import LONGEST


def ask(request: Request) -> Response:
    return _ask(request, None)


def _ask(request: Request, form: Form | None) -> Response:
    offered = exams.with_reports(request.language)
    return page(request, "report.html", form=form, sittings=offered, longest=LONGEST, receipt="")


def send(request: Request) -> Response:
    form = Form(request)
    offered = [code for code, _, _ in exams.with_reports(request.language)]
    sitting = form.chosen("sitting", offered, "commitment.report_sitting_missing")
    receipt = ""
    if not form.errors:
        try:
            receipt = public_reports.report(sitting, request.field("who"), request.field("text"), request.source)
        except Refused as refusal:
            form.refused(refusal)
    if form.errors:
        return _ask(request, form)
    return page(request, "report.html", sittings=(), longest=LONGEST, receipt=receipt)
