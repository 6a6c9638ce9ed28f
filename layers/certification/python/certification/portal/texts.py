"""What pages say. One YAML file per area in `locales/`; each entry says the same thing in English and in Chinese.

An English entry may have `one` and `other` forms, chosen by the value `n`. `{name}` takes a value; a value that is
markup makes the whole answer markup, with everything else escaped.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from certification.letters.formats import Language

FOLDER = Path(__file__).parent / "locales"
Entry = str | dict[str, str]


@cache
def catalogue() -> dict[str, dict[Language, Entry]]:
    """Every entry by `area.key`."""
    # YAML 1.1 reads the keys "yes" and "no" as truth values; the base loader keeps every scalar as text.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: dict[str, dict[Language, Entry]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        entries: dict[str, dict[Language, Entry]] = yaml.load(path.read_text("utf-8"), loader)
        for key, entry in entries.items():
            if set(entry) != {"en", "zh"}:  # also what an unquoted comma in a flow mapping looks like
                raise ValueError(f"{path.name}: {key} must have en and zh and nothing else, it has {sorted(entry)}")
            found[f"{path.stem}.{key}"] = entry
    return found


class Translator:
    """The texts in one language: `t("pay.title")`, `t("tasks.done", n=3, all=6)`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: Any) -> str:
        entry = catalogue()[key][self.language]
        text = entry if isinstance(entry, str) else entry["one" if values.get("n") == 1 else "other"]
        return _filled(text, values)

    def has(self, key: str) -> bool:
        """Whether there is such an entry: for texts that only some kinds of a thing have."""
        return key in catalogue()


def _filled(text: str, values: Mapping[str, Any]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(escape(text)).format(**values)
    return text.format(**values) if values else text
