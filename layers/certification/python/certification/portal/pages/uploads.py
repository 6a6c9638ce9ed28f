"""The photo and other files: a form straight to the store of files, what the check found, and what to do about it.

No page writes by being looked at: a form to send a file with is made without a row, and a row learns of a file when it
was checked.
"""

import json
from datetime import timedelta

from certification.acts import photos, uploads
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import files, photo, whole
from certification.rules.photo_fixes import STEPS

USUAL = timedelta(minutes=2)
"""A check takes seconds; after this long the page says that it takes longer than usual."""


def show(request: Request, reference: str, kind: str) -> Response:
    """What was found in the newest file; the form for one where there is none."""
    view = files.of(request.visitor.subject, reference, kind, request.language)
    if view.state in ("none", "refused"):
        return _form(request, reference, kind, view) if view.editable else redirect(request.link(f"/apply/{reference}"))
    return _result(request, reference, kind, view)


def _result(request: Request, reference: str, kind: str, view: files.File, form: Form | None = None) -> Response:
    is_photo = kind == uploads.PHOTO
    return page(
        request,
        "photo_result.html" if is_photo else "upload_result.html",
        form=form,
        images=tuple(address for address in (view.address, view.used) if address and view.is_picture),
        reference=reference,
        kind=kind,
        view=view,
        photo=photo.of(request.visitor.subject, reference, request.language) if is_photo else None,
    )


def another(request: Request, reference: str, kind: str) -> Response:
    return _form(request, reference, kind, files.of(request.visitor.subject, reference, kind, request.language))


def _form(request: Request, reference: str, kind: str, view: files.File) -> Response:
    known = whole.read(request.visitor.subject, reference)
    back = f"{settings().public_url}{request.link(f'/apply/{reference}/{kind}/arrived')}"
    scheme, add = known.behind.policy.scheme, request.query.get("add") == "yes"
    asked = uploads.ask(request.visitor.subject, files.code_of(kind), scheme, back, add=add)
    shape = photo.requirements(known, known.speech(request.language)) if kind == uploads.PHOTO else ""
    return page(
        request,
        "upload.html",
        posts_to=(asked.form.url,),
        reference=reference,
        kind=kind,
        view=view,
        to=asked.form,
        shape=shape,
    )


def arrived(request: Request, reference: str, kind: str) -> Response:
    """Where the browser comes back to. What the address says about the file is not believed: the row knows."""
    view = files.of(request.visitor.subject, reference, kind, request.language)
    sent = request.query.get("upload", "")
    if _is_there(view, sent):
        return redirect(request.link(f"/apply/{reference}/{kind}"))
    since = uploads.made_at(sent)
    late = since is not None and clock.now() >= since + USUAL
    return page(request, "upload_checking.html", reference=reference, kind=kind, sent=sent, late=late)


def _is_there(view: files.File, sent: str) -> bool:
    """Whether this file, or one sent after it, was checked. Ids sort by the time they were made at."""
    made, newest = uploads.made_at(sent), uploads.made_at(view.id)
    if made is None:
        return True  # no id, or one that we never made: show what there is
    return view.id == sent or (newest is not None and newest > made)


def state(request: Request, reference: str, kind: str) -> Response:
    view = files.of(request.visitor.subject, reference, kind, request.language)
    is_there = _is_there(view, request.query.get("upload", ""))
    return Response(body=json.dumps({"state": view.state if is_there else "checking"}), content_type="application/json")


def use(request: Request, reference: str, kind: str) -> Response:
    """Use the checked file that this page showed, whatever the checks said about it."""
    scheme = whole.read(request.visitor.subject, reference).behind.policy.scheme
    uploads.accept(request.visitor.subject, files.code_of(kind), scheme, request.field("seen"))
    return redirect(request.link(f"/apply/{reference}"))


def fix(request: Request, reference: str, kind: str) -> Response:
    """Change the photo by one step; the result is looked at like a photo that was sent."""
    form = Form(request)
    wanted = form.chosen("step", STEPS, "photo.no_step")
    step = next((step for step in STEPS if step == wanted), None)
    if step is None:
        view = files.of(request.visitor.subject, reference, kind, request.language)
        return _result(request, reference, kind, view, form)
    scheme = whole.read(request.visitor.subject, reference).behind.policy.scheme
    changed = photos.change(request.visitor.subject, scheme, step)
    return redirect(request.link(f"/apply/{reference}/{kind}/arrived?upload={changed}"))


def replace(request: Request, reference: str, kind: str) -> Response:
    """Ask the desk to let the new photo take the place of the one in use."""
    form = Form(request)
    wanted = form.chosen("why", photos.WHYS, "photo.no_why")
    why = next((why for why in photos.WHYS if why == wanted), None)
    if why is None:
        view = files.of(request.visitor.subject, reference, kind, request.language)
        return _result(request, reference, kind, view, form)
    photos.ask_replacement(request.visitor.subject, reference, why)
    return redirect(request.link(f"/apply/{reference}/{kind}"))
