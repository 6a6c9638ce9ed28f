"""A provider's bill against our facts: every class once, and nothing counted twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.bills import MOST_BACK, BillRow, RowKind, first_day
from certification.rules.reconciliation import (
    HEALS_ITSELF,
    NEEDS_A_PERSON,
    SAYS,
    Class,
    Key,
    Known,
    Reconciled,
    is_late,
    may_close,
    reconcile,
)

DAY = datetime(2026, 11, 22, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
NOON = DAY + timedelta(hours=12)
ATTEMPT = "ORD-26-000001.PAY-1"
K = RowKind


def line(kind: RowKind = K.CAPTURE, reference: str = "pi_1", amount: int = 12000, **more: object) -> BillRow:
    given = {"currency": "USD", "at": NOON, "ours": ATTEMPT, "provider": "card"} | more
    return BillRow(kind=kind, reference=reference, amount=amount, **given)  # type: ignore[arg-type]


def fact(kind: RowKind = K.CAPTURE, reference: str = "pi_1", amount: int = 12000, **more: object) -> Known:
    given = {"currency": "USD", "at": NOON, "payment": "PAY-1", "ours": ATTEMPT} | more
    return Known(kind=kind, reference=reference, amount=amount, **given)  # type: ignore[arg-type]


def compared(rows: list[BillRow], known: list[Known], **more: object) -> Reconciled:
    return reconcile(rows, known, begins=DAY, ends=NEXT, **more)  # type: ignore[arg-type]


def classes(result: Reconciled) -> list[Class]:
    return [one.what for one in result.found]


def test_a_day_is_late_three_days_after_its_end() -> None:
    due = NEXT + timedelta(days=3)
    assert not is_late(DAY.date(), due - timedelta(seconds=1))
    assert is_late(DAY.date(), due)


def test_a_line_and_a_fact_with_one_id_amount_and_currency_match_and_are_counted() -> None:
    result = compared([line(fee=438), line(K.PAYOUT, "po_1", 11562, ours=None)], [fact()])
    assert (classes(result), result.counts) == ([], {Class.MATCHED: 1, Class.FEE_ONLY: 1})
    assert result.sums["USD"].model_dump() == {
        "currency": "USD",
        "captured": 12000,
        "refunded": 0,
        "disputed": 0,
        "fees": 438,
        "paid_out": 11562,
    }
    assert result.sums["USD"].kept_there == 0
    assert result.level


@pytest.mark.rule("PAY-05")
def test_a_payment_we_were_not_told_about_is_missing_here_when_it_names_an_attempt_of_ours() -> None:
    assert classes(compared([line()], [], attempts={ATTEMPT})) == [Class.MISSING_HERE]
    assert classes(compared([line()], [])) == [Class.UNKNOWN_REFERENCE]
    assert classes(compared([line(ours=None)], [], attempts={ATTEMPT})) == [Class.UNKNOWN_REFERENCE]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"amount": 12001}, Class.AMOUNT), ({"amount": 11999}, Class.AMOUNT), ({"currency": "HKD"}, Class.CURRENCY)],
)
def test_a_line_that_differs_from_its_fact_is_for_a_person(changed: dict[str, object], expected: Class) -> None:
    result = compared([line(**changed)], [fact()])  # type: ignore[arg-type]
    assert (classes(result), result.level) == ([expected], False)


def test_a_line_that_comes_twice_counts_once() -> None:
    result = compared([line(), line()], [fact()])
    assert (classes(result), result.sums["USD"].captured) == ([Class.DUPLICATE_LINE], 12000)
    assert result.level


def test_a_second_payment_of_a_paid_order_is_a_duplicate_whether_the_first_is_in_the_bill_or_in_the_books() -> None:
    second = line(reference="pi_2", ours="ORD-26-000001.PAY-2")
    both = {ATTEMPT, "ORD-26-000001.PAY-2"}
    assert classes(compared([line(), second], [], attempts=both)) == [Class.MISSING_HERE, Class.DUPLICATE_PAYMENT]
    paid = {"ORD-26-000001": "pi_1"}
    assert classes(compared([second], [], attempts=both, paid=paid)) == [Class.DUPLICATE_PAYMENT]


def test_a_refund_we_only_asked_for_is_known_there_by_our_own_number() -> None:
    asked = fact(K.REFUND, "", 9600, ours="RFD-1", done=False)
    row = line(K.REFUND, "re_1", 9600, ours="RFD-1")
    assert classes(compared([row], [asked])) == [Class.STATE]
    assert classes(compared([line(K.REFUND, "re_1", 9601, ours="RFD-1")], [asked])) == [Class.AMOUNT]
    assert compared([], [asked]).carried == ()


def test_a_fact_without_a_line_waits_one_more_bill_and_then_a_person_looks() -> None:
    first = compared([], [fact()])
    assert (classes(first), first.carried) == ([], ((K.CAPTURE, "pi_1"),))
    second = reconcile([], [fact()], begins=NEXT, ends=NEXT + timedelta(days=1), carried=first.carried)
    assert (classes(second), second.counts[Class.MISSING_THERE], second.level) == ([Class.MISSING_THERE], 1, False)
    late = reconcile([line()], [fact()], begins=NEXT, ends=NEXT + timedelta(days=1), carried=first.carried)
    assert (classes(late), late.level) == ([], True)


@pytest.mark.parametrize(
    ("at", "carried"),
    [(DAY - timedelta(seconds=1), 0), (DAY, 1), (NEXT - timedelta(seconds=1), 1), (NEXT, 0)],
)
def test_only_facts_of_the_day_itself_wait_for_the_next_bill(at: datetime, carried: int) -> None:
    assert len(compared([], [fact(at=at)]).carried) == carried


def test_refunds_that_failed_and_disputes_that_came_back_are_taken_off() -> None:
    rows = [
        line(),
        line(K.REFUND, "re_1", 9600),
        line(K.REFUND_FAILED, "re_1", 9600),
        line(K.DISPUTE_OUT, "dp_1", 500),
        line(K.DISPUTE_IN, "dp_1", 200),
        line(K.FEE, "txn_1", 30),
    ]
    sums = compared(rows, []).sums["USD"]
    assert (sums.refunded, sums.disputed, sums.fees) == (0, 300, 30)
    assert sums.kept_there == 12000 - 300 - 30


def test_a_day_closes_when_every_difference_was_explained() -> None:
    result = compared([line(amount=1)], [fact()])
    assert not may_close(result, set())
    assert may_close(result, {(K.CAPTURE, "pi_1")})
    assert may_close(compared([line()], [], attempts={ATTEMPT}), set()), "what heals itself needs no explanation"


def test_every_class_has_words_and_is_left_alone_healed_or_looked_at() -> None:
    assert set(SAYS) == set(Class)
    left = {Class.MATCHED, Class.FEE_ONLY, Class.DUPLICATE_LINE}
    assert left | HEALS_ITSELF | NEEDS_A_PERSON == set(Class)
    assert not HEALS_ITSELF & NEEDS_A_PERSON


REFERENCES = st.sampled_from([f"pi_{number}" for number in range(6)])
LINES = st.lists(st.builds(line, reference=REFERENCES, amount=st.sampled_from([100, 200])), max_size=8)
FACTS = st.lists(st.builds(fact, reference=REFERENCES, amount=st.just(100)), unique_by=lambda one: one.reference)


@given(LINES, FACTS)
def test_every_line_and_every_fact_is_accounted_for_exactly_once(rows: list[BillRow], known: list[Known]) -> None:
    result = compared(rows, known, attempts={ATTEMPT})
    assert sum(count for what, count in result.counts.items() if what is not Class.MISSING_THERE) == len(rows)
    first: dict[Key, BillRow] = {}
    for row in rows:
        first.setdefault((row.kind, row.reference), row)
    counted = result.sums["USD"].captured if result.sums else 0
    assert counted == sum(row.amount for row in first.values())
    shown = {(one.kind, one.reference) for one in known} & set(first)
    assert len(result.carried) == len(known) - len(shown)


@pytest.mark.rule("PAY-05")
def test_bills_are_awaited_from_the_first_fact_on_but_not_for_years() -> None:
    last = DAY.date()

    def back(days: int) -> date:
        return last - timedelta(days=days)

    assert first_day(last, None) == last
    assert [first_day(last, back(days)) for days in (-1, 0, 1)] == [last, last, back(1)]
    assert [first_day(last, back(MOST_BACK - 1 + days)) for days in (-1, 0, 1)] == [
        back(MOST_BACK - 2),
        back(MOST_BACK - 1),
        back(MOST_BACK - 1),
    ]
