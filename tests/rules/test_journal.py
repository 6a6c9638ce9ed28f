"""The ledger as accountants take it in, read back by their own tools."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from beancount import loader
from beancount.core.data import Transaction

from certification.rules.facts import Fact, FactKind, add_fact, fact_of, fold
from certification.rules.journal import COLUMNS, Booked, accounts, beancount, month_of, table, totals, totals_of_table
from certification.rules.ledger import Balances, Books, balances, day_entry, postings
from certification.rules.money import Money, usd

AT = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Hong_Kong")
BOOKS = Books(provider="card", order="ORD-26-000001")
CAPTURE = "CAP#pi_1"
YEN = Money(amount=0, currency="JPY")


def story() -> list[Booked]:
    """Paid, refunded less the handling fee, refunded in fact, and the provider's fees of the day."""
    told = [
        fact_of(FactKind.CAPTURED, "pi_1", usd(12000), AT, "card"),
        fact_of(FactKind.REFUND_REQUESTED, "RFD-1", usd(9600), AT, "assay", capture=CAPTURE, kept=2400),
        fact_of(FactKind.REFUND_DONE, "re_1", usd(9600), AT, "card", capture=CAPTURE, about="RFD-1"),
    ]
    facts: dict[str, Fact] = {}
    found = []
    for number, fact in enumerate(told, 1):
        old, facts = facts, add_fact(facts, fact)
        entry = postings(fold(old), fold(facts), BOOKS, why=fact.key)
        found.append(Booked(source="PAY-1", number=number, at=AT + timedelta(seconds=number), entry=entry))
    fees = day_entry("card", usd(378), usd(0), why="day#card#2026-11-22")
    return [Booked(source="day#card#2026-11-22", number=1, at=AT, entry=fees), *found]


def test_the_journal_is_taken_in_by_beancount_and_gives_the_same_balances() -> None:
    entries, errors, _ = loader.load_string(beancount(story(), ZONE, 'Books of "Assay"'))
    assert errors == []
    found: dict[tuple[str, str], Decimal] = {}
    for one in entries:
        if isinstance(one, Transaction):
            for posting in one.postings:
                assert posting.units is not None
                place = (posting.account, posting.units.currency)
                found[place] = found.get(place, Decimal(0)) + (posting.units.number or 0)
    assert {place: amount for place, amount in found.items() if amount} == {
        ("Assets:Psp:Card", "USD"): Decimal("20.22"),
        ("Expenses:Cost:Psp", "USD"): Decimal("3.78"),
        ("Income:Fee:Handling", "USD"): Decimal("-24.00"),
    }


def test_the_table_has_a_row_for_each_posting_and_its_columns_sum_alike() -> None:
    rows = list(csv.DictReader(io.StringIO(table(story(), ZONE))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == sum(len(one.entry.postings) for one in story())
    debit, credit = (sum(Decimal(row[column] or 0) for row in rows) for column in ("debit", "credit"))
    assert debit == credit > 0
    kept: Balances = {}
    for row in rows:
        account = f"{row['account']}|{row['about']}"
        cents = int((Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)) * 100)
        kept[account, "USD"] = kept.get((account, "USD"), 0) + cents
    levels = sorted(amount for amount in kept.values() if amount)
    assert levels == sorted(balances(one.entry for one in story()).values())


def test_a_day_is_that_of_the_books_time_zone() -> None:
    dates = [row["date"] for row in csv.DictReader(io.StringIO(table(story(), ZONE)))]
    assert (dates[0], dates[-1]) == ("2026-11-22", "2026-11-23"), "23:59:59 and midnight in Hong Kong"


def test_an_order_is_no_account_of_its_own() -> None:
    text = beancount(story(), ZONE, "Books")
    assert 'about: "ORD-26-000001"' in text
    assert "Liabilities:Candidate " in text
    assert not any(line.startswith("2026") and "open" in line and "ORD" in line for line in text.splitlines())


def test_the_same_entries_give_the_same_bytes_in_whatever_order_they_come() -> None:
    assert table(story(), ZONE) == table(reversed(story()), ZONE)
    assert beancount(story(), ZONE, "Books") == beancount(reversed(story()), ZONE, "Books")


@pytest.mark.parametrize(("currency", "written"), [("JPY", "500"), ("KWD", "0.500"), ("USD", "5.00")])
def test_amounts_have_as_many_digits_as_their_currency(currency: str, written: str) -> None:
    entry = day_entry("card", Money(amount=500, currency=currency), Money(amount=0, currency=currency), why="x")
    assert f" {written} {currency}" in beancount([Booked(source="x", number=1, at=AT, entry=entry)], ZONE, "x")


def test_no_entries_are_an_empty_journal() -> None:
    entries, errors, _ = loader.load_string(beancount([], ZONE, "Nothing"))
    assert (entries, errors) == ([], [])
    assert table([], ZONE) == ",".join(COLUMNS) + "\r\n"


def test_the_table_read_back_sums_to_what_was_written() -> None:
    assert totals_of_table(table(story(), ZONE)) == totals(story())
    assert totals(story())["Income:Fee:Handling", "", "USD"] == -2400
    yen = Booked(source="x", number=1, at=AT, entry=day_entry("card", Money(amount=5, currency="JPY"), YEN, why="x"))
    assert totals_of_table(table([yen], ZONE)) == totals([yen])


def test_months_put_one_after_the_other_are_one_journal() -> None:
    first, *rest = story()
    months = [beancount([first], ZONE, "November"), beancount(rest, ZONE, "December", accounts([first]))]
    entries, errors, _ = loader.load_string("\n".join(months))
    assert errors == []
    assert sum(isinstance(one, Transaction) for one in entries) == len(story())
    assert month_of(AT, ZONE) == "2026-11"
    assert month_of(datetime(2026, 11, 30, 16, 0, tzinfo=UTC), ZONE) == "2026-12"
