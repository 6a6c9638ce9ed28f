"""BILL EVENTS: a line of a bill as an event, so that what a lost message never told becomes a fact all the same.

The bill is the provider's word like any message. Its facts have the keys that the messages' facts have, so a message
that comes after all changes nothing.
"""

import json
from datetime import datetime
from typing import Any

from certification.providers.events import ProviderEvent
from certification.rules.bills import FACT_OF, BillRow, RowKind
from certification.rules.facts import FactKind, fact_of
from certification.rules.money import Money
from certification.rules.payments import AttemptState


def text_of(row: BillRow, reference: str) -> str:
    """A line as an inbox entry keeps it. `reference` is ours of the payment: `<order>.<attempt>`."""
    body = {
        "billed": {
            "provider": row.provider,
            "kind": row.kind,
            "reference": row.reference,
            "amount": row.amount,
            "currency": row.currency,
            "at": row.at.isoformat(),
            "ours": row.ours,
            "capture": row.capture,
            "fee": row.fee,
        },
        "payment": reference,
    }
    return json.dumps(body)


def read(entry: str, body: dict[str, Any]) -> ProviderEvent:
    """The event of a kept line."""
    given = body["billed"]
    row = BillRow(**{**given, "kind": RowKind(given["kind"]), "at": datetime.fromisoformat(given["at"])})
    kind = FACT_OF[row.kind]
    fact = fact_of(
        kind,
        row.reference,
        Money(amount=row.amount, currency=row.currency),
        row.at,
        f"{row.provider}:bill",
        capture=None if kind is FactKind.CAPTURED else f"CAP#{row.capture}",
        about=row.ours if row.kind in (RowKind.REFUND, RowKind.REFUND_FAILED) else None,
    )
    return ProviderEvent(
        id=entry,
        provider=row.provider,
        type="bill",
        at=row.at,
        reference=body["payment"],
        payment=row.capture or row.reference,
        state=AttemptState.CAPTURED if kind is FactKind.CAPTURED else None,
        facts=(fact,),
    )
