"""Every row of every table in a form in which two runs of the same story can be compared.

Numbers, keys and ciphertexts are random by design, so they become the name of their kind; everything else stays.
"""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

TABLES = (
    "applications",
    "audit",
    "candidates",
    "cases",
    "certificates",
    "claims",
    "inbox",
    "ledger",
    "messages",
    "orders",
    "payments",
    "refunds",
    "results",
    "seats",
    "sittings",
    "verifications",
)
RANDOM = {
    "APP": r"APP-\d{4}-\d{5,9}[A-Z]",
    "CAN": r"CAN-[0-9a-f]{16}",
    "ORD": r"ORD-\d\d-\d{9}[A-Z]",
    "PAY": r"PAY-[0-9a-f]{12}",
    "CASE": r"CASE-[0-9A-F]{12}",
    "RFD": r"RFD-[0-9A-F]{12}",
    "CERTIFICATE": r"\d\d-\d{6}-[0-9A-Z]{12}-[0-9A-Z]",
    "FILE": r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{8}",
    "HASH": r"\b[0-9a-f]{16,}\b",
    "NUMBER": r"\b\d{11}\b",
    "PORT": r"127\.0\.0\.1:\d+",
}
NO_FACT = '"key": "looked:'
"""Where a job ended its last look: another run of it moves that on, as it should."""
CIPHERTEXTS = ("sealed", "subject", "text", "commitment", "inputs", "earlier")
DRAWN = ("seat", "site", "room", "public_value")


def every_row() -> dict[str, list[str]]:
    """Table to its rows, sorted, as text; and how often each announcement was written."""
    rows = {name: sorted(_texts(name)) for name in TABLES}
    outbox = importlib.import_module("certification.cloud.outbox").outbox
    return rows | {"announcements": sorted(entry.name for entry in outbox.everything())}


def _texts(name: str) -> Iterator[str]:
    module = importlib.import_module(f"certification.cloud.tables.{name}")
    for record in getattr(module, name).everything():
        text = json.dumps(_without_ciphertexts(record.model_dump(mode="json")), sort_keys=True, ensure_ascii=False)
        for kind, pattern in RANDOM.items():
            text = re.sub(pattern, kind, text)
        if NO_FACT not in text:
            yield text


def _without_ciphertexts(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _masked(inner) if name.startswith((*CIPHERTEXTS, *DRAWN)) else _without_ciphertexts(inner)
            for name, inner in value.items()
        }
    return [_without_ciphertexts(inner) for inner in value] if isinstance(value, list) else value


def _masked(value: Any) -> Any:
    """What differs between runs, hidden; how many there are still shows."""
    return ["..."] * len(value) if isinstance(value, list) else value and "..."
