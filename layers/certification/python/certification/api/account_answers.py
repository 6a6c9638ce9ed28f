"""What the API gives about accounts."""

from datetime import datetime

from certification.acts.account_help import Request
from certification.acts.sessions import OwnSession
from certification.rules.model import Frozen
from certification.rules.recovery import Factor, Way
from certification.rules.words import Words


class RecoveryNow(Frozen):
    """Where a recovery stands. With two factors `session` opens the account; `found` false: no account has this."""

    recovery: str
    found: bool
    proved: tuple[Factor, ...]
    next: tuple[Way, ...]
    question: Words | None
    session: str | None


class QuestionOffered(Frozen):
    """A question that can be reserved."""

    code: str
    words: Words


class AccountNow(Frozen):
    """The account itself: how it is reached and recovered, who is signed in, and what others ask for."""

    email: str
    phone: str | None
    ways_back: tuple[Way, ...]
    reserved_question: Words | None
    questions: tuple[QuestionOffered, ...]
    sessions: tuple[OwnSession, ...]
    requests: tuple[Request, ...]


class NameNow(Frozen):
    """How the name is printed: `missing` has no glyph, `forms` are printed in their usual form. `case`: a desk looks at it."""

    native: str | None
    on_paper: str
    missing: tuple[str, ...]
    forms: tuple[str, ...]
    agreed: str | None
    case: str | None
    decided: str | None
    note: str


class Asked(Frozen):
    """The case in which a desk will decide."""

    case: str


class TextToAccept(Frozen):
    """A text, its version and hash, and whether this person accepted just this."""

    text_version: str
    hash: str
    title: Words
    paragraphs: tuple[Words, ...]
    accepted: bool
    accepted_at: datetime | None
