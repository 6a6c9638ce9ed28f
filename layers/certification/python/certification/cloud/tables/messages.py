"""Messages: every letter we sent, for the candidate to read again; the row is the claim that sends it once."""

from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.base import Record, Row, Table, meta

Channel = Literal["email", "sms", "email_before", "sms_before"]
"""`*_before` is the address or number that was in use until a change, which hears of it too."""


class Message(Record):
    """One letter on one channel. `claimed` without `sent` after a crash means unknown: it is not sent again by itself.

    `subject` and `text` are sealed under the candidate's key.
    """

    candidate: str
    announcement: str
    name: str
    channel: Channel
    state: Literal["claimed", "sent", "failed"]
    claimed_at: datetime
    sent_at: datetime | None = None
    subject: str = ""
    text: str = ""


class MessageRow(Row):
    class Meta:
        table_name = meta("Messages")

    sk = UnicodeAttribute(range_key=True)


class Messages(Table[Message]):
    name = "Messages"
    row = MessageRow
    record = Message

    def columns(self, record: Message) -> dict[str, Any]:
        return {"pk": record.candidate, "sk": f"{record.announcement}#{record.channel}"}


messages = Messages()
