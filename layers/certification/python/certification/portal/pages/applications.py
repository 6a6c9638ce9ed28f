"""An application from beginning to confirming, and its one durable page."""

from certification.acts import agreements, withdrawing
from certification.acts import applications as acts
from certification.acts.applications import Incomplete
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import answers, application, choice, profile
from certification.rules.agreements import AgreementKind
from certification.rules.choosing import ELECTRONIC, Wanted
from certification.rules.errors import Refused


def all_applications(request: Request) -> Response:
    """A new account gives its phone number first: without one no SMS can be sent (ARR-05)."""
    if not profile.phone(request.visitor.subject):
        return redirect(request.link("/account/phone"))
    if not agreements.accepted(request.visitor.subject, AgreementKind.REGISTRATION):
        return redirect(request.link("/account/agreement?next=/applications"))
    return page(
        request, "applications.html", applications=application.overview(request.visitor.subject, request.language)
    )


def start(request: Request, sitting: str) -> Response:
    if not profile.phone(request.visitor.subject):
        return redirect(request.link("/account/phone"))
    return redirect(request.link(f"/apply/{acts.start(request.visitor.subject, sitting)}"))


def show(request: Request, reference: str) -> Response:
    return page(
        request, "application.html", view=application.show(request.visitor.subject, reference, request.language)
    )


def choose(request: Request, reference: str) -> Response:
    return _choice(request, reference, None)


def save_choice(request: Request, reference: str) -> Response:
    form = Form(request)
    view = choice.offered(request.visitor.subject, reference, request.language)
    wanted = {
        field: form.chosen(field, [option[0] for option in options], "choice.missing", what=view.labels[field])
        for field, options in view.options.items()
        if options and field not in ("subjects", "paper")
    }
    paper = form.chosen("paper", [option[0] for option in view.options["paper"]])
    subjects = form.several("subjects", [option[0] for option in view.options["subjects"]])
    if not form.errors:
        try:
            wish = Wanted(**wanted, subjects=tuple(subjects), paper=None if paper in ("", ELECTRONIC) else paper)
            acts.choose(request.visitor.subject, reference, wish)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _choice(request, reference, form)


def _choice(request: Request, reference: str, form: Form | None) -> Response:
    view = choice.offered(request.visitor.subject, reference, request.language)
    return page(request, "choice.html", form=form, reference=reference, view=view)


def check(request: Request, reference: str) -> Response:
    """The answers, to be checked and submitted. What is not complete goes back to the task list, which says what is missing."""
    return _check(request, reference, None)


def confirm(request: Request, reference: str) -> Response:
    form = Form(request)
    if request.field("declaration") != "yes":
        form.wrong("declaration", "check.declaration_missing")
    if not form.errors:
        try:
            acts.confirm(request.visitor.subject, reference)
        except Incomplete:
            return redirect(request.link(f"/apply/{reference}"))
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}"))
    return _check(request, reference, form)


def _check(request: Request, reference: str, form: Form | None) -> Response:
    view = answers.of(request.visitor.subject, reference, request.language)
    if view.missing or not view.editable:
        return redirect(request.link(f"/apply/{reference}"))
    return page(request, "check.html", form=form, view=view, images=(view.photo,) if view.photo else ())


def withdraw(request: Request, reference: str) -> Response:
    return page(request, "withdraw.html", view=application.show(request.visitor.subject, reference, request.language))


def confirm_withdrawal(request: Request, reference: str) -> Response:
    withdrawing.withdraw(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}"))
