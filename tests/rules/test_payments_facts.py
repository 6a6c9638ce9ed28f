"""Facts and their fold: order, repetition and interleaving cannot matter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, Facts, add_fact, fact_of, fold
from certification.rules.money import Money, usd
from certification.rules.refund_request import Reserved, request_refund, still_there

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CAPTURE = "CAP#pi_1"
K = FactKind


def made(
    kind: FactKind, reference: str, cents: int, *, about: str | None = None, minutes: int = 0, kept: int = 0
) -> Fact:
    capture = None if kind is K.CAPTURED else CAPTURE
    at = NOON + timedelta(minutes=minutes)
    return fact_of(kind, reference, usd(cents), at, "card", capture=capture, about=about, kept=kept)


def known(*facts: Fact) -> Facts:
    answer: Facts = {}
    for fact in facts:
        answer = add_fact(answer, fact)
    return answer


CAPTURED = made(K.CAPTURED, "pi_1", 12000)
ASKED = made(K.REFUND_REQUESTED, "RFD01", 9600, about="RFD01", kept=2400)
DONE = made(K.REFUND_DONE, "re_1", 9600, about="RFD01")
FAILED = made(K.REFUND_FAILED, "re_1", 9600, about="RFD01")
OUT, BACK = made(K.DISPUTE_OUT, "dp_1", 12000), made(K.DISPUTE_IN, "dp_1", 12000)


@pytest.mark.scenario(1)
@pytest.mark.scenario(2)
def test_one_capture_told_four_times_by_four_sources_is_one_capture() -> None:
    tellings = [
        fact_of(K.CAPTURED, "pi_1", usd(12000), NOON + timedelta(seconds=second), source)
        for second, source in enumerate(("card:webhook", "card:intent", "card:query", "card:bill"))
    ]
    facts = known(*reversed(tellings), *tellings)
    assert fold(facts).captured == 12000
    assert facts[CAPTURE].at == NOON


@pytest.mark.scenario(31)
def test_the_same_fact_with_another_amount_is_a_conflict_and_no_money() -> None:
    facts = known(CAPTURED, made(K.CAPTURED, "pi_1", 99900), made(K.CAPTURED, "pi_1", 99900))
    sums = fold(facts)
    assert sums.captured == 12000
    assert sums.anomalies == ("conflict:CAP#pi_1",)
    assert len(facts) == 2


def test_the_same_amount_in_another_currency_is_a_conflict_too() -> None:
    other = fact_of(K.CAPTURED, "pi_1", Money(amount=12000, currency="HKD"), NOON, "card")
    assert fold(known(CAPTURED, other)).anomalies == ("conflict:CAP#pi_1",)


def test_a_requested_refund_reserves_and_its_fee_is_kept_once() -> None:
    sums = fold(known(CAPTURED, ASKED))
    assert (sums.reserved, sums.kept, sums.refunded, sums.refundable) == (9600, 2400, 0, 0)
    done = fold(known(CAPTURED, ASKED, DONE))
    assert (done.reserved, done.kept, done.refunded, done.refundable) == (0, 2400, 9600, 0)
    assert done.anomalies == ()


@pytest.mark.scenario(57)
def test_a_refund_that_failed_after_it_was_done_is_owed_again() -> None:
    for facts in (known(CAPTURED, ASKED, DONE, FAILED), known(FAILED, DONE, ASKED, CAPTURED)):
        sums = fold(facts)
        assert (sums.reserved, sums.kept, sums.refunded, sums.refundable) == (0, 0, 0, 12000)


@pytest.mark.scenario(57)
def test_a_refund_that_was_refused_and_then_paid_another_way_keeps_its_fee() -> None:
    refused = made(K.REFUND_FAILED, "refused-RFD01-1", 9600, about="RFD01")
    sums = fold(known(CAPTURED, ASKED, refused, made(K.REFUND_DONE, "by-hand-RFD01", 9600, about="RFD01")))
    assert (sums.reserved, sums.kept, sums.refunded, sums.anomalies) == (0, 2400, 9600, ())


@pytest.mark.parametrize("cents", [9599, 9601])
def test_a_refund_of_which_more_or_less_went_than_was_asked_is_named(cents: int) -> None:
    sums = fold(known(CAPTURED, ASKED, made(K.REFUND_DONE, "re_1", cents, about="RFD01")))
    assert (sums.reserved, sums.refunded) == (0, cents)
    assert "refund_amount:RFD01" in sums.anomalies


@pytest.mark.scenario(53)
@pytest.mark.scenario(64)
def test_a_refund_or_dispute_heard_of_before_its_capture_is_flagged_and_clears() -> None:
    for early in (DONE, OUT):
        assert "negative:CAP#pi_1" in fold(known(early)).anomalies
        assert "negative:CAP#pi_1" not in fold(known(early, CAPTURED)).anomalies


@pytest.mark.scenario(59)
def test_a_refund_made_in_the_providers_dashboard_is_external() -> None:
    sums = fold(known(CAPTURED, made(K.REFUND_DONE, "re_9", 3000)))
    assert (sums.refunded, sums.refundable, sums.anomalies) == (3000, 9000, ("external_refund:re_9",))


@pytest.mark.scenario(61)
def test_a_dispute_after_a_full_refund_shows_a_negative_rest_and_hides_nothing() -> None:
    sums = fold(known(CAPTURED, made(K.REFUND_DONE, "re_1", 12000), OUT))
    assert sums.refundable == -12000
    assert "negative:CAP#pi_1" in sums.anomalies


def test_disputed_money_that_came_back_before_it_left_does_not_enlarge_the_rest() -> None:
    assert fold(known(CAPTURED, BACK)).refundable == 12000
    assert fold(known(CAPTURED, BACK, OUT)).disputed == 0
    assert fold(known(CAPTURED, OUT)).refundable == 0


def test_money_in_another_currency_is_counted_apart_and_named() -> None:
    other = fact_of(K.CAPTURED, "pi_9", Money(amount=500, currency="HKD"), NOON + timedelta(hours=1), "card")
    sums = fold(known(CAPTURED, other))
    assert (sums.captured, sums.currency) == (12000, "USD")
    assert {"currency", "captured_twice"} <= set(sums.anomalies)
    assert {(capture.currency, capture.captured) for capture in sums.captures} == {("USD", 12000), ("HKD", 500)}


@pytest.mark.scenario(98)
def test_two_hundred_facts_on_one_payment_raise_an_alarm_and_lose_nothing() -> None:
    many = known(*(made(K.REFUND_DONE, f"re_{number}", 1) for number in range(200)))
    assert "too_many_facts" not in fold(many).anomalies
    sums = fold(known(*many.values(), CAPTURED))
    assert "too_many_facts" in sums.anomalies
    assert (sums.captured, sums.refunded) == (12000, 200)


@pytest.mark.scenario(55)
@pytest.mark.rule("REF-04")
@pytest.mark.parametrize("cents", [0, -1, 12001])
def test_a_refund_of_nothing_of_less_or_of_more_than_the_rest_is_refused(cents: int) -> None:
    with pytest.raises(Refused, match="refund_not_covered"):
        request_refund(known(CAPTURED), "RFD01", CAPTURE, usd(cents), NOON)
    assert request_refund(known(CAPTURED), "RFD01", CAPTURE, usd(12000), NOON).money == usd(12000)


@pytest.mark.rule("REF-04")
@pytest.mark.parametrize(
    ("taken", "there"),
    [
        (0, "there"),
        (2399, "there"),
        (2400, "there"),
        (2401, "short"),
        (11999, "short"),
        (12000, "gone"),
        (12001, "gone"),
    ],
)
def test_what_is_reserved_is_sent_only_while_all_of_it_is_there(taken: int, there: str) -> None:
    asked = made(K.REFUND_REQUESTED, "RFD01", 9600, about="RFD01")
    facts = known(CAPTURED, asked, *([made(K.DISPUTE_OUT, "dp_1", taken)] if taken else []))
    assert still_there(facts, CAPTURE, usd(9600)) is Reserved(there)


def test_a_refund_in_another_currency_or_of_another_capture_is_refused() -> None:
    for capture, money in ((CAPTURE, Money(amount=1, currency="HKD")), ("CAP#pi_2", usd(1))):
        with pytest.raises(Refused):
            request_refund(known(CAPTURED), "RFD01", capture, money, NOON)


@pytest.mark.scenario(54)
def test_two_refunds_of_sixty_percent_cannot_both_pass_and_the_same_one_twice_is_one() -> None:
    first = request_refund(known(CAPTURED), "RFD01", CAPTURE, usd(7200), NOON)
    facts = known(CAPTURED, first)
    assert request_refund(facts, "RFD01", CAPTURE, usd(7200), NOON + timedelta(hours=1)) == first
    with pytest.raises(Refused):
        request_refund(facts, "RFD02", CAPTURE, usd(7200), NOON)
    with pytest.raises(Refused):
        request_refund(facts, "RFD01", CAPTURE, usd(100), NOON)


@pytest.mark.scenario(60)
def test_no_refund_while_a_dispute_has_taken_the_money() -> None:
    with pytest.raises(Refused):
        request_refund(known(CAPTURED, OUT), "RFD01", CAPTURE, usd(1), NOON)


def test_a_fact_with_a_foreign_prefix_or_without_money_is_no_fact() -> None:
    with pytest.raises(ValueError, match="starts with CAP#"):
        Fact(kind=K.CAPTURED, key="ROK#1", money=usd(1), at=NOON, source="card", capture="x", about="x")
    with pytest.raises(ValueError, match="positive amount"):
        made(K.CAPTURED, "pi_1", 0)


some_id = st.sampled_from(["1", "2", "3"])
some_minutes = st.integers(0, 3)
# One amount per key: only then does the order not matter (another amount is a conflict, for a person).
any_fact = st.one_of(
    st.builds(lambda i, m: made(K.CAPTURED, f"pi_{i}", 12000, minutes=m), some_id, some_minutes),
    st.builds(lambda i, m: made(K.REFUND_REQUESTED, f"R{i}", 4000, minutes=m, kept=100), some_id, some_minutes),
    st.builds(lambda i, m: made(K.REFUND_DONE, f"re_{i}", 4000, about=f"R{i}", minutes=m), some_id, some_minutes),
    st.builds(lambda i: made(K.REFUND_DONE, f"re_{i}", 4000), some_id),
    st.builds(lambda i: made(K.REFUND_FAILED, f"re_{i}", 4000, about=f"R{i}"), some_id),
    st.builds(lambda i: made(K.DISPUTE_OUT, f"dp_{i}", 6000), some_id),
    st.builds(lambda i: made(K.DISPUTE_IN, f"dp_{i}", 6000), some_id),
)  # fmt: skip


@given(st.lists(any_fact, min_size=1, max_size=12), st.data())
def test_any_order_and_any_repetition_give_the_same_facts_and_sums(facts: list[Fact], data: st.DataObject) -> None:
    again = data.draw(st.permutations([*facts, *data.draw(st.lists(st.sampled_from(facts), max_size=6))]))
    assert known(*facts) == known(*again)
    assert fold(known(*facts)) == fold(dict(sorted(known(*again).items(), reverse=True)))


@given(st.permutations([12000, 11999, 500, 12000, 500]))
def test_in_any_order_conflicting_amounts_never_add_up(amounts: list[int]) -> None:
    sums = fold(known(*(made(K.CAPTURED, "pi_1", cents) for cents in amounts)))
    assert sums.captured == amounts[0]
    assert sums.anomalies == ("conflict:CAP#pi_1",)


@given(st.lists(st.tuples(st.integers(-5, 15000), st.integers(-1, 3000), st.booleans()), max_size=10))
def test_requested_refunds_never_exceed_what_was_captured(asked: list[tuple[int, int, bool]]) -> None:
    facts, held = known(CAPTURED), 0
    for number, (cents, kept, fails) in enumerate(asked):
        try:
            facts = add_fact(facts, request_refund(facts, f"R{number}", CAPTURE, usd(cents), NOON, kept=kept))
        except Refused:
            assert cents <= 0 or kept < 0 or held + cents + kept > 12000
            continue
        held += cents + kept
        if fails:
            facts = add_fact(facts, made(K.REFUND_FAILED, f"re_{number}", cents, about=f"R{number}"))
            held -= cents + kept
        sums = fold(facts)
        assert sums.reserved + sums.refunded + sums.kept == held <= sums.captured
