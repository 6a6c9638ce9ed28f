"""Every page. The pages live in the package; this is their door."""

from typing import Any

from certification import portal


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return portal.answer(event)
