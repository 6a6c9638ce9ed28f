"""Results, conclusion, issuance: a marks file counts whole or not at all, results come out at once, who passed is certified."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.acts import afterwards, issuance
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.certificates import certificates
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.orders import orders
from certification.cloud.tables.receipts import receipts
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.tables.results import results
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.errors import Refused
from certification.rules.ledger import balances
from certification.rules.status import Status
from local.candidate import ApiCandidate
from local.visitor import Visitor
from tests.journeys.stages import Stages, drop_marks, marks_file, newcomer, sat, seated
from tests.journeys.town import SITTING, Town
from tests.samples.tools import text_of
from tests.statemachines.test_transfer import booked, books, credit, drop, rf

READS = ["Is it a file?", "Read the marks"]
PREPARES = ["Is it a file?", "Prepare the release", "Is there a result?"]
RELEASES = [*PREPARES, "Release the results", "Finish the release"]
EACH = ["Release each", "Print the score reports"]
CONCLUDES = ["Conclude the results"]
ISSUES = ["Issue the certificates", "Done"]
ISSUES_EACH = ["Reserve the numbers", "Print and seal", "Publish and tell"]


def number_of(candidate: ApiCandidate) -> str:
    return str(candidate.awake().now()["seat"]["candidate_number"])


def failed(town: Town) -> list[Any]:
    return [case for case in town.cases() if case.kind == "failed_machine"]


@pytest.mark.rule("RES-01")
def test_a_marks_file_counts_and_nothing_is_shown_before_the_release(town: Town, stages: Stages) -> None:
    candidate = stages.at("marked")
    assert town.paths("results") == [READS]
    assert (town.sitting.marks.rows, town.sitting.marks.imported_by) == (2, "STF-officer")
    now = candidate.awake().now()
    assert (now["status"], now["result"], now["documents"]) == ("awaiting_result", None, ["ticket"])


def test_a_file_with_a_bad_row_changes_nothing(town: Town, stages: Stages) -> None:
    candidate = stages.at("sat")
    report = drop_marks(town, marks_file({number_of(candidate): ("88.5", "100.5")}))
    assert (report["counts"], [problem["code"] for problem in report["problems"]]) == (False, ["mark_out_of_range"])
    assert town.paths("results") == [READS]
    assert (town.sitting.marks, list(results.everything()), failed(town)) == (None, [], [])


def test_a_file_before_the_exam_is_over_is_too_early(town: Town, stages: Stages) -> None:
    candidate = stages.at("seated")
    report = drop_marks(town, marks_file({number_of(candidate): ("88.5", "60")}))
    assert [problem["code"] for problem in report["problems"]] == ["too_early"]


def test_a_later_file_takes_the_place_of_the_one_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("marked")
    assert drop_marks(town, marks_file({number_of(candidate): ("59.9", "100")}))["counts"]
    town.second.awake().release(SITTING)
    town.settle()
    assert candidate.status() == "not_passed"


@pytest.mark.rule("RES-01", "RES-04", "CER-01")
def test_released_results_lead_to_score_report_and_certificate(town: Town, stages: Stages) -> None:
    candidate = stages.at("released")
    assert town.paths("results") == [READS, RELEASES]
    assert town.paths("results/Releasetheresults") == [EACH]
    assert town.paths("conclusion") == [CONCLUDES]
    assert town.paths("issuance") == [ISSUES]
    assert town.paths("issuance/Issuethecertificates") == [ISSUES_EACH]
    now = candidate.awake().now()
    assert (now["status"], now["result"]["passed"]) == ("certified", True)
    assert [(mark["subject"], mark["mark"]) for mark in now["result"]["marks"]] == [
        ("theory", "88.5"),
        ("practical", "60"),
    ]
    assert now["documents"] == ["ticket", "score_report", "certificate"]
    assert verdict(town, now["certificate"])["state"] == "valid"
    assert {("ResultReleased", "email"), ("CertificateIssued", "email")} <= set(town.letters(candidate))
    assert town.failures() == []


def verdict(town: Town, number: str) -> Any:
    """What anybody learns from a certificate's number."""
    return Visitor(town.cloud).call("GET", f"/api/certificates/{number}")


@pytest.mark.rule("RES-01")
def test_the_release_comes_by_itself_on_the_last_possible_day(town: Town, stages: Stages) -> None:
    candidate = stages.at("marked")
    town.skip(town.sitting.release_at - timedelta(minutes=1))
    assert candidate.awake().status() == "awaiting_result"
    town.skip(town.sitting.release_at)
    assert candidate.awake().status() == "certified"
    assert town.sitting.released_at < town.sitting.results_due


@pytest.mark.rule("RES-01")
def test_marks_that_do_not_come_are_a_case_and_the_release_waits_for_them(town: Town, stages: Stages) -> None:
    candidate = stages.at("sat")
    town.skip(town.sitting.release_at)
    assert [(case.about, case.subject) for case in failed(town)] == [(SITTING, "sitting")]
    assert drop_marks(town, marks_file({number_of(candidate): ("60", "60")}))["counts"]
    town.skip(town.clock.now() + timedelta(hours=4))
    assert candidate.awake().status() == "certified"
    assert len(failed(town)) == 1


@pytest.mark.rule("RES-04", "RES-05", "RES-06")
@pytest.mark.parametrize("marks", [("59.5", "100"), ("100", "-1"), ("100", "-2")])
def test_who_misses_a_subject_has_a_score_report_and_no_certificate(
    town: Town, stages: Stages, marks: tuple[str, str]
) -> None:
    candidate = stages.at("sat")
    assert drop_marks(town, marks_file({number_of(candidate): marks}))["counts"]
    town.second.awake().release(SITTING)
    town.settle()
    now = candidate.now()
    assert (now["status"], now["result"]["passed"], now["certificate"]) == ("not_passed", False, None)
    assert candidate.paper("score_report").startswith(b"%PDF-")
    assert (town.paths("conclusion"), town.paths("issuance")) == ([CONCLUDES], [])
    assert town.sitting.stage == "concluded"


def test_only_who_may_release_releases_and_only_what_was_imported(town: Town, stages: Stages) -> None:
    stages.at("sat")
    refused = town.officer.awake().call("POST", f"/api/staff/sittings/{SITTING}/release", {}, expect=422)
    assert refused["code"] == "no_marks"
    town.reviewer.awake().call("POST", f"/api/staff/sittings/{SITTING}/release", {}, expect=403)


def test_after_the_release_no_file_changes_anything(town: Town, stages: Stages) -> None:
    candidate = stages.at("released")
    report = drop_marks(town, marks_file({number_of(candidate): ("1", "1")}))
    assert [problem["code"] for problem in report["problems"]] == ["released_before"]
    town.second.awake().release(SITTING)
    town.settle()
    assert town.paths("results") == [READS, RELEASES, READS]
    assert candidate.awake().status() == "certified"


@pytest.mark.rule("CER-01")
def test_a_name_that_cannot_be_printed_is_a_case_and_everybody_else_goes_on(
    town: Town, stages: Stages, tmp_path: Path
) -> None:
    """A rare name goes on paper in Latin letters; one whose row lost those, which no door allows, stops at every paper."""
    usual = stages.at("registered")
    rare = newcomer(town, 2, native_name="陈\U00031350")
    other = newcomer(town, 3, native_name="陈\U00031350")
    row = candidates.read(applications.read(rare.reference).candidate)
    commit([candidates.update(row.changed(latin_name=None))])
    seated(town, usual)
    sat(town, usual)
    everybody = (usual, rare, other)
    assert [candidate.awake().status() for candidate in everybody] == ["awaiting_result"] * 3
    assert drop_marks(town, marks_file({number_of(candidate): ("70", "70") for candidate in everybody}))["counts"]
    town.second.awake().release(SITTING)
    town.settle()
    assert [candidate.status() for candidate in everybody] == ["certified", "passed", "certified"]
    assert "CHEN YANGBEN" in text_of(other.paper("certificate"), tmp_path)
    stopped = {(case.facts["machine"], case.facts["state"], case.facts["error"]) for case in failed(town)}
    assert stopped == {
        ("arrangement", "Print the tickets", "missing_glyph"),
        ("results", "Print the score reports", "missing_glyph"),
        ("issuance", "Print and seal", "missing_glyph"),
    }
    assert sorted(certificate.sequence for certificate in certificates.everything()) == [1, 2, 3]
    reserved = next(one.number for one in certificates.everything() if one.state == "reserved")
    assert verdict(town, reserved)["state"] == "unknown"
    assert town.paths("issuance/Issuethecertificates") == [ISSUES_EACH]


def test_an_application_that_waits_for_no_result_is_a_case_and_nobody_elses_release_waits(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("marked")
    row = applications.read(candidate.reference)
    commit([applications.update(row.changed(status="seated"))])
    town.second.awake().release(SITTING)
    town.settle()
    assert town.sitting.stage in ("released", "concluded")
    assert [(case.about, case.facts["state"], case.facts["error"]) for case in failed(town)] == [
        (candidate.reference, "Release each", "not_awaiting_result")
    ]
    assert candidate.status() == "seated"


@pytest.mark.rule("CER-01")
def test_who_was_refused_a_number_is_a_case_and_is_certified_by_the_job_once_the_cause_is_gone(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("marked")

    def refuse(_candidate: Any) -> str:
        raise Refused("no_name", "No name.", "没有姓名。")

    with monkeypatch.context() as broken:
        broken.setattr(issuance, "on_paper", refuse)
        town.second.awake().release(SITTING)
        town.settle()
    assert [(case.about, case.facts["state"]) for case in failed(town)] == [
        (candidate.reference, "Reserve the numbers")
    ]
    assert candidate.awake().status() == "passed"
    town.skip(town.clock.now() + timedelta(hours=3))
    assert candidate.awake().status() == "certified"


CERTIFICATE = 2_000
FEE = 13_500


def card(town: Town, action: str, **form: str) -> Any:
    return town.cloud.simulators["card"].control(action, form)


def failing(town: Town, candidate: ApiCandidate) -> None:
    """The marks are released: one subject below the mark, the other not taken."""
    assert drop_marks(town, marks_file({number_of(candidate): ("59.5", "-1")}))["counts"]
    town.second.awake().release(SITTING)
    town.settle()


def accounts(order: str) -> dict[str, int]:
    """What the candidate is owed for this order, and what is ours by fee item."""
    found = balances(entry.entry for entry in ledger.everything())
    return {name: cents for (name, _), cents in found.items() if name.startswith("fee:") or name.endswith(order)}


def later(town: Town, days: int = 1) -> None:
    town.skip(town.clock.now() + timedelta(days=days, hours=1))


def unused() -> list[Refund]:
    return [one for one in refunds.everything() if one.kind == "unused"]


@pytest.mark.rule("REF-04")
def test_who_does_not_pass_gets_the_certificate_fee_back_in_full_and_once(town: Town, stages: Stages) -> None:
    candidate = stages.at("sat")
    order = candidate.awake().order()
    shown = order["refund"]["if_not_passed"]
    assert (shown["amount"]["amount"], shown["fee"]["amount"]) == (CERTIFICATE, 0)
    failing(town, candidate)
    later(town)
    assert candidate.awake().status() == "not_passed"
    (refund,) = unused()
    assert (refund.money.amount, refund.kept, refund.state) == (CERTIFICATE, 0, "succeeded")
    assert [(one["amount"], one["status"]) for one in card(town, "status")["refunds"]] == [(CERTIFICATE, "succeeded")]
    (note,) = [one for one in receipts.everything() if one.kind == "credit_note"]
    assert [(line.words.en[:15], line.amount.amount) for line in note.lines] == [("Certificate fee", CERTIFICATE)]
    letters = [one for one in candidate.messages() if one["name"] == "PaymentQueuedForReturn"]
    assert ["not used" in one["text"] for one in letters if one["channel"] == "email"] == [True]
    (paid,) = candidate.call("GET", "/api/candidate/payments")["orders"]
    assert (paid["state"], paid["net"]["amount"]) == ("settled", FEE - CERTIFICATE)
    assert accounts(order["number"]) == {"fee:registration": -3_500, "fee:examination": -8_000}
    assert orders.read(order["number"]).due is None
    later(town, 3)
    afterwards.fell_due(order["number"])
    assert (len(unused()), failed(town)) == (1, [])


def test_what_was_paid_is_ours_item_by_item_and_not_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    order = candidate.awake().order()
    closes = datetime.fromisoformat(order["refund"]["closes_at"])
    held = f"candidate:{order['number']}"
    town.skip(closes - timedelta(seconds=1))
    assert accounts(order["number"]) == {held: -FEE}
    town.skip(closes)
    assert accounts(order["number"]) == {held: -10_000, "fee:registration": -3_500}
    stages.at("sat")
    assert accounts(order["number"]) == {held: -2_000, "fee:registration": -3_500, "fee:examination": -8_000}
    stages.at("released")
    later(town)
    ours = {"fee:registration": -3_500, "fee:examination": -8_000, "fee:certificate": -CERTIFICATE}
    assert (accounts(order["number"]), unused(), orders.read(order["number"]).due) == (ours, [], None)
    entries = len(list(ledger.everything()))
    afterwards.fell_due(order["number"])
    later(town, 2)
    assert len(list(ledger.everything())) == entries


def test_while_the_payment_is_disputed_the_fee_waits_and_goes_when_that_is_won(town: Town, stages: Stages) -> None:
    candidate = stages.at("sat")
    (payment,) = card(town, "status")["payments"]
    card(town, "dispute", payment=payment["id"])
    town.settle()
    failing(town, candidate)
    later(town, 2)
    assert unused() == []
    (dispute,) = card(town, "status")["disputes"]
    card(town, "dispute_won", dispute=dispute["id"])
    later(town, 2)
    assert [(one.money.amount, one.state) for one in unused()] == [(CERTIFICATE, "succeeded")]


def test_where_a_desk_has_returned_a_part_before_a_person_lets_it_go(town: Town, stages: Stages) -> None:
    candidate = stages.at("sat")
    order = orders.read(candidate.awake().order()["number"])
    asked = {"capture": order.settled_by, "amount": "20.00", "reason": "As agreed."}
    town.reviewer.awake().call("POST", f"/api/staff/payments/{order.payments[0]}/refunds", asked)
    town.settle()
    failing(town, candidate)
    later(town)
    (refund,) = unused()
    assert (refund.state, refund.case is not None) == ("requested", True)


@pytest.mark.rule("REF-04")
def test_unused_fees_of_an_order_paid_in_two_parts_go_back_from_the_later_part_first(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE - 500, structured=rf(candidate))))
    candidate.awake().pay()
    town.settle()
    now = town.clock.now()
    released = town.sitting.changed(released_at=now)
    row = applications.read(candidate.reference)
    over = row.life[-1].model_copy(update={"at": now, "to": Status.NOT_PASSED})
    failed = row.changed(status=Status.NOT_PASSED, due=None, life=(*row.life, over))
    order = orders.read(row.order or "")
    commit([sittings.update(released), applications.update(failed), orders.update(order.changed(due=Due(at=now)))])
    afterwards.fell_due(order.number)
    assert sorted(one.money.amount for one in unused()) == [500, CERTIFICATE - 500]
    assert (books()["refund"], books()["candidate"] + books()["fee"]) == (-CERTIFICATE, CERTIFICATE - FEE)
