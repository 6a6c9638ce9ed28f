"""An exam that was called off: the candidate chooses what follows."""

from certification.acts import calling_off
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import called_off
from certification.rules.errors import Refused

REFUND = "full_refund"


def show(request: Request, reference: str) -> Response:
    return _show(request, reference, None)


def choose(request: Request, reference: str) -> Response:
    """One list: everything back, or one of the dates by its name."""
    view = called_off.of(request.visitor.subject, reference, request.language)
    form = Form(request)
    chosen = form.chosen("choice", tuple(option[0] for option in view.options), "called_off.missing")
    if not form.errors:
        sitting = None if chosen == REFUND else chosen
        try:
            calling_off.choose(request.visitor.subject, reference, "reschedule" if sitting else REFUND, sitting)
        except Refused as refusal:
            form.refused(refusal, {"sitting": "choice"})
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _show(request, reference, form)


def _show(request: Request, reference: str, form: Form | None) -> Response:
    view = called_off.of(request.visitor.subject, reference, request.language)
    return page(request, "called_off.html", form=form, view=view)
