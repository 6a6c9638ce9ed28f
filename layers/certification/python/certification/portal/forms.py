"""Reading a form: what was typed, and every mistake at once, with words beside the field.

Nothing that was typed is lost or changed: pages show a form again with `typed`, and `errors` beside the fields.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

from certification.portal.requests import Request
from certification.portal.texts import Translator
from certification.rules.errors import Refused

LONGEST = 200
NOT_ACCEPTED = "agreement_missing"


class Form:
    """One reading of one request's form. `errors` maps a field (or "" for the whole form) to a sentence."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.t = Translator(request.language)
        self.errors: dict[str, str] = {}

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, for showing the form again."""
        return {name: values[0] for name, values in self.request.form.items() if values and name != "token"}

    def text(self, field: str, missing: str | None = None, longest: int = LONGEST) -> str:
        """One line of text in Unicode's composed form. `missing` is the text key for an empty answer."""
        value = unicodedata.normalize("NFC", re.sub(r"\s+", " ", self.request.field(field)))
        if not value and missing:
            self.wrong(field, missing)
        if len(value) > longest:
            self.wrong(field, "form.too_long", longest=longest)
        return value

    def chosen(self, field: str, allowed: Collection[str], missing: str | None = None, **values: object) -> str:
        """One of the values a page offered; anything else counts as no answer. `values` belong into the words."""
        value = self.request.field(field)
        if value in allowed:
            return value
        if missing:
            self.wrong(field, missing, **values)
        return ""

    def several(self, field: str, allowed: Collection[str]) -> list[str]:
        """Those of the values a page offered that were ticked."""
        return [value for value in self.request.form.get(field, ()) if value in allowed]

    def day(self, field: str, missing: str | None = None) -> date | None:
        """A date from `<field>_day`, `<field>_month` and `<field>_year`."""
        parts = [re.sub(r"\s", "", self.request.field(f"{field}_{part}")) for part in ("year", "month", "day")]
        if not any(parts):
            if missing:
                self.wrong(field, missing)
            return None
        try:
            year, month, day = (int(part) for part in parts)
            return date(year, month, day)
        except (ValueError, OverflowError):
            self.wrong(field, "form.not_a_date")
            return None

    def code(self, field: str) -> str:
        """A one-time code: spaces and dashes that people type along are ignored."""
        value = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", self.request.field(field)))
        if not value:
            self.wrong(field, "form.code_missing")
        elif not re.fullmatch(r"\d{4,8}", value):
            self.wrong(field, "form.code_not_digits")
        return value

    def wrong(self, field: str, key: str, **values: object) -> None:
        """Note a mistake; the first one of a field stays."""
        self.errors.setdefault(field, self.t(key, **values))

    def refused(self, refusal: Refused, names: Mapping[str, str] | None = None) -> None:
        """Note what an act refused, beside its field. `names` says what a field is called in this form.

        That a text was not accepted yet is no mistake in a form: the door leads to the text, and back.
        """
        if refusal.code == NOT_ACCEPTED:
            raise refusal
        field = (names or {}).get(refusal.field or "", refusal.field or "")
        here = {name for sent in self.request.form for name in (sent, sent.rpartition("_")[0])}
        self.errors.setdefault(field if field in here else "", said(refusal, self.request))


def said(refusal: Refused, request: Request) -> str:
    """A refusal in the language of the page."""
    return refusal.zh if request.language == "zh" else refusal.en
