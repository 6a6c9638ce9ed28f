"""HELP WITH AN ACCOUNT: when a desk may decide, and what it compares (ACC-06, ACC-08).

In words: the holder of an account that somebody else asks for has 72 hours to say no before anybody decides; a no ends the
case. What was claimed is compared with what the account holds, field by field; the desk sees yes or no, never the holder's
data. An account can only be given back to somebody whose own account has not been used for anything yet.
"""

import unicodedata
from datetime import date, datetime, timedelta

from certification.rules.errors import Refused
from certification.rules.id_documents import IdDocument
from certification.rules.model import Frozen

TIME_TO_SAY_NO = timedelta(hours=72)
LONGEST_NOTE = 1000


class Claimed(Frozen):
    """What somebody says about an account that is theirs."""

    name: str
    born: date
    document: IdDocument


class Held(Frozen):
    """What the account says. The names are those of either script."""

    names: tuple[str, ...]
    born: date | None
    document: IdDocument | None


class Likeness(Frozen):
    """Which of the claimed fields agree with the account's."""

    name: bool
    born: bool
    document: bool


def decided_from(opened_at: datetime) -> datetime:
    """The first instant at which a desk may grant the request."""
    return opened_at + TIME_TO_SAY_NO


def must_be_ripe(opened_at: datetime, now: datetime) -> None:
    """Raises Refused while the holder may still say no."""
    if now < decided_from(opened_at):
        raise Refused(
            "holder_not_heard",
            "The holder of the account has 72 hours to say no. Decide after that.",
            "账号持有人有 72 小时提出异议，请在期满后决定。",
            rules=("ACC-06", "ACC-08"),
            facts={"decided_from": decided_from(opened_at).isoformat()},
        )


def likeness(claimed: Claimed, held: Held) -> Likeness:
    """Field by field; names without regard to case, spaces and dots."""
    return Likeness(
        name=_plain(claimed.name) in {_plain(name) for name in held.names if name},
        born=claimed.born == held.born,
        document=claimed.document == held.document,
    )


def _plain(name: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFC", name).casefold() if character.isalnum())
