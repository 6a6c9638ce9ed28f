"""Closing a provider's day: what it took and paid out goes to the ledger, and the day is signed (payments.md 4.5)."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.signing import public_key, signature
from certification.cloud.tables.base import Write
from certification.cloud.tables.bill_days import BillDay, Closing, bill_days
from certification.cloud.tables.cases import Case
from certification.cloud.tables.ledger import LedgerEntry, ledger
from certification.cloud.transaction import commit
from certification.rules.ledger import Entry, bank_day_entry, day_entry
from certification.rules.money import Money
from certification.rules.reconciliation import Sums

FORMAT = "assay-day-1"
KEY = "closings/key.pem"
"""The public key that checks every signature; it lies beside what it checks."""


def close(row: BillDay, explained: Sequence[Case], now: datetime) -> None:
    """Sign the summary, book fees and payouts, and close: all rows at once. The signature is over the summary's text."""
    text = summary(row, explained, now)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    # two who close at once write two files, and the row names the one that counts
    place = f"closings/{row.stream}/{row.day}-{sha256[:16]}.json"
    signed = signature(f"{FORMAT}\n{sha256}\n")
    bucket = settings().vault
    vault.write(bucket, place, text.encode(), "application/json")
    vault.write(bucket, f"{place}.sig", base64.b64decode(signed), "application/octet-stream")
    vault.write(bucket, KEY, public_key().encode(), "application/x-pem-file")
    closing = Closing(at=now, file=place, sha256=sha256, signature=signed)
    done: BillDay = row.changed(state="closed", closing=closing, due=None)
    commit([bill_days.update(done), *_booked(row, now)])


def summary(row: BillDay, explained: Sequence[Case], now: datetime) -> str:
    """What is signed: canonical JSON (sorted keys, no spaces, UTF-8)."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "stream": row.stream,
        "day": row.day.isoformat(),
        "bill": row.sha256,
        "lines": row.lines,
        "counts": {what: row.counts[what] for what in sorted(row.counts)},
        "sums": [{**sums.model_dump(), "kept_there": sums.kept_there} for sums in row.sums],
        **({"bank": row.bank.model_dump()} if row.bank else {}),
        "expected_in_the_next_bill": [list(key) for key in row.carried],
        "recorded_from_the_bill": row.healed,
        "explained": [
            {
                "case": case.id,
                "what": case.facts.get("what"),
                "reference": case.facts.get("reference"),
                "by": case.decision.decided_by if case.decision else None,
                "at": case.decision.decided_at.isoformat() if case.decision else None,
            }
            for case in explained
        ],
        "closed_at": now.isoformat(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def entries_of(row: BillDay) -> list[Entry]:
    """The day's entries, one for each currency in which the provider or the bank took, sent or kept anything."""
    why = f"day#{row.stream}#{row.day}"
    if row.bank is not None:
        charges, other = (Money(amount=each, currency=row.bank.currency) for each in (row.bank.charges, row.bank.other))
        entries = [bank_day_entry(charges, other, why)]
    else:
        entries = [_provider_entry(row, sums, why) for sums in row.sums]
    return [entry for entry in entries if entry.postings]


def _provider_entry(row: BillDay, sums: Sums, why: str) -> Entry:
    fees, paid_out = (Money(amount=each, currency=sums.currency) for each in (sums.fees, sums.paid_out))
    return day_entry(row.provider, fees, paid_out, why)


def _booked(row: BillDay, now: datetime) -> list[Write]:
    return [
        ledger.insert(LedgerEntry(payment=f"day#{row.stream}#{row.day}", number=number, at=now, entry=entry))
        for number, entry in enumerate(entries_of(row), 1)
    ]
