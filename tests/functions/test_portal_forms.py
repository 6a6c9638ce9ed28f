"""Forms: every mistake at once, beside its field; what was typed stays; a code leads in, and nothing leaks on the way."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.acts import accounts, sessions
from certification.cloud.tables.sessions import Session
from certification.portal import asked, guard
from certification.portal.asked import Asked
from certification.portal.forms import Form
from certification.portal.requests import Request
from certification.portal.work_form import blocks
from certification.rules.errors import Refused
from tests.functions.portal_requests import Answer, ask


def form(**fields: str) -> Form:
    return Form(Request(method="POST", path="/x", form={name: [value] for name, value in fields.items()}))


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("27", "3", "1994"), date(1994, 3, 27)),
        ((" 27 ", "03", "1994"), date(1994, 3, 27)),
        (("２７", "３", "１９９４"), date(1994, 3, 27)),
        (("29", "2", "1995"), None),
        (("31", "April", "1995"), None),
        (("1", "1", ""), None),
        (("99999999999999999999", "1", "1990"), None),
        (("1", "1", "9" * 5000), None),
        (("-1", "1", "1990"), None),
    ],
)
def test_a_date_is_read_from_three_boxes(parts: tuple[str, str, str], day: date | None) -> None:
    read = form(born_day=parts[0], born_month=parts[1], born_year=parts[2])
    assert read.day("born", "profile.birth_missing") == day
    assert ("born" in read.errors) == (day is None)


def test_an_empty_date_is_missing_only_where_it_is_needed() -> None:
    read = form(born_day="", born_month="", born_year="")
    assert read.day("born") is None
    assert read.errors == {}
    assert read.day("born", "profile.birth_missing") is None
    assert read.errors == {"born": "Enter your date of birth"}


@pytest.mark.parametrize(
    ("typed", "code", "wrong"),
    [
        ("123456", "123456", False),
        (" 123 456 ", "123456", False),
        ("１２３-４５６", "123456", False),
        ("", "", True),
        ("12345x", "12345x", True),
    ],
)
def test_a_code_may_be_typed_with_spaces_and_in_full_width(typed: str, code: str, wrong: bool) -> None:
    read = form(code=typed)
    assert read.code("code") == code
    assert ("code" in read.errors) == wrong


def test_text_is_composed_and_never_longer_than_allowed() -> None:
    assert form(name="e\u0301  x\u3000y").text("name") == "\u00e9 x y"
    long = form(name="好" * 201)
    long.text("name")
    assert long.errors == {"name": "Use 200 characters or fewer"}
    assert form(name="好" * 200).text("name") == "好" * 200


def test_a_choice_is_one_of_those_offered() -> None:
    assert form(level="2").chosen("level", ("1", "2")) == "2"
    assert form(level="9").chosen("level", ("1", "2")) == ""


def test_a_refusal_stands_beside_its_field_or_on_top() -> None:
    refusal = Refused("x", "Too late.", "已截止。", field="education")
    beside = form(education_0_level="master")
    beside.refused(refusal, {"education": "education_0_level"})
    on_top = form(other="x")
    on_top.refused(refusal)
    assert beside.errors == {"education_0_level": "Too late."}
    assert on_top.errors == {"": "Too late."}


@pytest.fixture
def at_the_door(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Nobody is signed in; every act is recorded instead of done."""
    calls: list[tuple[Any, ...]] = []

    def email_code(*given: Any) -> str:
        if "@" not in given[0]:
            raise Refused("email_form", "Enter an e-mail address.", "请输入邮箱。", field="email")
        calls.append(("ask", *given))
        return f"challenge-{len(calls)}"

    def confirm(*given: Any) -> str:
        calls.append(("confirm", *given))
        if "123456" not in given:
            raise Refused("wrong_code", "This code is not right.", "验证码不正确。", field="code")
        return "session-1"

    monkeypatch.setattr(sessions, "read", lambda _: None)
    monkeypatch.setattr(accounts, "ask_email_code", email_code)
    monkeypatch.setattr(accounts, "confirm_email_code", confirm)
    monkeypatch.setattr(accounts, "ask_staff_code", email_code)
    monkeypatch.setattr(accounts, "confirm_staff_code", confirm)
    return calls


def send(path: str, *cookies: str, **fields: str) -> Answer:
    shown = ask("GET", "/en/sign-in")
    visit = shown.cookie(guard.VISIT)
    return ask("POST", path, form={"token": shown.token, **fields}, cookies=(visit, *cookies))


@pytest.mark.usefixtures("at_the_door")
@pytest.mark.parametrize(
    ("language", "title", "typed", "words"),
    [
        ("en", "<title>Error: ", "nonsense &lt;b&gt;", "Enter an e-mail address."),
        ("zh", "<title>有误： ", "nonsense &lt;b&gt;", "请输入邮箱。"),
    ],
)
def test_a_wrong_form_is_shown_again_with_what_was_typed(language: str, title: str, typed: str, words: str) -> None:
    answer = send(f"/{language}/sign-in", email="nonsense <b>", next="/messages")
    assert answer.status == 422
    assert title in answer.body
    assert f'value="{typed}"' in answer.body
    assert answer.body.count(words) == 2, "once in the summary, once beside the field"
    assert re.search(r'<a href="#email">', answer.body)
    assert 'aria-describedby="email-hint email-error"' in answer.body
    assert 'name="next" value="/messages"' in answer.body


def test_signing_in_leads_through_the_code_to_where_somebody_wanted_to_go(at_the_door: list[tuple[Any, ...]]) -> None:
    sent = send("/en/sign-in", email=" Sample@Candidate.test ", next="/apply/APP-1")
    path, note = note_of(sent)
    assert (sent.status, path) == (303, "/en/sign-in/code")
    shown = ask("GET", "/en/sign-in/code", cookies=(note,))
    assert "Sample@Candidate.test" in shown.body
    wrong = send("/en/sign-in/code", note, code="999 999")
    assert wrong.status == 422
    assert "This code is not right." in wrong.body
    right = send("/en/sign-in/code", note, code="123 456")
    assert (right.status, right.location) == (303, "/en/apply/APP-1")
    assert right.cookie(guard.SESSION) == f"{guard.SESSION}=session-1"
    assert any(cookie.startswith(f"{note.partition('=')[0]}=;") for cookie in right.cookies)
    assert at_the_door[-1][:4] == ("confirm", "challenge-1", "Sample@Candidate.test", "123456")


@pytest.mark.usefixtures("at_the_door")
def test_staff_come_in_by_their_own_door() -> None:
    _, note = note_of(send("/en/staff/sign-in", email="reviewer@staff.test"))
    assert send("/en/staff/sign-in/code", note, code="123456").location == "/en/staff/queue"


@pytest.mark.usefixtures("at_the_door")
def test_the_code_page_without_a_question_leads_back_to_it() -> None:
    assert ask("GET", "/en/sign-in/code").location == "/en/sign-in"
    assert ask("GET", "/en/sign-in/code", cookies=(f"{asked.NAME}1=not-base64!",)).location == "/en/sign-in"
    assert ask("GET", "/en/staff/sign-in/code").location == "/en/staff/sign-in"


def test_what_was_asked_survives_its_cookie() -> None:
    note = Asked(challenge="c", address="䶮@example.test", to="/apply/APP-1")
    sent = asked.go_on(Request(method="POST", path="/"), note, "/sign-in/code").cookies[0].split(";")[0].partition("=")
    assert asked.read(Request(method="GET", path="/", cookies={sent[0]: sent[2]})) == note


def note_of(sent: Answer) -> tuple[str, str]:
    """Where the browser goes on, and the cookie that it brings there."""
    path, _, flow = sent.location.partition("?flow=")
    return path, sent.cookie(f"{asked.NAME}{flow}")


def test_two_tabs_answer_their_own_questions(at_the_door: list[tuple[Any, ...]]) -> None:
    first, second = (send("/en/sign-in", email=f"{name}@example.test") for name in ("one", "two"))
    both = (note_of(second)[1], note_of(first)[1])
    shown = ask("GET", "/en/sign-in/code", query=first.location.partition("?")[2], cookies=both)
    assert ("one@example.test" in shown.body, "two@example.test" in shown.body) == (True, False)
    flow = first.location.partition("?flow=")[2]
    assert f'name="flow" value="{flow}"' in shown.body
    assert f"to=/en/sign-in/code%3Fflow%3D{flow}".replace("/en", "") in shown.body, "in the other language too"
    right = send("/en/sign-in/code", *both, code="123456", flow=flow)
    assert at_the_door[-1][1:4] == ("challenge-1", "one@example.test", "123456")
    ended = [cookie.partition("=")[0] for cookie in right.cookies if "Max-Age=0" in cookie]
    assert ended == [f"{asked.NAME}{flow}"], "the other tab's stays"
    assert send("/en/sign-in/code", both[0], code="123456", flow=flow).location == "/en/sign-in", "never the other's"


@pytest.mark.usefixtures("at_the_door")
def test_a_browser_remembers_five_flows_and_forgets_the_oldest() -> None:
    known = [f"{asked.NAME}{number}=x" for number in range(1, 6)]
    sent = send("/en/sign-in", *known, email="six@example.test")
    gone = [cookie.partition("=")[0] for cookie in sent.cookies if "Max-Age=0" in cookie]
    assert gone == [f"{asked.NAME}1"]
    assert not [cookie for cookie in send("/en/sign-in", *known[1:], email="a@b.test").cookies if "Max-Age=0" in cookie]


@pytest.mark.parametrize("flow", ["", "../x", "é", "f" * 41, "nobody"])
def test_a_flow_that_is_none_is_no_flow(flow: str) -> None:
    request = Request(method="GET", path="/", query={"flow": flow}, cookies={f"{asked.NAME}1": "x"})
    assert (asked.named(request), asked.flow_of(request), asked.read(request)) == ("", "1", None)


@pytest.mark.usefixtures("at_the_door")
def test_a_body_that_is_no_form_is_an_empty_form() -> None:
    shown = ask("GET", "/en/sign-in")
    answer = ask(
        "POST",
        "/en/sign-in",
        form={"token": shown.token, "email": "a@b.test"},
        headers={"content-type": "application/json"},
        cookies=(shown.cookie(guard.VISIT),),
    )
    assert answer.status == 403, "without a readable token nothing is accepted"


def signed_in() -> Session:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    return Session(
        hash="h", kind="candidate", subject="CAN-1", created_at=now, seen_at=now, ends_at=now + timedelta(hours=1)
    )


@pytest.mark.parametrize("number", ["²", "999999999999", "100", "-1", "x", ""])
def test_a_block_that_no_page_numbered_asks_for_no_more_blocks(number: str) -> None:
    sent = form(**{"jobs_0_employer": "Sample", f"jobs_{number}_employer": "Sample"})
    assert len(blocks(sent, "jobs", (), "", 20)) == 1
