"""POLICY, read to people: keys and values in words, in English and in Chinese.

In words: what a policy says in codes is said here as a lawyer would read it aloud: `P7D` is 7 days, a window is "within
7 days of registration (the candidate)", `0.20` is 20 %, a price has its currency, a file's size is in megabytes, and a
list is read item by item. A code of the policy's own (a level, a subject, a desk) is called by its words.
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
PATHS = "own_choices"
MEGABYTE = 1024 * 1024
NOTHING = Words(en="nothing", zh="无")

Codes = Mapping[str, Mapping[str, Words]]
"""The words of a policy's own codes, by the key under which a code stands."""


class Reading(Frozen):
    """How keys and values are called: [English, Chinese] by key and by value.

    `eligibility.fields` is the key `fields` within `eligibility`, `from.approved` the value `approved` of the key `from`.
    """

    fields: dict[str, tuple[str, str]]
    values: dict[str, tuple[str, str]]

    def name(self, key: str, within: str = "") -> Words:
        """A key in words; one that nobody has named is read as it stands."""
        plain = key.replace("_", " ")
        en, zh = self.fields.get(f"{within}.{key}") or self.fields.get(key, (plain, plain))
        return Words(en=en, zh=zh)

    def place(self, path: str) -> Words:
        """A dotted path in words."""
        keys = path.split(".")
        names = [self.name(key, within) for key, within in zip(keys, ["", *keys], strict=False)]
        return joined(names, " › ", " › ")

    def value(self, value: Any, key: str = "", currency: str = "", codes: Codes | None = None) -> Words:
        """A value in words; `key` is where it stands, `currency` the one of prices, `codes` the policy's own words."""
        if isinstance(value, Mapping):
            return self._mapping(value, key, currency, codes or {})
        if isinstance(value, list | tuple):
            parts = [self.value(one, key, currency, codes) for one in value]
            if any(isinstance(one, Mapping) and set(one) != {"en", "zh"} for one in value):
                return _numbered(parts)
            return joined(parts, ", ", "、")
        if isinstance(value, bool):
            return Words(en="yes" if value else "no", zh="是" if value else "否")
        if value is None or value == "":
            return NOTHING
        own = (codes or {}).get(key, {}).get(str(value))
        return own or self._scalar(value, key, currency)

    def _scalar(self, value: Any, key: str, currency: str) -> Words:
        text = str(value)
        called = self.values.get(f"{key}.{text}") or self.values.get(text)
        if key in PRICES and isinstance(value, int) and currency:
            text = str(Money(amount=value, currency=currency))
        elif key in SHARES and re.fullmatch(r"\d(\.\d+)?", text):
            share = f"{Decimal(text) * 100:f}"
            share = share.rstrip("0").rstrip(".") if "." in share else share
            return Words(en=f"{share} %", zh=f"{share}%")
        elif key == "largest" and isinstance(value, int) and value % MEGABYTE == 0:
            text = f"{value // MEGABYTE} MB"
        elif key == PATHS:
            return self.place(text)
        elif text.startswith("P"):
            try:
                length = Span.model_validate(text)
            except ValidationError:
                return Words(en=text, zh=text)
            return Words(en=length.en, zh=length.zh)
        elif isinstance(value, str) and called:
            return Words(en=called[0], zh=called[1])
        return Words(en=text, zh=text)

    def _mapping(self, value: Mapping[str, Any], key: str, currency: str, codes: Codes) -> Words:
        if set(value) == {"en", "zh"}:
            return Words(en=f"“{value['en']}”", zh=f"“{value['zh']}”")
        if "from" in value and "who" in value:
            return self._window(value)
        parts = []
        for name, one in value.items():
            if name == "code" and "words" in value:
                continue
            said = codes.get(key, {}).get(name) or self.name(name, key)
            what = self.value(one, key if key in PRICES else name, currency, codes)
            parts.append(what if name == "words" else Words(en=f"{said.en} {what.en}", zh=f"{said.zh} {what.zh}"))
        return joined(parts, ", ", "，")

    def _window(self, value: Mapping[str, Any]) -> Words:
        since, who = self.value(value["from"], "from"), self.value(value["who"])
        length = next(name for name in LENGTHS if name in value)
        how = self.value(value[length])
        en, zh = {
            "within": (f"within {how.en} of {since.en}", f"自{since.zh}起{how.zh}内"),
            "before": (f"from {how.en} before {since.en} on", f"{since.zh}前{how.zh}起"),
            "until": (f"from {since.en} until {how.en}", f"自{since.zh}至{how.zh}"),
        }[length]
        if value[length] == "notice":
            en, zh = "as the sitting's notice says", "以报考须知为准"
        if "capped_by" in value:
            cap = self.value(value["capped_by"])
            en, zh = f"{en}, at the latest at {cap.en}", f"{zh}，最迟至{cap.zh}"
        return Words(en=f"{en} ({who.en})", zh=f"{zh}（{who.zh}）")


def _numbered(rows: list[Words]) -> Words:
    """Rows of several values each, so that nobody reads two as one."""
    if len(rows) == 1:
        return rows[0]
    shown = [Words(en=f"({number}) {row.en}", zh=f"（{number}）{row.zh}") for number, row in enumerate(rows, 1)]
    return joined(shown, "; ", "；")


def joined(parts: list[Words], en: str, zh: str) -> Words:
    """The parts in one line, each language with its own mark between them."""
    if not parts:
        return NOTHING
    return Words(en=en.join(part.en for part in parts), zh=zh.join(part.zh for part in parts))
