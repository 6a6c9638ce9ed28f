"""Lets one token in."""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return {"isAuthorized": event["headers"]["authorization"] == "Bearer good", "context": {"who": "somebody"}}
