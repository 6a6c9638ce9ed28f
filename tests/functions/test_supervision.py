"""Commitments that are looked at: drawn, reported or standing out; answered, missed, kept or not."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.results import results
from certification.cloud.transaction import commit
from certification.rules.errors import NotFound
from certification.rules.sampling import name_of
from local import seed, seed_mixed
from local.candidate import ApiCandidate
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.committing import (
    EXAM,
    PAYMENT_CLOSES,
    SITTING,
    SUBJECTS,
    ZONE,
    People,
    give_files,
    publish,
    row,
    sitting,
)
from tests.functions.stand import Stand
from tests.rules.test_sampling import PROGRAM

SECOND = timedelta(seconds=1)
EXAM_BEGINS = datetime.combine(EXAM, datetime.min.time().replace(hour=9), ZONE)


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


def registered(stand: Stand, people: People, **changes: Any) -> ApiCandidate:
    """Somebody who committed and paid."""
    candidate = people.signed(**changes)
    candidate.pay()
    stand.cloud.settle()
    return candidate


def ask(people: People, candidate: ApiCandidate, why: str = "Reported by the public.", expect: int = 200) -> Any:
    """A desk asks for a check."""
    return people.staff().call(
        "POST", f"/api/staff/applications/{candidate.reference}/check", {"why": why}, expect=expect
    )


def answer(people: People, candidate: ApiCandidate) -> None:
    people.give_proofs(candidate, "education_proof", "work_proof")
    candidate.awake().call("POST", f"/api/candidate/applications/{candidate.reference}/check", {})


def waive(candidate: ApiCandidate, *, yes: bool) -> None:
    """The rule's word whether the check is waived: it is when everything was verified online."""
    application = row(candidate)
    answers = tuple(one.model_copy(update={"yes": yes}) if one.rule == "waiver" else one for one in application.answers)
    commit([applications.update(application.changed(answers=answers))])


def seat(stand: Stand) -> None:
    """Payment has closed, the list is frozen, and the day after the seats are drawn."""
    for hours in (25, 49, 73):
        stand.skip(PAYMENT_CLOSES + timedelta(hours=hours))


@pytest.mark.rule("CHK-09", "CHK-10", "CHK-04")
def test_the_sample_is_drawn_with_the_seats_and_anybody_can_recompute_it(
    stand: Stand, people: People, tmp_path: Path
) -> None:
    waived_two, other = [registered(stand, people), registered(stand, people)], registered(stand, people)
    for candidate in (*waived_two, other):
        waive(candidate, yes=candidate is not other)
    seat(stand)
    files = []
    for name in ("commitment", "sample-list", "sample"):
        body = vault.read(settings().published, f"draws/{SITTING}/{name}.json")
        (tmp_path / f"{name}.json").write_bytes(body)
        files.append(str(tmp_path / f"{name}.json"))
        assert all(one.reference not in body.decode() for one in (*waived_two, other))
    done = subprocess.run([sys.executable, "-I", str(PROGRAM), *files], capture_output=True, text=True, check=False)
    assert (done.returncode, "OK: 1 of 2" in done.stdout) == (0, True), done.stdout
    page = Browser(stand, None).get(f"/draws/{SITTING}")
    assert all(
        words in page for words in ("5% of 2, rounded up", "recompute_sample.py", f"/draws/{SITTING}/sample-list")
    )
    drawn = json.loads((tmp_path / "sample.json").read_text())["drawn"]
    chosen = next(one for one in waived_two if name_of(row(one).commitment) in drawn)
    for candidate in (*waived_two, other):
        kinds = [one.kind for one in row(candidate).open_cases]
        assert (candidate.awake().status(), kinds) == ("seated", ["supervision_check"] if candidate is chosen else [])
    assert chosen.commitment()["check"]["mode"] == "sample"
    assert "CheckRequested" in [message["name"] for message in chosen.messages()]


@pytest.mark.rule("CHK-12", "CHK-04")
def test_whoever_stands_out_is_checked_with_the_seat(stand: Stand, people: People) -> None:
    young = registered(stand, people, born="2003-05-17", id_number="SAMPLE9900")
    plain = registered(stand, people)
    waive(plain, yes=False)
    assert [one.yes for one in row(young).answers if one.rule == "smart"] == [False]
    seat(stand)
    assert [one.kind for one in row(young).open_cases] == ["supervision_check"]
    assert row(plain).open_cases == ()
    assert young.awake().commitment()["check"]["mode"] == "smart"


@pytest.mark.rule("CHK-04", "CHK-06", "CHK-11", "CHK-15")
def test_a_check_keeps_the_ticket_back_until_its_candidate_answered_and_it_was_found_kept(
    stand: Stand, people: People
) -> None:
    candidate = registered(stand, people)
    waive(candidate, yes=False)
    seat(stand)
    stand.skip(EXAM_BEGINS - timedelta(days=8))
    case = ask(people, candidate, "CASE-0123456789AB")["case"]
    assert ask(people, candidate, "CASE-0123456789AB")["case"] == case
    now = candidate.awake().commitment()["check"]
    assert (now["case"], now["mode"], now["missing"]) == (case, "key", ["education_proof", "work_proof"])
    stand.skip(EXAM_BEGINS - timedelta(days=6))
    place = f"/api/candidate/applications/{candidate.reference}"
    refused = candidate.awake().call("GET", f"{place}/documents/ticket", expect=422)
    assert (refused["code"], refused["facts"]["cases"], refused["rules"]) == ("ticket_blocked", case, ["CHK-15"])
    assert "TicketOpened" not in [message["name"] for message in candidate.messages()]
    assert candidate.call("POST", f"{place}/check", {}, expect=422)["code"] == "proofs_missing"
    answer(people, candidate)
    assert candidate.call("POST", f"{place}/check", {}, expect=422)["code"] == "no_check"
    people.decide(candidate, "approve", case)
    stand.skip(stand.clock.now() + timedelta(hours=2))
    assert candidate.awake().call("GET", f"{place}/documents/ticket")["url"]
    assert {"CheckPassed", "TicketOpened"} <= {message["name"] for message in candidate.messages()}


@pytest.mark.rule("CHK-13", "CHK-15")
def test_a_check_is_answered_until_its_date_and_missed_at_that_instant(stand: Stand, people: People) -> None:
    candidate = registered(stand, people)
    case = cases.read(ask(people, candidate)["case"])
    stand.skip(case.promised - SECOND)
    assert candidate.awake().commitment()["check"] is not None
    stand.clock.move_to(case.promised)
    candidate.sign_in()
    people.give_proofs(candidate, "education_proof", "work_proof")
    place = f"/api/candidate/applications/{candidate.reference}/check"
    assert candidate.call("POST", place, {}, expect=422)["code"] == "check_over"
    stand.skip(case.promised)
    assert cases.read(case.id).decision is not None
    hearing = cases.read(row(candidate).open_cases[0].reference)
    assert (hearing.kind, hearing.facts["ground"], hearing.blocks) == (
        "void_hearing",
        "not_checked_before_tickets",
        "ticket",
    )


def of_the_mixed_scheme(stand: Stand) -> ApiCandidate:
    """Somebody of the shipped scheme whose policy says `refused: forfeited` (K31), who committed and paid."""
    described = sitting("mixed-1", number=5)
    slots = zip(described["dates"]["slots"][:2], ("basics", "practice"), strict=True)
    dates = described["dates"] | {"slots": [slot | {"subject": code} for slot, code in slots]}
    own = {"scheme": "mixed", "occupations": ["human_resources"], "levels": ["intermediate"], "dates": dates}
    seed.drop(stand.cloud, "sittings/mixed.json", json.dumps(described | own).encode(), seed_mixed.DESK)
    stand.cloud.settle()
    candidate = People(stand).complete(
        scheme="mixed", occupation="human_resources", level="intermediate", region="guangzhou", subjects=("practice",),
        id_kind="resident_identity_card", id_number="11010519491231002X", born="1949-12-31",
    )  # fmt: skip
    give_files(stand.id_of(candidate.session), "photo.mixed")
    candidate.apply("mixed-1")
    candidate.choose_lane(commits=True)
    candidate.confirm()
    stand.cloud.settle()
    candidate.sign()
    stand.cloud.settle()
    candidate.pay()
    stand.cloud.settle()
    return candidate


@pytest.mark.rule("CHK-13")
def test_where_the_policy_says_so_a_missed_check_gives_up_the_right_to_sit(stand: Stand) -> None:
    candidate = of_the_mixed_scheme(stand)
    desk = ApiStaff(stand.cloud, seed_mixed.DESK_EMAIL)
    place = f"/api/staff/applications/{candidate.reference}/check"
    case = cases.read(desk.awake().call("POST", place, {"why": "Reported by the public."})["case"])
    assert case.promised == datetime(2026, 9, 8, 16, tzinfo=UTC)  # five working days of the mixed scheme, not ten
    stand.skip(case.promised - SECOND)
    assert candidate.awake().status() == "registered"
    stand.skip(case.promised)
    assert candidate.awake().status() == "forfeited"
    assert candidate.now()["seat"] is None
    assert row(candidate).open_cases == ()
    assert "RightForfeited" in [message["name"] for message in candidate.messages()]
    seat(stand)
    assert candidate.awake().status() == "forfeited"


@pytest.mark.rule("CHK-16", "CHK-04")
def test_who_misses_a_check_after_the_exam_loses_every_score_of_that_sitting(stand: Stand, people: People) -> None:
    candidate = registered(stand, people)
    waive(candidate, yes=False)
    seat(stand)
    stand.skip(EXAM_BEGINS + timedelta(days=2))
    case = cases.read(ask(people, candidate)["case"])
    stand.skip(case.promised)
    hearing = cases.read(row(candidate).open_cases[0].reference)
    assert hearing.facts["ground"] == "not_checked_after_exam"
    place = f"/api/candidate/applications/{candidate.reference}/hearing"
    candidate.awake().call("POST", place, {"text": "The letter did not reach me."})
    people.decide(candidate, "approve", hearing.id)
    assert candidate.status() == "awaiting_result"  # one person declares nothing void
    seed.add_member("STF-other-desk", "Other Desk", "other-desk@staff.test", ("reviewer",), ("guangdong_province",))
    ApiStaff(stand.cloud, "other-desk@staff.test").awake().second(hearing.id)
    stand.cloud.settle()
    assert candidate.status() == "void"
    lines = [f"{SITTING},{row(candidate).candidate_number},{code},80" for code, *_ in SUBJECTS]
    text = "\n".join(["sitting,candidate_number,subject,mark", *lines])
    seed.add_member("STF-marks", "Sample Marks", "marks@staff.test", ("results_officer",), ("national_centre",))
    seed.drop(stand.cloud, f"marks/{SITTING}/sample.csv", text.encode(), "STF-marks")
    stand.cloud.settle()
    seed.add_member("STF-release", "Sample Release", "release@staff.test", ("results_officer",), ("national_centre",))
    ApiStaff(stand.cloud, "release@staff.test").awake().release(SITTING)
    stand.cloud.settle()
    application = row(candidate)
    released = results.read(candidate.reference, application.result)
    assert (set(released.marks.values()), released.passed) == ({"-4"}, False)
    assert (application.status, application.certificate) == ("void", None)


@pytest.mark.rule("CHK-04")
def test_after_the_exam_a_check_holds_up_the_certificate(stand: Stand, people: People) -> None:
    candidate = registered(stand, people)
    waive(candidate, yes=False)
    seat(stand)
    stand.skip(EXAM_BEGINS + timedelta(days=3))
    ask(people, candidate)
    assert [one.blocks for one in row(candidate).open_cases] == ["issuance"]


@pytest.mark.rule("CHK-04")
def test_only_a_desk_of_the_region_asks_for_a_check_and_only_of_a_commitment(stand: Stand, people: People) -> None:
    proofs = people.confirmed(commits=False)
    assert ask(people, proofs, expect=422)["code"] == "no_commitment_to_check"
    candidate = registered(stand, people)
    stranger = stand.sign_in_staff("reviewer@staff.test")
    refused = stand.call(
        "POST", f"/api/staff/applications/{candidate.reference}/check", {"why": "Because."}, session=stranger
    )
    assert (refused.status, refused.code) == (404, "not_found")
    with pytest.raises(NotFound):
        cases.read("CASE-000000000000")


@pytest.mark.rule("CHK-06", "CHK-13")
def test_proofs_on_paper_answer_the_check_and_a_late_desk_costs_nothing(stand: Stand, people: People) -> None:
    candidate = registered(stand, people)
    case = cases.read(ask(people, candidate)["case"])
    staff = people.staff()
    browser = Browser(stand, None)
    browser.jar["__Host-session"] = staff.session
    assert "The proofs came on paper" in browser.get(f"/staff/cases/{case.id}")
    stand.clock.move_to(case.promised - SECOND)
    people.staff().call("POST", f"/api/staff/cases/{case.id}/received", {})
    people.staff().call("POST", f"/api/staff/cases/{case.id}/received", {})
    assert cases.read(case.id).facts["on_paper_by"] == "STF-sample-desk"
    stand.skip(case.promised + timedelta(days=1))
    assert [one.kind for one in row(candidate).open_cases] == ["supervision_check"]
    assert candidate.awake().status() == "registered"
