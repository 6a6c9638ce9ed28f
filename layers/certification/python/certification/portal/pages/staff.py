"""What staff do by page: sign in, take the next case, decide it, look at sittings, release results."""

from certification.acts import accounts, review
from certification.acts import release as releasing
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, staff_sittings
from certification.rules.errors import Refused

HOME = "/staff/queue"


def sign_in(request: Request) -> Response:
    to = request.query.get("next", "")
    if request.visitor.kind == "staff":
        return redirect(request.link(to if guard.is_ours(to) else HOME))
    return page(request, "sign_in.html", to=to if guard.is_ours(to) else "", ended="ended" in request.query, staff=True)


def send_code(request: Request) -> Response:
    form = Form(request)
    email, to = form.text("email", "account.email_missing"), request.field("next")
    if not form.errors:
        try:
            challenge = accounts.ask_staff_code(email, request.language, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            note = Asked(challenge=challenge, address=email, to=to if guard.is_ours(to) else "")
            return redirect(request.link("/staff/sign-in/code"), asked.cookie(note))
    return page(request, "sign_in.html", form=form, to=to, ended=False, staff=True)


def code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/staff/sign-in"))
    return asked.page_for(request, note, None, by_phone=False, again="/staff/sign-in")


def confirm_code(request: Request) -> Response:
    note = asked.read(request)
    if note is None:
        return redirect(request.link("/staff/sign-in"))
    form = Form(request)
    typed = form.code("code")
    if not form.errors:
        try:
            session_id = accounts.confirm_staff_code(note.challenge, typed, request.visit)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(note.to or HOME), guard.session_cookie(session_id), asked.no_cookie())
    return asked.page_for(request, note, form, by_phone=False, again="/staff/sign-in")


def home(request: Request) -> Response:
    return redirect(request.link(HOME))


def queue(request: Request) -> Response:
    asked_for = request.query.get("page", "")
    number = int(asked_for) if asked_for.isdecimal() and len(asked_for) < 4 else 1
    view = desk.queue(request.visitor.subject, request.language, number)
    return page(request, "staff/queue.html", view=view, none_left="none" in request.query, done=_done(request))


def take_next(request: Request) -> Response:
    return _next(request)


def _next(request: Request, done: str = "") -> Response:
    """To the next case; `done` is the one that was just decided, which the next page tells."""
    taken = desk.take_next(request.visitor.subject)
    told = [f"done={done}"] if done else []
    query = "&".join(told if taken else ["none=1", *told])
    return redirect(request.link(f"{f'/staff/cases/{taken}' if taken else HOME}{'?' if query else ''}{query}"))


def _done(request: Request) -> str:
    """What became of the case that was decided on the page before."""
    case = request.query.get("done", "")
    return desk.done(request.visitor.subject, case, request.language) if case else ""


def case(request: Request, case: str) -> Response:
    return _case(request, case, None)


def decide(request: Request, case: str) -> Response:
    form = Form(request)
    verdict = form.chosen("verdict", ("approve", "return", "reject"), "staff.verdict_missing")
    note = request.field("note")
    if not form.errors:
        try:
            reasons = tuple(request.form.get("reasons", []))
            desk.decide(request.visitor.subject, case, verdict, reasons, note)
        except Refused as refusal:
            form.refused(refusal)
        else:
            if request.field("then") == "next":
                return _next(request, case)
            return redirect(request.link(f"{HOME}?done={case}"))
    return _case(request, case, form)


def second(request: Request, case: str) -> Response:
    """The second person's answer to a proposal that was read."""
    form = Form(request)
    answer = form.chosen("agree", ("yes", "no"), "staff.agree_missing")
    number = request.field("proposal")
    if not form.errors:
        try:
            desk.second(request.visitor.subject, case, number, agree=answer == "yes", why_not=request.field("why_not"))
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"{HOME}?done={case}"))
    return _case(request, case, form)


def keep(request: Request, case: str) -> Response:
    review.keep(desk.member(request.visitor.subject), case)
    return redirect(request.link(f"/staff/cases/{case}"))


def give_back(request: Request, case: str) -> Response:
    review.give_back(desk.member(request.visitor.subject), case)
    return redirect(request.link(HOME))


def _case(request: Request, case_id: str, form: Form | None) -> Response:
    view = desk.case(request.visitor.subject, case_id, request.language)
    ticked = request.form.get("reasons", [])
    return page(
        request, "staff/case.html", form=form, view=view, ticked=ticked, images=view.images, done=_done(request)
    )


def all_sittings(request: Request) -> Response:
    return page(request, "staff/sittings.html", sittings=staff_sittings.all_sittings(request.language))


def one_sitting(request: Request, sitting: str) -> Response:
    view = staff_sittings.of(request.visitor.subject, sitting, request.language)
    return page(request, "staff/sitting.html", view=view)


def release(request: Request, sitting: str) -> Response:
    staff_sittings.may_release(request.visitor.subject)
    releasing.decide(sitting, request.visitor.subject)
    return redirect(request.link(f"/staff/sittings/{sitting}"))


def help_page(request: Request) -> Response:
    return page(request, "staff/help.html")
