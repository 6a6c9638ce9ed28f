"""Lists that one machine writes and another reads: JSON Lines in the vault, one item per application."""

from collections.abc import Iterable

from certification.cloud import vault
from certification.cloud.settings import settings


def qualified_list(sitting: str, references: Iterable[str], name: str) -> str:
    """Write the list of who is qualified and give its key. The same name is the same list."""
    key = f"lists/qualified/{sitting}/{name}.jsonl"
    vault.write_lines(settings().vault, key, ({"application": reference} for reference in references))
    return key
