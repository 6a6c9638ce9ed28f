"""The bank's days: a statement that was dropped becomes a day that is compared, explained and closed like a provider's.

A statement is kept without what it says of people: one line for each movement. Its day is that of its closing balance.
"""

import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from certification.acts.bill_findings import tell
from certification.acts.books import books_of
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.base import Due
from certification.cloud.tables.bill_days import BillDay, Stated, bill_days
from certification.cloud.tables.payments import Payment
from certification.cloud.transaction import commit, retried
from certification.providers.bill_ports import BillNotReady
from certification.rules.bank_day import Named, known_of, row_of, stands, with_balance
from certification.rules.bills import BillRow, RowKind
from certification.rules.facts import FactKind
from certification.rules.reconciliation import Reconciled, reconcile
from certification.rules.statements import Statement

DAY = timedelta(days=1)


def stream_of(currency: str) -> str:
    """The name of the statements in a currency: as the ledger, there is one bank account for each."""
    return f"bank_{currency.lower()}"


def state(statement: Statement) -> None:
    """Keep a statement for its day; one without balances is none. The same statement again changes nothing."""
    if statement.opening is None or statement.closing is None or statement.on is None:
        return
    stream = stream_of(statement.closing.currency)
    body = "".join(f"{_text(row_of(line))}\n" for line in statement.lines).encode()
    file = f"bills/{stream}/{statement.on}/{hashlib.sha256(body).hexdigest()[:32]}"
    vault.write(settings().vault, file, body, "application/octet-stream")
    _await(
        stream,
        statement.on,
        Stated(
            account=statement.account,
            number=statement.number,
            opening=statement.opening.amount,
            closing=statement.closing.amount,
            file=file,
        ),
    )


@retried
def _await(stream: str, day: date, stated: Stated) -> None:
    """The day waits to be looked at. A statement that the bank wrote anew takes the place of the one before."""
    now = clock.now()
    row = bill_days.find(stream, day.isoformat())
    if row is None:
        row = BillDay(stream=stream, provider="bank_transfer", day=day, stated=(stated,), due=Due(at=now))
        commit([bill_days.insert(row)])
    elif stated in row.stated:
        return
    elif row.state == "closed":
        tell(stream, day, "refused", f"statement {stated.number} is another than the day was closed with", now)
    else:
        others = tuple(one for one in row.stated if (one.account, one.number) != (stated.account, stated.number))
        commit([bill_days.update(row.changed(stated=(*others, stated), due=Due(at=now)))])


def _text(row: BillRow) -> str:
    return json.dumps({**asdict(row), "at": row.at.isoformat()}, sort_keys=True)


def _row(line: bytes) -> BillRow:
    kept: dict[str, Any] = json.loads(line)
    return BillRow(**{**kept, "kind": RowKind(kept["kind"]), "at": datetime.fromisoformat(kept["at"])})


class Statements:
    """What was kept of the statements in one currency. Implements `BillSource`."""

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def begins(self, day: date) -> datetime:
        """Banks tell days, not hours."""
        return datetime.combine(day, time(), UTC)

    def ready_at(self, day: date) -> datetime:
        """Whoever drops it says when."""
        return self.begins(day) + DAY

    def fetch(self, day: date) -> bytes:
        """All statements of a day. Raises BillNotReady where none was dropped."""
        row = bill_days.find(self._stream, day.isoformat())
        if row is None or not row.stated:
            raise BillNotReady
        return b"".join(vault.read(settings().vault, one.file) for one in row.stated)

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """The movements, as they were kept."""
        return map(_row, io.BytesIO(bill))


def compared(
    stream: str, day: date, rows: Iterable[BillRow], accounts: Collection[str], paid: Sequence[Payment]
) -> Reconciled:
    """A day's statements against all facts of these accounts, and the closing balance against our books."""
    earlier = [row for row in bill_days.within(stream) if row.day < day]
    currency = stream.rpartition("_")[2].upper()
    begins = datetime.combine(earlier[-1].day + DAY if earlier else date.min, time(), UTC)
    ends = datetime.combine(day + DAY, time(), UTC)
    asked = {fact.about for one in paid for fact in one.facts.values() if fact.kind is FactKind.REFUND_REQUESTED}
    result = reconcile(
        rows,
        known_of(((one.id, one.facts) for one in paid), currency),
        begins=begins,
        ends=ends,
        carried=frozenset(earlier[-1].carried if earlier else ()),
        attempts=Named(accounts, asked),
    )
    explained = sum(row.bank.charges + row.bank.other for row in earlier if row.bank)
    stood = stands(((one.facts, books_of(one)) for one in paid), currency, day, frozenset(result.carried))
    closing = sum(_closing([*earlier, bill_days.read(stream, day.isoformat())]).values())
    return with_balance(result, stood - explained, closing, currency, day)


def _closing(days: Iterable[BillDay]) -> Mapping[str, int]:
    """The last balance of each account. Of several statements of a day, the one that no other goes on from."""
    found: dict[str, int] = {}
    for row in days:
        for account in {one.account for one in row.stated}:
            mine = [one for one in row.stated if one.account == account]
            last = [one for one in mine if not any(other.opening == one.closing for other in mine if other is not one)]
            found[account] = (last or mine)[-1].closing
    return found
