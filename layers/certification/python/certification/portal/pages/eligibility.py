"""Am I eligible? For a candidate's own application, and as a calculator for anybody: nothing of it is stored."""

from certification.portal import work_form
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.study_form import MOST as MOST_STUDIES
from certification.portal.study_form import studies
from certification.portal.views import eligibility
from certification.portal.views import work as views
from certification.portal.views.speech import Speech
from certification.portal.work_form import WorkForm
from certification.rules.eligibility import Background
from certification.rules.errors import Refused


def own(request: Request, reference: str) -> Response:
    view = eligibility.own(request.visitor.subject, reference, request.language)
    return page(request, "eligibility.html", reference=reference, view=view)


def ask(request: Request, sitting: str) -> Response:
    return _ask(request, sitting, None, None)


def answer(request: Request, sitting: str) -> Response:
    """The answer under the same form; with `more` only one more empty block."""
    form = Form(request)
    asked = eligibility.calculator(sitting, request.language)
    occupation = form.chosen("occupation", [code for code, _ in asked.occupations], "eligibility.occupation_missing")
    born = form.day("birth_date", "profile.birth_missing")
    education, names = studies(form)
    read = WorkForm(form, views.MOST, [code for code, _ in asked.fields], [code for code, _ in asked.certificates])
    if request.field("more"):
        form.errors.clear()
        return _ask(request, sitting, form, None)
    if form.errors or born is None:
        return _ask(request, sitting, form, None)
    background = Background(date_of_birth=born, education=education, work=read.history)
    try:
        view = eligibility.tried(sitting, occupation, background, request.language)
    except Refused as refusal:
        form.refused(refusal, read.names | names)
        return _ask(request, sitting, form, None)
    return _ask(request, sitting, form, view)


def _ask(request: Request, sitting: str, form: Form | None, view: eligibility.Shown | None) -> Response:
    asked = eligibility.calculator(sitting, request.language)
    more = request.field("more")
    blocks = {kind: len(work_form.blocks(form, kind, (), more, views.MOST[kind])) for kind in work_form.KINDS}
    studied = max(1, len(work_form.blocks(form, "education", (), more, MOST_STUDIES)))
    return page(
        request,
        "calculator.html",
        form=form,
        view=view,
        asked=asked,
        studied=studied,
        most_studies=MOST_STUDIES,
        times=views.times(Speech(request.language)),
        most=views.MOST,
        jobs=[None] * blocks["jobs"],
        leaves=[None] * blocks["leaves"],
        certificates=[None] * blocks["certificates"],
    )
