"""Receipts: every paid order has one, numbered without gaps, in the series of its kind, and printed once."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.acts import invariants
from certification.acts import receipts as acting
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.claims import claims
from certification.cloud.tables.receipts import Receipt, receipts
from certification.cloud.transaction import commit
from certification.rules.receipts import ReceiptKind
from local import seed_guangdong
from local.candidate import ApiCandidate
from tests.journeys.stages import Stages, newcomer
from tests.journeys.town import Town, publish
from tests.samples.tools import text_of

FEE = 13_500


def issued() -> list[Receipt]:
    return sorted(receipts.everything(), key=lambda one: (one.kind, one.number))


def page(candidate: ApiCandidate, path: str) -> str:
    """A page of the candidate's, as text."""
    answer = candidate.awake().send("GET", f"/en{path}", {"cookie": f"__Host-session={candidate.session}"})
    return answer.body.decode()


def registered_letter(candidate: ApiCandidate) -> str:
    """The e-mail that says: paid and registered."""
    letters = candidate.awake().messages()
    return next(
        str(one["text"]) for one in letters if (one["name"], one["channel"]) == ("CandidateRegistered", "email")
    )


def test_who_paid_has_a_receipt_that_sums_to_what_was_paid(stages: Stages, tmp_path: Path) -> None:
    candidate = stages.at("registered")
    (receipt,) = issued()
    assert (receipt.kind, receipt.total.amount, receipt.order) == ("receipt", FEE, candidate.order()["number"])
    assert receipt.ours is not None
    assert (receipt.ours.series, receipt.ours.sequence, receipt.elsewhere) == ("R26-CGPTC", 1, None)
    assert sum(line.amount.amount for line in receipt.lines) == FEE
    text = text_of(vault.read(settings().vault, receipt.file or ""), tmp_path)
    for said in (
        receipt.number,
        receipt.order,
        "USD 135.00",
        "陈样本",
        "CHEN YANGBEN",
        "RECEIPT",
        "不含增值税",
    ):
        assert said in text


def test_telling_it_twice_gives_the_same_receipt_and_others_the_next_number(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    (first,) = issued()
    acting.issue("CandidateRegistered", {"application": candidate.reference})
    assert issued() == [first]
    newcomer(town, 7)
    assert [one.ours.sequence for one in issued() if one.ours] == [1, 2]


@pytest.mark.rule("REF-01")
def test_money_that_went_back_has_a_credit_note_that_names_the_receipt(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    candidate.withdraw()
    town.settle()
    note, receipt = issued()
    assert (note.kind, note.total.amount, note.refers_to) == (ReceiptKind.CREDIT_NOTE, 10_800, receipt.number)
    assert (note.lines[-1].amount.amount, note.number[:9]) == (-2_700, "C26-CGPTC")


def test_a_refund_that_failed_after_all_reverses_its_credit_note(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    town.cloud.simulators["card"].control("switch", {"name": "refund_fails"})
    candidate.withdraw()
    town.settle()
    town.wait(timedelta(hours=2))
    kinds = {one.kind: one for one in issued()}
    assert set(kinds) == set(ReceiptKind)
    note, reversal = kinds[ReceiptKind.CREDIT_NOTE], kinds[ReceiptKind.REVERSAL]
    assert (reversal.refers_to, reversal.total, reversal.lines) == (note.number, note.total, note.lines)


def test_the_file_of_the_registration_is_the_same_whoever_prints_it(town: Town, stages: Stages) -> None:
    stages.at("registered")
    (receipt,) = issued()
    before = vault.read(settings().vault, receipt.file or "")
    again: Receipt = receipt.changed(file=None)
    commit([receipts.update(again)])
    acting.issue("CandidateRegistered", {"application": receipt.application})
    assert vault.read(settings().vault, issued()[0].file or "") == before
    assert json.loads(issued()[0].model_dump_json())["file"] == receipt.file
    town.settle()


def test_the_payer_finds_receipt_and_credit_note_on_both_pages_and_downloads_them(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    candidate.withdraw()
    town.settle()
    note, receipt = issued()
    (order,) = candidate.awake().call("GET", "/api/candidate/payments")["orders"]
    assert [(one["number"], one["refers_to"], one["ready"]) for one in order["receipts"]] == [
        (receipt.number, None, True),
        (note.number, receipt.number, True),
    ]
    for path in ("/payments", f"/apply/{candidate.reference}"):
        shown = page(candidate, path)
        for one in (receipt, note):
            assert f'href="/en/apply/{candidate.reference}/receipts/{one.number}"' in shown
            assert "Download: " in shown
    link = candidate.call("GET", f"/api/candidate/applications/{candidate.reference}/receipts/{note.number}")["url"]
    assert candidate.fetch(link) == vault.read(settings().vault, note.file or "")
    answer = candidate.send(
        "GET",
        f"/en/apply/{candidate.reference}/receipts/{receipt.number}",
        {"cookie": f"__Host-session={candidate.session}"},
    )
    assert (answer.status, "X-Amz-Expires=300" in dict(answer.headers)["location"]) == (303, True)


def test_another_persons_receipt_looks_as_if_it_did_not_exist(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    (receipt,) = issued()
    other = town.candidate(8)
    other.sign_up()
    path = f"/api/candidate/applications/{candidate.reference}/receipts/"
    other.call("GET", f"{path}{receipt.number}", expect=404)
    candidate.awake().call("GET", f"{path}R26-CGPTC-000002A", expect=404)
    assert "Page not found" in page(other, f"/apply/{candidate.reference}/receipts/{receipt.number}")


def test_the_letter_of_the_registration_says_where_the_receipt_is(stages: Stages) -> None:
    candidate = stages.at("registered")
    assert "Your receipt (PDF) is on the page of your application" in registered_letter(candidate)


@pytest.fixture(scope="module")
def platform(stages: Stages) -> tuple[Any, ApiCandidate]:
    """Somebody who has to pay for a scheme whose receipts a public platform issues."""
    stages.at("open")
    town = stages.town
    publish(town, seed_guangdong.sitting(town.clock.now()))
    candidate = town.candidate(
        21,
        phone="+8613812340021",
        scheme="guangdong",
        occupation="building",
        level="full",
        language="zh",
        region="guangzhou",
    )
    candidate.sign_up()
    candidate.fill_in()
    candidate.save_education(major="土木工程", degree="bachelor")
    candidate.save_work(since="2017-08-01", field="building_works")
    candidate.upload_files()
    town.settle()
    candidate.accept_files()
    candidate.apply(seed_guangdong.SITTING)
    candidate.choose_lane(commits=True)
    candidate.confirm()
    town.settle()
    candidate.sign()
    town.settle()
    return town.save(), candidate


@pytest.fixture
def to_pay(town: Town, platform: tuple[Any, ApiCandidate]) -> ApiCandidate:
    """The same person, in the town as it was then."""
    saved, candidate = platform
    town.restore(saved)
    town.cloud.simulators["receipts"].control("clear", {})
    return candidate


def given(town: Town) -> list[str]:
    """The numbers that the platform ever gave."""
    return [one["number"] for one in town.cloud.simulators["receipts"].control("status", {})["receipts"]]


@pytest.mark.rule("PAY-11")
def test_where_a_public_platform_issues_receipts_its_number_and_the_way_there_are_shown(
    town: Town, to_pay: ApiCandidate
) -> None:
    town.cloud.simulators["receipts"].control("switch", {"name": "answer_lost"})
    to_pay.awake().pay()
    town.settle()
    assert (len(given(town)), issued()) == (1, []), "reported, and the answer was lost"
    assert "being told of your payment" in page(to_pay, "/payments")
    town.wait(timedelta(minutes=4))
    (receipt,) = issued()
    assert (given(town), receipt.elsewhere, receipt.ours, receipt.file) == (
        [receipt.number],
        receipt.number,
        None,
        None,
    )
    acting.issue("CandidateRegistered", {"application": to_pay.reference})
    assert (issued(), given(town)) == ([receipt], [receipt.number]), "told again, one receipt"
    for path in ("/payments", f"/apply/{to_pay.reference}"):
        shown = page(to_pay, path)
        assert f"Query {receipt.number} at the Guangdong public-service payment platform" in shown
        assert f'href="{receipt.address}"' in shown
    assert receipt.address is not None
    assert receipt.number in to_pay.fetch(receipt.address).decode()
    to_pay.call("GET", f"/api/candidate/applications/{to_pay.reference}/receipts/{receipt.number}", expect=422)
    assert "电子票据由广东公共服务支付平台开具" in registered_letter(to_pay)


@pytest.mark.rule("PAY-11")
def test_a_platform_that_stays_down_is_told_again_and_then_by_hand_and_gives_nothing_twice(
    town: Town, to_pay: ApiCandidate
) -> None:
    town.cloud.simulators["receipts"].control("switch", {"name": "down"})
    to_pay.awake().pay()
    town.settle()
    town.wait(timedelta(minutes=20))
    sqs = town.cloud.sqs
    urls = {url.rsplit("-", 1)[-1]: url for url in sqs.list_queues()["QueueUrls"]}
    (lost,) = sqs.receive_message(QueueUrl=urls["undelivered"], MaxNumberOfMessages=10)["Messages"]
    assert json.loads(lost["Body"])["detail-type"] == "CandidateRegistered"
    assert issued() == []
    town.cloud.simulators["receipts"].control("clear", {})
    for _ in range(2):
        sqs.send_message(QueueUrl=urls["receipting"], MessageBody=lost["Body"])
        town.settle()
    assert [one.elsewhere for one in issued()] == given(town)
    assert len(given(town)) == 1


def test_a_paid_order_without_a_receipt_is_found_the_day_after(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    candidate.withdraw()
    town.settle()
    note, receipt = issued()
    commit([receipts.delete(receipt), receipts.delete(note)])
    town.wait(timedelta(hours=23, minutes=59))
    assert invariants.prove() == []
    town.wait(timedelta(minutes=2))
    assert sorted(invariants.prove()) == [
        f"receipts: credit_note of refund {note.source.partition(':')[2]} is missing",
        f"receipts: order {receipt.order} was paid and has none",
    ]
    commit([receipts.insert(receipt), receipts.insert(note)])
    assert invariants.prove() == []


def test_a_gap_in_a_series_is_found(town: Town, stages: Stages) -> None:
    stages.at("registered")
    newcomer(town, 7)
    first, second = sorted(issued(), key=lambda one: one.number)
    commit([receipts.delete(first)])
    assert invariants.differences() == ["receipts: the series R26-CGPTC is not 1 to 1"]
    commit([receipts.insert(first)])
    assert second.ours is not None


def test_papers_come_whatever_is_told_first(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    candidate.withdraw()
    town.settle()
    note, receipt = issued()
    commit([receipts.delete(receipt), receipts.delete(note)])
    for counted in ("R26-CGPTC", "C26-CGPTC"):
        commit([claims.delete(claims.read(f"last receipt of {counted}"))])
    acting.issue("RefundArrived", {"refund": note.source.partition(":")[2]})
    acting.issue("CandidateRegistered", {"application": receipt.application})
    assert [(one.number, one.refers_to) for one in issued()] == [(note.number, receipt.number), (receipt.number, None)]


def test_a_refund_made_in_the_providers_own_pages_has_its_credit_note_too(town: Town, stages: Stages) -> None:
    stages.at("registered")
    card = town.cloud.simulators["card"]
    (payment,) = [one for one in card.control("status", {})["payments"] if one["status"] == "succeeded"]
    card.control("refund", {"payment": payment["id"]})
    town.settle()
    note, receipt = issued()
    assert (note.kind, note.total.amount, note.refers_to) == (ReceiptKind.CREDIT_NOTE, FEE, receipt.number)
