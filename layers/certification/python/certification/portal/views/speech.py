"""One language and one scheme's time zone: everything a view says goes through here."""

from datetime import date, datetime
from typing import Any

from certification.letters import formats
from certification.letters.formats import Language
from certification.portal.texts import Translator
from certification.rules.money import Money
from certification.rules.spans import Span
from certification.rules.words import Words


class Speech:
    """Calls look up a text; the methods say dates, amounts and words."""

    def __init__(self, language: Language, zone: str = "Asia/Hong_Kong") -> None:
        self.language: Language = language
        self.zone = zone
        self._t = Translator(language)

    def __call__(self, key: str, /, **values: Any) -> str:
        return self._t(key, **values)

    def has(self, key: str) -> bool:
        return self._t.has(key)

    def said(self, words: Words) -> str:
        return formats.said(words, self.language)

    def day(self, value: date | datetime) -> str:
        return formats.day(value, self.language, self.zone)

    def moment(self, value: datetime) -> str:
        return formats.moment(value, self.language, self.zone)

    def period(self, starts: datetime, ends: datetime) -> str:
        return formats.period(starts, ends, self.language, self.zone)

    def deadline(self, value: datetime) -> str:
        return formats.deadline(value, self.language, self.zone)

    def amount(self, value: Money) -> str:
        return formats.amount(value)

    def span(self, value: Span) -> str:
        return value.zh if self.language == "zh" else value.en
