"""Files of staff: what is in it, the form for it, and the report that answers it."""

import json

from certification.acts import transfer_files
from certification.acts.drops import OF_A_SCHEME
from certification.cloud.settings import settings
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, dropped_files
from certification.rules.errors import Refused


def choose(request: Request) -> Response:
    return _choose(request, None)


def show_form(request: Request) -> Response:
    """The form for one file of one kind. It goes straight to the store of files, which keeps who dropped it."""
    form = Form(request)
    kind = form.chosen("kind", dropped_files.kinds(request.visitor.subject), "staff.file_kind_missing")
    folders = [code for code, _ in dropped_files.folders(kind, request.language)] if kind else []
    folder = form.chosen("folder", folders, "staff.file_folder_missing" if kind in ("marks", *OF_A_SCHEME) else None)
    if not form.errors:
        back = f"{settings().public_url}{request.link('/staff/files/report')}"
        try:
            to = dropped_files.ask(request.visitor.subject, kind, folder, back)
        except Refused as refusal:
            form.refused(refusal)
        else:
            reasons = dropped_files.reason_codes(folder, request.language) if kind == "decisions" else ()
            return page(
                request, "staff/upload.html", to=to, kind=kind, folder=folder, reasons=reasons, posts_to=(to.url,)
            )
    return _choose(request, form)


def _choose(request: Request, form: Form | None) -> Response:
    folders = [(kind, dropped_files.folders(kind, request.language)) for kind in dropped_files.KINDS]
    kinds = dropped_files.kinds(request.visitor.subject)
    bank = transfer_files.written(desk.member(request.visitor.subject))
    return page(request, "staff/files.html", form=form, kinds=kinds, folders=folders, bank=bank)


def for_bank(request: Request, scheme: str, message: str) -> Response:
    """One file of refunds, to be sent to the bank."""
    return redirect(transfer_files.address(desk.member(request.visitor.subject), scheme, message))


def waiting(request: Request) -> Response:
    """What waits for a review, to be filled in and uploaded. Ids only: whoever opens the file learns nobody's name."""
    text = dropped_files.to_fill_in(request.visitor.subject, request.query.get("scheme", ""))
    disposition = 'attachment; filename="decisions.csv"'
    return Response(body=text, content_type="text/csv; charset=utf-8", headers={"content-disposition": disposition})


def report(request: Request) -> Response:
    """What a file led to. S3 sends the browser here with `key`; the act asks who may see it."""
    key = request.query.get("key", "")
    view = dropped_files.report(request.visitor.subject, key, request.language)
    return page(request, "staff/report.html", view=view, key=key)


def report_state(request: Request) -> Response:
    view = dropped_files.report(request.visitor.subject, request.query.get("key", ""), request.language)
    return Response(body=json.dumps({"state": "read" if view else "waiting"}), content_type="application/json")


def problems(request: Request) -> Response:
    return redirect(dropped_files.problems_address(request.visitor.subject, request.query.get("key", "")))
