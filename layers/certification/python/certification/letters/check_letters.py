"""What the letters about checks of a commitment are told."""

from datetime import datetime

from certification.letters.base import AboutApplication, LetterData
from certification.rules.words import Words


class CheckRequested(AboutApplication):
    """The commitment is checked: `why`, what is handed in (`proofs`; empty: on paper), by when, and what missing it costs."""

    why: Words
    proofs: tuple[Words, ...] = ()
    on_paper: bool = False
    answer_by: datetime
    forfeits: bool


class CheckPassed(AboutApplication):
    """The commitment was kept: nothing more is needed."""


class RightForfeited(AboutApplication):
    """A check was not answered in time: the right to sit is given up (CHK-13)."""


CHECK_LETTERS: tuple[type[LetterData], ...] = (CheckRequested, CheckPassed, RightForfeited)
