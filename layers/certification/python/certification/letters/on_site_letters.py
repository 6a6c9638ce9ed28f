"""What the letters about on-site checks and late reports say."""

from datetime import datetime
from typing import Literal

from certification.letters.base import LetterData
from certification.rules.words import Words


class OnSiteCheckAsked(LetterData):
    """Somebody has to come; the words of the region's notice, where there is one (CHK-07)."""

    reference: str
    exam: Words
    when: Words | None = None
    where: Words | None = None
    how: Words | None = None


class AppointmentBooked(OnSiteCheckAsked):
    """A time is booked."""

    at: datetime


class OnSiteCheckDecided(LetterData):
    """What came of it."""

    reference: str
    exam: Words
    outcome: Literal["passed", "failed", "missed"]
    note: str = ""


class ReportAwaited(LetterData):
    """The report that was to come later is due by `hand_in_by` (EDU-12)."""

    reference: str
    exam: Words
    hand_in_by: datetime


class ReportCheckOpened(LetterData):
    """A desk looks at the report that was there before the exam, by `decided_by` (QUA-01)."""

    reference: str
    exam: Words
    decided_by: datetime


class ReportDecided(LetterData):
    """What came of it; `confirmed`: no person decided, because the registry did."""

    reference: str
    exam: Words
    outcome: Literal["accepted", "sent_back", "refused", "confirmed"]
    note: str = ""
    hand_in_by: datetime | None = None


ON_SITE_LETTERS: tuple[type[LetterData], ...] = (
    OnSiteCheckAsked,
    AppointmentBooked,
    OnSiteCheckDecided,
    ReportAwaited,
    ReportCheckOpened,
    ReportDecided,
)
