"""The pages of an account, through the door and under its rights: every form works without a script, in both languages."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from certification.acts import agreements, home
from certification.cloud.outbox import outbox
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.policies import load_agreement
from certification.portal.routes import ROUTES
from certification.rules.agreements import Agreement, AgreementKind
from tests.functions.accounting import EMAIL, PHONE, first_phone, owner
from tests.functions.stand import Stand

NEW_EMAIL, NEW_PHONE = "new@example.test", "+85251230002"


class Visitor:
    """A browser without scripts: cookies, forms, redirects."""

    def __init__(self, stand: Stand, language: str = "en", session: str = "") -> None:
        self.stand, self.language = stand, language
        self.cookies = {"__Host-session": session} if session else {}
        self.path, self.body, self.status = "", "", 0

    def get(self, path: str) -> "Visitor":
        return self._send("GET", path, b"", {})

    def post(self, path: str, **fields: Any) -> "Visitor":
        """The form of the page that is shown, sent to `path`."""
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.body)
        token = found[1] if found else ""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.body))
        sent = urlencode({**hidden, "token": token, **fields}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self._send("POST", path, sent, kind)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> "Visitor":
        whole = path if path.startswith(f"/{self.language}") else f"/{self.language}{path}"
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
        sent = {**headers, "user-agent": agent, **({"cookie": cookie} if cookie else {})}
        answer = self.stand.cloud.request(method, whole, sent, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        self.path, self.status, self.body = path, answer.status, unescape(answer.body.decode())
        if answer.status == 303:
            return self._send("GET", str(answer.header("location")), b"", {})
        self.path = re.sub(r"\?flow=\w+$", "", whole)
        return self


@pytest.fixture
def guangdong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "home_scheme", lambda: "guangdong")


@pytest.mark.rule("ACC-03")
@pytest.mark.parametrize(
    ("language", "missing"),
    [("en", "Read the text and tick the box to accept it"), ("zh", "请阅读全文，并勾选接受")],
)
def test_a_new_account_reads_and_accepts_before_anything_is_asked(stand: Stand, language: str, missing: str) -> None:
    visitor = Visitor(stand, language).get("/sign-in")
    visitor.post("/sign-in", email=EMAIL)
    visitor.post("/sign-in/code", code=stand.code_for(EMAIL))
    assert visitor.path == f"/{language}/account/agreement"
    text = load_agreement(AgreementKind.REGISTRATION)
    for words in text.paragraphs:
        assert (words.zh if language == "zh" else words.en) in visitor.body
    assert missing in visitor.post("/account/agreement").body
    visitor.post("/account/agreement", accept="yes")
    assert visitor.path == f"/{language}/account/phone"
    who = next(one for one in candidates.everything())
    assert who.account.agreement is not None
    assert who.account.agreement.sha256 == text.hash
    visitor.post("/account/phone", phone=PHONE)
    visitor.post("/account/phone-code", code=stand.code_for(PHONE))
    assert visitor.path == f"/{language}/applications"


@pytest.mark.rule("ACC-03")
def test_a_changed_agreement_is_shown_at_the_next_visit(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(stand, session=owner(stand))
    assert visitor.get("/applications").path == "/en/applications"
    new = Agreement(**(dict(load_agreement(AgreementKind.REGISTRATION)) | {"version": "2027.1"}))
    monkeypatch.setattr(agreements, "load_agreement", lambda _kind: new)
    assert visitor.get("/applications").path.startswith("/en/account/agreement")
    assert visitor.post("/account/agreement", accept="yes").path == "/en/applications"


@pytest.mark.rule("ACC-09")
def test_a_number_is_changed_on_pages_with_two_codes(stand: Stand) -> None:
    visitor = Visitor(stand, session=owner(stand)).get("/account/phone")
    visitor.post("/account/phone", phone=NEW_PHONE)
    assert "Enter two codes" in visitor.body
    wrong = visitor.post("/account/phone-code", code=stand.code_for(NEW_PHONE), confirmation="000000")
    assert wrong.status == 422
    visitor.post("/account/phone-code", code=stand.code_for(NEW_PHONE), confirmation=stand.code_for(EMAIL))
    assert visitor.path == "/en/applications"
    assert NEW_PHONE in visitor.get("/account").body


def test_two_tabs_of_one_account_change_two_things(stand: Stand) -> None:
    session = owner(stand)
    first, second = Visitor(stand, session=session), Visitor(stand, session=session)
    second.cookies = first.cookies
    first.get("/account/email").post("/account/email", email=NEW_EMAIL)
    by_phone = stand.code_for(PHONE)
    second.get("/account/phone").post("/account/phone", phone=NEW_PHONE)
    first.post("/account/email-code", code=stand.code_for(NEW_EMAIL), confirmation=by_phone)
    assert first.path == "/en/account"
    second.post("/account/phone-code", code=stand.code_for(NEW_PHONE), confirmation=stand.code_for(EMAIL))
    assert second.path == "/en/applications"
    assert NEW_EMAIL in first.get("/account").body
    assert NEW_PHONE in first.body


@pytest.mark.rule("ACC-10")
def test_an_address_is_changed_on_pages_with_two_codes(stand: Stand) -> None:
    visitor = Visitor(stand, session=owner(stand)).get("/account/email")
    visitor.post("/account/email", email=NEW_EMAIL)
    visitor.post("/account/email-code", code=stand.code_for(NEW_EMAIL), confirmation=stand.code_for(PHONE))
    assert visitor.path == "/en/account"
    assert NEW_EMAIL in visitor.body


@pytest.mark.usefixtures("guangdong")
@pytest.mark.rule("ACC-10")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_account_is_recovered_on_pages(stand: Stand, language: str) -> None:
    mine = Visitor(stand, language, owner(stand)).get("/account/question")
    mine.post("/account/question/code")
    wrong = {"question": "own", "answer": "Sample Word", "confirmation": "000000"}
    assert (mine.post("/account/question", **wrong).status, "Sample Word" in mine.body) == (422, True)
    mine.post("/account/question", **wrong | {"confirmation": stand.code_for(PHONE)})
    assert mine.path == f"/{language}/account"
    lost = Visitor(stand, language).get("/recover")
    lost.post("/recover", factor="sms_code", to=PHONE)
    assert lost.path == f"/{language}/recover/code"
    lost.post("/recover/code", code=stand.code_for(PHONE))
    assert lost.path == f"/{language}/recover/next"
    assert lost.post("/recover/answer", answer="wrong").status == 422
    lost.post("/recover/answer", answer="sample word")
    assert lost.path == f"/{language}/account"
    assert mine.get("/account").path.startswith(f"/{language}/sign-in"), "every other session ended"
    assert "Firefox, Windows" in lost.body


def test_a_number_without_an_account_leads_to_signing_up(stand: Stand) -> None:
    lost = Visitor(stand).get("/recover")
    lost.post("/recover", factor="sms_code", to="+85251239999")
    lost.post("/recover/code", code=stand.code_for("+85251239999"))
    assert "There is no account with this" in lost.body


@pytest.mark.rule("ACC-05")
def test_looking_up_a_document_says_the_same_to_everybody(stand: Stand) -> None:
    stand.candidate(id_number="K12345678")
    bodies = []
    for number in ("K12345678", "K99999999"):
        visitor = Visitor(stand).get("/recover/look-up")
        bodies.append(
            re.sub(
                r'value="[0-9a-f]{40,}"',
                "",
                visitor.post("/recover/look-up", id_type="passport", id_number=number, id_country="CN").body,
            )
        )
    assert bodies[0] == bodies[1]
    assert "If there is an account, its owner has got a letter" in bodies[0]
    assert (
        Visitor(stand).get("/recover/look-up").post("/recover/look-up", id_type="passport", id_number="K").status == 422
    )


@pytest.mark.rule("ACC-08")
def test_a_desk_is_asked_for_a_number_and_the_holder_says_no_on_pages(stand: Stand) -> None:
    holder = Visitor(stand, session=owner(stand))
    asker = Visitor(stand, session=stand.sign_in("asker@example.test")).get("/account/phone")
    asker.post("/account/phone", phone=PHONE)
    refused = asker.post("/account/phone-code", code=stand.code_for(PHONE))
    assert "belongs to another account" in refused.body
    asker.get("/account/help/phone")
    asker.post("/account/help/phone", code=stand.code_for(PHONE), note="My number for ten years.")
    assert "The desk has your request" in asker.body
    holder.get("/account")
    assert "Somebody asks for this account" in holder.body
    case = next(one.id for one in cases.everything() if one.kind == "account_help")
    holder.post(f"/account/requests/{case}/no")
    assert "Somebody asks for this account" not in holder.body
    assert cases.read(case).decision is not None


@pytest.mark.rule("ACC-06")
def test_a_desk_is_asked_for_an_account_on_pages(stand: Stand) -> None:
    stranger = Visitor(stand).get("/account-help")
    assert "72 hours" in stranger.body
    stranger.get("/account/help/account")
    assert stranger.path.startswith("/en/sign-in?next=")
    asker = Visitor(stand, session=stand.sign_in("asker@example.test")).get("/account/help/account")
    empty = asker.post("/account/help/account")
    assert (empty.status, empty.body.count("Enter the full name")) == (422, 2)
    born = {"date_of_birth_day": "1", "date_of_birth_month": "1", "date_of_birth_year": "1990"}
    claimed = {"full_name": "陈样本", "id_type": "passport", "id_number": "K12345678", "note": "Lost phone."}
    assert "Choose the country that issued" in asker.post("/account/help/account", **claimed, **born).body
    asker.post("/account/help/account", **claimed, **born, id_country="CN")
    assert "The desk has your request" in asker.body


@pytest.mark.rule("ACC-13")
def test_a_page_shows_how_the_name_is_printed_and_takes_a_description(stand: Stand) -> None:
    session = owner(stand)
    details = {
        "native_name": "𠮷田",
        "latin_name": "JI TIAN",
        "birth_date": "1990-01-01",
        "nationality": "CN",
        "id_kind": "passport",
        "id_number": "K12345678",
    }
    assert stand.call("PUT", "/api/candidate/profile/details", details, session=session).status == 200
    for language, words in (("en", "Our fonts have no glyph for: 𠮷 (U+20BB7)"), ("zh", "现有字体缺少：𠮷 (U+20BB7)")):
        assert words in Visitor(stand, language, session).get("/account/name").body
    visitor = Visitor(stand, session=session).get("/account/name")
    assert visitor.post("/account/name", description="").status == 422
    visitor.post("/account/name", description="⿱土口", spelling="吉田")
    assert "A desk looks at it" in visitor.body


def test_sessions_are_listed_and_ended_one_by_one_or_together(stand: Stand) -> None:
    first, second, third = (stand.sign_in(EMAIL) for _ in range(3))
    visitor = Visitor(stand, session=first).get("/account")
    names = re.findall(r"/account/sessions/([0-9a-f]{16})", visitor.body)
    assert len(names) == 3
    visitor.post(f"/account/sessions/{names[0]}")
    states = [stand.call("GET", "/api/candidate/profile", session=one).status for one in (first, second, third)]
    assert states == [200, 200, 403], "newest first"
    visitor.post("/account/sessions/others")
    states = [stand.call("GET", "/api/candidate/profile", session=one).status for one in (first, second)]
    assert states == [200, 403]
    other = Visitor(stand, session=stand.sign_in("other@example.test")).get("/account")
    mine = re.findall(r"/account/sessions/([0-9a-f]{16})", visitor.get("/account").body)
    assert other.post(f"/account/sessions/{mine[0]}").status == 404, "somebody else's session is not found"


def test_every_page_of_an_account_asks_who_is_there(stand: Stand) -> None:
    paths = [route.path for route in ROUTES if route.path.startswith("/account") and route.access == "candidate"]
    assert len(paths) > 20
    for path in {path.replace("{", "").replace("}", "") for path in paths}:
        assert Visitor(stand).get(path).path.startswith(("/en/sign-in", "/en/account/")), path
    assert first_phone(stand, stand.sign_in(EMAIL), PHONE).status == 200


@pytest.mark.rule("EDU-04", "ACC-02")
@pytest.mark.parametrize(("language", "none", "asked"), [("en", "None", "Being checked"), ("zh", "无", "核验中")])
def test_details_are_given_and_checked_before_any_application(
    stand: Stand, language: str, none: str, asked: str
) -> None:
    visitor = Visitor(stand, language, owner(stand)).get("/account")
    assert none in visitor.body
    visitor.get("/account/details")
    empty = visitor.post("/account/details")
    needed = {"full_name", "date_of_birth", "nationality", "id_type", "id_number"}
    assert (empty.status, set(re.findall(r'<a href="#(\w+)">', empty.body))) == (422, needed)
    given = {"full_name": "陈样本", "latin_name": "CHEN YANGBEN", "nationality": "CN"}
    born = {"date_of_birth_day": "17", "date_of_birth_month": "5", "date_of_birth_year": "1995"}
    document = {"id_type": "resident_identity_card", "id_number": "44010619950517001X"}
    wrong = visitor.post("/account/details", **given, **born, **document)
    assert (wrong.status, "44010619950517001X" in wrong.body) == (422, True), "what was typed is shown again"
    saved = visitor.post("/account/details", **given, **born, **document | {"id_number": "440106199505170010"})
    assert (saved.path, asked in saved.body) == (f"/{language}/account", True)
    assert [one.name for one in outbox.everything() if one.name == "ProfileSaved"], "the checks begin now"


@pytest.mark.rule("CHG-03")
def test_details_that_an_application_rests_on_are_shown_and_lead_to_it(stand: Stand) -> None:
    waiting = stand.in_review()
    visitor = Visitor(stand, session=waiting.session).get("/account/details")
    assert f"part of application {waiting.reference}" in visitor.body
    assert 'name="id_number"' not in visitor.body


def test_what_nobody_can_see_is_not_kept_of_a_form(stand: Stand) -> None:
    asker = Visitor(stand, session=stand.sign_in("asker@example.test")).get("/account/name")
    asker.post("/account/name", description="A dragon\x00 over\u202e a horse", spelling="")
    assert asker.status == 422, "a name comes first"
    assert "A dragon over a horse" in asker.body
