"""What letters about an account are told. Every change that could help a thief is told to whom it may concern."""

from datetime import datetime
from typing import Literal

from certification.letters.base import LetterData

Asks = Literal["phone", "account"]


class EmailChanged(LetterData):
    """To the old address, the new one, and the phone."""


class PhoneChanged(LetterData):
    """To the old number, the new one, and the e-mail address."""


class PhoneDetached(LetterData):
    """The number went to somebody who proved that they hold it; a desk decided so (ACC-08)."""


class AnswerReserved(LetterData):
    """A security question was set or changed (ACC-10)."""


class AccountRecovered(LetterData):
    """Two factors, or a desk, let somebody back in; every other session ended (ACC-10, ACC-06)."""


class AccountSearched(LetterData):
    """Somebody looked for the account of this ID document, or tried to register it again (ACC-05)."""

    registering: bool


class AccountHelpAsked(LetterData):
    """To the holder: somebody else asks for the number or the account; no decision before `decided_from`."""

    asks: Asks
    decided_from: datetime


class AccountHelpDecided(LetterData):
    """To who asked: what the desk decided, or that the holder said no."""

    asks: Asks
    granted: bool
    note: str = ""


class NamePrintingDecided(LetterData):
    """How a name with a rare character is printed from now on (ACC-13)."""

    granted: bool
    note: str = ""
    on_paper: str


class StaffAddressUnknown(LetterData):
    """To an address that asked for a staff code and is nobody's: it costs the same as a code would."""


ACCOUNT_LETTERS: tuple[type[LetterData], ...] = (
    EmailChanged,
    PhoneChanged,
    PhoneDetached,
    AnswerReserved,
    AccountRecovered,
    AccountSearched,
    AccountHelpAsked,
    AccountHelpDecided,
    NamePrintingDecided,
    StaffAddressUnknown,
)
