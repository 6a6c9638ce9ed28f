"""WORDS: what people read, in English and in simplified Chinese, and why."""

from typing import Annotated

from pydantic import Field

from certification.rules.model import Frozen

Line = Annotated[str, Field(min_length=1)]


class Words(Frozen):
    """The same thing said in English and in simplified Chinese."""

    en: Line
    zh: Line


class Because(Frozen):
    """Why a rule answered as it did: a sentence in both languages and the requirements behind it (docs/rules.md)."""

    en: Line
    zh: Line
    rules: tuple[str, ...] = ()
