"""The report that comes later: said on the page "Education", handed in after the results."""

from certification.acts import late_reports
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.policies import load_policy
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views.speech import Speech
from certification.rules.errors import NotFound, Refused
from certification.rules.fallbacks import reports_of
from certification.rules.model import Frozen


class Report(Frozen):
    """Until when it is due, which files it is, and whether a desk has it or the time is over. `sent_back`: what the desk
    said about the report before."""

    by: str
    kinds: tuple[str, ...]
    handed_in: bool
    over: bool
    sent_back: str


def show(request: Request, reference: str) -> Response:
    return _show(request, reference, None)


def hand_in(request: Request, reference: str) -> Response:
    form = Form(request)
    try:
        late_reports.hand_in(request.visitor.subject, reference)
    except Refused as refusal:
        form.refused(refusal)
    else:
        return redirect(request.link(f"/apply/{reference}/report"))
    return _show(request, reference, form)


def say_later(request: Request, reference: str) -> Response:
    late_reports.say_later(request.visitor.subject, reference, request.field("later") == "yes")
    return redirect(request.link(f"/education?application={reference}"))


def _show(request: Request, reference: str, form: Form | None) -> Response:
    application = own_application(request.visitor.subject, reference)
    policy, _ = load_policy(application.scheme)
    case = late_reports.waiting(application)
    if case is None:
        raise NotFound("report")
    view = Report(
        by=Speech(request.language, policy.time_zone).deadline(case.promised),
        kinds=tuple(code.replace("_", "-") for code in reports_of(policy)),
        handed_in="handed_in" in case.facts,
        over="missed" in case.facts or clock.now() >= case.promised,
        sent_back=late_reports.sent_back_because(case),
    )
    return page(request, "late_report.html", form=form, reference=reference, view=view)
