"""Exports for accounting: each month of the ledger as a table and as a journal, written anew every night.

A month holds whole days only, up to yesterday in the time zone of the books. Once it is over it is written a last time
and then stays as it is, for nothing is booked in the past. Writing it twice gives the same bytes. A file is named by its
content and no file is ever changed; the index names those that count, and is written last: whoever dies on the way, or
runs beside another, leaves an index whose files are whole.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from certification.acts import open_money
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.ledger import LedgerEntry, ledger
from certification.rules.journal import Booked, accounts, beancount, month_of, ordered, table, totals, totals_of_table
from certification.rules.model import Frozen

INDEX = "books/index.json"
FORMS = {"csv": "text/csv; charset=utf-8", "beancount": "text/plain; charset=utf-8"}


class Export(Frozen):
    """One month that was written. `until` is the last day in it, `over` whether that ends the month."""

    month: str
    until: date
    over: bool
    entries: int
    sha256: dict[str, str]


class Index(Frozen):
    """Every month that was written, the newest first."""

    exports: tuple[Export, ...] = ()


def place(export: Export, form: str) -> str:
    """Where a month lies in the vault."""
    return f"books/{export.month}/{export.until}-{export.sha256[form][:16]}.{form}"


def index() -> Index:
    """What was written so far."""
    body = vault.find(settings().vault, INDEX)
    return Index.model_validate_json(body) if body else Index()


def run() -> dict[str, int]:
    """Write every month that is not over in the index, up to yesterday, and the list of money without a home.

    Gives how many months were written, and how many rows of the list are late."""
    known = {export.month: export for export in index().exports}
    until = _today() - timedelta(days=1)
    entries = _booked(ledger.everything(), until)
    months = {month_of(one.at, settings().time_zone) for one in entries} | {f"{until:%Y-%m}"}
    todo = sorted(month for month in months if month not in known or not known[month].over)
    written = {month: _write(month, entries, until) for month in todo}
    # Another run may have written a later day meanwhile: what it wrote counts.
    newer = {one.month: one for one in index().exports if one.month in written and one.until > written[one.month].until}
    exports = sorted((known | written | newer).values(), key=lambda one: one.month, reverse=True)
    body = Index(exports=tuple(exports)).model_dump_json().encode()
    vault.write(settings().vault, INDEX, body, "application/json")
    return {"written": len(written), "late": open_money.write()}


def _today() -> date:
    return clock.now().astimezone(settings().time_zone).date()


def _booked(rows: Iterable[LedgerEntry], until: date) -> list[Booked]:
    """The entries up to the end of this day, in the order in which both forms list them."""
    end = datetime.combine(until + timedelta(days=1), time(), settings().time_zone)
    return ordered(
        Booked(source=row.payment, number=row.number, at=row.at, entry=row.entry) for row in rows if row.at < end
    )


def _write(month: str, entries: Sequence[Booked], until: date) -> Export:
    zone = settings().time_zone
    mine = [one for one in entries if month_of(one.at, zone) == month]
    before = accounts(one for one in entries if month_of(one.at, zone) < month)
    texts = {"csv": table(mine, zone), "beancount": beancount(mine, zone, f"Books of {month}", before)}
    sums = {form: hashlib.sha256(text.encode()).hexdigest() for form, text in texts.items()}
    last = _last_day(month)
    export = Export(month=month, until=min(until, last), over=until >= last, entries=len(mine), sha256=sums)
    for form, text in texts.items():
        vault.write(settings().vault, place(export, form), text.encode(), FORMS[form])
    return export


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def differences(rows: Iterable[LedgerEntry]) -> Iterator[str]:
    """Where a written month does not say what the ledger says: the newest two are read back and summed."""
    zone, every = settings().time_zone, list(rows)
    for export in index().exports[:2]:
        body = vault.find(settings().vault, place(export, "csv")) or b""
        if hashlib.sha256(body).hexdigest() != export.sha256["csv"]:
            yield f"exports: the table of {export.month} is not the one that was written"
        mine = [one for one in _booked(every, export.until) if month_of(one.at, zone) == export.month]
        if totals_of_table(body.decode()) != totals(mine):
            yield f"exports: the table of {export.month} and the ledger do not sum alike"
