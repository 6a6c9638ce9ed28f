"""What a closed order may ask back now: not while a bank holds the money, and never what the bank gave already."""

from datetime import UTC, datetime
from typing import Any

import pytest

from certification.rules.disputes import DisputeStage, later_report
from certification.rules.giving_back import Settling, StillToGive, still_to_give
from certification.rules.spreading import Share

PAID, BACK, FEE = 13_500, 10_800, 2_700


def settling(capture: str = "CAP#1", rest: int = PAID, **known: Any) -> Settling:
    return Settling.model_validate({"capture": capture, "rest": rest, **known})


WHOLE = (Share(capture="CAP#1", amount=BACK, kept=FEE),)


@pytest.mark.scenario(64)
def test_of_two_reports_about_a_dispute_the_later_counts_and_at_one_instant_the_one_further_on() -> None:
    noon, later = datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 13, tzinfo=UTC)
    told: tuple[tuple[tuple[datetime, DisputeStage], ...], ...] = (
        ((noon, "open"), (noon, "funds_out"), (noon, "funds_out")),
        ((noon, "lost"), (noon, "won"), (noon, "lost")),
        ((noon, "won"), (later, "open"), (later, "open")),
    )
    for one, other, counts in told:
        assert later_report(one, other) == later_report(other, one) == counts


def test_nothing_in_the_way_gives_all_at_once_and_only_once() -> None:
    assert still_to_give(BACK, FEE, [settling()]) == StillToGive(waits=False, shares=WHOLE)
    asked = settling(rest=0, asked=BACK, kept=FEE)
    assert still_to_give(BACK, FEE, [asked]) == StillToGive(waits=False)


@pytest.mark.rule("REF-04")
@pytest.mark.scenario(60)
@pytest.mark.parametrize(
    ("known", "waits"),
    [
        ({"disputed": True}, True),  # an open dispute whose money has not moved
        ({"disputed": True, "taken": PAID, "rest": 0}, True),
        ({"taken": PAID, "rest": 0}, True),  # won, and the money is not back yet
        ({"lost": PAID}, True),  # lost, and the money has not gone yet
        ({"taken": PAID, "lost": PAID, "rest": 0}, False),
        ({}, False),
    ],
)
def test_the_banks_word_and_its_money_must_agree(known: dict[str, Any], waits: bool) -> None:
    assert still_to_give(BACK, FEE, [settling(**known)]).waits is waits


@pytest.mark.parametrize(
    ("lost", "shares", "over"),
    [
        (PAID, (), True),
        (BACK, (), True),  # the bank took exactly what would have come back
        (BACK - 1, (Share(capture="CAP#1", amount=1, kept=FEE),), False),
        (5_000, (Share(capture="CAP#1", amount=5_800, kept=FEE),), False),
    ],
)
def test_what_the_bank_kept_is_not_owed_again(lost: int, shares: tuple[Share, ...], over: bool) -> None:
    found = still_to_give(BACK, FEE, [settling(rest=PAID - lost, taken=lost, lost=lost)])
    assert (found.shares, found.over, found.kept_by_bank) == (shares, over, lost)


def test_of_several_payments_each_gives_once_and_together_no_more_than_was_decided() -> None:
    both = [settling("CAP#2", 3_500), settling("CAP#1", 10_000)]
    first = still_to_give(BACK, FEE, both).shares
    assert first == (Share(capture="CAP#2", amount=3_500, kept=0), Share(capture="CAP#1", amount=7_300, kept=2_700))
    half = [settling("CAP#2", 0, asked=3_500), both[1]]
    assert still_to_give(BACK, FEE, half).shares == (first[1],)
    assert still_to_give(BACK, FEE, [half[0], both[1].model_copy(update={"disputed": True})]).waits


def test_what_was_asked_for_before_counts_with_its_fee_and_its_payment_gives_no_more() -> None:
    begun = [settling("CAP#2", 200, asked=3_000, kept=500), settling("CAP#1", 11_000)]
    assert still_to_give(BACK, FEE, begun).shares == (Share(capture="CAP#1", amount=7_800, kept=2_200),)
    taken_later = settling(rest=0, asked=BACK, kept=FEE, taken=PAID, lost=PAID)
    assert not still_to_give(BACK, FEE, [taken_later]).over  # it went back before: another desk's matter
