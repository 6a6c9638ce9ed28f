"""Showing a page: a template with its view, and what every page has around it."""

from typing import Any

from markupsafe import Markup

from certification.letters.formats import LANGUAGES
from certification.portal import guard
from certification.portal.forms import Form
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.templating import render
from certification.portal.texts import Translator

NAMES = {"en": "English", "zh": "简体中文"}
TAGS = {"en": "en", "zh": "zh-CN"}


def page(
    request: Request,
    template: str,
    *,
    form: Form | None = None,
    typed: dict[str, str] | None = None,
    status: int | None = None,
    posts_to: tuple[str, ...] = (),
    images: tuple[str, ...] = (),
    flow: str = "",
    **view: Any,
) -> Response:
    """A page. With a `form` that has errors it is shown again: status 422, what was typed, and the words beside it.

    `flow` is the way through several pages that this one belongs to (`asked`): its forms and its other language name it.
    """
    visitor = request.visitor
    if not (visitor.session or visitor.visit):
        visitor = visitor.model_copy(update={"visit": guard.new_visit()})
    token = Markup('<input type="hidden" name="token" value="{}">').format(guard.form_token(visitor))
    if flow:
        token += Markup('<input type="hidden" name="flow" value="{}">').format(flow)
    errors = form.errors if form else {}
    values = {
        "token": token,
        "errors": errors,
        "typed": form.typed if form else typed or {},
        "ticked": form.request.form if form else {},
        "path": request.path,
        "flow": flow,
        "link": request.link,
        "visitor": visitor,
        "tag": TAGS[request.language],
        "languages": [(language, TAGS[language], NAMES[language]) for language in LANGUAGES],
        "navigation": _navigation(request),
    }
    body = render(template, request.language, values | view)
    fresh = visitor.visit if visitor.visit != request.visitor.visit and str(token) in body else None
    return Response(
        status=status or (422 if errors else 200),
        body=body,
        posts_to=posts_to,
        images=images,
        cookies=(guard.visit_cookie(fresh),) if fresh else (),
    )


def _navigation(request: Request) -> list[dict[str, Any]]:
    """The menu: the same places in the same order on every page of a kind of visitor (WCAG 3.2.3)."""
    t = Translator(request.language)
    return [
        {"text": t(f"menu.{key}"), "href": request.link(path), "active": request.path.startswith(path)}
        for key, path in MENUS["staff" if request.path.startswith("/staff") else request.visitor.kind]
    ]


MENUS: dict[str, tuple[tuple[str, str], ...]] = {
    "nobody": (
        ("exams", "/exams"),
        ("notices", "/notices"),
        ("sign_in", "/sign-in"),
        ("check", "/check"),
        ("help", "/help"),
    ),
    "candidate": (
        ("applications", "/applications"),
        ("education", "/education"),
        ("messages", "/messages"),
        ("payments", "/payments"),
        ("account", "/account"),
        ("exams", "/exams"),
        ("check", "/check"),
        ("help", "/help"),
    ),
    "staff": (
        ("queue", "/staff/queue"),
        ("refunds", "/staff/refunds"),
        ("books", "/staff/books"),
        ("sittings", "/staff/sittings"),
        ("staff_notices", "/staff/notices"),
        ("files", "/staff/files"),
        ("staff_help", "/staff/help"),
    ),
}
