"""Texts that are read and accepted: kept with version, hash and time, and asked for again when they change."""

from datetime import date
from typing import Any

import pytest

from certification import policies
from certification.acts import agreements, profile
from certification.cloud.tables.candidates import candidates
from certification.rules.agreements import Agreement, AgreementKind
from certification.rules.errors import Refused
from tests.functions.accounting import OWN, PHONE, challenge, owner
from tests.functions.stand import SITTING, Answer, Stand
from tests.functions.test_account_pages import Visitor
from tests.functions.test_api_routes import ENTRY

EMAIL = "sample@example.test"
TEXT, NOTICE = f"{OWN}/texts/registration_agreement", f"{OWN}/texts/service_notice"
DETAILS = {
    "native_name": "陈样本",
    "latin_name": "CHEN YANGBEN",
    "birth_date": "1990-01-01",
    "nationality": "CN",
    "id_kind": "passport",
    "id_number": "K12345678",
}


def newcomer(stand: Stand) -> str:
    """Somebody who has only just proved an address and read nothing."""
    asked = challenge(stand, "/api/account/email-code", {"email": EMAIL, "language": "en"})
    proof = {"challenge": asked, "email": EMAIL, "code": stand.code_for(EMAIL)}
    return str(stand.call("POST", "/api/account/session", proof).body["session"])


def everything_that_enters_data(stand: Stand, session: str) -> dict[str, Answer]:
    contact = {"address": "1 Sample Road", "language": "en"}
    described = {"description": "A dragon over a horse", "spelling": ""}
    lost = {name: DETAILS[name] for name in ("birth_date", "id_kind")} | {"id_number": "K99999999", "id_country": "CN"}
    return {
        "details": stand.call("PUT", "/api/candidate/profile/details", DETAILS, session=session),
        "contact": stand.call("PUT", "/api/candidate/profile/contact", contact, session=session),
        "photo": stand.call("POST", "/api/candidate/uploads/photo?scheme=cgptc", session=session),
        "phone": stand.call("POST", "/api/candidate/phone-code", {"phone": PHONE}, session=session),
        "education": stand.call("POST", "/api/candidate/education", ENTRY, session=session),
        "correction": stand.call("PUT", "/api/candidate/education/1", ENTRY | {"major": "Other"}, session=session),
        "work": stand.call("PUT", "/api/candidate/profile/work", {"jobs": []}, session=session),
        "name": stand.call("POST", f"{OWN}/name", described, session=session),
        "account": stand.call(
            "POST", f"{OWN}/help/account", lost | {"name": "陈样本", "note": "Lost."}, session=session
        ),
        "application": stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session),
    }


@pytest.mark.rule("ACC-03")
def test_nothing_is_entered_or_uploaded_before_the_agreement_is_accepted(stand: Stand) -> None:
    session = newcomer(stand)
    before = candidates.read(stand.id_of(session))
    for what, answer in everything_that_enters_data(stand, session).items():
        assert (answer.status, answer.code, what) == (422, "agreement_missing", what)
    assert candidates.read(before.id) == before
    version = stand.call("GET", TEXT, session=session).body["text_version"]
    assert stand.call("PUT", TEXT, {"text_version": version}, session=session).status == 200
    for answer in everything_that_enters_data(stand, session).values():
        assert answer.status == 200


@pytest.mark.rule("ACC-03")
def test_a_page_leads_to_a_text_that_changed_meanwhile_and_back(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(stand, session=owner(stand)).get("/account/details")
    new = Agreement(**(dict(policies.load_agreement(AgreementKind.REGISTRATION)) | {"version": "2027.1"}))
    monkeypatch.setattr(agreements, "load_agreement", lambda _kind: new)
    born = {"date_of_birth_day": "1", "date_of_birth_month": "1", "date_of_birth_year": "1990"}
    given = {"full_name": "陈样本", "nationality": "CN", "id_type": "passport", "id_number": "K12345678"}
    visitor.post("/account/details", **given, **born)
    assert visitor.path == "/en/account/agreement?next=%2Faccount%2Fdetails"
    assert visitor.post("/account/agreement", accept="yes").path == "/en/account/details"


@pytest.mark.rule("ACC-03")
def test_what_was_accepted_is_kept_with_version_hash_and_time(stand: Stand) -> None:
    session = newcomer(stand)
    shown = stand.call("GET", TEXT, session=session).body
    assert shown["accepted"] is False
    stand.call("PUT", TEXT, {"text_version": shown["text_version"]}, session=session)
    given = candidates.read(stand.id_of(session)).account.agreement
    assert given is not None
    assert (given.version, given.sha256, given.at) == (shown["text_version"], shown["hash"], stand.clock.now())
    first = candidates.read(stand.id_of(session))
    stand.call("PUT", TEXT, {"text_version": shown["text_version"]}, session=session)
    assert candidates.read(first.id) == first, "accepting it again changes nothing"


@pytest.mark.rule("ACC-03")
def test_a_changed_text_is_asked_for_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    who = stand.id_of(stand.sign_in(EMAIL))
    now = policies.load_agreement(AgreementKind.REGISTRATION)
    details: tuple[Any, ...] = ("陈样本", "CHEN YANGBEN", date(1990, 1, 1), "CN", "passport", "K12345678")
    for changed in ({"version": "2027.1"}, {"paragraphs": now.paragraphs[:-1]}):
        new = Agreement(**(dict(now) | changed))
        monkeypatch.setattr(agreements, "load_agreement", lambda _kind, new=new: new)
        assert not agreements.accepted(who, AgreementKind.REGISTRATION)
        with pytest.raises(Refused) as refusal:
            profile.save_details(who, *details)
        assert refusal.value.code == "agreement_missing"
    with pytest.raises(Refused) as refusal:
        agreements.accept(who, AgreementKind.REGISTRATION, "2027.1")
    assert refusal.value.code == "text_changed", "the last text has the old version again: what was read is not it"
    agreements.accept(who, AgreementKind.REGISTRATION, now.version)
    profile.save_details(who, *details)


@pytest.mark.rule("ACC-15")
def test_the_certificate_part_begins_with_its_notice(stand: Stand) -> None:
    candidate = stand.registered()
    path = f"/api/candidate/applications/{candidate.reference}/documents/certificate"
    assert stand.call("GET", path, session=candidate.session).code == "service_notice_missing"
    cookie = {"cookie": f"__Host-session={candidate.session}"}
    led = stand.cloud.request("GET", f"/en/apply/{candidate.reference}/certificate", cookie, b"")
    assert led.header("location") == f"/en/account/service-notice?next=/apply/{candidate.reference}"
    notice = stand.call("GET", NOTICE, session=candidate.session).body
    assert "demonstration" in notice["paragraphs"][0]["en"]
    assert stand.call("PUT", NOTICE, {"text_version": notice["text_version"]}, session=candidate.session).status == 200
    assert stand.call("GET", path, session=candidate.session).code == "not_found", "none is issued yet"
    ticket = f"/api/candidate/applications/{candidate.reference}/documents/ticket"
    assert stand.call("GET", ticket, session=candidate.session).code != "service_notice_missing"


@pytest.mark.parametrize(
    "body", [{}, {"text_version": 2026}, {"text_version": "x"}, {"text_version": "2026.1", "more": 1}]
)
def test_a_malformed_acceptance_is_refused(stand: Stand, body: dict[str, Any]) -> None:
    session = newcomer(stand)
    assert stand.call("PUT", TEXT, body, session=session).status == 422
    assert stand.call("PUT", TEXT, {"text_version": "2099.9"}, session=session).code == "text_changed"
    assert candidates.read(stand.id_of(session)).account.agreement is None
