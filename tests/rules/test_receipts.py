"""Receipts: numbers without gaps, and lines that sum to what came or went."""

from datetime import UTC, datetime, timedelta

import pytest

from certification.policies import load_policy
from certification.rules.money import usd
from certification.rules.receipts import (
    HANDLING,
    PART,
    Line,
    ReceiptKind,
    is_ours,
    lines_of_refund,
    receipt_number,
    series,
    turns_of,
)
from certification.rules.refund_life import RefundState as S
from certification.rules.words import Words

LINES = (
    Line(words=Words(en="Registration", zh="报名费"), amount=usd(3500)),
    Line(words=Words(en="Examination", zh="考试费"), amount=usd(10000)),
)


def test_each_kind_counts_by_scheme_and_year() -> None:
    found = {
        series(kind, scheme, year) for kind in ReceiptKind for scheme in ("cgptc", "mixed") for year in (2026, 2027)
    }
    assert len(found) == 12
    assert series(ReceiptKind.RECEIPT, "cgptc", 2026) == "R26-CGPTC"


def test_a_number_tells_its_series_its_place_and_a_slip_of_the_hand() -> None:
    first, second = (receipt_number("R26-CGPTC", place) for place in (1, 2))
    assert (first[:16], second[:16]) == ("R26-CGPTC-000001", "R26-CGPTC-000002")
    assert first[-1] != second[-1]
    assert receipt_number("R26-CGPTC", 1_000_000).startswith("R26-CGPTC-1000000")
    with pytest.raises(ValueError, match="counts from 1"):
        receipt_number("R26-CGPTC", 0)
    with pytest.raises(ValueError, match="lower-case"):
        series(ReceiptKind.RECEIPT, "CGPTC", 2026)


def test_a_credit_note_of_the_whole_order_shows_its_lines_and_the_fee_that_stays() -> None:
    whole = lines_of_refund(LINES, usd(10800), usd(2700))
    assert whole == (*LINES, Line(words=HANDLING, amount=-usd(2700)))
    assert sum(line.amount.amount for line in whole) == 10800
    assert lines_of_refund(LINES, usd(13500), usd(0)) == LINES


def test_a_credit_note_of_a_part_shows_the_part() -> None:
    assert lines_of_refund(LINES, usd(1000), usd(0)) == (Line(words=PART, amount=usd(1000)),)
    assert lines_of_refund(LINES, usd(10800), usd(2699)) == (Line(words=PART, amount=usd(10800)),)


def test_a_credit_note_of_what_was_not_used_names_it() -> None:
    assert lines_of_refund(LINES, LINES[-1].amount, usd(0), LINES[-1:]) == LINES[-1:]
    assert lines_of_refund(LINES, LINES[-1].amount - usd(1), usd(0), LINES[-1:])[0].words == PART


@pytest.mark.rule("PAY-11")
def test_our_receipts_are_off_where_a_public_platform_issues_them() -> None:
    assert [is_ours(load_policy(scheme)[0].receipt) for scheme in ("cgptc", "guangdong")] == [True, False]


AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life", "sources"),
    [
        ([S.RESERVED, S.SUBMITTED, S.FAILED], []),
        ([S.SUBMITTED, S.SUCCEEDED], ["refund:RFD-1"]),
        ([S.SUCCEEDED, S.FAILED, S.RETURNED], ["refund:RFD-1", "reversal:RFD-1"]),
        (
            [S.SUCCEEDED, S.FAILED, S.MANUAL, S.SUCCEEDED, S.RETURNED],
            ["refund:RFD-1", "reversal:RFD-1", "refund:RFD-1#2", "reversal:RFD-1#2"],
        ),
        ([S.EXTERNAL, S.FAILED], ["refund:RFD-1", "reversal:RFD-1"]),
    ],
)
def test_each_arrival_has_a_credit_note_and_each_return_after_it_a_reversal(life: list[S], sources: list[str]) -> None:
    steps = [(state, AT + timedelta(hours=hours)) for hours, state in enumerate(life)]
    turns = turns_of(steps)
    assert [turn.source("RFD-1") for turn in turns] == sources
    assert all(turn.reverses("RFD-1") in sources for turn in turns)
    assert [turn.at for turn in turns] == sorted(turn.at for turn in turns)
