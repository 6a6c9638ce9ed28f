"""Corrections after confirming: asked for with evidence, decided by a desk, made at once, and never beyond the matrix."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import corrections
from certification.cloud.tables.applications import applications
from certification.cloud.tables.candidates import Upload, candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.orders import orders
from certification.cloud.transaction import commit
from local.candidate import ApiCandidate
from tests.functions.crowd import at_once
from tests.functions.portal_requests import ask as ask_page
from tests.functions.stand import REVIEWER, Answer, Stand

SECOND = timedelta(seconds=1)


def ask(stand: Stand, candidate: ApiCandidate, fields: dict[str, str], **more: Any) -> Answer:
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    return stand.call("POST", path, {"fields": fields, **more}, session=candidate.session)


def asked(stand: Stand, candidate: ApiCandidate) -> dict[str, Any]:
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    return dict(stand.call("GET", path, session=candidate.session).body)


def give_evidence(stand: Stand, candidate: ApiCandidate) -> None:
    """Evidence as the check of a scan leaves it."""
    row = candidates.read(stand.id_of(candidate.session))
    proof = Upload(id="evidence", state="checked", arrived_at=stand.clock.now(), key=f"scans/{row.id}/evidence")
    commit([candidates.update(row.changed(drafts={**row.drafts, "correction_proof": proof}))])


def decide(stand: Stand, candidate: ApiCandidate, verdict: str, note: str = "") -> None:
    case = applications.read(candidate.reference).corrections[-1].case
    session = stand.sign_in_staff(REVIEWER)
    decided = stand.call(
        "POST", f"/api/staff/cases/{case}/decision", {"verdict": verdict, "note": note}, session=session
    )
    assert decided.status == 200, decided
    stand.cloud.settle()


@pytest.mark.rule("REG-06", "CHG-01")
def test_a_confirmed_application_is_corrected_by_a_desk_and_not_by_the_candidate(stand: Stand) -> None:
    candidate = stand.in_review()
    assert (
        stand.call(
            "PUT",
            "/api/candidate/profile/contact",
            {"address": "2 New Road", "language": "en"},
            session=candidate.session,
        ).code
        == "answers_held"
    )
    shown = asked(stand, candidate)
    assert shown["now"]["full_name"] == "陈样本"
    assert {"full_name", "id_number", "level", "postal_address"} <= set(shown["open_to"])
    assert "photo" not in shown["open_to"]
    for _ in range(2):
        assert ask(stand, candidate, {"postal_address": "2 New Road"}).status == 200
    assert candidate.profile()["address"] == "1 Sample Road"
    assert len(applications.read(candidate.reference).corrections) == 1
    decide(stand, candidate, "approve")
    assert candidate.profile()["address"] == "2 New Road"
    assert asked(stand, candidate)["asked"][0]["state"] == "made"
    assert candidate.status() == "awaiting_review"
    assert ("CorrectionDecided", "email") in [(one["name"], one["channel"]) for one in candidate.messages()]


@pytest.mark.rule("CHG-03")
def test_personal_data_need_evidence_and_are_checked_again(stand: Stand) -> None:
    candidate = stand.registered()
    number = {"id_number": "SAMPLE9999"}
    assert ask(stand, candidate, number).code == "evidence_missing"
    give_evidence(stand, candidate)
    assert ask(stand, candidate, number, reason="A digit was wrong.").status == 200
    case = cases.read(applications.read(candidate.reference).corrections[0].case)
    assert "SAMPLE9999" not in case.model_dump_json()
    assert corrections.wanted_of(case, stand.id_of(candidate.session)).reason == "A digit was wrong."
    decide(stand, candidate, "approve")
    profile = candidate.profile()
    assert (profile["id_number"], profile["identity"]) == ("SAMPLE9999", "passed")
    assert candidate.status() == "registered"


@pytest.mark.rule("CHG-03", "REG-07")
def test_a_change_of_level_before_paying_makes_a_new_order_and_after_paying_it_is_refused(stand: Stand) -> None:
    candidate = stand.to_pay()
    first = candidate.order()
    assert ask(stand, candidate, {"level": "4"}).status == 200
    decide(stand, candidate, "approve")
    application = applications.read(candidate.reference)
    assert (application.status, application.level) == ("awaiting_review", "4")
    assert orders.read(first["number"]).state == "superseded"
    stand.decide(candidate, "approve")
    revised = candidate.order()
    assert revised["number"] != first["number"]
    assert revised["total"]["amount"] == 11_500 < first["total"]["amount"]
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    for fields in ({"level": "3"}, {"occupation": "ai_trainer"}, {"form": "remote"}):
        refused = ask(stand, candidate, fields)
        assert (refused.status, refused.code) == (422, "not_changeable_now")
        assert "REG-07" in refused.body["rules"]
    assert ask(stand, candidate, {"photo": "another"}).code == "photo_is_staffs"


@pytest.mark.rule("REG-07")
def test_what_was_paid_while_the_desk_was_thinking_stays_fixed(stand: Stand) -> None:
    candidate = stand.to_pay()
    ask(stand, candidate, {"level": "4"})
    candidate.pay()
    stand.cloud.settle()
    decide(stand, candidate, "approve")
    application = applications.read(candidate.reference)
    assert (application.status, application.level) == ("registered", "3")
    assert asked(stand, candidate)["asked"][0]["state"] == "overtaken"
    assert not application.open_cases


def test_a_refusal_says_why_and_changes_nothing(stand: Stand) -> None:
    candidate = stand.in_review()
    ask(stand, candidate, {"postal_address": "2 New Road"})
    case = applications.read(candidate.reference).corrections[0].case
    path = f"/api/staff/cases/{case}/decision"
    session = stand.sign_in_staff(REVIEWER)
    assert stand.call("POST", path, {"verdict": "reject"}, session=session).code == "note_missing"
    decide(stand, candidate, "reject", note="The address is the same.")
    (one,) = asked(stand, candidate)["asked"]
    assert (one["state"], one["note"]) == ("refused", "The address is the same.")
    assert candidate.profile()["address"] == "1 Sample Road"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"level": "9"}, "not_in_sitting"),
        ({"region": "atlantis"}, "region_not_offered"),
        ({"shoe_size": "43"}, "not_changeable_now"),
        ({"nationality": "Hong Kong"}, "nationality"),
        ({"date_of_birth": "yesterday"}, "value_wrong"),
        ({"date_of_birth": "2999-01-01"}, "birth_date"),
        ({"id_type": "resident_identity_card", "id_number": "11010519491231002X"}, "birth_date_differs"),
    ],
)
def test_a_value_that_its_own_rule_refuses_opens_no_case(stand: Stand, fields: dict[str, str], code: str) -> None:
    candidate = stand.in_review()
    give_evidence(stand, candidate)
    refused = ask(stand, candidate, fields)
    assert (refused.status, refused.code) == (422, code)
    assert applications.read(candidate.reference).corrections == ()


def test_one_correction_at_a_time_whoever_clicks_twice_in_two_tabs(stand: Stand) -> None:
    candidate = stand.in_review()
    person = stand.id_of(candidate.session)
    outcomes = at_once(
        8, lambda number: corrections.ask(person, candidate.reference, {"postal_address": f"{number % 2 + 2} New Road"})
    )
    given = {one for one in outcomes if isinstance(one, str)}
    assert len(given) == 1
    assert {one.code for one in outcomes if not isinstance(one, str)} == {"correction_waits"}


def test_an_id_document_of_another_account_is_not_taken_over_by_a_correction(stand: Stand) -> None:
    other, candidate = stand.candidate(), stand.in_review()
    give_evidence(stand, candidate)
    refused = ask(stand, candidate, {"id_number": other.sample.id_number})
    assert (refused.status, refused.code) == (422, "id_document_taken")


def test_another_persons_application_cannot_be_corrected(stand: Stand) -> None:
    candidate, other = stand.in_review(), stand.sign_in("other@example.test")
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    assert stand.call("POST", path, {"fields": {"postal_address": "x"}}, session=other).status == 404
    assert stand.call("GET", path, session=other).status == 404
    assert stand.call("POST", path, {"fields": {}}, session=candidate.session).status == 422


def test_a_desk_sees_what_is_asked_for_beside_what_stands(stand: Stand) -> None:
    candidate = stand.in_review()
    ask(stand, candidate, {"postal_address": "2 New Road"}, reason="I moved.")
    case = applications.read(candidate.reference).corrections[0].case
    shown = stand.call("GET", f"/api/staff/cases/{case}", session=stand.sign_in_staff(REVIEWER)).body
    assert shown["wanted"] == {
        "fields": [{"field": "postal_address", "now": "1 Sample Road", "wanted": "2 New Road"}],
        "reason": "I moved.",
        "evidence": None,
        "education": None,
        "work": None,
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_asks_for_it_in_both_languages_and_without_a_script(stand: Stand, language: str) -> None:
    candidate = stand.in_review()
    cookies = (f"__Host-session={candidate.session}",)
    path = f"/{language}/apply/{candidate.reference}/correction"
    form = ask_page("GET", path, cookies=cookies)
    assert form.status == 200
    assert ("Ask for a correction" if language == "en" else "申请更正信息") in form.body
    empty = ask_page("POST", path, cookies=cookies, form={"token": form.token})
    assert empty.status == 422
    sent = {"token": form.token, "field": "postal_address", "value": "2 New Road", "reason": "I moved."}
    assert ask_page("POST", path, cookies=cookies, form=sent).status == 303
    assert ("Waits for the desk" if language == "en" else "待办理") in ask_page("GET", path, cookies=cookies).body


@pytest.mark.rule("ACC-05")
def test_a_number_that_another_account_took_while_the_desk_decided_stays_with_it(stand: Stand) -> None:
    candidate = stand.in_review()
    give_evidence(stand, candidate)
    assert ask(stand, candidate, {"id_number": "SAMPLE9999"}).status == 200
    other = stand.candidate(id_number="SAMPLE9999")
    decide(stand, candidate, "approve")
    assert asked(stand, candidate)["asked"][0]["state"] == "overtaken"
    assert [one.profile()["id_number"] for one in (candidate, other)] == [
        candidate.sample.id_number,
        "SAMPLE9999",
    ]
    assert ("AccountSearched", "email") in [(one["name"], one["channel"]) for one in other.messages()]


@pytest.mark.rule("ACC-13")
def test_a_corrected_name_that_cannot_be_printed_opens_the_case_of_its_character(stand: Stand) -> None:
    candidate = stand.in_review()
    give_evidence(stand, candidate)
    assert ask(stand, candidate, {"full_name": "陈\U00031350"}).status == 200
    decide(stand, candidate, "approve")
    assert asked(stand, candidate)["asked"][0]["state"] == "made"
    assert [case.desk for case in cases.everything() if case.kind == "rare_character"] != []


@pytest.mark.rule("CHG-03", "ELI-01")
@pytest.mark.parametrize(("born", "eligible"), [("2008-12-31", True), ("2009-01-01", False)])
def test_a_corrected_birth_date_is_answered_anew_for_the_reviewer_who_decides(
    stand: Stand, born: str, eligible: bool
) -> None:
    candidate = stand.in_review()
    give_evidence(stand, candidate)
    assert ask(stand, candidate, {"date_of_birth": born}).status == 200
    decide(stand, candidate, "approve")
    kept = [one for one in applications.read(candidate.reference).answers if one.rule == "eligibility"]
    assert [(one.yes, one.at) for one in kept] == [(eligible, stand.clock.now())]
    assert kept[0].policy
    assert candidate.status() == "awaiting_review"
    case = f"/api/staff/cases/{stand.case_of(candidate)}"
    shown = stand.call("GET", case, session=stand.sign_in_staff(REVIEWER)).body["review"]
    assert [one["yes"] for one in shown["answers"] if one["rule"] == "eligibility"] == [eligible]


def hearings(candidate: ApiCandidate) -> list[str]:
    """The grounds of what is being looked into."""
    found = [cases.read(one.reference) for one in applications.read(candidate.reference).open_cases]
    return [case.facts["ground"] for case in found if case.kind == "void_hearing"]


@pytest.mark.rule("CHG-03", "ELI-01")
@pytest.mark.parametrize(("born", "grounds"), [("2008-12-31", []), ("2009-01-01", ["conditions_not_met"])])
def test_who_is_registered_and_meets_the_conditions_no_more_is_heard_and_not_put_out_by_a_machine(
    stand: Stand, born: str, grounds: list[str]
) -> None:
    candidate = stand.registered()
    give_evidence(stand, candidate)
    assert ask(stand, candidate, {"date_of_birth": born}).status == 200
    decide(stand, candidate, "approve")
    assert (candidate.status(), hearings(candidate)) == ("registered", grounds)
    kept = [one.yes for one in applications.read(candidate.reference).answers if one.rule == "eligibility"]
    assert kept == [not grounds]
    told = {one["name"] for one in candidate.messages()}
    assert ("VoidHearingOpened" in told) is bool(grounds), "never silently"


@pytest.mark.rule("CHG-03", "ELI-01")
def test_before_paying_a_birth_date_that_changes_the_answer_is_screened_and_reviewed_again(stand: Stand) -> None:
    candidate = stand.to_pay()
    first = candidate.order()["number"]
    give_evidence(stand, candidate)
    assert ask(stand, candidate, {"date_of_birth": "2008-12-31"}).status == 200
    decide(stand, candidate, "approve")
    assert (candidate.status(), orders.read(first).state) == ("awaiting_payment", "open"), "the answer is the same"
    assert ask(stand, candidate, {"date_of_birth": "2009-01-01"}).status == 200
    decide(stand, candidate, "approve")
    assert (candidate.status(), orders.read(first).state) == ("awaiting_review", "superseded")


ENTRY = {"institution": "Sample College", "country": "CN", "taught_in": "CN", "level": "bachelor", "degree": "bachelor",
    "full_time": True, "major": "Statistics", "began": "2013-09-01", "graduated": "2017-07-01"}  # fmt: skip


@pytest.mark.rule("CHG-01", "CHG-03", "EDU-16")
def test_education_and_work_are_corrected_by_a_desk_with_evidence_and_the_conditions_asked_again(stand: Stand) -> None:
    candidate = stand.registered()
    person = stand.id_of(candidate.session)
    path = f"/api/candidate/applications/{candidate.reference}/corrections"

    def wish(kind: str, **body: Any) -> Answer:
        return stand.call("POST", f"{path}/{kind}", body, session=candidate.session)

    assert ask(stand, candidate, {"education": "bachelor"}).code == "entry_needed"
    assert wish("education", entry=ENTRY, number=1).code == "evidence_missing"
    give_evidence(stand, candidate)
    assert wish("education", entry=ENTRY, number=9).status == 404
    assert wish("education", entry={**ENTRY, "graduated": "2012-07-01"}, number=1).status == 422
    number = next((one.number for one in candidates.read(person).education), None)
    added = wish("education", entry=ENTRY)
    assert added.status == 200, added
    before = len(candidates.read(person).education)
    assert (before, number) == (len(candidates.read(person).education), number), "nothing changes before the desk"
    case = applications.read(candidate.reference).corrections[-1].case
    assert "Sample College" not in cases.read(case).model_dump_json()
    shown = stand.call("GET", f"/api/staff/cases/{case}", session=stand.sign_in_staff(REVIEWER)).body["wanted"]
    assert shown["education"]["wanted"]["institution"] == "Sample College"
    decide(stand, candidate, "approve")
    assert asked(stand, candidate)["asked"][-1]["state"] == "made"
    assert len(candidates.read(person).education) == before + 1
    kept = [one.at for one in applications.read(candidate.reference).answers if one.rule == "eligibility"]
    assert kept == [stand.clock.now()], "the conditions were asked again"
    work = {"jobs": [{"employer": "Sample Ltd", "duties": "Senior analyst", "since": "2018-01-01"}]}
    assert wish("work", work=work).status == 200
    stand.wait(timedelta(minutes=20))  # codes for signing in are counted
    decide(stand, candidate, "approve")
    assert candidate.profile()["work"]["jobs"][0]["duties"] == "Senior analyst"
    assert wish("work", work=work).code == "value_wrong", "what stands there already is no correction"
    assert candidate.status() == "registered"


@pytest.mark.rule("CHG-03")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_of_education_and_work_ask_for_a_correction_without_a_script(stand: Stand, language: str) -> None:
    candidate = stand.in_review()
    give_evidence(stand, candidate)
    cookies = (f"__Host-session={candidate.session}",)
    base = f"/{language}/apply/{candidate.reference}/correction"
    assert f"{base}/education/new" in ask_page("GET", base, cookies=cookies).body
    form = ask_page("GET", f"{base}/work", cookies=cookies)
    assert f'action="{base}/work"' in form.body
    more = ask_page("POST", f"{base}/work", cookies=cookies, form={"token": form.token, "more": "jobs"})
    assert (more.status, "jobs_1_duties" in more.body) == (200, True)
    entry = {name: str(value) for name, value in ENTRY.items() if name not in ("began", "graduated", "full_time")}
    days = {"began_day": "1", "began_month": "9", "began_year": "2013",
        "graduated_day": "1", "graduated_month": "7", "graduated_year": "2017"}  # fmt: skip
    form = ask_page("GET", f"{base}/education/new", cookies=cookies)
    assert ask_page("POST", f"{base}/education/new", cookies=cookies, form={"token": form.token}).status == 422
    sent = {"token": form.token, **entry, **days, "full_time": "yes", "reason": "It was left out."}
    assert ask_page("POST", f"{base}/education/new", cookies=cookies, form=sent).status == 303
    (case,) = [one.reference for one in applications.read(candidate.reference).open_cases if one.kind == "correction"]
    session = f"__Host-session={stand.sign_in_staff(REVIEWER)}"
    page = ask_page("GET", f"/{language}/staff/cases/{case}", cookies=(session,)).body
    assert "Sample College" in page
    assert ("To stand instead" if language == "en" else "更正为") in page
