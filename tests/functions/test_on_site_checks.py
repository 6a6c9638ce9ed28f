"""On-site checks: time and place from the notice, one place each, decided by the desk, remembered for the exam."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from certification.acts import appointments
from certification.acts import review as reviewing
from certification.acts.sheets import read_report
from certification.cloud.tables.applications import applications
from certification.cloud.tables.claims import claims
from certification.policies import load_policy
from certification.rules.appointments import must_come
from certification.rules.errors import Refused
from certification.rules.policy_applying import CandidateClass
from local import seed
from local.candidate import ApiCandidate
from tests.functions.on_site import DESK, DESK_EMAIL, FIRST, SECOND, SITTING, Unverified, publish
from tests.functions.stand import Stand

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(stand: Stand) -> Unverified:
    publish(stand)
    return Unverified(stand)


def on_site(candidate: ApiCandidate, path: str = "", body: Any = None, expect: int = 200) -> Any:
    method = "GET" if body is None else "POST"
    address = f"/api/candidate/applications/{candidate.reference}/on-site{path}"
    return candidate.call(method, address, body, expect=expect)


def book(candidate: ApiCandidate, starts: Any = FIRST, expect: int = 200) -> Any:
    return on_site(candidate, "", {"starts": starts.isoformat()}, expect)


@pytest.mark.rule("CHK-07", "EDU-18", "EDU-21")
def test_who_failed_online_applies_all_the_same_and_learns_time_place_and_manner(people: Unverified) -> None:
    candidate = people.confirmed()
    assert candidate.status() == "awaiting_review"
    shown = on_site(candidate)
    assert shown["where"]["zh"] == "样本路1号样本大厦"
    assert shown["when"]["en"] == "Weekdays in September"
    assert shown["how"]["en"] == "In person, with originals"
    assert [slot["free"] for slot in shown["slots"]] == [1, 1]
    letters = [message["text"] for message in candidate.messages() if message["name"] == "OnSiteCheckAsked"]
    assert any("Sample Hall, 1 Sample Road" in text for text in letters)


@pytest.mark.rule("CHK-05")
def test_who_declines_the_commitment_is_checked_on_site_though_everything_passed_online(people: Unverified) -> None:
    candidate = people.confirmed(certificate="100001", commits=False)
    assert (candidate.status(), on_site(candidate)["slots"][0]["free"]) == ("awaiting_review", 1)
    assert people.on_site_case(candidate)


@pytest.mark.rule("CHK-05")
@pytest.mark.parametrize("needs", ["barred", "not_chosen", "withdrawn", "unverified"])
def test_each_of_the_four_cases_has_to_come(needs: CandidateClass) -> None:
    mixed, _ = load_policy("mixed")
    assert must_come(mixed, {needs})
    assert not must_come(mixed, {"exemption_level"})


@pytest.mark.rule("EDU-01", "EDU-02")
def test_a_scheme_goes_on_after_its_own_time_though_another_gives_the_registry_longer(people: Unverified) -> None:
    stand, candidate = people.stand, people.complete("77003")  # never answers
    asked = stand.clock.now()
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    stand.clock.move_to(asked + timedelta(hours=12) - timedelta(seconds=1))
    gaps = [gap for gap in candidate.awake().now()["gaps"] if gap["part"] == "verification"]
    assert ["by 2026-09-01 21:00 (Asia/Shanghai)" in gap["en"] for gap in gaps] == [True]
    assert candidate.confirm(expect=422)["code"] == "incomplete"
    stand.clock.move_to(asked + timedelta(hours=12))
    candidate.confirm()
    stand.cloud.settle()
    entry = candidate.profile()["education"][0]
    assert (entry["state"], entry["answer_by"]) == ("asked", "2026-09-02T01:00:00Z")
    assert (candidate.status(), bool(people.on_site_case(candidate))) == ("awaiting_review", True)


@pytest.mark.rule("EDU-06")
def test_who_passed_online_needs_no_visit(people: Unverified) -> None:
    candidate = people.confirmed(certificate="100001")
    assert candidate.status() == "awaiting_signature"
    assert on_site(candidate, expect=422)["code"] == "no_on_site_check"


def test_a_place_is_booked_changed_and_given_back_until_it_begins(people: Unverified) -> None:
    candidate = people.confirmed()
    for _ in range(2):
        assert book(candidate)["appointment"].startswith(f"{FIRST:%Y-%m-%d}")
    people.stand.cloud.settle()
    assert "AppointmentBooked" in {message["name"] for message in candidate.messages()}
    assert [slot["free"] for slot in book(candidate, SECOND)["slots"]] == [1, 0]
    assert on_site(candidate, "/cancel", {})["appointment"] is None
    book(candidate)
    people.stand.clock.move_to(FIRST - MINUTE)
    candidate.awake()
    book(candidate)
    people.stand.clock.move_to(FIRST)
    assert book(candidate, SECOND, 422)["code"] == "appointment_begun"
    assert on_site(candidate, "/cancel", {}, 422)["code"] == "appointment_begun"


def test_a_time_that_is_not_in_the_notice_or_has_begun_is_refused(people: Unverified) -> None:
    candidate = people.confirmed()
    assert book(candidate, FIRST + MINUTE, 422)["code"] == "no_such_slot"
    assert on_site(candidate, "", {"starts": "tomorrow"}, 422)["code"] == "invalid_request"
    assert on_site(candidate, "", {"starts": "2026-09-04T09:00:00"}, 422)["code"] == "invalid_request"
    people.stand.clock.move_to(FIRST)
    assert book(candidate.awake(), FIRST, 422)["code"] == "slot_begun"


def test_nobody_books_for_somebody_else(people: Unverified) -> None:
    candidate, other = people.confirmed(), people.complete()
    other.reference = candidate.reference
    assert book(other, FIRST, 404)["code"] == "not_found"
    assert on_site(other, expect=404)["code"] == "not_found"


def test_of_eight_who_book_at_the_same_moment_as_many_get_a_place_as_there_are(people: Unverified) -> None:
    candidates = [people.confirmed() for _ in range(8)]
    owners = [people.stand.id_of(candidate.session) for candidate in candidates]

    def attempt(number: int) -> str:
        try:
            appointments.book(owners[number], candidates[number].reference, FIRST)
        except Refused as refused:
            return refused.code
        return "booked"

    with ThreadPoolExecutor(8) as crowd:
        outcomes = sorted(crowd.map(attempt, range(8)))
    assert outcomes == ["booked", *["slot_full"] * 7]
    assert len([claim for claim in claims.everything() if claim.key.startswith("on-site:")]) == 1


@pytest.mark.rule("EDU-18")
def test_payment_opens_only_after_the_check_is_passed(people: Unverified) -> None:
    candidate = people.confirmed()
    review = applications.read(candidate.reference).review or ""
    assert people.decide(review, "approve", expect=422)["code"] == "on_site_first"
    book(candidate)
    people.decide(people.on_site_case(candidate), "approve")
    people.decide(review, "approve")
    assert candidate.status() == "awaiting_payment"
    assert [claim for claim in claims.everything() if claim.key.startswith("on-site:")] == []
    assert "OnSiteCheckDecided" in {message["name"] for message in candidate.messages()}


@pytest.mark.rule("EDU-18")
def test_whoever_does_not_pass_is_not_let_through_to_payment(people: Unverified) -> None:
    candidate = people.confirmed()
    case = people.on_site_case(candidate)
    assert people.decide(case, "reject", expect=422)["code"] == "note_missing"
    people.decide(case, "reject", "The certificate is not the person's.")
    review = applications.read(candidate.reference).review or ""
    assert people.decide(review, "approve", expect=422)["code"] == "on_site_first"


@pytest.mark.rule("EDU-18")
def test_an_approval_that_is_there_all_the_same_waits_until_the_check_is_passed(
    people: Unverified, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The open check itself blocks the step to payment, whatever the door of the reviewers let through."""
    candidate = people.confirmed()
    with monkeypatch.context() as open_door:
        open_door.setattr(reviewing, "must_be_passed", lambda _application: None)
        people.decide(applications.read(candidate.reference).review or "", "approve")
    assert (candidate.status(), applications.read(candidate.reference).order) == ("awaiting_review", None)
    assert on_site(candidate)["slots"], "and the appointment is still to come"
    people.decide(people.on_site_case(candidate), "approve")
    assert candidate.status() == "awaiting_payment"


def test_whoever_does_not_come_may_book_again_and_the_place_is_free(people: Unverified) -> None:
    candidate = people.confirmed()
    book(candidate)
    first = people.on_site_case(candidate)
    people.decide(first, "return")
    assert people.on_site_case(candidate) not in ("", first)
    shown = on_site(candidate)
    assert (shown["appointment"], [slot["free"] for slot in shown["slots"]]) == (None, [1, 1])
    assert book(candidate)["appointment"]


def file_of(people: Unverified, rows: str) -> Any:
    key = "decisions/mixed/on-site.csv"
    seed.drop(people.stand.cloud, key, f"application,outcome,note\n{rows}\n".encode(), DESK)
    people.stand.cloud.settle()
    return read_report(key)


def test_the_desk_records_outcomes_by_file_too_the_whole_file_or_none(people: Unverified) -> None:
    candidate, other = people.confirmed(), people.confirmed()
    bad = file_of(people, f"{candidate.reference},passed,\n{other.reference},not_passed,\nAPP-2026-0,maybe,")
    assert not bad["counts"]
    assert {one["code"] for one in bad["problems"]} == {"note_missing", "not_waiting", "outcome_unknown"}
    assert people.on_site_case(candidate)
    assert file_of(people, f"{candidate.reference},passed,\n{other.reference},not_come,")["counts"]
    assert (people.on_site_case(candidate), people.on_site_case(other) != "") == ("", True)


@pytest.mark.rule("EDU-19")
def test_a_pass_is_remembered_for_later_applications_for_that_exam(people: Unverified) -> None:
    candidate = people.confirmed()
    people.decide(people.on_site_case(candidate), "approve")
    candidate.withdraw()
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    candidate.confirm()
    people.stand.cloud.settle()
    assert candidate.status() == "awaiting_signature"
    assert people.on_site_case(candidate) == ""


@pytest.mark.rule("CHK-07", "EDU-18")
def test_the_page_books_in_both_languages_and_without_scripts(people: Unverified) -> None:
    candidate = people.confirmed()
    home = people.stand.cloud.request(
        "GET", f"/en/apply/{candidate.reference}", {"cookie": f"__Host-session={candidate.session}"}, b""
    )
    assert f"/en/apply/{candidate.reference}/on-site" in home.body.decode()
    headers = {"cookie": f"__Host-session={candidate.session}"}
    for language, words in (("en", "Sample Hall, 1 Sample Road"), ("zh", "样本路1号样本大厦")):
        shown = people.stand.cloud.request("GET", f"/{language}/apply/{candidate.reference}/on-site", headers, b"")
        assert (shown.status, words in shown.body.decode()) == (200, True)


@pytest.mark.rule("CHK-07")
def test_the_desk_sees_who_comes_when_and_what_was_declared(people: Unverified) -> None:
    candidate = people.confirmed()
    book(candidate)
    session = people.stand.sign_in_staff(DESK_EMAIL)
    case = people.on_site_case(candidate)
    page = people.stand.cloud.request("GET", f"/en/staff/cases/{case}", {"cookie": f"__Host-session={session}"}, b"")
    shown = page.body.decode()
    day = f"{FIRST.day} {FIRST:%B %Y}"
    for words in ("On-site check", "陈样本", "Sample University", "Not passed", "Did not come", day):
        assert words in shown.replace("\xa0", " "), words
