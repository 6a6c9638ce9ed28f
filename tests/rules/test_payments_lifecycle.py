"""Orders and attempts: the tables, and when a checkout may be opened."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from certification.rules.errors import Refused
from certification.rules.facts import FactKind, fact_of
from certification.rules.money import Money, usd
from certification.rules.order_money import order_money
from certification.rules.payments import (
    ATTEMPT_STEPS,
    ORDER_STEPS,
    AttemptState,
    OrderState,
    attempt_after,
    checkout_ends,
    may_send_again,
    move_order,
    wallet_ends,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, O = AttemptState, OrderState  # noqa: E741 - read as a table


@pytest.mark.scenario(15)
@pytest.mark.scenario(16)
@pytest.mark.parametrize("state", list(AttemptState))
def test_captured_follows_every_state_and_nothing_follows_it(state: AttemptState) -> None:
    assert attempt_after(state, A.CAPTURED) is A.CAPTURED
    assert attempt_after(A.CAPTURED, state) is A.CAPTURED


@pytest.mark.scenario(3)
def test_the_answer_to_the_create_call_does_not_undo_a_capture_that_came_before_it() -> None:
    state = attempt_after(attempt_after(A.SUBMITTING, A.CAPTURED), A.PENDING)
    assert state is A.CAPTURED


def test_reports_end_in_one_state_for_each_set_that_holds_a_capture() -> None:
    for reports in product(AttemptState, repeat=3):
        state = A.CREATED
        for report in (*reports, A.CAPTURED):
            state = attempt_after(state, report)
        assert state is A.CAPTURED


@pytest.mark.scenario(5)
@pytest.mark.scenario(6)
def test_an_attempt_without_an_answer_is_found_pending_or_sent_again() -> None:
    assert attempt_after(A.SUBMITTING, A.UNKNOWN) is A.UNKNOWN
    assert attempt_after(A.UNKNOWN, A.PENDING) is A.PENDING
    assert attempt_after(A.UNKNOWN, A.SUBMITTING) is A.SUBMITTING


def test_an_ended_attempt_stays_ended_but_for_money() -> None:
    for ended, report in product((A.FAILED, A.EXPIRED, A.CLOSED), set(A) - {A.CAPTURED}):
        assert attempt_after(ended, report) is ended


@pytest.mark.rule("PAY-05")
def test_a_lapsed_order_can_be_settled_and_a_voided_one_cannot() -> None:
    assert move_order(O.LAPSED, O.SETTLED) is O.SETTLED
    with pytest.raises(Refused, match="voided cannot become settled"):
        move_order(O.VOIDED, O.SETTLED)


def test_every_state_has_its_row() -> None:
    assert set(ORDER_STEPS) == set(OrderState)
    assert set(ATTEMPT_STEPS) == set(AttemptState)


@pytest.mark.scenario(20)
def test_cards_are_not_offered_when_the_checkout_could_outlive_the_due_time() -> None:
    assert checkout_ends(NOW, NOW + timedelta(minutes=20)) is None
    assert checkout_ends(NOW, NOW + timedelta(minutes=30, seconds=59)) is None
    assert checkout_ends(NOW, NOW + timedelta(minutes=31)) == NOW + timedelta(minutes=31)
    assert checkout_ends(NOW, NOW + timedelta(days=14)) == NOW + timedelta(hours=23, minutes=59)


def test_a_wallets_code_ends_with_the_due_time_and_is_not_made_in_the_last_ten_minutes() -> None:
    due = NOW + timedelta(minutes=10)
    assert wallet_ends(NOW, due) == due
    assert wallet_ends(NOW + timedelta(seconds=1), due) is None
    assert wallet_ends(NOW, NOW + timedelta(minutes=31)) == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(("refunded", "money"), [(0, "exact"), (1, "part"), (13_500, "none")])
def test_how_much_of_an_order_is_paid_follows_from_what_came_and_went(refunded: int, money: str) -> None:
    captured = fact_of(FactKind.CAPTURED, "pi_1", usd(13_500), NOW, "card")
    facts = {captured.key: captured}
    for kind, reference, cents in ((FactKind.REFUND_DONE, "re_1", refunded), (FactKind.REFUND_REQUESTED, "R", 100)):
        fact = fact_of(kind, reference, usd(cents or 1), NOW, "card", capture=captured.key)
        facts |= {fact.key: fact} if cents else {}
    held = order_money(usd(13_500), [facts])
    assert (held.money, held.net) == (money, usd(13_500 - refunded))
    out = fact_of(FactKind.DISPUTE_OUT, "dp_1", usd(13_500), NOW, "card", capture=captured.key)
    assert order_money(usd(13_500), [{captured.key: captured, out.key: out}]).money == "none"
    other = fact_of(FactKind.CAPTURED, "pi_2", Money(amount=13_500, currency="HKD"), NOW, "card")
    assert order_money(usd(13_500), [{other.key: other}]).net == usd(0)
    assert order_money(usd(13_500), [{captured.key: captured}, {"CAP#pi_3": captured}]).money == "over"


@pytest.mark.scenario(8)
def test_a_create_call_is_not_repeated_once_its_key_may_be_forgotten() -> None:
    assert may_send_again(NOW, NOW + timedelta(hours=22, minutes=59))
    assert not may_send_again(NOW, NOW + timedelta(hours=23))
