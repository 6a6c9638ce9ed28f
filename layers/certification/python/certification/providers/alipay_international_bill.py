"""ALIPAY INTERNATIONAL BILL: the cross-border gateway's list of the trades of one day, read by the names of its columns.

In words: a table with one line per payment (`P`) or refund (`R`), in the settlement currency, its parts between `|` or
commas; dates are written in one of two ways, by the contract. A refund names our number of it and its own, but not the
payment's: whose it is, our books say. What is settled must be amount less fee in every line, and where a line before the
table counts the lines, that must be so; else the whole list is refused.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from certification.providers.alipay_events import CHINA
from certification.providers.alipay_international import AlipayInternational
from certification.providers.wallet_numbers import reference_of
from certification.rules.bills import BillRefused, BillRow, RowKind
from certification.rules.money import Money, parse_amount

NUMBER, TRADE, AMOUNT, FEE = "partner_transaction_id", "transaction_id", "amount", "fee"
SETTLED, CURRENCY, AT, TYPE, STATUS = "settlement", "currency", "payment_time", "type", "status"
COLUMNS = frozenset({NUMBER, TRADE, AMOUNT, FEE, SETTLED, CURRENCY, AT, TYPE, STATUS})
KINDS = {
    ("P", "P"): RowKind.CAPTURE,
    ("P", "L"): RowKind.CAPTURE,
    ("R", "P"): RowKind.REFUND,
    ("R", "L"): RowKind.REFUND,
    ("R", "F"): RowKind.REFUND_FAILED,
}
"""By type and status: made, liquidated, failed."""
WRITTEN = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S")
COUNTED = re.compile(r"Total_count:(\d+)")


class AlipayInternationalBills:
    """The days of Alipay's international product. Implements `BillSource`."""

    def __init__(self, gateway: AlipayInternational) -> None:
        self._gateway = gateway

    def begins(self, day: date) -> datetime:
        """Its days are China's."""
        return datetime.combine(day, time(), CHINA)

    def ready_at(self, day: date) -> datetime:
        """At ten the next morning."""
        return self.begins(day) + timedelta(days=1, hours=10)

    def fetch(self, day: date) -> bytes:
        """The list as it comes; empty on a day without business."""
        return self._gateway.bill(day)

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """Its lines, after count and settlement have been found right."""
        return iter(read(bill))


def read(bill: bytes) -> list[BillRow]:
    """The lines of a list. BillRefused where it cannot be read or does not add up."""
    if not bill:
        return []
    try:
        text = bill.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise BillRefused(("not a file in UTF-8",)) from reason
    if not text.endswith("\n"):
        raise BillRefused(("the last line has no end: the file is cut off",))
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    told = COUNTED.search(lines.pop(0)) if lines and not lines[0].lower().startswith(NUMBER) else None
    separator = "|" if lines and "|" in lines[0] else ","
    table = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=separator)
    table.fieldnames = [name.strip().lower() for name in table.fieldnames or ()]
    if not set(table.fieldnames) >= COLUMNS:
        raise BillRefused((f"columns are missing: {', '.join(sorted(COLUMNS - set(table.fieldnames)))}",))
    found = []
    for number, line in enumerate(table, 1):
        try:
            found.append(_row({name: value.strip() for name, value in line.items() if isinstance(value, str)}))
        except (KeyError, ValueError) as reason:
            raise BillRefused((f"line {number}: {reason}",)) from reason
    if told is not None and int(told[1]) != len(found):
        raise BillRefused((f"{told[1]} lines are announced, {len(found)} are there",))
    return found


def _row(line: dict[str, str]) -> BillRow:
    kind, paid, trade = KINDS[line[TYPE], line[STATUS]], line[TYPE] == "P", line[TRADE]
    amount, fee = (_money(line[name], line[CURRENCY]).amount for name in (AMOUNT, FEE))
    # In some files what goes back is negative, in others only the type says so.
    amount, fee = (amount, fee) if paid else (abs(amount), abs(fee))
    if not trade or not line[NUMBER] or amount <= 0:
        raise ValueError("a line needs both numbers and moves a positive amount")
    if line[SETTLED] and abs(_money(line[SETTLED], line[CURRENCY]).amount) != amount - fee:
        raise ValueError("what is settled is not amount less fee")
    return BillRow(
        provider="alipay",
        kind=kind,
        reference=trade if paid else line[NUMBER],
        amount=amount,
        currency=line[CURRENCY],
        at=_moment(line[AT]),
        ours=reference_of(line[NUMBER]) if paid else line[NUMBER],
        capture=trade if paid else None,
        fee=fee if paid else -fee,
    )


def _money(text: str, currency: str) -> Money:
    return parse_amount(text or "0", currency)


def _moment(text: str) -> datetime:
    for written in WRITTEN:
        try:
            return datetime.strptime(text, written).replace(tzinfo=CHINA)
        except ValueError:
            continue
    raise ValueError(f"{text[:30]!r} is no time")
