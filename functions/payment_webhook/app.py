"""The payment providers' webhooks, one path each: verified over the raw bytes, stored, answered in the provider's way."""

from typing import Any

from certification.acts import webhooks


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return webhooks.answer(event)
