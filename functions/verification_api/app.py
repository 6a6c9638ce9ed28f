"""Anybody verifies a certificate by its number. One shape for every answer, whatever is behind it."""

import json
from typing import Any

from certification.acts import certificates


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    verdict = certificates.verify((event.get("pathParameters") or {}).get("number", ""))
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(verdict.model_dump(mode="json"), ensure_ascii=False),
    }
