"""The nationalities a page offers, in the order of the reader's language."""

from functools import cache
from pathlib import Path

import yaml

from certification.letters.formats import Language

FIRST = ("CN", "HK", "MO", "TW")
"""Where most candidates of the shipped schemes come from: offered before the alphabet."""


@cache
def _names() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent.parent / "countries.yaml").read_text("utf-8")
    # Plain YAML 1.1 reads the code NO as false; the base loader keeps every scalar as text.
    names: dict[str, dict[str, str]] = yaml.load(text, yaml.BaseLoader)
    return names


def options(language: Language) -> tuple[tuple[str, str], ...]:
    """(code, name) of every nationality."""
    rest = sorted((code for code in _names() if code not in FIRST), key=lambda code: _names()[code]["en"])
    return tuple((code, _names()[code][language]) for code in (*FIRST, *rest))


def name(code: str | None, language: Language) -> str:
    """The name of a code; the code itself if we do not know it."""
    return _names().get(code or "", {}).get(language, code or "")
