"""Every page. The pages live in the package; this is their door."""

from typing import Any

from certification.portal.door import answer


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return answer(event)
