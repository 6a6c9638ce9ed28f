"""What every letter has."""

from certification.rules.model import Frozen
from certification.rules.words import Words


class LetterData(Frozen):
    """`name` is how the person is addressed; `reference` is the application's."""

    site: str
    zone: str = "Asia/Hong_Kong"
    name: str | None = None
    reference: str | None = None


class AboutApplication(LetterData):
    """A letter about one application. `exam` says occupation and level in both languages."""

    reference: str
    exam: Words
