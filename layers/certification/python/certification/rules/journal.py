"""JOURNAL: the ledger as accountants take it in: a table of postings, or a plain-text journal in Beancount's syntax.

In words: every entry becomes one transaction on the day it was booked, in the time zone of the books. Accounts keep
their kind and lose whose they are: an order, a refund or a payment stands beside the posting, so that a chart of
accounts stays a page long. Nothing personal is in either form. The same entries give the same bytes.
"""

import csv
import io
import re
from collections.abc import Iterable
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
OURS = {"psp", "bank", "fee", "cost", "vat", "suspense"}
"""Accounts whose second word names a kind of thing and not somebody's order, refund or payment."""


class Booked(Frozen):
    """An entry of the ledger with its place: `source` is the payment or provider's day, `number` counts its entries."""

    source: str
    number: int
    at: datetime
    entry: Entry


def ordered(entries: Iterable[Booked]) -> list[Booked]:
    """By the time they were booked, then by source and number."""
    return sorted(entries, key=lambda one: (one.at, one.source, one.number))


def table(entries: Iterable[Booked], zone: ZoneInfo) -> str:
    """CSV (RFC 4180) with a header row: one row per posting, debit and credit as decimal amounts."""
    out = io.StringIO()
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
    return out.getvalue()


def beancount(entries: Iterable[Booked], zone: ZoneInfo, title: str) -> str:
    """A journal in Beancount's syntax: accounts opened on the first day, a transaction per entry."""
    found = ordered(entries)
    lines = [f'option "title" "{_quoted(title)}"', ""]
    if found:
        first = min(one.at.astimezone(zone).date() for one in found)
        accounts = sorted({_account(posting)[0] for one in found for posting in one.entry.postings})
        lines += [*(f"{first} open {account}" for account in accounts), ""]
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
