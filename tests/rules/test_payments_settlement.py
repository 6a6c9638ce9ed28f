"""What follows when money arrives: the scenarios of the payments study, played on the pure rule."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.cases import CaseKind
from certification.rules.duplicates import LEAD
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.ledger import Holding
from certification.rules.money import Money, usd
from certification.rules.payments import OrderState
from certification.rules.settlement import Act, Finding, OwedOrder, PaymentMade, RefundKind, Settlement, settle
from certification.rules.spans import span

DUE = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # midnight in Hong Kong
NOW = DUE + timedelta(seconds=30)
OWED = OwedOrder(order="ORD-1", amount=usd(12000), due=DUE, state=OrderState.OPEN)
IN_TIME, TOO_LATE = DUE - timedelta(seconds=2), DUE + timedelta(seconds=1)
F = Finding


def took(reference: str, at: datetime = IN_TIME, cents: int = 12000, currency: str = "USD") -> Fact:
    return fact_of(FactKind.CAPTURED, reference, Money(amount=cents, currency=currency), at, "card")


def paid(*captures: Fact, payment: str = "P1", **returning: tuple[RefundKind, ...]) -> PaymentMade:
    named = {f"CAP#{reference}": kinds for reference, kinds in returning.items()}
    return PaymentMade(payment=payment, facts={fact.key: fact for fact in captures}, returning=named)


def owed(state: OrderState, settled_by: str | None = None, successor: OwedOrder | None = None) -> OwedOrder:
    return OWED.model_copy(update={"state": state, "settled_by": settled_by, "successor": successor})


def findings(settlement: Settlement) -> dict[str, Finding]:
    return {verdict.capture: verdict.finding for verdict in settlement.verdicts}


def returns(settlement: Settlement) -> dict[str, tuple[RefundKind, int]]:
    backs = {verdict.capture: verdict.give_back for verdict in settlement.verdicts}
    return {capture: (back.kind, back.amount.amount) for capture, back in backs.items() if back}


@pytest.mark.scenario(17)
@pytest.mark.rule("PAY-05")
def test_money_debited_two_seconds_before_the_due_time_registers_though_we_hear_of_it_later() -> None:
    answer = settle(OWED, [paid(took("pi_1"))], NOW)
    assert (answer.act, answer.settled_by) == (Act.REGISTER, "CAP#pi_1")
    assert returns(answer) == {}
    assert answer.because.rules == ("REG-02", "PAY-05")


@pytest.mark.scenario(18)
@pytest.mark.rule("PAY-05")
def test_a_deadline_holds_at_its_instant() -> None:
    assert settle(OWED, [paid(took("pi_1", DUE))], NOW).act is Act.REGISTER
    answer = settle(OWED, [paid(took("pi_1", TOO_LATE))], NOW)
    assert (answer.act, answer.settled_by) == (Act.NOTHING, None)
    assert findings(answer) == {"CAP#pi_1": F.LATE}
    assert returns(answer) == {"CAP#pi_1": (RefundKind.LATE, 12000)}
    assert answer.verdicts[0].case is None  # nobody has to do anything
    by_person = settle(OWED, [paid(took("pi_1", TOO_LATE))], NOW, by_person=["late"])
    assert by_person.verdicts[0].case is CaseKind.MONEY_TO_RETURN


@pytest.mark.scenario(19)
@pytest.mark.rule("PAY-05")
def test_a_lapsed_order_comes_back_before_the_freeze_and_after_it_a_person_looks_for_a_seat() -> None:
    lapsed = owed(OrderState.LAPSED)
    before = settle(lapsed, [paid(took("pi_1"))], NOW)
    assert (before.act, before.settled_by) == (Act.REINSTATE, "CAP#pi_1")
    after = settle(lapsed, [paid(took("pi_1"))], NOW, frozen=True)
    assert after.act is Act.OFFER_LATE_SEAT
    assert after.verdicts[0].case is CaseKind.LATE_SEAT
    assert returns(after) == {}
    assert settle(OWED, [paid(took("pi_1"))], NOW, frozen=True).act is Act.OFFER_LATE_SEAT


def test_late_money_for_a_lapsed_order_goes_back_whole() -> None:
    answer = settle(owed(OrderState.LAPSED), [paid(took("pi_1", TOO_LATE))], NOW)
    assert (answer.act, returns(answer)) == (Act.NOTHING, {"CAP#pi_1": (RefundKind.LATE, 12000)})


@pytest.mark.scenario(21)
@pytest.mark.rule("REF-07")
def test_money_for_a_cancelled_order_is_the_candidates_and_goes_back_whole() -> None:
    answer = settle(owed(OrderState.VOIDED), [paid(took("pi_1"))], NOW)
    assert findings(answer) == {"CAP#pi_1": F.ORDER_CLOSED}
    assert answer.verdicts[0].holding is Holding.CANDIDATE
    assert returns(answer) == {"CAP#pi_1": (RefundKind.ORDER_CLOSED, 12000)}


def test_the_payment_that_settled_an_order_is_not_returned_a_second_time_when_the_order_is_voided() -> None:
    voided = owed(OrderState.VOIDED, settled_by="CAP#pi_1")
    answer = settle(voided, [paid(took("pi_1")), paid(took("pi_2", TOO_LATE), payment="P2")], NOW)
    assert findings(answer) == {"CAP#pi_1": F.SETTLED_BEFORE, "CAP#pi_2": F.ORDER_CLOSED}
    assert list(returns(answer)) == ["CAP#pi_2"]
    assert answer.settled_by == "CAP#pi_1"


@pytest.mark.scenario(22)
@pytest.mark.rule("PAY-06")
def test_money_for_a_superseded_order_settles_the_open_order_that_took_its_place() -> None:
    successor = OWED.model_copy(update={"order": "ORD-2"})
    answer = settle(owed(OrderState.SUPERSEDED, successor=successor), [paid(took("pi_1"))], NOW)
    assert (answer.order, answer.act, answer.settled_by) == ("ORD-2", Act.REGISTER, "CAP#pi_1")
    settled = successor.model_copy(update={"state": OrderState.SETTLED, "settled_by": "CAP#pi_1"})
    again = settle(owed(OrderState.SUPERSEDED, successor=settled), [paid(took("pi_1"))], NOW)
    assert (again.act, returns(again)) == (Act.NOTHING, {})
    assert findings(again) == {"CAP#pi_1": F.SETTLED_BEFORE}


@pytest.mark.scenario(23)
@pytest.mark.rule("PAY-09", "REF-07")
def test_money_for_a_superseded_order_whose_successor_is_paid_is_a_duplicate_of_another_order() -> None:
    successor = OwedOrder(order="ORD-2", amount=usd(12000), due=DUE, state=OrderState.SETTLED, settled_by="CAP#pi_2")
    later = NOW + timedelta(days=90)
    superseded = owed(OrderState.SUPERSEDED, successor=successor)
    answer = settle(superseded, [paid(took("pi_1"))], NOW, other_order_from=later)
    assert returns(answer) == {"CAP#pi_1": (RefundKind.OTHER_ORDER_DUPLICATE, 12000)}
    assert answer.verdicts[0].give_back is not None
    assert answer.verdicts[0].give_back.not_before == later
    assert answer.verdicts[0].holding is Holding.DUPLICATE


def test_money_for_a_superseded_order_without_an_open_successor_goes_back() -> None:
    voided = OWED.model_copy(update={"order": "ORD-2", "state": OrderState.VOIDED})
    for successor in (None, voided):
        answer = settle(owed(OrderState.SUPERSEDED, successor=successor), [paid(took("pi_1"))], NOW)
        assert returns(answer) == {"CAP#pi_1": (RefundKind.ORDER_CLOSED, 12000)}


@pytest.mark.scenario(24)
@pytest.mark.scenario(25)
@pytest.mark.rule("PAY-08", "REF-07")
def test_the_first_by_the_providers_time_settles_whichever_arrived_first() -> None:
    early, late = paid(took("pi_9", IN_TIME - timedelta(minutes=5)), payment="P9"), paid(took("pi_1"), payment="P1")
    both = settle(OWED, [late, early], NOW)
    assert (both.act, both.settled_by) == (Act.REGISTER, "CAP#pi_9")
    assert returns(both) == {"CAP#pi_1": (RefundKind.DUPLICATE, 12000)}
    # The later one arrived first and has settled the order already.
    arrived = settle(owed(OrderState.SETTLED, settled_by="CAP#pi_1"), [late, early], NOW)
    assert (arrived.act, arrived.settled_by, returns(arrived)) == (Act.NOTHING, "CAP#pi_9", returns(both))
    assert {verdict.capture: verdict.holding for verdict in arrived.verdicts} == {
        "CAP#pi_9": Holding.CANDIDATE,
        "CAP#pi_1": Holding.DUPLICATE,
    }


@pytest.mark.rule("PAY-08")
def test_a_duplicate_goes_back_when_the_policy_says_and_at_once_without_one() -> None:
    both = [paid(took("pi_1")), paid(took("pi_2", DUE), payment="P2")]
    closing = NOW + timedelta(days=10)
    for duplicates_from, expected in ((None, NOW), (closing, closing)):
        answer = settle(OWED, both, NOW, duplicates_from=duplicates_from)
        (back,) = [verdict.give_back for verdict in answer.verdicts if verdict.give_back]
        assert back.not_before == expected


def test_two_captures_of_one_attempt_are_judged_one_by_one() -> None:
    answer = settle(OWED, [paid(took("pi_1"), took("pi_2", DUE))], NOW)
    assert findings(answer) == {"CAP#pi_1": F.SETTLES, "CAP#pi_2": F.DUPLICATE}
    assert answer.alarms == ()  # the findings say what each capture is


@pytest.mark.scenario(28)
@pytest.mark.rule("FEE-02")
def test_one_cent_short_does_not_settle_and_goes_back_whole() -> None:
    answer = settle(OWED, [paid(took("pi_1", cents=11999))], NOW)
    assert (answer.act, findings(answer)) == (Act.NOTHING, {"CAP#pi_1": F.SHORT})
    assert returns(answer) == {"CAP#pi_1": (RefundKind.MISMATCH, 11999)}


def test_one_cent_over_settles_and_the_cent_goes_back() -> None:
    answer = settle(OWED, [paid(took("pi_1", cents=12001))], NOW)
    assert (answer.act, returns(answer)) == (Act.REGISTER, {"CAP#pi_1": (RefundKind.OVERPAID, 1)})
    again = settle(
        owed(OrderState.SETTLED, settled_by="CAP#pi_1"),
        [paid(took("pi_1", cents=12001), pi_1=(RefundKind.OVERPAID,))],
        NOW,
    )
    assert (again.settled_by, returns(again)) == ("CAP#pi_1", {})


@pytest.mark.scenario(29)
@pytest.mark.rule("FEE-02")
def test_the_right_amount_in_another_currency_does_not_settle() -> None:
    answer = settle(OWED, [paid(took("pi_1", currency="HKD"))], NOW)
    assert findings(answer) == {"CAP#pi_1": F.WRONG_CURRENCY}
    assert answer.verdicts[0].give_back is not None
    assert answer.verdicts[0].give_back.amount == Money(amount=12000, currency="HKD")


def test_a_good_payment_after_a_short_one_settles() -> None:
    answer = settle(OWED, [paid(took("pi_1", cents=1)), paid(took("pi_2"), payment="P2")], NOW)
    assert (answer.act, answer.settled_by) == (Act.REGISTER, "CAP#pi_2")
    assert returns(answer) == {"CAP#pi_1": (RefundKind.MISMATCH, 1)}


@pytest.mark.scenario(32)
def test_money_for_an_unknown_order_is_held_and_shown_to_a_person() -> None:
    answer = settle(None, [paid(took("pi_1"))], NOW)
    (verdict,) = answer.verdicts
    assert (answer.act, answer.order) == (Act.NOTHING, None)
    assert (verdict.finding, verdict.holding, verdict.case) == (
        F.UNKNOWN_ORDER,
        Holding.UNAPPLIED,
        CaseKind.UNMATCHED_CREDIT,
    )
    assert verdict.give_back is None


@pytest.mark.scenario(31)
def test_a_conflict_is_an_alarm_and_the_first_amount_counts() -> None:
    facts = paid(took("pi_1"))
    claim = took("pi_1", cents=99900).model_copy(
        update={"kind": FactKind.CONFLICT, "key": "CONFLICT#CAP#pi_1#USD99900+0", "about": "CAP#pi_1"}
    )
    answer = settle(OWED, [facts.model_copy(update={"facts": {**facts.facts, claim.key: claim}})], NOW)
    assert (answer.act, answer.alarms) == (Act.REGISTER, ("P1: conflict:CAP#pi_1",))


def test_a_return_that_is_queued_is_not_queued_again_and_cannot_settle() -> None:
    answer = settle(OWED, [paid(took("pi_1", TOO_LATE), pi_1=(RefundKind.LATE,))], NOW)
    assert (findings(answer), returns(answer), answer.alarms) == ({"CAP#pi_1": F.RETURNING}, {}, ())


def test_money_going_back_as_late_that_was_in_time_after_all_is_shown_to_a_person() -> None:
    answer = settle(OWED, [paid(took("pi_1", IN_TIME), pi_1=(RefundKind.LATE,))], NOW)
    assert answer.alarms == ("P1: in_time_after_all:CAP#pi_1",)


def test_disputed_money_is_not_returned_a_second_time() -> None:
    out = fact_of(FactKind.DISPUTE_OUT, "dp_1", usd(12000), NOW, "card", capture="CAP#pi_1")
    assert returns(settle(OWED, [paid(took("pi_1", TOO_LATE), out)], NOW)) == {}


def test_without_money_nothing_happens() -> None:
    answer = settle(OWED, [paid()], NOW)
    assert (answer.act, answer.verdicts, answer.because.rules) == (Act.NOTHING, (), ("PAY-05",))


any_capture = st.builds(
    took,
    st.sampled_from([f"pi_{number}" for number in range(6)]),
    st.sampled_from([IN_TIME, DUE, TOO_LATE, IN_TIME - timedelta(hours=1)]),
    st.sampled_from([12000, 11999, 12001]),
    st.sampled_from(["USD", "USD", "HKD"]),
)


@given(st.lists(any_capture, min_size=1, max_size=4, unique_by=lambda fact: fact.key), st.booleans())
def test_arrival_in_any_order_ends_with_the_same_order_and_the_same_returns(facts: list[Fact], frozen: bool) -> None:
    """Plays each order of arrival with its own state, as the step does: acts, queued returns and the settling capture
    are remembered between arrivals; the end must not depend on the order."""
    ends = set()
    for arrival in itertools.permutations(facts):
        order, queued, sums = OWED, dict[str, tuple[RefundKind, ...]](), dict[str, int]()
        here: list[Fact] = []
        for fact in arrival:
            here.append(fact)
            payments = [
                PaymentMade(payment=f"P{one.key}", facts={one.key: one}, returning={one.key: queued.get(one.key, ())})
                for one in here
            ]
            answer = settle(order, payments, NOW, frozen=frozen)
            for capture, (kind, cents) in returns(answer).items():
                queued[capture] = (*queued.get(capture, ()), kind)
                sums[capture] = sums.get(capture, 0) + cents
            done = answer.act in (Act.REGISTER, Act.REINSTATE) or order.state is OrderState.SETTLED
            state = OrderState.SETTLED if done else order.state
            order = order.model_copy(update={"state": state, "settled_by": answer.settled_by})
        ends.add((order.state, order.settled_by, frozenset(sums.items())))
        assert all(cents <= fact.money.amount for fact in facts for cents in [sums.get(fact.key, 0)])
    assert len(ends) == 1


def sent(*captures: Fact, payment: str = "T1", **returning: tuple[RefundKind, ...]) -> PaymentMade:
    """Credits on our bank account."""
    return paid(*captures, payment=payment, **returning).model_copy(update={"by_transfer": True})


LAPSED = owed(OrderState.LAPSED)


@pytest.mark.scenario(69)
@pytest.mark.rule("PAY-02")
def test_a_transfer_that_arrived_short_is_kept_and_what_is_missing_is_said() -> None:
    answer = settle(OWED, [sent(took("b1", cents=9500))], NOW)
    assert findings(answer) == {"CAP#b1": F.PART}
    assert (answer.act, answer.settled_by, answer.missing) == (Act.NOTHING, None, usd(2500))
    assert returns(answer) == {}
    assert answer.verdicts[0].holding is Holding.CANDIDATE


@pytest.mark.scenario(69)
@pytest.mark.rule("PAY-02")
@pytest.mark.parametrize("by", ["transfer", "other transfer", "card"])
def test_the_missing_part_may_come_by_any_method_and_settles_the_order(by: str) -> None:
    rest = took("rest", IN_TIME + timedelta(seconds=1), 2500)
    short = took("b1", cents=9500)
    other = [] if by == "transfer" else [paid(rest, payment="P2") if by == "card" else sent(rest, payment="T2")]
    answer = settle(OWED, [sent(short, *([rest] if by == "transfer" else [])), *other], NOW)
    assert (answer.act, answer.settled_by, answer.settled_with) == (Act.REGISTER, "CAP#rest", ("CAP#b1",))
    assert (returns(answer), answer.missing, answer.alarms) == ({}, None, ())


@pytest.mark.scenario(69)
def test_one_cent_decides_whether_parts_are_enough_and_the_excess_goes_back() -> None:
    for cents, act, back in ((2499, Act.NOTHING, {}), (2500, Act.REGISTER, {}), (2600, Act.REGISTER, 100)):
        rest = took("b2", IN_TIME + timedelta(seconds=1), cents)
        answer = settle(OWED, [sent(took("b1", cents=9500), rest)], NOW)
        assert answer.act is act
        assert returns(answer) == ({"CAP#b2": (RefundKind.OVERPAID, back)} if back else {})


@pytest.mark.scenario(70)
@pytest.mark.rule("PAY-02")
def test_a_rest_that_came_too_late_and_the_first_part_both_go_back_when_the_order_has_lapsed() -> None:
    transfers = [sent(took("b1", cents=9500), took("b2", TOO_LATE, 2500))]
    still_open = settle(OWED, transfers, NOW)
    assert findings(still_open) == {"CAP#b1": F.PART, "CAP#b2": F.LATE}
    over = settle(LAPSED, transfers, NOW)
    assert returns(over) == {"CAP#b1": (RefundKind.INCOMPLETE, 9500), "CAP#b2": (RefundKind.LATE, 2500)}
    assert over.act is Act.NOTHING


def test_parts_that_were_complete_in_time_bring_a_lapsed_order_back() -> None:
    answer = settle(LAPSED, [sent(took("b1", cents=9500), took("b2", DUE, 2500))], NOW)  # at its very instant
    assert answer.act is Act.REINSTATE


@pytest.mark.parametrize(("cents", "act"), [(11899, Act.NOTHING), (11900, Act.REGISTER)])
def test_a_transfer_may_be_short_by_the_policys_tolerance_and_a_card_never(cents: int, act: Act) -> None:
    tolerant = OWED.model_copy(update={"tolerance": 100})
    by_bank = settle(tolerant, [sent(took("b1", cents=cents))], NOW)
    assert by_bank.act is act
    assert by_bank.forgiven == (usd(100) if act is Act.REGISTER else None)
    by_card = settle(tolerant, [paid(took("pi_1", cents=cents))], NOW)
    assert returns(by_card) == {"CAP#pi_1": (RefundKind.MISMATCH, cents)}


def test_a_full_payment_settles_alone_and_sends_a_part_back() -> None:
    for first in (True, False):
        part = took("b1", IN_TIME - timedelta(seconds=1) if first else IN_TIME + timedelta(seconds=1), 9500)
        answer = settle(OWED, [sent(part), paid(took("pi_1"))], NOW)
        assert (answer.settled_by, answer.settled_with) == ("CAP#pi_1", ())
        assert returns(answer) == {"CAP#b1": (RefundKind.DUPLICATE, 9500)}


def test_parts_that_settled_an_order_are_not_sent_back_again_when_it_is_voided() -> None:
    void = owed(OrderState.VOIDED, settled_by="CAP#b2").model_copy(update={"settled_with": ("CAP#b1",)})
    answer = settle(void, [sent(took("b1", cents=9500), took("b2", cents=2500))], NOW)
    assert set(findings(answer).values()) == {F.SETTLED_BEFORE}
    assert returns(answer) == {}
    never = settle(owed(OrderState.VOIDED), [sent(took("b1", cents=9500))], NOW)
    assert returns(never) == {"CAP#b1": (RefundKind.ORDER_CLOSED, 9500)}


TRANSFERS = [
    took(f"b{number}", IN_TIME - timedelta(hours=3 - number), cents) for number, cents in enumerate((5000, 7000, 3000))
]


@given(st.permutations(TRANSFERS))
def test_the_order_in_which_transfers_are_heard_of_does_not_matter(captures: list[Fact]) -> None:
    for payments in ([sent(*captures)], [sent(one, payment=f"T{place}") for place, one in enumerate(captures)]):
        answer = settle(OWED, payments, NOW)
        assert (answer.settled_by, answer.settled_with) == ("CAP#b1", ("CAP#b0",))
        assert returns(answer) == {"CAP#b2": (RefundKind.DUPLICATE, 3000)}


@pytest.mark.scenario(60)
def test_nothing_is_queued_while_the_payers_bank_disputes_the_payment() -> None:
    late = paid(took("pi_1", TOO_LATE))
    assert returns(settle(OWED, [late.model_copy(update={"disputed": True})], NOW)) == {}
    assert returns(settle(OWED, [late], NOW)) == {"CAP#pi_1": (RefundKind.LATE, 12000)}


@pytest.mark.rule("PAY-08", "REF-07")
@pytest.mark.scenario(26)
def test_a_duplicate_goes_back_before_its_date_where_the_provider_would_not_wait_and_a_person_hears_of_it() -> None:
    both = [paid(took("pi_1", DUE - timedelta(days=2))), paid(took("pi_2", DUE - timedelta(days=1)), payment="P2")]
    after_the_exam = NOW + timedelta(days=200)
    (waits,) = [v.give_back for v in settle(OWED, both, NOW, duplicates_from=after_the_exam).verdicts if v.give_back]
    assert (waits.not_before, waits.early) == (after_the_exam, False)
    limited = [one.model_copy(update={"refundable_within": span("P180D")}) for one in both]
    verdict = settle(OWED, limited, NOW, duplicates_from=after_the_exam).verdicts[1]
    assert verdict.give_back is not None
    assert verdict.give_back.early
    assert verdict.give_back.not_before == DUE - timedelta(days=1) + timedelta(days=180) - LEAD
    assert verdict.case is CaseKind.MONEY_TO_RETURN
