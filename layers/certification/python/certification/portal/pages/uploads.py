"""The photo and the ID document: a form straight to the store of files, then what the check found."""

import json

from certification.acts import uploads
from certification.cloud.settings import settings
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import files


def show(request: Request, reference: str, kind: str) -> Response:
    """The checked or accepted file; the form for one where there is none."""
    view = files.of(request.visitor.subject, reference, kind, request.language)
    if view.state not in ("checked", "accepted"):
        return _form(request, reference, kind, view) if view.editable else redirect(request.link(f"/apply/{reference}"))
    return page(
        request,
        "upload_result.html",
        images=(view.address,) if view.is_picture else (),
        reference=reference,
        kind=kind,
        view=view,
    )


def another(request: Request, reference: str, kind: str) -> Response:
    return _form(request, reference, kind, files.of(request.visitor.subject, reference, kind, request.language))


def _form(request: Request, reference: str, kind: str, view: files.File) -> Response:
    back = f"{settings().public_url}{request.link(f'/apply/{reference}/{kind}/arrived')}"
    form = uploads.ask(request.visitor.subject, files.KINDS[kind], back)
    return page(request, "upload.html", posts_to=(form.url,), reference=reference, kind=kind, view=view, to=form)


def arrived(request: Request, reference: str, kind: str) -> Response:
    """Where the browser comes back to. What the address says about the file is not believed: the row knows."""
    view = files.of(request.visitor.subject, reference, kind, request.language)
    if view.state == "expected":
        return page(request, "upload_checking.html", reference=reference, kind=kind)
    return redirect(request.link(f"/apply/{reference}/{kind}"))


def state(request: Request, reference: str, kind: str) -> Response:
    view = files.of(request.visitor.subject, reference, kind, request.language)
    return Response(body=json.dumps({"state": view.state}), content_type="application/json")


def use(request: Request, reference: str, kind: str) -> Response:
    uploads.accept(request.visitor.subject, files.KINDS[kind])
    return redirect(request.link(f"/apply/{reference}"))
