"""What the candidate declares about work."""

from typing import Any

from certification.acts import work as acts
from certification.portal import work_form
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import tasks, whole
from certification.portal.views import work as views
from certification.portal.work_form import WorkForm
from certification.rules.errors import Refused


def show(request: Request, reference: str) -> Response:
    return _work(request, reference, None)


def save(request: Request, reference: str) -> Response:
    """Every entry of the page at once; with `more` the page comes back with one more empty entry."""
    form = Form(request)
    read = read_work(request, reference, form)
    if not form.errors:
        try:
            acts.save(request.visitor.subject, read.history)
        except Refused as refusal:
            form.refused(refusal, read.names)
        else:
            more = request.field("more")
            after = f"/work?more={more}#{more}" if more in work_form.KINDS else ""
            return redirect(request.link(f"/apply/{reference}{after}"))
    return _work(request, reference, form)


def read_work(request: Request, reference: str, form: Form) -> WorkForm:
    """What was typed; everything that is wrong is noted in the form."""
    known = whole.read(request.visitor.subject, reference)
    policy, say = known.behind.policy, known.speech(request.language)
    return WorkForm(
        form,
        views.MOST,
        [code for code, _ in views.fields(policy, None, say)],
        [code for code, _ in views.certificates(policy, say)],
    )


def _work(request: Request, reference: str, form: Form | None) -> Response:
    return work_page(request, reference, form, action="work")


def work_page(request: Request, reference: str, form: Form | None, **more_view: Any) -> Response:
    """The form of the whole history. `more_view` is what a page around it adds."""
    known = whole.read(request.visitor.subject, reference)
    say = known.speech(request.language)
    stored, policy = known.behind.person.work, known.behind.policy
    more = request.field("more") or request.query.get("more", "")
    return page(
        request,
        "work.html",
        form=form,
        view={"workplace": stored.workplace},
        reference=reference,
        reasons=tasks.reasons_by_page(known, say).get("work", ()),
        fields=views.fields(policy, known.application.occupation, say),
        known_certificates=views.certificates(policy, say),
        times=views.times(say),
        most=views.MOST,
        jobs=work_form.blocks(form, "jobs", stored.jobs, more, views.MOST["jobs"]),
        leaves=work_form.blocks(form, "leaves", stored.leaves, more, views.MOST["leaves"]),
        certificates=work_form.blocks(form, "certificates", stored.certificates, more, views.MOST["certificates"]),
        **more_view,
    )
