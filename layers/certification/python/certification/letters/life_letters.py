"""What the letters about corrections, hearings, voids and appeals are told."""

from datetime import datetime
from typing import Literal

from certification.letters.base import AboutApplication, LetterData
from certification.rules.words import Words


class CorrectionDecided(AboutApplication):
    """A desk decided a correction: made, refused, or overtaken by what happened meanwhile. `note` is the desk's."""

    state: Literal["made", "refused", "overtaken"]
    note: str = ""


class VoidHearingOpened(AboutApplication):
    """It is looked into whether something is void, on this `ground`; the person may answer until `reply_by`."""

    ground: Words
    reply_by: datetime


class ApplicationVoided(AboutApplication):
    """Void, on this `ground`; the person may appeal until `appeal_by` (None where nobody hears appeals)."""

    ground: Words
    appeal_by: datetime | None = None


class ApplicationReinstated(AboutApplication):
    """A void, a rejection or a forfeit was taken back: the application goes on where it was."""


class AppealRefused(AboutApplication):
    """An appeal was not upheld. `note` says why."""

    note: str


LIFE_LETTERS: tuple[type[LetterData], ...] = (
    CorrectionDecided,
    VoidHearingOpened,
    ApplicationVoided,
    ApplicationReinstated,
    AppealRefused,
)
