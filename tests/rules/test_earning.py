"""Earning: when held money becomes ours, item by item, and that it is never ours while it goes back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.earning import Part, Times, earned_at, parts_of, shared, when_earned
from certification.rules.facts import BY_HAND, REJECTED, Fact, FactKind, Facts, add_fact, fact_of, fold
from certification.rules.journal import Booked, beancount
from certification.rules.ledger import Books, Holding, balances, postings, rebuild
from certification.rules.money import usd
from certification.rules.policy_money import FeeItem
from certification.rules.unused import Outcome
from tests.rules.samples import POLICY

SUCCESS = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CLOSES, EXAM, FINAL = (SUCCESS + timedelta(days=days) for days in (8, 90, 110))
K = FactKind
BOOKS = Books(provider="card", order="ORD-1")
LINES = [("registration", 3500), ("examination", 8000), ("certificate", 2000)]
CAPTURED = fact_of(K.CAPTURED, "pi_1", usd(13500), SUCCESS, "card")
EARNED = [
    fact_of(K.EARNED, f"pi_1#{item}", usd(cents), SUCCESS, "policy", capture="CAP#pi_1", about=item)
    for item, cents in LINES
]


def times(outcome: Outcome = Outcome.OPEN, final: datetime | None = None, **more: Any) -> Times:
    return Times(refund_closes=CLOSES, exam_over=EXAM, outcome=outcome, final_at=final, **more)


def asked(cents: int, kept: int = 0, refund: str = "RFD-1") -> Fact:
    return fact_of(
        K.REFUND_REQUESTED, refund, usd(cents), SUCCESS, "assay", capture="CAP#pi_1", about=refund, kept=kept
    )


def told(kind: FactKind, cents: int, refund: str = "RFD-1", name: str = "re_1", **more: Any) -> Fact:
    return fact_of(kind, name, usd(cents), SUCCESS, "card", capture="CAP#pi_1", about=refund, **more)


def books(*facts: Fact, of: Books = BOOKS) -> dict[str, int]:
    """Balances of all accounts but the provider's; and kept entry by entry they are the same."""
    known: Facts = {}
    entries = []
    for fact in facts:
        before, known = known, add_fact(known, fact)
        entries.append(postings(fold(before), fold(known), of, why=fact.key))
    assert balances(entries) == rebuild([(known, of)])
    return {account: cents for (account, _), cents in balances(entries).items() if not account.startswith("psp")}


ALL = {"fee:registration": -3500, "fee:examination": -8000, "fee:certificate": -2000}


def test_each_item_is_ours_when_the_policy_says() -> None:
    when = {item.code: when_earned(item) for item in POLICY.fees.items}
    assert when == {
        "registration": "refund_closes",
        "examination": "exam_over",
        "certificate": "issued",
        "mailing": "issued",
    }
    bare = [FeeItem(code="examination", words=POLICY.title, unused_in_full=whole) for whole in (False, True)]
    assert [when_earned(item) for item in bare] == ["exam_over", "issued"]


def test_before_the_end_registration_and_examination_are_dated_and_the_certificate_is_not() -> None:
    assert earned_at("refund_closes", times()) == CLOSES
    assert earned_at("exam_over", times()) == EXAM
    assert earned_at("issued", times()) is None


@pytest.mark.parametrize(
    ("outcome", "final", "held", "at"),
    [
        (Outcome.CERTIFIED, FINAL, False, FINAL),
        (Outcome.NOT_PASSED, FINAL, False, FINAL),
        (Outcome.NOT_PASSED, None, False, None),
        (Outcome.CREDITS_KEPT, FINAL, True, None),
        (Outcome.CREDITS_KEPT, FINAL, False, FINAL),
    ],
)
def test_the_certificate_is_ours_once_it_is_there_or_never_will_be(
    outcome: Outcome, final: datetime | None, held: bool, at: datetime | None
) -> None:
    assert earned_at("issued", times(outcome, final, held=held)) == at


def test_a_registration_that_ended_is_used_up_when_no_appeal_can_change_that() -> None:
    for when in ("refund_closes", "exam_over", "issued"):
        assert earned_at(when, times(Outcome.ENDED, FINAL)) == FINAL
        assert earned_at(when, times(Outcome.ENDED, None)) is None


def test_nothing_is_ours_while_a_called_off_exam_waits_for_a_choice() -> None:
    assert earned_at("refund_closes", times(called_off=True)) is None
    assert earned_at("exam_over", times(called_off=True)) is None


def test_items_are_spread_over_the_payments_from_the_earliest_on() -> None:
    parts = parts_of(LINES, [("CAP#a", 5000), ("CAP#b", 8600)])
    assert parts == (
        Part(capture="CAP#a", item="registration", amount=3500),
        Part(capture="CAP#a", item="examination", amount=1500),
        Part(capture="CAP#b", item="examination", amount=6500),
        Part(capture="CAP#b", item="certificate", amount=2000),
    )  # the 100 above the order are nobody's item


def test_earned_money_leaves_the_candidates_account_for_the_income_of_its_item() -> None:
    assert books(CAPTURED, EARNED[0]) == {"candidate:ORD-1": -10000, "fee:registration": -3500}
    assert books(CAPTURED, *EARNED) == books(CAPTURED, *reversed(EARNED), *EARNED) == ALL


def test_a_refund_after_the_earning_takes_the_income_back_from_the_last_item_on() -> None:
    back = asked(2000)
    assert books(CAPTURED, *EARNED, back) == {
        "fee:registration": -3500,
        "fee:examination": -8000,
        "refund:RFD-1": -2000,
    }
    whole = asked(13500)
    assert books(CAPTURED, *EARNED, whole) == {"refund:RFD-1": -13500}
    assert books(CAPTURED, *EARNED, whole, told(K.REFUND_DONE, 13500)) == {}


def test_a_refund_that_failed_is_owed_again_and_one_that_was_refused_is_not() -> None:
    failed = told(K.REFUND_FAILED, 13500)
    assert books(CAPTURED, *EARNED, asked(13500), failed) == {"candidate:ORD-1": -13500}
    refused = told(K.REFUND_FAILED, 13500, references={REJECTED: "STF-1"})
    assert books(CAPTURED, *EARNED, asked(13500), refused) == ALL


def test_what_is_sent_again_is_promised_once() -> None:
    sent = told(K.REFUND_DONE, 2000, "RFD-1.2", "re_2", references={BY_HAND: "STF-1"})
    again = [asked(2000), told(K.REFUND_FAILED, 2000), asked(2000, refund="RFD-1.2"), sent]
    assert books(CAPTURED, *EARNED, *again) == {
        "fee:registration": -3500,
        "fee:examination": -8000,
        "bank:by_hand": -2000,
    }


def test_what_went_back_without_our_asking_is_no_income_either() -> None:
    beside = told(K.REFUND_DONE, 700, "re_x", "re_x")
    assert books(CAPTURED, *EARNED, beside) == {**ALL, "fee:certificate": -1300}


def test_the_handling_fee_of_a_withdrawal_is_no_second_income() -> None:
    assert books(CAPTURED, asked(10800, 2700), *EARNED) == {"refund:RFD-1": -10800, "fee:handling": -2700}


def test_what_a_dispute_takes_is_a_cost_beside_the_income() -> None:
    out = fact_of(K.DISPUTE_OUT, "dp_1", usd(13500), SUCCESS, "card", capture="CAP#pi_1")
    assert books(CAPTURED, *EARNED, out) == {**ALL, "cost:chargeback": 13500}


def test_a_short_transfer_that_was_forgiven_is_earned_whole() -> None:
    short = CAPTURED.model_copy(update={"money": usd(13490)})
    forgiving = BOOKS.model_copy(update={"forgiven": {"CAP#pi_1": 10}})
    assert books(short, *EARNED, of=forgiving) == {**ALL, "cost:bank": 10}


def test_a_payment_found_to_be_a_duplicate_earns_nothing_any_more() -> None:
    twice = BOOKS.model_copy(update={"holdings": {"CAP#pi_1": Holding.DUPLICATE}})
    assert books(CAPTURED, *EARNED, of=twice) == {"duplicate:ORD-1": -13500}


def test_income_stands_in_the_journal_under_the_name_of_its_item() -> None:
    entry = postings(
        fold({CAPTURED.key: CAPTURED}), fold({CAPTURED.key: CAPTURED, EARNED[0].key: EARNED[0]}), BOOKS, why="x"
    )
    text = beancount([Booked(source="PAY-1", number=2, at=CLOSES, entry=entry)], POLICY.zone, "books")
    assert "Income:Fee:Registration  -35.00 USD" in text


@given(
    st.lists(st.tuples(st.sampled_from(["registration", "examination", "mailing"]), st.integers(1, 9000))),
    st.integers(-5000, 30000),
)
def test_no_more_is_ours_than_is_left(parts: list[tuple[str, int]], left: int) -> None:
    ours = sum(cents for _, cents in shared(parts, left))
    assert ours == max(0, min(left, sum(cents for _, cents in parts)))
