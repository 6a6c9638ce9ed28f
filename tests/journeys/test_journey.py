"""The journey: through sockets, from sign-up to a certificate that anybody can check, on a clock that the test moves."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certification.acts import invariants
from certification.cloud.tables.ledger import ledger
from certification.rules.ledger import balances
from local.candidate import ApiCandidate
from local.visitor import Visitor, over_sockets
from tests.journeys.journey import NAME, NOTE, Journey, travel
from tests.journeys.town import SITTING, Town, town_on
from tests.samples.tools import pictures_in, run, text_of

CHINESE = re.compile("[\u4e00-\u9fff]")
BOTH = ("email", "sms")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with town_on(transport=over_sockets) as made:
        yield made


@pytest.fixture(scope="module")
def journey(town: Town) -> Journey:
    """Travelled once; every test looks at another side of it."""
    return travel(town, town.pass_time)


@pytest.mark.rule("REG-02", "ACC-02")
def test_one_candidate_is_certified_and_the_other_has_not_passed(journey: Journey) -> None:
    first, second = journey["end"]
    assert [step["to"] for step in first["timeline"]] == [
        "verifying",
        "awaiting_review",
        "returned",
        "verifying",
        "awaiting_review",
        "awaiting_payment",
        "registered",
        "seated",
        "awaiting_result",
        "passed",
        "certified",
    ]
    assert [step["to"] for step in second["timeline"]][-3:] == ["seated", "awaiting_result", "not_passed"]
    assert [(mark["subject"], mark["mark"]) for mark in second["result"]["marks"]] == [
        ("theory", "-1"),
        ("practical", "70"),
    ]
    assert (first["certificate"] is not None, second["certificate"]) == (True, None)


@pytest.mark.rule("PHO-01", "PHO-09")
def test_a_photo_as_a_phone_makes_it_is_usable_and_a_dark_one_is_told_why(journey: Journey) -> None:
    dark = journey["profile"]["files"]["photo.cgptc"]
    assert ([problem["code"] for problem in dark["problems"]], dark["needs_person"]) == (["too_dark"], True)
    second = journey["second photo"]
    assert (second["state"], second["in_use"], second["problems"], second["needs_person"]) == (
        "checked",
        True,
        [],
        False,
    )


@pytest.mark.rule("CHK-03", "CHG-03", "REG-06")
def test_a_returned_application_says_why_can_be_edited_and_is_decided_anew(journey: Journey) -> None:
    assert (journey["handed in"]["editing"], journey["handed in"]["editable"]) == ("answers_held", False)
    shown = journey["first review"]["review"]
    assert shown["person"]["native_name"] == NAME
    assert [problem["code"] for problem in shown["photo"]["problems"]] == ["too_dark"]
    returned = journey["returned"]
    assert (returned["status"], returned["editable"], returned["returned"]["note"]) == ("returned", True, NOTE)
    assert [reason["code"] for reason in returned["returned"]["reasons"]] == ["photo_unsuitable", "education_differs"]
    assert journey["nothing corrected"] == "nothing_changed"
    assert (journey["handed in again"]["status"], journey["handed in again"]["returned"]) == ("awaiting_review", None)
    assert journey["decisions"]["counts"]


@pytest.mark.rule("REG-08", "FEE-02", "REF-01", "REF-02")
def test_the_order_shows_the_fee_in_dollars_and_both_refund_dates_before_paying(journey: Journey) -> None:
    order = journey["order"]
    assert (order["total"], order["payable"]) == ({"amount": 13_500, "currency": "USD"}, True)
    assert sum(line["amount"]["amount"] for line in order["lines"]) == 13_500
    assert (order["refund"]["window_ends"], order["refund"]["blackout_starts"]) == ("2026-11-30", "2026-12-12")
    assert [now["status"] for now in journey["registered"]] == ["registered", "registered"]


@pytest.mark.rule("ARR-01")
def test_anybody_recomputes_the_draw_with_the_published_program(journey: Journey, town: Town, tmp_path: Path) -> None:
    visitor = Visitor(town.cloud, transport=over_sockets)
    for name in ("commitment", "list", "draw"):
        (tmp_path / f"{name}.json").write_bytes(visitor.fetch(f"{town.cloud.address}/en/draws/{SITTING}/{name}"))
    page = visitor.fetch(f"{town.cloud.address}/en/draws/{SITTING}").decode()
    link = re.search(r'href="(/static/[^"]+recompute_draw\.py)"', page)
    assert link is not None
    (tmp_path / "recompute_draw.py").write_bytes(visitor.fetch(f"{town.cloud.address}{link[1]}"))
    seat = journey["seats"][0]
    files = ["commitment.json", "list.json", "draw.json", seat["candidate_number"]]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "recompute_draw.py", *files],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = f"candidate {seat['candidate_number']}: site {seat['site']} room {seat['room']} seat {seat['seat']}"
    assert said in done.stdout
    assert "OK: all 2 seats are where the rule puts them" in done.stdout
    assert {one["seat"] for one in journey["seats"]} == {1, 2}


@pytest.mark.rule("TIC-01", "PHO-05")
def test_the_ticket_opens_in_its_window_and_names_seat_and_candidate(journey: Journey, tmp_path: Path) -> None:
    assert journey["ticket too early"] == "ticket_not_open_yet"
    text = text_of(journey["ticket"], tmp_path)
    assert NAME in text
    assert journey["seats"][0]["candidate_number"] in text


@pytest.mark.rule("PHO-05")
def test_one_photo_is_on_the_ticket_the_score_report_and_the_certificate(journey: Journey) -> None:
    """Byte for byte the one the candidate saw and used."""
    photos = [pictures_in(journey[paper]) for paper in ("ticket", "score_report", "certificate")]
    assert [len(found) for found in photos] == [1, 1, 1]
    assert photos[0] == photos[1] == photos[2] == [journey["used photo"]]


@pytest.mark.rule("RES-01", "RES-04")
def test_a_wrong_marks_file_changed_nothing_and_the_score_report_says_pass(journey: Journey, tmp_path: Path) -> None:
    wrong, right = journey["wrong marks"], journey["marks"]
    assert (wrong["counts"], [(one["row"], one["code"]) for one in wrong["problems"]]) == (False, [(4, "code_unknown")])
    assert (right["counts"], right["rows"]) == (True, 4)
    text = text_of(journey["score_report"], tmp_path)
    assert NAME in text
    assert "88.5" in text


@pytest.mark.rule("CER-01", "CER-03", "CER-04")
def test_poppler_finds_the_seal_valid_and_the_name_byte_for_byte(journey: Journey, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(journey["certificate"])
    said = run("pdfsig", "-nocert", path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "Signature #2" not in said
    assert NAME.encode() in run("pdftotext", "-raw", path, "-").encode()


@pytest.mark.rule("VFY-01")
def test_anybody_verifies_the_certificate_by_its_number(journey: Journey, town: Town) -> None:
    number = journey["end"][0]["certificate"]
    visitor = Visitor(town.cloud, transport=over_sockets)
    found = visitor.call("GET", f"/api/certificates/{number}")
    assert (found["found"], found["state"], found["occupation"]["en"]) == (True, "valid", "Data Analyst")
    assert found["masked_name"] == "陈" + "*" * (len(NAME) - 1)
    assert visitor.call("GET", f"/api/certificates/{number.lower()}")["number"] == number
    other = number[:-1] + ("A" if number[-1] != "A" else "B")
    assert visitor.call("GET", f"/api/certificates/{other}")["state"] == "unknown"
    assert number in visitor.fetch(f"{town.cloud.address}/zh/check/{number}").decode()


ONCE = [("AccountCreated", ("email",)), ("IdentityVerified", ("email",)), ("PhotoChecked", ("email",))]
RETURNED = [("ApplicationConfirmed", BOTH), ("ApplicationReturned", BOTH), ("PhotoChecked", ("email",))]
USUAL = [
    (name, BOTH)
    for name in (
        "ApplicationConfirmed",
        "ApplicationApproved",
        "CandidateRegistered",
        "SeatDrawn",
        "TicketOpened",
        "ResultReleased",
    )
]
ISSUED = [("CertificateIssued", BOTH)]
RETURNED_FEE = [("PaymentQueuedForReturn", BOTH), ("RefundArrived", BOTH)]
"""Who has not passed gets the fee of the certificate back that is never made."""


def letters(candidate: ApiCandidate) -> list[tuple[str, tuple[str, ...]]]:
    """Every letter's name and channels, by instant and name."""
    found: dict[tuple[str, str], list[str]] = {}
    for message in candidate.awake().messages():
        found.setdefault((message["at"], message["name"]), []).append(message["channel"])
    return [(name, tuple(sorted(channels))) for (_, name), channels in found.items()]


@pytest.mark.rule("CHK-02", "ARR-05")
def test_every_step_is_told_once_by_email_and_sms(journey: Journey) -> None:
    first, second = letters(journey.first), letters(journey.second)
    assert first[:-2] == [*ONCE, *RETURNED, *USUAL[:-1]]
    assert sorted(first[-2:]) == sorted([*USUAL[-1:], *ISSUED])
    assert second[:-2] == [*ONCE, *USUAL]
    assert sorted(second[-2:]) == sorted(RETURNED_FEE)


def test_letters_are_written_in_the_language_of_their_reader(journey: Journey, town: Town) -> None:
    for candidate, chinese in ((journey.first, True), (journey.second, False)):
        written = town.cloud.inbox.to(candidate.sample.email) + town.cloud.inbox.to(candidate.sample.phone)
        told = [message for _, channels in letters(candidate) for message in channels]
        assert len(written) > len(told) > 10
        for letter in written:
            assert bool(CHINESE.search(letter.subject if letter.kind == "mail" else letter.text)) is chinese, letter


READS = ["Is it a file?", "Read the marks"]
WAITS = [
    "Freeze the list",
    "Is anybody registered?",
    "Draw the seats",
    "Is the public value known?",
    "Wait for the value",
]
ASKS = ["Ask the registries", "Check identity", "Check education", "Was each registry asked", "Asked"]
NO_ORDER = ["Apply the fact", "Is there an order?", "Done"]
SETTLES = ["Apply the fact", "Is there an order?", "Settle the order"]
PATHS: dict[str, list[list[str]]] = {
    "verification": [ASKS] * 2,
    "screening": [["Check eligibility", "Choose the lane"]] * 3,
    "payment": [*[NO_ORDER, NO_ORDER, SETTLES, SETTLES] * 2, SETTLES, NO_ORDER, NO_ORDER],
    "refund": [["Send the refund"]],
    "arrangement": [*[WAITS] * 4, [*WAITS[:-1], "Seat the candidates", "Publish the draw"]],
    "arrangement/Seatthecandidates": [["Give the seats", "Print the tickets"]],
    "results": [
        READS,
        READS,
        ["Is it a file?", "Prepare the release", "Is there a result?", "Release the results", "Finish the release"],
    ],
    "results/Releasetheresults": [["Release each", "Print the score reports"]],
    "conclusion": [["Conclude the results"]],
    "issuance": [["Issue the certificates", "Done"]],
    "issuance/Issuethecertificates": [["Reserve the numbers", "Print and seal", "Publish and tell"]],
}


@pytest.mark.parametrize("machine", PATHS)
def test_each_machine_took_its_path(journey: Journey, machine: str) -> None:
    assert journey.town.paths(machine) == PATHS[machine]


def test_the_jobs_found_what_was_due_and_nothing_else_ran(journey: Journey) -> None:
    found = {tuple(path) for path in journey.town.paths("deadlines")}
    looks = ("Find what is due", "Is anything due?")
    assert found == {(*looks, "Done"), (*looks, "Apply what follows", "Done")}
    assert {tuple(path) for path in journey.town.paths("deadlines/Applywhatfollows")} == {("Apply the outcomes",)}
    known = {*PATHS, "deadlines", "deadlines/Applywhatfollows"}
    assert {run.machine.removeprefix("assay-") for run in journey.town.cloud.executions()} == known


def test_nothing_was_refused_lost_or_left_unbalanced(journey: Journey) -> None:
    town = journey.town
    assert town.failures() == []
    assert invariants.differences() == []
    assert [case.kind for case in town.cases()] == ["review"] * 3
    assert undelivered(town) == 0
    kept = balances(entry.entry for entry in ledger.everything())
    assert {account: amount for (account, _), amount in kept.items()} == {
        "fee:registration": -7_000,
        "fee:examination": -16_000,
        "fee:certificate": -2_000,
        "cost:psp": 844,
        "psp:card": 27_000 - 2_000 - 844,
    }, "two fees earned less one certificate, and what the provider took"


def undelivered(town: Town) -> int:
    """Messages in the queue where everything ends that could not be delivered."""
    address = town.cloud.sqs.get_queue_url(QueueName="assay-undelivered")["QueueUrl"]
    counts: Any = town.cloud.sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])["Attributes"]
    return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])
