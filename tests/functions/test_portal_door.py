"""The portal's door: languages, headers, who is let in, forged forms, error pages."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certification.acts import accounts, sessions
from certification.cloud.tables.sessions import Session
from certification.portal import door, guard, static_files
from certification.portal.page import page
from certification.portal.requests import Request, Visitor
from certification.portal.responses import Response
from certification.portal.router import Route
from certification.portal.routes import PUBLIC, ROUTES
from certification.rules.errors import Conflict, NotFound, Refused
from tests.functions.portal_requests import HOST, ask

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SESSION_COOKIE = f"{guard.SESSION}=the-session"
PUBLIC_PATHS = {
    *("/", "/language", "/exams", "/exams/{sitting}", "/check", "/check/{number}", "/help", "/privacy"),
    *("/draws", "/draws/{sitting}", "/draws/{sitting}/{name}", "/accessibility", "/agreement"),
    *("/notices", "/notices/feed", "/notices/{notice}", "/notices/{notice}/{number}", "/plan", "/plan/{year}"),
    *("/contacts", "/browsers", "/offline", "/check/scope", "/report", "/exams/{sitting}/eligibility"),
    *("/account-help", "/recover", "/recover/answer", "/recover/code", "/recover/look-up", "/recover/next"),
    *("/sign-in/platform", "/sign-in/platform/return"),
    *("/sign-in", "/sign-in/code", "/sign-out", "/staff/sign-in", "/staff/sign-in/code"),
}


def signed_in(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    session = Session(
        hash="h", kind=kind, subject="somebody", created_at=NOW, seen_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    monkeypatch.setattr(sessions, "read", lambda session_id: session if session_id == "the-session" else None)


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every route as it is, each with a page that only shows that it was reached."""

    def reached(request: Request, **_: str) -> Response:
        return page(request, "help.html", desks=())

    stubs = tuple(route.model_copy(update={"page": reached}) for route in ROUTES)
    monkeypatch.setattr(door, "ROUTES", stubs)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "read", lambda _: None)


def address(route: Route, language: str = "en") -> str:
    return f"/{language}" + re.sub(r"\{\w+\}", "x1", route.path)


def strict(answer: Any) -> bool:
    headers = answer.headers
    policy = headers["content-security-policy"]
    return (
        "default-src 'none'" in policy
        and "script-src 'self';" in policy
        and "frame-ancestors 'none'" in policy
        and "base-uri 'none'" in policy
        and "unsafe" not in policy
        and headers["strict-transport-security"].startswith("max-age=")
        and headers["x-content-type-options"] == "nosniff"
        and headers["referrer-policy"] == "same-origin"
        and headers["x-frame-options"] == "DENY"
    )


def test_the_pages_anybody_may_see_are_exactly_these() -> None:
    assert {route.path for route in PUBLIC} == PUBLIC_PATHS
    assert {route.path for route in ROUTES if route.access == "anybody"} == PUBLIC_PATHS


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.path)
@pytest.mark.usefixtures("routes")
def test_every_page_has_the_security_headers_in_both_languages(
    route: Route, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(monkeypatch, "staff" if route.access == "staff" else "candidate")
    answer = ask("GET", address(route, language), cookies=(SESSION_COOKIE,))
    assert answer.status == 200
    assert strict(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.body


@pytest.mark.parametrize("route", [route for route in ROUTES if route.access != "anybody"], ids=lambda r: r.path)
@pytest.mark.usefixtures("routes", "nobody")
def test_nobody_sees_a_personal_page_without_signing_in(route: Route) -> None:
    answer = ask(route.method, address(route), form={} if route.method == "POST" else None)
    assert answer.status == 303
    assert answer.location.startswith("/en/staff/sign-in?" if route.access == "staff" else "/en/sign-in?")
    assert "ended" not in answer.location


@pytest.mark.parametrize("kind", ["candidate", "staff"])
@pytest.mark.usefixtures("routes")
def test_candidates_and_staff_do_not_see_each_others_pages(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, kind)
    other = "/en/staff/queue" if kind == "candidate" else "/en/applications"
    assert ask("GET", other, cookies=(SESSION_COOKIE,)).status == 303


@pytest.mark.usefixtures("routes", "nobody")
def test_a_session_that_ended_is_said_and_leads_back() -> None:
    answer = ask("GET", "/zh/messages", cookies=(f"{guard.SESSION}=long-gone",))
    assert answer.location == "/zh/sign-in?next=%2Fmessages&ended=1"


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("headers", "cookies", "language"),
    [
        ({}, (), "en"),
        ({"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}, (), "zh"),
        ({"accept-language": "fr,en-GB;q=0.8,zh;q=0.5"}, (), "en"),
        ({"accept-language": "en"}, (f"{guard.LANGUAGE}=zh",), "zh"),
    ],
)
def test_the_start_page_speaks_the_readers_language(
    headers: dict[str, str], cookies: tuple[str, ...], language: str
) -> None:
    answer = ask("GET", "/", headers=headers, cookies=cookies)
    assert (answer.status, answer.location) == (303, f"/{language}/")


@pytest.mark.usefixtures("nobody")
def test_choosing_a_language_is_remembered_and_leads_to_the_same_page() -> None:
    answer = ask("GET", "/zh/language", query="to=%2Fexams")
    assert answer.location == "/zh/exams"
    assert answer.cookie(guard.LANGUAGE) == f"{guard.LANGUAGE}=zh"


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_address_of_ours_leads_away(to: str) -> None:
    assert ask("GET", "/en/language", query=f"to={to}").location == "/en/"
    assert 'value="https://evil' not in ask("GET", "/en/sign-in", query=f"next={to}").body
    assert not guard.is_ours(to)


@pytest.mark.usefixtures("nobody")
def test_an_unknown_page_and_an_unknown_method_are_pages_too() -> None:
    missing = ask("GET", "/zh/nothing/here")
    assert missing.status == 404
    assert "找不到该页面" in missing.body
    assert strict(missing)
    assert ask("GET", "/nothing").status == 404
    wrong = ask("DELETE", "/en/help")
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.usefixtures("nobody")
def test_head_is_answered_without_a_body() -> None:
    answer = ask("HEAD", "/en/privacy")
    assert (answer.status, answer.body) == (200, "")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound("application"), 404, "Page not found"),
        (Conflict("application"), 409, "This is not possible now"),
        (Refused("too_late", "It is too late.", "已截止。", rules=("REF-02",)), 409, "It is too late."),
        (RuntimeError("boom"), 500, "Sorry, something went wrong"),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_whatever_goes_wrong_is_a_page_that_tells_nothing_else(
    error: Exception, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_request: Request) -> Response:
        raise error

    monkeypatch.setattr(door, "ROUTES", (Route(method="GET", path="/help", access="anybody", page=fails),))
    answer = ask("GET", "/en/help")
    assert answer.status == status
    assert words in answer.body
    assert "boom" not in answer.body
    assert strict(answer)
    assert ("request-1" in answer.body) == (status == 500)


@pytest.mark.usefixtures("nobody")
class TestForgedForms:
    @pytest.fixture(autouse=True)
    def sends_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(accounts, "ask_email_code", lambda *_: "challenge-1")

    def send(self, token: str, cookie: str, **headers: str) -> int:
        form = {"email": "a@b.test", "token": token}
        return ask("POST", "/en/sign-in", form=form, cookies=(cookie,) if cookie else (), headers=headers).status

    def test_our_own_form_is_accepted(self) -> None:
        shown = ask("GET", "/en/sign-in")
        cookie = shown.cookie(guard.VISIT)
        assert self.send(shown.token, cookie) == 303
        assert self.send(shown.token, cookie, origin="https://assay.example.org", host="x") == 403
        assert self.send(shown.token, cookie, origin=f"http://{HOST}", host="behind.a.proxy") == 303

    def test_every_other_form_is_refused(self) -> None:
        shown = ask("GET", "/en/sign-in")
        cookie, token = shown.cookie(guard.VISIT), shown.token
        for status in (
            self.send("", cookie),
            self.send("zz", cookie),
            self.send(token[:-2] + ("00" if token[-2:] != "00" else "11"), cookie),
            self.send(token, ""),
            self.send(token, f"{guard.VISIT}=another"),
            self.send(token, cookie, **{"sec-fetch-site": "cross-site"}),
            self.send(token, cookie, **{"sec-fetch-site": "same-site"}),
            self.send(token, cookie, origin="null"),
            self.send(token, cookie, origin="https://evil.example"),
        ):
            assert status == 403

    def test_the_token_looks_different_on_every_page_and_belongs_to_one_session(self) -> None:
        one, other = (guard.form_token(Visitor(session="s")) for _ in range(2))
        assert one != other
        assert guard.form_token(Visitor(session="t")) not in (one, other)

    def test_a_second_page_keeps_the_visit(self) -> None:
        cookie = ask("GET", "/en/sign-in").cookie(guard.VISIT)
        assert ask("GET", "/en/sign-in", cookies=(cookie,)).cookies == ()


def test_cookies_are_bound_to_this_host_and_closed_to_scripts() -> None:
    for cookie in (guard.session_cookie("x"), guard.visit_cookie("x"), guard.no_session_cookie()):
        assert cookie.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_static_file_is_kept_for_ever_under_its_own_address_only() -> None:
    for name in (
        "app.css",
        "app.js",
        "vendor/govuk-frontend/govuk-frontend.css",
        "recompute_draw.py",
        "recompute_sample.py",
    ):
        answer = ask("GET", static_files.address(name), headers={"accept-encoding": "gzip"})
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" not in ask("GET", "/static/000000000000/app.css").headers["cache-control"]


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", ["../door.py", "app.css/..", "nothing.css", "", "../../../../../../etc/passwd"])
def test_no_other_file_can_be_fetched(name: str) -> None:
    assert ask("GET", f"/static/{static_files.fingerprint()}/{name}").status == 404


def test_the_vendored_styles_ask_for_nothing_and_do_not_look_like_a_government_site() -> None:
    css = static_files.files()["vendor/govuk-frontend/govuk-frontend.css"].decode()
    assert "@font-face" not in css
    assert "url(" not in re.sub(r"url\((\"|')?data:", "", css)
    assert not re.search("GDS Transport|crest", css)
    assert "vendor/govuk-frontend/LICENSE.txt" in static_files.files()
