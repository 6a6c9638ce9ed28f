"""POLICY, read to people: keys and values in words, in English and in Chinese.

In words: what a policy says in codes is said here as a lawyer would read it aloud: `P7D` is 7 days, a window is "within
7 days of registration (the candidate)", `0.20` is 20 %, a price has its currency, and a list is read item by item.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.spans import Span
from certification.rules.words import Words

SHARES = frozenset({"handling_fee_rate", "proportion", "head"})
PRICES = frozenset({"amounts", "for_subjects"})
LENGTHS = ("within", "before", "until")


class Reading(Frozen):
    """How keys and values are called: [English, Chinese] by key and by value."""

    fields: dict[str, tuple[str, str]]
    values: dict[str, tuple[str, str]]

    def name(self, key: str) -> Words:
        """A key in words; one that nobody has named is read as it stands."""
        en, zh = self.fields.get(key, (key.replace("_", " "), key.replace("_", " ")))
        return Words(en=en, zh=zh)

    def value(self, value: Any, key: str = "", currency: str = "") -> Words:
        """A value in words; `key` is where it stands, `currency` the one of prices."""
        if isinstance(value, Mapping):
            return self._mapping(value, key, currency)
        if isinstance(value, list | tuple):
            return _joined([self.value(one, key, currency) for one in value], ", ", "、")
        if isinstance(value, bool):
            return Words(en="yes" if value else "no", zh="是" if value else "否")
        if value is None or value == "":
            return Words(en="nothing", zh="无")
        return self._scalar(value, key, currency)

    def _scalar(self, value: Any, key: str, currency: str) -> Words:
        text = str(value)
        if key in PRICES and isinstance(value, int) and currency:
            text = str(Money(amount=value, currency=currency))
        elif key in SHARES and re.fullmatch(r"\d(\.\d+)?", text):
            text = f"{Decimal(text) * 100:f}".rstrip("0").rstrip(".") + " %"
        elif text.startswith("P"):
            try:
                length = Span.model_validate(text)
            except ValidationError:
                return Words(en=text, zh=text)
            return Words(en=length.en, zh=length.zh)
        elif isinstance(value, str) and text in self.values:
            return Words(en=self.values[text][0], zh=self.values[text][1])
        return Words(en=text, zh=text)

    def _mapping(self, value: Mapping[str, Any], key: str, currency: str) -> Words:
        if set(value) == {"en", "zh"}:
            return Words(en=f"“{value['en']}”", zh=f"“{value['zh']}”")
        if "from" in value and "who" in value:
            return self._window(value)
        parts = []
        for name, one in value.items():
            said, what = self.name(name), self.value(one, key if key in PRICES else name, currency)
            parts.append(Words(en=f"{said.en} {what.en}", zh=f"{said.zh}{what.zh}"))
        return _joined(parts, "; ", "；")

    def _window(self, value: Mapping[str, Any]) -> Words:
        since, who = self.value(value["from"]), self.value(value["who"])
        length = next(name for name in LENGTHS if name in value)
        how = self.value(value[length])
        en, zh = {
            "within": (f"within {how.en} of {since.en}", f"自{since.zh}起{how.zh}内"),
            "before": (f"from {how.en} before {since.en} on", f"{since.zh}前{how.zh}起"),
            "until": (f"from {since.en} until {how.en}", f"自{since.zh}至{how.zh}"),
        }[length]
        if "capped_by" in value:
            cap = self.value(value["capped_by"])
            en, zh = f"{en}, at the latest at {cap.en}", f"{zh}，最迟至{cap.zh}"
        return Words(en=f"{en} ({who.en})", zh=f"{zh}（{who.zh}）")


def _joined(parts: list[Words], en: str, zh: str) -> Words:
    if not parts:
        return Words(en="nothing", zh="无")
    return Words(en=en.join(part.en for part in parts), zh=zh.join(part.zh for part in parts))
