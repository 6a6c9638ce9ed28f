"""JOURNAL: the ledger as accountants take it in: a table of postings, or a plain-text journal in Beancount's syntax.

In words: every entry becomes one transaction on the day it was booked, in the time zone of the books. Accounts keep
their kind and lose whose they are: an order, a refund or a payment stands beside the posting, so that a chart of
accounts stays a page long. Nothing personal is in either form. The same entries give the same bytes. Months are written
apart and may be put one after the other: an account is opened in the month that first uses it.
"""

import csv
import re
from collections.abc import Container, Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from certification.rules.ledger import NATURE, Entry, Posting
from certification.rules.model import Frozen
from certification.rules.money import digits

COLUMNS = ("date", "time", "source", "number", "why", "account", "about", "debit", "credit", "currency")
SECTIONS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    # What nobody has explained yet is ours to explain: it stands among the assets until it is.
    "suspense": "Assets",
}
OURS = {"psp", "transit", "bank", "fee", "cost", "vat", "suspense"}
"""Accounts whose second word names a kind of thing and not somebody's order, refund or payment."""
Place = tuple[str, str, str]
"""An account, about whom, and the currency."""


class Booked(Frozen):
    """An entry of the ledger with its place: `source` is the payment or provider's day, `number` counts its entries."""

    source: str
    number: int
    at: datetime
    entry: Entry


class _Text:
    """What `csv` writes to: it wants something with `write`, and rules open no files."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)


def ordered(entries: Iterable[Booked]) -> list[Booked]:
    """By the time they were booked, then by source and number."""
    return sorted(entries, key=lambda one: (one.at, one.source, one.number))


def table(entries: Iterable[Booked], zone: ZoneInfo) -> str:
    """CSV (RFC 4180) with a header row: one row per posting, debit and credit as decimal amounts."""
    out = _Text()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for one in ordered(entries):
        local = one.at.astimezone(zone)
        for posting in one.entry.postings:
            account, about = _account(posting)
            amount = _decimal(posting)
            debit, credit = (amount, "") if posting.money.amount > 0 else ("", _decimal(posting, -1))
            place = (f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", one.source, one.number, one.entry.why)
            rows.writerow((*place, account, about, debit, credit, posting.money.currency))
    return "".join(out.parts)


def beancount(entries: Iterable[Booked], zone: ZoneInfo, title: str, opened: Container[str] = ()) -> str:
    """A journal in Beancount's syntax: accounts opened on the first day, a transaction per entry. `opened` are the
    accounts that journals before this one have opened."""
    found = ordered(entries)
    lines = [f'option "title" "{_quoted(title)}"', ""]
    if found:
        first = min(one.at.astimezone(zone).date() for one in found)
        lines += [*(f"{first} open {name}" for name in sorted(accounts(found)) if name not in opened), ""]
    for one in found:
        local = one.at.astimezone(zone)
        lines.append(f'{local:%Y-%m-%d} * "{_quoted(one.entry.why)}"')
        lines.append(f'  source: "{_quoted(one.source)}"')
        lines.append(f"  number: {one.number}")
        for posting in one.entry.postings:
            account, about = _account(posting)
            lines.append(f"  {account}  {_decimal(posting)} {posting.money.currency}")
            lines += [f'    about: "{_quoted(about)}"'] if about else []
        lines.append("")
    return "\n".join(lines)


def accounts(entries: Iterable[Booked]) -> set[str]:
    """The accounts that these entries move, by the names that both forms give them."""
    return {_account(posting)[0] for one in entries for posting in one.entry.postings}


def totals(entries: Iterable[Booked]) -> dict[Place, int]:
    """What these entries do to each account, in minor units; accounts that they leave level are not in it."""
    found: dict[Place, int] = {}
    for one in entries:
        for posting in one.entry.postings:
            place = (*_account(posting), posting.money.currency)
            found[place] = found.get(place, 0) + posting.money.amount
    return {place: amount for place, amount in found.items() if amount}


def totals_of_table(text: str) -> dict[Place, int]:
    """The same, read back from a table that was written: what an accountant's program sums."""
    found: dict[Place, int] = {}
    for row in csv.DictReader(text.splitlines()):
        place = (row["account"], row["about"], row["currency"])
        amount = Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        found[place] = found.get(place, 0) + int(amount.scaleb(digits(row["currency"])))
    return {place: amount for place, amount in found.items() if amount}


def month_of(instant: datetime, zone: ZoneInfo) -> str:
    """The month of the books, e.g. `2026-11`."""
    return f"{instant.astimezone(zone):%Y-%m}"


def _account(posting: Posting) -> tuple[str, str]:
    """(account, about whom): `psp:card` is `Assets:Psp:Card`; `candidate:ORD-26-000001` is `Liabilities:Candidate`."""
    kind, _, name = posting.account.partition(":")
    parts = [SECTIONS[NATURE[kind]], _word(kind), *([_word(name)] if kind in OURS else [])]
    return ":".join(parts), "" if kind in OURS else name


def _word(text: str) -> str:
    """A part of an account's name: letters, digits and hyphens, beginning with a capital."""
    return re.sub(r"[^A-Za-z0-9-]", "-", text[:1].upper() + text[1:])


def _decimal(posting: Posting, sign: int = 1) -> str:
    places = digits(posting.money.currency)
    return f"{Decimal(sign * posting.money.amount).scaleb(-places):.{places}f}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
