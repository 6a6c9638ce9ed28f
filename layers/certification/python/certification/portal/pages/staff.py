"""What staff do by page: sign in, take the next case, decide it, look at sittings, release results."""

from urllib.parse import urlencode

from certification.acts import accounts, review
from certification.acts import release as releasing
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import desk, desk_queue, staff_sittings
from certification.rules.errors import Refused
from certification.rules.review import LONGEST_NOTE, Only

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
            return asked.go_on(request, note, "/staff/sign-in/code")
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
            return redirect(request.link(note.to or HOME), guard.session_cookie(session_id), asked.over(request))
    return asked.page_for(request, note, form, by_phone=False, again="/staff/sign-in")


def home(request: Request) -> Response:
    return redirect(request.link(HOME))


def queue(request: Request) -> Response:
    asked_for = request.query.get("page", "")
    number = int(asked_for) if asked_for.isdecimal() and len(asked_for) < 4 else 1
    view = desk.queue(request.visitor.subject, request.language, number, desk_queue.asked_for(request.query))
    return page(request, "staff/queue.html", view=view, none_left="none" in request.query, done=_done(request))


def take_next(request: Request) -> Response:
    return _next(request)


def _next(request: Request, done: str = "") -> Response:
    """To the next case of those the reader chose; `done` is the one that was just decided, which the next page tells."""
    taken = desk.take_next(request.visitor.subject, _only(request))
    told = {"done": done} if done else {}
    path = f"/staff/cases/{taken}" if taken else HOME
    return redirect(request.link(_with(path, told if taken else {"none": "1", **told}, request)))


def _only(request: Request) -> Only:
    """What the reader chose to see of the queue: it stays with them from case to case."""
    return desk_queue.asked_for({name: request.field(name) or request.query.get(name, "") for name in desk_queue.ASKED})


def _with(path: str, query: dict[str, str], request: Request) -> str:
    said = {**query, **desk_queue.kept(_only(request))}
    return f"{path}?{urlencode(said)}" if said else path


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
            return redirect(request.link(_with(HOME, {"done": case}, request)))
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
            return redirect(request.link(_with(HOME, {"done": case}, request)))
    return _case(request, case, form)


def take_back(request: Request, case: str) -> Response:
    """The first person withdraws what they proposed."""
    form = Form(request)
    why = form.text("why_not", "desk.take_back_why_missing", LONGEST_NOTE)
    if not form.errors:
        try:
            desk.take_back(request.visitor.subject, case, request.field("proposal"), why)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(_with(f"/staff/cases/{case}", {"done": case}, request)))
    return _case(request, case, form)


def keep(request: Request, case: str) -> Response:
    review.keep(desk.member(request.visitor.subject), case)
    return redirect(request.link(_with(f"/staff/cases/{case}", {}, request)))


def give_back(request: Request, case: str) -> Response:
    review.give_back(desk.member(request.visitor.subject), case)
    return redirect(request.link(_with(HOME, {}, request)))


def _case(request: Request, case_id: str, form: Form | None) -> Response:
    view = desk.case(request.visitor.subject, case_id, request.language)
    ticked = request.form.get("reasons", [])
    return page(
        request,
        "staff/case.html",
        form=form,
        view=view,
        ticked=ticked,
        images=view.images,
        done=_done(request),
        kept=desk_queue.kept(_only(request)),
        queue=_with("/staff/queue", {}, request),
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
