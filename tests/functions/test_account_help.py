"""Help with an account by a desk: the holder may say no, two people decide, everything moves at once, both sides hear of it."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import account_help, unbinding
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.claims import claims
from certification.cloud.transaction import Lost, commit
from certification.rules.review import Decision, Verdict
from tests.functions.accounting import EMAIL, OWN, PHONE, account, alive, first_phone, owner, phone_proof, subjects
from tests.functions.crowd import at_once
from tests.functions.stand import REVIEWER, SECOND, Answer, Stand
from tests.functions.test_account_pages import Visitor

DAYS_3 = timedelta(hours=72)


def ask_for_phone(stand: Stand, session: str, phone: str = PHONE) -> Answer:
    proof = phone_proof(stand, session, phone)
    return stand.call("POST", f"{OWN}/help/phone", {**proof, "note": "My old account."}, session=session)


def ask_for_account(stand: Stand, session: str, **changes: Any) -> Answer:
    claimed = {
        "name": "陈样本",
        "birth_date": "1995-05-17",
        "id_kind": "passport",
        "id_number": "K12345678",
        "id_country": "CN",
        "note": "I lost my phone and cannot read the old address.",
    }
    return stand.call("POST", f"{OWN}/help/account", claimed | changes, session=session)


def decide(stand: Stand, case: str, verdict: str = "approve", note: str = "") -> list[Answer]:
    """One reviewer decides; where two are needed the second confirms."""
    first = stand.sign_in_staff(REVIEWER)
    body = {"verdict": verdict, "reasons": [], "note": note}
    answers = [stand.call("POST", f"/api/staff/cases/{case}/decision", body, session=first)]
    waiting = cases.read(case).seconding
    if waiting is not None:
        other = stand.sign_in_staff(SECOND)
        agreed = {"proposal": len(cases.read(case).proposals), "agree": True, "why_not": ""}
        answers.append(stand.call("POST", f"/api/staff/cases/{case}/second", agreed, session=other))
    stand.cloud.settle()
    return answers


@pytest.mark.rule("ACC-08")
def test_a_number_that_is_really_the_askers_is_taken_off_the_other_account(stand: Stand) -> None:
    old = owner(stand)
    session = stand.sign_in("asker@example.test")
    assert first_phone(stand, session, PHONE).code == "phone_taken"
    case = ask_for_phone(stand, session).body["case"]
    stand.cloud.settle()
    assert subjects(stand, EMAIL)[0] == "Somebody asks for your mobile number"
    stand.wait(DAYS_3)
    answers = decide(stand, case)
    assert [answer.status for answer in answers] == [200, 200], "two people"
    assert not alive(stand, old)
    again = stand.sign_in(EMAIL)
    assert account(stand, again)["phone"] is None
    session = stand.sign_in("asker@example.test")
    assert account(stand, session)["phone"] == PHONE
    assert subjects(stand, EMAIL)[1] == "Your mobile number was taken off your account"
    assert "You were helped with your account" in subjects(stand, "asker@example.test")
    told = len(stand.cloud.inbox.to(PHONE))
    assert first_phone(stand, again, "+85251230007").status == 200, "the former holder gives another number"
    phones = [one for one in claims.everything() if one.key.startswith("phone:")]
    assert len(phones) == 2
    stand.cloud.settle()
    assert len(stand.cloud.inbox.to(PHONE)) == told, "what happens to the former holder is not told to the number"


@pytest.mark.rule("ACC-06")
def test_who_proved_to_be_the_owner_gets_the_account_back(stand: Stand) -> None:
    lost = stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    owner_id = stand.id_of(lost.session)
    session = stand.sign_in("now@example.test")
    case = ask_for_account(stand, session).body["case"]
    likeness = account_help.compared(cases.read(case))
    assert likeness is not None
    assert (likeness.name, likeness.born, likeness.document) == (True, True, True)
    stand.cloud.settle()
    assert "asks for your account" in stand.cloud.inbox.to(PHONE)[0].text
    stand.wait(DAYS_3)
    decide(stand, case)
    assert not alive(stand, lost.session)
    assert not alive(stand, session)
    back = stand.sign_in("now@example.test")
    assert stand.id_of(back) == owner_id
    assert account(stand, back)["phone"] == PHONE
    assert stand.call("GET", "/api/candidate/profile", session=back).body["id_number"] == "K12345678"
    for address in (EMAIL, "now@example.test"):
        assert "Your account was recovered" in subjects(stand, address)
    assert stand.id_of(stand.sign_in(EMAIL)) != owner_id, "the address that was lost opens nothing"


@pytest.mark.rule("ACC-06")
def test_the_number_of_the_new_account_takes_the_place_of_the_lost_one(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    session = owner(stand, "now@example.test", "+85251230077")
    case = ask_for_account(stand, session).body["case"]
    stand.wait(DAYS_3)
    decide(stand, case)
    back = stand.sign_in("now@example.test")
    assert account(stand, back)["phone"] == "+85251230077"
    assert "recovered" in stand.cloud.inbox.to(PHONE)[0].text, "the former number hears of it"
    assert first_phone(stand, stand.sign_in("third@example.test"), PHONE).status == 200


def test_the_holder_has_seventy_two_hours_to_say_no(stand: Stand) -> None:
    owner(stand)
    case = ask_for_phone(stand, stand.sign_in("asker@example.test")).body["case"]
    stand.wait(DAYS_3 - timedelta(minutes=1))
    assert decide(stand, case)[0].code == "holder_not_heard"
    stand.wait(timedelta(minutes=1))
    assert decide(stand, case)[0].status == 200


@pytest.mark.rule("ACC-08")
def test_a_holder_who_says_no_keeps_everything(stand: Stand) -> None:
    holder = owner(stand)
    asker = stand.sign_in("asker@example.test")
    case = ask_for_phone(stand, asker).body["case"]
    (request,) = account(stand, holder)["requests"]
    assert (request["case"], request["asks"]) == (case, "phone")
    for _ in range(2):
        assert stand.call("POST", f"{OWN}/requests/{case}/no", {}, session=holder).status == 200
    stand.cloud.settle()
    assert account(stand, holder)["requests"] == []
    assert stand.call("GET", f"{OWN}/help/{case}", session=asker).body["outcome"] == "objected"
    assert subjects(stand, "asker@example.test")[0] == "About your request for help with an account"
    stand.wait(DAYS_3)
    refused = decide(stand, case)[0]
    assert refused.code == "already_decided"
    assert account(stand, stand.sign_in(EMAIL))["phone"] == PHONE


def test_a_refusal_says_why_and_moves_nothing(stand: Stand) -> None:
    holder = owner(stand)
    case = ask_for_phone(stand, stand.sign_in("asker@example.test")).body["case"]
    assert decide(stand, case, "reject")[0].code == "note_missing"
    assert decide(stand, case, "reject", "Come with your ID.")[0].status == 200
    assert alive(stand, holder)
    assert account(stand, holder)["phone"] == PHONE
    assert "Come with your ID." in stand.cloud.inbox.to("asker@example.test")[0].text


@pytest.mark.rule("ACC-05")
def test_asking_for_an_account_says_the_same_whether_there_is_one(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    session = stand.sign_in("asker@example.test")
    seen = [ask_for_account(stand, session, id_number=number) for number in ("K12345678", "K99999999")]
    shown = [stand.call("GET", f"{OWN}/help/{one.body['case']}", session=session).body for one in seen]
    for one in shown:
        one.pop("case")
        one.pop("decided_from")
    assert [one.status for one in seen] == [200, 200]
    assert shown[0] == shown[1]
    stand.wait(DAYS_3)
    assert decide(stand, seen[1].body["case"])[0].code == "no_such_account"


def test_the_desk_sees_which_claims_agree_and_none_of_the_holders_data(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    session = stand.sign_in("asker@example.test")
    case = ask_for_account(stand, session, name="Somebody Else", birth_date="1990-01-01").body["case"]
    found = account_help.compared(cases.read(case))
    assert found is not None
    assert (found.name, found.born, found.document) == (False, False, True)
    shown = stand.call("GET", f"/api/staff/cases/{case}", session=stand.sign_in_staff(REVIEWER))
    assert shown.status == 200
    desk = Visitor(stand, session=stand.sign_in_staff(REVIEWER)).get(f"/staff/cases/{case}")
    assert desk.body.count("Differs from the account") == 2
    assert desk.body.count("Agrees with the account") == 1
    for secret in (EMAIL, PHONE, "1995-05-17"):
        assert secret not in desk.body
    for secret in (EMAIL, PHONE, "陈样本", "1995-05-17"):
        assert secret not in str(shown.body)


def test_a_request_is_the_askers_alone_and_so_is_a_no(stand: Stand) -> None:
    owner(stand)
    asker, stranger = stand.sign_in("asker@example.test"), stand.sign_in("stranger@example.test")
    case = ask_for_phone(stand, asker).body["case"]
    assert stand.call("GET", f"{OWN}/help/{case}", session=stranger).status == 404
    for who in (asker, stranger):
        assert stand.call("POST", f"{OWN}/requests/{case}/no", {}, session=who).status == 404
    assert cases.read(case).decision is None


def test_the_same_request_again_is_one_case_and_a_free_number_none(stand: Stand) -> None:
    owner(stand)
    session = stand.sign_in("asker@example.test")
    assert ask_for_phone(stand, session).body["case"] == ask_for_phone(stand, session).body["case"]
    assert ask_for_phone(stand, session, "+85251239999").code == "phone_free"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"note": " "}, "note_missing", "note"),
        ({"note": "x" * 1001}, "invalid_request", None),
        ({"name": "陈?本"}, "name_placeholder", "full_name"),
        ({"id_number": "K1"}, "id_form", "id_number"),
        ({"birth_date": "soon"}, "invalid_request", None),
        ({"more": "x"}, "invalid_request", None),
    ],
)
def test_what_is_no_request_is_refused(stand: Stand, changes: dict[str, str], code: str, field: str | None) -> None:
    refused = ask_for_account(stand, stand.sign_in("asker@example.test"), **changes)
    assert (refused.status, refused.code) == (422, code)
    assert field is None or refused.body["field"] == field
    assert not [case for case in cases.everything() if case.kind == "account_help"]


def test_an_account_that_is_in_use_itself_is_not_merged(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    asker = stand.applicant(email="asker@example.test", id_number="K22222222")
    case = ask_for_account(stand, asker.session).body["case"]
    stand.wait(DAYS_3)
    assert decide(stand, case)[0].code == "both_in_use"


def test_an_account_that_an_identity_platform_verified_is_not_merged(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    session = stand.sign_in("asker@example.test")
    case = ask_for_account(stand, session).body["case"]
    asker = candidates.read(stand.id_of(session))
    verified = asker.account.model_copy(update={"platform": "provincial"})
    commit([candidates.update(asker.changed(account=verified))])
    stand.wait(DAYS_3)
    assert decide(stand, case)[0].code == "both_in_use"


@pytest.mark.rule("ACC-05")
def test_a_document_entered_in_the_account_that_ended_is_free_again(stand: Stand) -> None:
    stand.candidate(id_number="K12345678", email=EMAIL, phone=PHONE)
    asker = stand.candidate(email="now@example.test", phone="+85251230077", id_number="K22222222")
    case = ask_for_account(stand, asker.session).body["case"]
    stand.wait(DAYS_3)
    decide(stand, case)
    back = stand.sign_in("now@example.test")
    known = stand.call("GET", "/api/candidate/profile", session=back).body
    names = ("native_name", "latin_name", "birth_date", "nationality", "id_kind")
    renewed = {name: known[name] for name in names} | {"id_number": "K22222222"}
    assert stand.call("PUT", "/api/candidate/profile/details", renewed, session=back).status == 200


@pytest.mark.rule("ACC-08")
def test_a_decision_applied_eight_times_at_once_moves_the_number_once(stand: Stand) -> None:
    owner(stand)
    session = stand.sign_in("asker@example.test")
    case_id = ask_for_phone(stand, session).body["case"]
    stand.wait(DAYS_3)
    stand.cloud.pump.paused.add("decisions")
    case = cases.read(case_id)
    decided = Decision(verdict=Verdict.APPROVE, decided_by="STF-reviewer")
    from certification.acts.cases import decided as written
    from certification.cloud import clock

    commit([written(case, decided, clock.now())[0]])
    case, asker = cases.read(case_id), stand.id_of(stand.sign_in("asker@example.test"))
    outcomes = at_once(8, lambda _: unbinding.apply(case))
    assert not [one for one in outcomes if one is not None and not isinstance(one, Lost)]
    holders = [one.id for one in candidates.everything() if one.phone_index]
    assert holders == [asker]
    assert [one.holder for one in claims.everything() if one.key.startswith("phone:")] == holders
    letters = [key for key in subjects(stand, "asker@example.test") if "helped" in key]
    assert len(letters) <= 1
