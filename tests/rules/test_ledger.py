"""The ledger: every entry balances, and the books follow from the facts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.facts import BY_HAND, Fact, FactKind, Facts, add_fact, fact_of, fold
from certification.rules.ledger import (
    Balances,
    Books,
    Entry,
    Holding,
    Posting,
    balances,
    day_entry,
    postings,
    rebuild,
    standing,
)
from certification.rules.money import Money, usd
from certification.rules.payment_sums import PaymentSums

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CAPTURE = "CAP#pi_1"
BOOKS = Books(provider="card", order="ORD-1")
K = FactKind
CAPTURED = fact_of(K.CAPTURED, "pi_1", usd(12000), NOON, "card")
ASKED = fact_of(K.REFUND_REQUESTED, "RFD01", usd(9600), NOON, "assay", capture=CAPTURE, kept=2400)
DONE = fact_of(K.REFUND_DONE, "re_1", usd(9600), NOON, "card", capture=CAPTURE, about="RFD01")
FAILED = fact_of(K.REFUND_FAILED, "re_1", usd(9600), NOON, "card", capture=CAPTURE, about="RFD01")
OUT = fact_of(K.DISPUTE_OUT, "dp_1", usd(12000), NOON, "card", capture=CAPTURE)
BACK = fact_of(K.DISPUTE_IN, "dp_1", usd(12000), NOON, "card", capture=CAPTURE)


def kept_entry_by_entry(told: list[Fact], books: Books = BOOKS) -> tuple[list[Entry], Facts]:
    entries: list[Entry] = []
    facts: Facts = {}
    for fact in told:
        old, facts = facts, add_fact(facts, fact)
        entries.append(postings(fold(old), fold(facts), books, why=fact.key))
    return entries, facts


def moves(old: list[Fact], fact: Fact) -> dict[str, int]:
    _, facts = kept_entry_by_entry(old)
    entry = postings(fold(facts), fold(add_fact(facts, fact)), BOOKS, why=fact.key)
    return {posting.account: posting.money.amount for posting in entry.postings}


def test_each_fact_is_one_entry_between_the_accounts_of_the_table() -> None:
    held = "candidate:ORD-1"
    assert moves([], CAPTURED) == {"psp:card": 12000, held: -12000}
    assert moves([CAPTURED], ASKED) == {held: 12000, "refund:RFD01": -9600, "fee:handling": -2400}
    assert moves([CAPTURED, ASKED], DONE) == {"refund:RFD01": 9600, "psp:card": -9600}
    assert moves([CAPTURED, ASKED, DONE], FAILED) == {"psp:card": 9600, held: -12000, "fee:handling": 2400}
    assert moves([CAPTURED], OUT) == {"cost:chargeback": 12000, "psp:card": -12000}
    assert moves([CAPTURED, OUT], BACK) == {"cost:chargeback": -12000, "psp:card": 12000}


@pytest.mark.rule("PAY-02", "REF-04")
@pytest.mark.parametrize(
    ("back", "change"),
    [
        (9600, {}),
        (9599, {"cost:bank": 1, "bank:usd": -1}),
        (8100, {"cost:bank": 1500, "bank:usd": -1500}),
        (9601, {"suspense:returned": -1, "bank:usd": 1}),
    ],
)
def test_a_transfer_that_comes_back_is_owed_whole_and_the_bank_moves_by_what_came(
    back: int, change: dict[str, int]
) -> None:
    returned = FAILED.model_copy(update={"money": usd(back)})
    whole = {"bank:usd": 12000, "candidate:ORD-1": -12000}
    bank = Books(provider="bank_transfer", order="ORD-1")
    expected = {account: whole.get(account, 0) + change.get(account, 0) for account in {*whole, *change}}
    for told in ([CAPTURED, ASKED, DONE, returned], [returned, CAPTURED, ASKED, DONE]):
        entries, facts = kept_entry_by_entry(told, bank)
        assert {account: amount for (account, _), amount in balances(entries).items()} == expected
        assert balances(entries) == rebuild([(facts, bank)])
        assert fold(facts).refundable == 12000
        assert fold(facts).anomalies == (("returned_more:RFD01",) if back > 9600 else ())


@pytest.mark.scenario(57)
def test_what_is_paid_by_hand_leaves_what_the_provider_holds_alone() -> None:
    by_hand = DONE.model_copy(update={"references": {BY_HAND: "staff-1"}})
    assert moves([CAPTURED, ASKED], by_hand) == {"refund:RFD01": 9600, "bank:by_hand": -9600}


def test_what_a_provider_took_is_a_cost_and_what_it_paid_out_is_on_its_way() -> None:
    entry = day_entry("card", usd(300), usd(9000), "card#2026-11-22")
    moved = {posting.account: posting.money.amount for posting in entry.postings}
    assert (moved.pop("psp:card"), moved.pop("cost:psp"), list(moved.values())) == (-9300, 300, [9000])


@pytest.mark.scenario(1)
@pytest.mark.scenario(31)
def test_a_repeated_or_conflicting_fact_moves_nothing() -> None:
    assert moves([CAPTURED], CAPTURED) == {}
    assert moves([CAPTURED], CAPTURED.model_copy(update={"money": usd(99900)})) == {}


@pytest.mark.scenario(32)
def test_money_for_an_unknown_order_is_unapplied() -> None:
    nobody = Books(provider="card", order=None)
    assert standing(fold({CAPTURE: CAPTURED}), nobody) == {
        ("psp:card", "USD"): 12000,
        ("unapplied:card", "USD"): -12000,
    }


@pytest.mark.rule("PAY-08")
@pytest.mark.scenario(25)
def test_a_capture_found_to_be_a_duplicate_changes_its_account_and_nothing_else() -> None:
    sums = fold({CAPTURE: CAPTURED})
    after = Books(provider="card", order="ORD-1", holdings={CAPTURE: Holding.DUPLICATE})
    entry = postings(sums, sums, after, was=BOOKS, why="settlement")
    assert {posting.account: posting.money.amount for posting in entry.postings} == {
        "candidate:ORD-1": 12000,
        "duplicate:ORD-1": -12000,
    }


@pytest.mark.scenario(29)
def test_each_currency_balances_alone() -> None:
    hkd = fact_of(K.CAPTURED, "pi_2", Money(amount=500, currency="HKD"), NOON, "card")
    books = standing(fold({CAPTURE: CAPTURED, "CAP#pi_2": hkd}), BOOKS)
    assert books["psp:card", "HKD"] == -books["candidate:ORD-1", "HKD"] == 500
    assert books["psp:card", "USD"] == 12000


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="does not balance"):
        Entry(why="x", postings=(Posting(account="psp:card", money=usd(1)),))
    hkd = Money(amount=-1, currency="HKD")
    with pytest.raises(ValueError, match="does not balance"):
        Entry(
            why="x",
            postings=(Posting(account="psp:card", money=usd(1)), Posting(account="psp:card", money=hkd)),
        )
    twice = (Posting(account="psp:card", money=usd(1)),) * 2
    with pytest.raises(ValueError, match="once per currency"):
        Entry(why="x", postings=(*twice, Posting(account="fee:handling", money=usd(-2))))


@pytest.mark.parametrize("account", ["pspcard", "cash:drawer", "psp:", ""])
def test_an_account_nobody_knows_is_refused(account: str) -> None:
    with pytest.raises(ValueError, match="not an account"):
        Posting(account=account, money=usd(1))


def test_a_posting_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no posting"):
        Posting(account="psp:card", money=usd(0))


some_id = st.sampled_from(["1", "2"])
other = st.sampled_from(["USD", "HKD"])


def moved(kind: FactKind, number: str, currency: str, minutes: int) -> Fact:
    capture = None if kind is K.CAPTURED else f"CAP#{currency}{number}"
    money = Money(amount=12000 if kind is K.CAPTURED else 4000, currency=currency)
    at = NOON + timedelta(minutes=minutes)
    kept = 100 if kind is K.REFUND_REQUESTED else 0
    return fact_of(kind, f"{currency}{number}", money, at, "card", capture=capture, kept=kept)


any_fact = st.builds(
    moved, st.sampled_from([kind for kind in K if kind is not K.CONFLICT]), some_id, other, st.integers(0, 3)
)


@pytest.mark.scenario(96)
@given(st.lists(any_fact, min_size=1, max_size=14), st.data())
def test_books_kept_in_any_order_equal_the_books_rebuilt_from_the_facts(told: list[Fact], data: st.DataObject) -> None:
    entries, facts = kept_entry_by_entry(told)
    others, _ = kept_entry_by_entry(data.draw(st.permutations([*told, *told])))
    assert balances(entries) == balances(others) == rebuild([(facts, BOOKS)]) == standing(fold(facts), BOOKS)
    for currency in ("USD", "HKD"):
        assert sum(amount for (_, unit), amount in balances(entries).items() if unit == currency) == 0


@given(st.lists(any_fact, max_size=8), st.lists(any_fact, max_size=8))
def test_the_books_of_two_payments_add_up(one: list[Fact], two: list[Fact]) -> None:
    second = Books(provider="card", order="ORD-2")
    entries_one, facts_one = kept_entry_by_entry(one)
    entries_two, facts_two = kept_entry_by_entry(two, second)
    assert balances([*entries_one, *entries_two]) == rebuild([(facts_one, BOOKS), (facts_two, second)])


def test_nothing_captured_is_nothing_in_the_books() -> None:
    empty: Balances = {}
    assert standing(PaymentSums(), BOOKS) == rebuild([]) == balances([]) == empty


def test_a_transfer_stands_on_our_bank_account_and_what_the_tolerance_forgives_is_our_cost() -> None:
    facts = {"CAP#b1": fact_of(K.CAPTURED, "b1", usd(9500), NOON, "bank")}
    books = Books(provider="bank_transfer", order="ORD-1", forgiven={"CAP#b1": 2500})
    assert standing(fold(facts), books) == {
        ("bank:usd", "USD"): 9500,
        ("cost:bank", "USD"): 2500,
        ("candidate:ORD-1", "USD"): -12000,
    }
    assert standing(fold({}), books) == {}
