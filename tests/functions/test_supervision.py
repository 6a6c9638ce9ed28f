"""Commitments that are looked at: drawn, reported or standing out; answered, missed, kept or not."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.transaction import commit
from certification.rules.errors import NotFound
from certification.rules.sampling import name_of
from local.candidate import ApiCandidate
from tests.functions.browser import Browser
from tests.functions.committing import EXAM, PAYMENT_CLOSES, SITTING, ZONE, People, publish, row
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


@pytest.mark.rule("CHK-13")
def test_where_the_policy_says_so_a_missed_check_gives_up_the_right_to_sit(
    stand: Stand, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certification.acts import supervision

    candidate = registered(stand, people)
    case = cases.read(ask(people, candidate)["case"])
    monkeypatch.setattr(supervision, "after_missed", lambda _policy, _status: "forfeited")
    stand.skip(case.promised)
    assert candidate.awake().status() == "forfeited"
    assert "RightForfeited" in [message["name"] for message in candidate.messages()]


@pytest.mark.rule("COM-15", "CHK-04")
def test_a_false_commitment_leads_to_a_hearing_whenever_it_is_found(stand: Stand, people: People) -> None:
    candidate = registered(stand, people)
    case = ask(people, candidate)["case"]
    answer(people, candidate)
    people.decide(candidate, "reject", case, note="The certificate is not genuine.")
    hearing = cases.read(row(candidate).open_cases[0].reference)
    assert (hearing.kind, hearing.facts) == ("void_hearing", {"ground": "false_statement", "check": case})
    assert "VoidHearingOpened" in [message["name"] for message in candidate.messages()]


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
