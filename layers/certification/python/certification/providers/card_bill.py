"""CARD BILL: the card provider's balance transactions of one day (UTC), each with the object it is about.

Kept as JSON lines, as they came. The reporting category says what a transaction is; the object behind it names the
payment, the refund or the dispute by the same ids as the events do.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from certification.providers import card
from certification.providers.card_refunds import named
from certification.providers.ports import Lost
from certification.rules.bills import BillRefused, BillRow, RowKind

TRANSACTIONS = "/v1/balance_transactions"
MOST_PAGES = 10_000
SETTLED_AFTER = timedelta(hours=2)

KINDS: dict[str, RowKind] = {
    "charge": RowKind.CAPTURE,
    "refund": RowKind.REFUND,
    "refund_failure": RowKind.REFUND_FAILED,
    "dispute": RowKind.DISPUTE_OUT,
    "dispute_reversal": RowKind.DISPUTE_IN,
    "fee": RowKind.FEE,
    "payout": RowKind.PAYOUT,
}


class CardBills:
    """The card provider's days. Implements `BillSource`."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._ask = card.CardCheckouts(base_url, api_key).ask

    def begins(self, day: date) -> datetime:
        """Its days are UTC days."""
        return datetime.combine(day, time(), UTC)

    def ready_at(self, day: date) -> datetime:
        """Two hours after the day has ended."""
        return self.begins(day) + timedelta(days=1) + SETTLED_AFTER

    def fetch(self, day: date) -> bytes:
        """Every balance transaction created on that day, a JSON object per line, newest first."""
        begins = self.begins(day)
        asked: dict[str, Any] = {
            "created": {"gte": int(begins.timestamp()), "lt": int((begins + timedelta(days=1)).timestamp())},
            "limit": card.PAGE,
            "expand": ["data.source"],
        }
        lines = []
        for _ in range(MOST_PAGES):
            page = self._ask("GET", TRANSACTIONS, asked)
            lines += [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in page["data"]]
            if not page.get("has_more"):
                return "".join(f"{line}\n" for line in lines).encode()
            asked["starting_after"] = page["data"][-1]["id"]
        raise Lost(f"the bill of {day} has more than {MOST_PAGES * card.PAGE} lines")

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """Each transaction; BillRefused with the line where one cannot be read or its net is not amount less fee."""
        for number, line in enumerate(bill.decode().splitlines(), 1):
            try:
                yield _row(json.loads(line))
            except (KeyError, TypeError, ValueError) as reason:
                raise BillRefused((f"line {number}: {reason}",)) from reason


def _row(found: dict[str, Any]) -> BillRow:
    amount, fee, category = found["amount"], found["fee"], found["reporting_category"]
    if not all(type(value) is int for value in (amount, fee)) or found["net"] != amount - fee:
        raise ValueError("net is not amount less fee")
    if category not in KINDS:
        raise ValueError(f"the category {category!r} is not known: add it to KINDS after reading what it means")
    kind = KINDS[category]
    reference, ours, capture = READERS[kind](found.get("source"), found["id"])
    return BillRow(
        provider="card",
        kind=kind,
        reference=reference,
        amount=abs(amount),
        currency=found["currency"].upper(),
        at=datetime.fromtimestamp(found["created"], UTC),
        ours=ours,
        capture=capture,
        fee=fee,
    )


Named = tuple[str, str | None, str | None]


def _charge(source: dict[str, Any], _: str) -> Named:
    intent = named(source["payment_intent"])
    return intent, (source.get("metadata") or {}).get("reference"), intent


def _refund(source: dict[str, Any], _: str) -> Named:
    return source["id"], (source.get("metadata") or {}).get("refund"), named(source["payment_intent"])


def _dispute(source: dict[str, Any], _: str) -> Named:
    return source["id"], None, named(source["payment_intent"])


def _itself(_: Any, transaction: str) -> Named:
    return transaction, None, None


def _payout(source: dict[str, Any] | None, transaction: str) -> Named:
    found = source or {}
    return found.get("id", transaction), None, (found.get("trace_id") or {}).get("value")


READERS: dict[RowKind, Callable[[Any, str], Named]] = {
    RowKind.CAPTURE: _charge,
    RowKind.REFUND: _refund,
    RowKind.REFUND_FAILED: _refund,
    RowKind.DISPUTE_OUT: _dispute,
    RowKind.DISPUTE_IN: _dispute,
    RowKind.FEE: _itself,
    RowKind.PAYOUT: _payout,
}
"""Whom a transaction names: the provider's id of what happened, our reference, and the payment it is about."""
