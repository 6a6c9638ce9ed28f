"""Receipts: every paid order has one, numbered without gaps, in the series of its kind, and printed once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from certification.acts import receipts as acting
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.receipts import Receipt, receipts
from certification.rules.receipts import ReceiptKind
from tests.journeys.stages import Stages, newcomer
from tests.journeys.town import Town
from tests.samples.tools import text_of

FEE = 13_500


def issued() -> list[Receipt]:
    return sorted(receipts.everything(), key=lambda one: (one.kind, one.number))


def test_who_paid_has_a_receipt_that_sums_to_what_was_paid(town: Town, stages: Stages, tmp_path: Path) -> None:
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
        "Receipt",
        "收据",
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
    from certification.cloud.transaction import commit

    commit([receipts.update(again)])
    acting.issue("CandidateRegistered", {"application": receipt.application})
    assert vault.read(settings().vault, issued()[0].file or "") == before
    assert json.loads(issued()[0].model_dump_json())["file"] == receipt.file
    town.settle()
