"""The bank's day: every line is a fact, a charge or a question, and the closing balance is the last word."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.rules.bank_day import BOOKED, Named, is_charge, key_of, known_of, row_of, stands, with_balance
from certification.rules.bills import RowKind
from certification.rules.check_digits import check_letter
from certification.rules.facts import BY_HAND, Fact, FactKind, Facts, fact_of, fold
from certification.rules.ledger import Books, Holding, balances, bank_day_entry, day_entry, standing
from certification.rules.money import usd
from certification.rules.payouts import Payout, proven
from certification.rules.reconciliation import Class, Reconciled, reconcile
from certification.rules.reference import reference_of
from certification.rules.statements import BankLine

K = RowKind
ACCOUNT, ON = "012-1", date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
RF, OTHER = (reference_of(f"APP-2026-{number}{check_letter('2026' + number)}") for number in ("04187", "04188"))
BOOKS = Books(provider="bank_transfer", order="ORD-1")


def line(entry: str = "B1", cents: int = 12000, *, credit: bool = True, **more: Any) -> BankLine:
    given: dict[str, Any] = {"account": ACCOUNT, "place": 0, "booked_on": ON, "value_on": ON} | more
    return BankLine(entry=entry, money=usd(cents), credit=credit, **given)


def fact(kind: FactKind, reference: str, cents: int = 12000, on: date = ON, **more: Any) -> Fact:
    capture = None if kind is FactKind.CAPTURED else f"CAP#{ACCOUNT}#B1#0"
    return fact_of(kind, reference, usd(cents), MIDNIGHT, "bank", capture=capture, references={BOOKED: f"{on}"}, **more)


PAID = fact(FactKind.CAPTURED, f"{ACCOUNT}#B1#0")


def facts(*given: Fact) -> dict[str, Facts]:
    return {"PAY-1": {one.key: one for one in given}}


def compared(lines: list[BankLine], known: dict[str, Facts], closing: int, **more: Any) -> Reconciled:
    given: dict[str, Any] = {"begins": MIDNIGHT, "ends": MIDNIGHT + timedelta(days=1)} | more
    names = Named({ACCOUNT}, {"RFD-1"})
    result = reconcile(map(row_of, lines), known_of(known.items(), "USD"), attempts=names, **given)
    stood = stands([(one, BOOKS) for one in known.values()], "USD", ON, frozenset(result.carried))
    return with_balance(result, stood, closing, "USD", ON)


def classes(result: Reconciled) -> list[Class]:
    return [one.what for one in result.found]


@pytest.mark.parametrize(
    ("given", "kind", "reference"),
    [
        (line(), K.CAPTURE, f"{ACCOUNT}#B1#0"),
        (line(credit=False, end_to_end="RFD-1"), K.REFUND, "RFD-1"),
        (line(end_to_end="RFD-1", returned="AC04"), K.REFUND_FAILED, "RFD-1"),
        (line(credit=False, reversal=True), K.DISPUTE_OUT, f"{ACCOUNT}#B1#0"),
        (line(credit=False, end_to_end="OURS-1"), K.DEBIT, f"{ACCOUNT}#B1#0"),
        # what the bank charges for a refund names the refund, and is not it
        (line(credit=False, end_to_end="RFD-1", code="CHRG"), K.FEE, f"{ACCOUNT}#B1#0"),
        (line(credit=False, code="NCHG"), K.FEE, f"{ACCOUNT}#B1#0"),
    ],
)
def test_a_line_is_money_that_came_a_refund_a_charge_or_a_debit(given: BankLine, kind: RowKind, reference: str) -> None:
    assert (row_of(given).kind, row_of(given).reference) == (kind, reference)


def test_a_payers_credit_is_never_a_charge_and_a_charge_given_back_is_one() -> None:
    assert not is_charge(line(code="CHRG"))
    assert is_charge(line(code="CHRG", reversal=True))
    back = compared([line(code="CHRG", reversal=True, cents=15)], {}, closing=15)
    assert (back.bank.charges if back.bank else None, classes(back)) == (-15, [])


@pytest.mark.rule("PAY-05")
@pytest.mark.parametrize(("closing", "missing"), [(11985, 0), (11984, -1), (11986, 1)])
def test_the_closing_balance_is_what_our_books_say_to_the_cent_or_a_person_is_asked(closing: int, missing: int) -> None:
    result = compared([line(), line("B2", 15, credit=False, code="CHRG")], facts(PAID), closing)
    assert classes(result) == ([Class.BALANCE] if missing else [])
    assert result.level is not bool(missing)
    assert result.bank is not None
    entry = bank_day_entry(usd(result.bank.charges), usd(result.bank.other), why="day")
    booked = balances([entry])
    assert result.bank.stood + booked[("bank:usd", "USD")] == closing
    assert booked[("cost:bank", "USD")] == 15
    assert booked.get(("suspense:bank", "USD"), 0) == -missing


def test_a_debit_that_nobody_explains_is_for_a_person_and_the_balance_agrees_all_the_same() -> None:
    result = compared([line(), line("B2", 500, credit=False)], facts(PAID), closing=11500)
    assert classes(result) == [Class.UNKNOWN_REFERENCE]
    assert result.bank is not None
    assert result.bank.other == 500


def test_a_line_that_was_not_applied_yet_heals_itself_but_a_refund_that_we_never_asked_for_does_not() -> None:
    asked = line("B2", 100, credit=False, end_to_end="RFD-1")
    stranger = line("B3", 100, credit=False, end_to_end="RFD-9")
    result = compared([line(), asked, stranger], {}, closing=11800)
    assert classes(result) == [Class.MISSING_HERE, Class.STATE, Class.UNKNOWN_REFERENCE]
    assert classes(compared([line(), stranger], facts(PAID), closing=11900)) == [Class.UNKNOWN_REFERENCE]


def test_what_was_only_announced_waits_for_the_next_statement_and_then_for_a_person() -> None:
    first = compared([], facts(PAID), closing=0)
    assert (classes(first), first.carried) == ([], ((K.CAPTURE, f"{ACCOUNT}#B1#0"),))
    day = timedelta(days=1)
    second = compared([], facts(PAID), 0, begins=MIDNIGHT + day, ends=MIDNIGHT + 2 * day, carried=first.carried)
    assert classes(second) == [Class.MISSING_THERE, Class.BALANCE]
    tomorrow = fact(FactKind.CAPTURED, f"{ACCOUNT}#B1#0", on=ON + day)
    assert classes(compared([], facts(tomorrow), closing=0)) == []


def test_shares_of_one_credit_are_one_line() -> None:
    shares = facts(*(fact(FactKind.CAPTURED, f"{ACCOUNT}#B1#0#{RF}", cents) for cents in (7000,)))
    shares["PAY-2"] = {"CAP": fact(FactKind.CAPTURED, f"{ACCOUNT}#B1#0#{OTHER}", 5000)}
    assert {key_of(one) for each in shares.values() for one in each.values()} == {(K.CAPTURE, f"{ACCOUNT}#B1#0")}
    assert classes(compared([line()], shares, closing=12000)) == []


def test_a_refund_that_left_and_came_back_with_less_is_level_with_its_statement() -> None:
    asked = fact(FactKind.REFUND_REQUESTED, "RFD-1", 9600)
    went, back = fact(FactKind.REFUND_DONE, "RFD-1", 9600), fact(FactKind.REFUND_FAILED, "RFD-1", 8100)
    lines = [line(), line("B2", 9600, credit=False, end_to_end="RFD-1"), line("B3", 8100, end_to_end="RFD-1")]
    assert classes(compared(lines, facts(PAID, asked, went, back), closing=10500)) == []


def test_what_was_paid_by_hand_or_rejected_is_on_no_statement() -> None:
    asked = fact(FactKind.REFUND_REQUESTED, "RFD-1", 9600)
    by_hand = fact(FactKind.REFUND_DONE, "RFD-1", 9600).model_copy(update={"references": {BY_HAND: "staff"}})
    rejected = fact(FactKind.REFUND_FAILED, "RFD-1", 9600).model_copy(update={"references": {}})
    for told in (by_hand, rejected):
        assert classes(compared([line()], facts(PAID, asked, told), closing=12000)) == []


PAYOUT = Payout(provider="card", references=("po_1AbcDef", "TRACE123"), money=usd(12000))


@pytest.mark.rule("PAY-05")
@pytest.mark.parametrize(
    ("given", "proof"),
    [
        (line(text="STRIPE PO 1ABCDEF"), True),
        (line(end_to_end="TRACE-123"), True),
        (line(text="STRIPE PAYMENTS HONG KONG"), False),
        (line(text="PO_1ABCDEF", cents=11999), False),
        (line(text="PO_1ABCDEF", cents=12001), False),
        (line(text="PO_1ABCDEF", credit=False), False),
    ],
)
def test_only_its_reference_and_its_amount_together_prove_a_payout(given: BankLine, proof: bool) -> None:
    assert (proven(given, [PAYOUT]) is PAYOUT) is proof
    twin = PAYOUT.model_copy(update={"references": ("po_1AbcDe",)})
    assert proven(given, [PAYOUT, twin]) is None or not given.text


def test_a_payout_moves_from_the_provider_over_its_way_to_our_bank_and_is_counted_once() -> None:
    left = day_entry("card", usd(300), usd(12000), why="day")
    assert balances([left]) == {("psp:card", "USD"): -12300, ("cost:psp", "USD"): 300, ("transit:card", "USD"): 12000}
    came = Books(provider="bank_transfer", order=None, paid_out_by="card", holdings={PAID.key: Holding.TRANSIT})
    both = balances([left])
    for place, amount in standing(fold({PAID.key: PAID}), came).items():
        both[place] = both.get(place, 0) + amount
    assert {account: amount for (account, _), amount in both.items() if amount} == {
        "psp:card": -12300,
        "cost:psp": 300,
        "bank:usd": 12000,
    }
