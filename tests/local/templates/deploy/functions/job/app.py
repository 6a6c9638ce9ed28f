"""A function of the deployer's test template."""

from typing import Any


def handler(event: Any, _context: Any) -> Any:
    """Answer with what came."""
    return event
