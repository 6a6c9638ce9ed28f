"""Codes: one-time codes on their way to an address, and how many were asked for it lately."""

from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import NumberAttribute

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.guessing import Tally
from certification.rules.recovery import Factor

Purpose = Literal[
    "sign_up_phone",
    "sign_in",
    "staff_sign_in",
    "commitment",
    "new_email",
    "confirm_by_email",
    "confirm_by_phone",
    "recover_by_email",
    "recover_by_phone",
]
Language = Literal["en", "zh"]


class Challenge(Record):
    """A code that was sent. `code_hash` is salted with the challenge's id; `subject` is who may use it.

    `address` is the e-mail address or phone number, sealed under the candidate's key (a staff address is not stored).
    An unknown address gets a challenge too, with no subject: nobody learns whether an account exists.
    """

    id: str
    purpose: Purpose
    subject: str | None
    address: str | None
    address_index: str
    code_hash: str
    language: Language
    created_at: datetime
    expires_at: datetime
    tries: int = 0


class Counter(Record):
    """When codes were sent to an address: the instants of the last day, oldest first."""

    key: str
    sent_at: tuple[datetime, ...] = ()


class RangeTally(Record):
    """What one range of the network did lately."""

    key: str
    tally: Tally


class Recovery(Record):
    """Somebody on the way back into an account: what they proved so far. `key` is the hash of what they hold."""

    key: str
    candidate: str | None
    proved: tuple[Factor, ...]
    expires_at: datetime


class Journey(Record):
    """Somebody on the way over an identity platform. `key` is the hash of the state they come back with."""

    key: str
    provider: str
    candidate: str | None
    nonce: str
    verifier: str
    expires_at: datetime


class CodeRow(Row):
    class Meta:
        table_name = meta("Codes")

    expires = NumberAttribute()


class Challenges(Table[Challenge]):
    name = "Codes"
    row = CodeRow
    record = Challenge

    def columns(self, record: Challenge) -> dict[str, Any]:
        return {"pk": record.id, "expires": int(record.expires_at.timestamp()) + 7200}


class Counters(Table[Counter]):
    name = "Codes"
    row = CodeRow
    record = Counter

    def columns(self, record: Counter) -> dict[str, Any]:
        last = int(record.sent_at[-1].timestamp()) if record.sent_at else 0
        return {"pk": record.key, "expires": last + 2 * 86_400}


class Tallies(Table[RangeTally]):
    name = "Codes"
    row = CodeRow
    record = RangeTally

    def columns(self, record: RangeTally) -> dict[str, Any]:
        return {"pk": record.key, "expires": int(record.tally.day.since.timestamp()) + 2 * 86_400}


class Recoveries(Table[Recovery]):
    name = "Codes"
    row = CodeRow
    record = Recovery

    def columns(self, record: Recovery) -> dict[str, Any]:
        return {"pk": record.key, "expires": int(record.expires_at.timestamp()) + 7200}


class Journeys(Table[Journey]):
    name = "Codes"
    row = CodeRow
    record = Journey

    def columns(self, record: Journey) -> dict[str, Any]:
        return {"pk": record.key, "expires": int(record.expires_at.timestamp()) + 7200}


challenges = Challenges()
counters = Counters()
tallies = Tallies()
recoveries = Recoveries()
journeys = Journeys()
