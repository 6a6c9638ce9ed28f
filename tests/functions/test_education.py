"""Education entries through the API and on their page: added, corrected, never deleted, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import verification
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.verifications import verifications
from tests.functions.browser import Browser
from tests.functions.stand import Answer, Stand

ENTRIES = "/api/candidate/education"
DETAILS = {
    "native_name": "陈样本",
    "latin_name": "CHEN YANGBEN",
    "birth_date": "1995-05-17",
    "nationality": "CN",
    "id_kind": "passport",
    "id_number": "SAMPLE7001",
}
ENTRY: dict[str, Any] = {
    "institution": "样本大学",
    "level": "bachelor",
    "degree": "bachelor",
    "full_time": True,
    "major": "土木工程",
    "certificate": "100001201705000001",
    "began": "2013-09-01",
    "graduated": "2017-07-01",
}


def add(stand: Stand, session: str, **changes: Any) -> Answer:
    return stand.call("POST", ENTRIES, ENTRY | changes, session=session)


def correct(stand: Stand, session: str, number: int, **changes: Any) -> Answer:
    return stand.call("PUT", f"{ENTRIES}/{number}", ENTRY | changes, session=session)


def numbered(number: int) -> dict[str, str]:
    return {"institution": f"样本大学{number}", "certificate": f"10000{number}"}


@pytest.fixture
def session(stand: Stand) -> str:
    return stand.sign_in("scholar@example.test")


@pytest.mark.rule("EDU-16")
def test_five_entries_are_kept_and_a_sixth_is_refused(stand: Stand, session: str) -> None:
    for number in range(1, 6):
        answer = add(stand, session, **numbered(number))
        assert (answer.status, len(answer.body["entries"]), answer.body["most"]) == (200, number, 5)
    before = candidates.read(stand.id_of(session))
    sixth = add(stand, session, **numbered(6))
    assert (sixth.status, sixth.code, sixth.body["rules"]) == (422, "too_many_entries", ["EDU-16"])
    assert candidates.read(before.id) == before


@pytest.mark.rule("EDU-16")
def test_an_entry_cannot_be_deleted_by_any_way_in(stand: Stand, session: str) -> None:
    add(stand, session)
    assert stand.cloud.request("DELETE", f"{ENTRIES}/1", {"authorization": f"Bearer {session}"}, b"").status == 404
    assert stand.cloud.request("DELETE", ENTRIES, {"authorization": f"Bearer {session}"}, b"").status == 404
    refused = stand.call("PUT", "/api/candidate/profile/work", {"jobs": [], "education": []}, session=session)
    assert refused.status == 422
    assert stand.call("POST", "/api/candidate/without-degree", session=session).code == "entries_exist"
    assert len(stand.call("GET", ENTRIES, session=session).body["entries"]) == 1


@pytest.mark.rule("EDU-16")
def test_a_duplicate_is_pointed_out_and_added_only_if_it_is_meant(stand: Stand, session: str) -> None:
    add(stand, session)
    refused = add(stand, session, institution="样本 大学", certificate="100001 201705000001")
    assert (refused.status, refused.code, refused.body["facts"]) == (422, "duplicate_entry", {"entry": "1"})
    assert len(stand.call("GET", ENTRIES, session=session).body["entries"]) == 1
    assert len(add(stand, session, duplicate_meant=True).body["entries"]) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"graduated": "2026-09-03"}, "graduated"),
        ({"began": "2017-07-01"}, "began"),
        ({"began": "1980-07-01"}, "began"),
        ({"institution": "  "}, "institution"),
        ({"major": ""}, "major"),
        ({"level": "none"}, "level"),
        ({"institution": "长" * 101}, "institution"),
    ],
)
def test_an_entry_that_cannot_be_right_names_its_field_and_changes_nothing(
    stand: Stand, session: str, changes: dict[str, str], field: str
) -> None:
    refused = add(stand, session, **changes)
    assert (refused.status, refused.body["field"], refused.code) == (422, field, f"education_{field}")
    assert refused.body["zh"]
    assert stand.call("GET", ENTRIES, session=session).body["entries"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "wizard"},
        {"full_time": "yes"},
        {"began": "2013-02-30"},
        {"country": "China"},
        {"check": "CAN-1-education-1"},
        {"state": "passed"},
    ],
)
def test_what_is_no_entry_at_all_is_refused(stand: Stand, session: str, changes: dict[str, Any]) -> None:
    assert add(stand, session, **changes).status == 422
    assert stand.call("GET", ENTRIES, session=session).body["entries"] == []


def test_a_day_of_graduation_may_be_today_but_not_tomorrow(stand: Stand, session: str) -> None:
    today = stand.clock.now().date()
    assert add(stand, session, graduated=today.isoformat()).status == 200
    tomorrow = today.replace(day=today.day + 1)
    assert add(stand, session, **numbered(2), graduated=tomorrow.isoformat()).code == "education_graduated"


def test_nobody_corrects_an_entry_that_is_not_there_or_not_theirs(stand: Stand, session: str) -> None:
    other = stand.sign_in("another@example.test")
    add(stand, other)
    for number in (1, 2, 99):
        assert correct(stand, session, number).status == 404
    for number in (0, 100):
        assert correct(stand, session, number).status == 422
    assert stand.call("GET", ENTRIES, session=other).body["entries"][0]["corrections"] == 0


@pytest.mark.rule("EDU-19")
def test_an_entry_is_asked_about_once_and_anew_when_it_is_corrected(stand: Stand, session: str) -> None:
    put_details(stand, session)
    asked = add(stand, session, certificate="77001").body["entries"][0]
    assert (asked["state"], asked["answer_by"]) == ("asked", "2026-09-02T01:00:00Z")
    stand.cloud.settle()
    assert states(stand, session) == ["failed"]
    correct(stand, session, 1, certificate="77001")
    stand.cloud.settle()
    assert questions(stand) == 1
    assert correct(stand, session, 1).body["entries"][0]["state"] == "asked"
    stand.cloud.settle()
    assert (states(stand, session), questions(stand)) == (["passed"], 2)
    confirmed = correct(stand, session, 1, major="计算机")
    assert (confirmed.status, confirmed.code) == (422, "entry_confirmed")


@pytest.mark.rule("EDU-01")
def test_the_time_for_an_answer_ends_at_its_instant(stand: Stand, session: str) -> None:
    put_details(stand, session)
    add(stand, session, certificate="77003")
    stand.cloud.settle()
    check = candidates.read(stand.id_of(session)).education[0].check or ""
    by = verifications.read(check).answer_by
    assert by == stand.clock.now() + timedelta(hours=24)
    for instant, state in ((by - timedelta(seconds=1), "asked"), (by, "on_site")):
        stand.clock.move_to(instant)
        verification.fell_due(check)
        assert verifications.read(check).state == state


def test_a_correction_keeps_what_was_there_before(stand: Stand, session: str) -> None:
    add(stand, session)
    for major in ("计算机", "计算机", "法学"):
        assert correct(stand, session, 1, major=major).status == 200
    entry = stand.call("GET", ENTRIES, session=session).body["entries"][0]
    assert (entry["entry"]["major"], entry["corrections"]) == ("法学", 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"country": "HK"}, "foreign", marks=pytest.mark.rule("EDU-13")),
        pytest.param({"country": "GB", "taught_in": "CN"}, "foreign", marks=pytest.mark.rule("EDU-13")),
        pytest.param({"name": "陈旧名"}, "name_differs", marks=pytest.mark.rule("EDU-20")),
        ({"level": "upper_secondary", "degree": "none", "major": ""}, "below_higher"),
    ],
)
def test_what_no_registry_can_answer_is_for_a_person_at_once(
    stand: Stand, session: str, changes: dict[str, str], reason: str
) -> None:
    put_details(stand, session)
    entry = add(stand, session, **changes).body["entries"][0]
    assert (entry["state"], entry["reason"]) == ("on_site", reason)
    assert entry["words"]["zh"]
    stand.cloud.settle()
    assert questions(stand) == 0


@pytest.mark.rule("EDU-20")
def test_the_same_name_written_otherwise_is_the_same_name(stand: Stand, session: str) -> None:
    put_details(stand, session)
    assert add(stand, session, name="陈 样本").body["entries"][0]["state"] == "asked"
    assert add(stand, session, **numbered(2), name="Chen Yangben").body["entries"][1]["state"] == "asked"


def test_entries_wait_for_the_persons_own_details_and_follow_them(stand: Stand, session: str) -> None:
    assert add(stand, session).body["entries"][0]["state"] is None
    put_details(stand, session)
    assert states(stand, session) == ["asked"]
    stand.cloud.settle()
    assert states(stand, session) == ["passed"]
    put_details(stand, session, id_number="SAMPLE7002")
    assert states(stand, session) == ["asked"]


def test_what_is_declared_is_sealed_in_the_rows(stand: Stand, session: str) -> None:
    put_details(stand, session)
    add(stand, session)
    candidate = candidates.read(stand.id_of(session))
    check = verifications.read(candidate.education[0].check or "")
    for row in (candidate, check):
        assert not [secret for secret in ("样本大学", "土木", "100001201705000001") if secret in row.model_dump_json()]


@pytest.mark.rule("EDU-17", "EDU-15")
def test_the_page_shows_every_entry_with_its_result_in_both_languages(stand: Stand) -> None:
    session = stand.sign_in("page@example.test")
    put_details(stand, session)
    add(stand, session, certificate="77001")
    stand.cloud.settle()
    assert "Not passed" in page(stand, session, "en")
    assert "核验未通过" in page(stand, session, "zh")
    assert "国家教育行政部门承认的正规学历或学位" in page(stand, session, "zh")


def put_details(stand: Stand, session: str, **changes: str) -> None:
    assert stand.call("PUT", "/api/candidate/profile/details", DETAILS | changes, session=session).status == 200


def states(stand: Stand, session: str) -> list[str]:
    return [entry["state"] for entry in stand.call("GET", ENTRIES, session=session).body["entries"]]


def questions(stand: Stand) -> int:
    return len(stand.cloud.simulators["education"].control("status", {})["questions"])


def page(stand: Stand, session: str, language: str) -> str:
    headers = {"cookie": f"__Host-session={session}"}
    answer = stand.cloud.request("GET", f"/{language}/education", headers, b"")
    assert answer.status == 200, stand.cloud.invoker.failures
    return answer.body.decode()


def test_the_page_leads_on_to_the_application_once_something_is_said(stand: Stand) -> None:
    candidate = stand.applicant()
    page = Browser(stand, candidate).get(f"/education?application={candidate.reference}")
    assert "Continue with your application" in page
    assert "Add another entry" in page
    assert "Continue with your application" not in Browser(stand, candidate).get("/education")
