"""Commitments: what was signed, by whom, over which content. A row is never changed but for the day it was taken back."""

from datetime import datetime
from typing import Any, Literal

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.words import Because


class Commitment(Record):
    """One signature. `content` covers text and application; `phone` is the blind index of the number that got the code.

    `waived` says whether the check is waived (CHK-08), and `why`. `sample` is the name under which a sample may draw it.
    """

    id: str
    application: str
    candidate: str
    text: str
    text_hash: str
    notice_shown_at: datetime
    content: str
    policy_hash: str
    language: Literal["en", "zh"]
    session: str
    phone: str
    signed_at: datetime
    waived: bool
    why: Because
    withdrawn_at: datetime | None = None


class CommitmentRow(Row):
    class Meta:
        table_name = meta("Commitments")


class Commitments(Table[Commitment]):
    name = "Commitments"
    row = CommitmentRow
    record = Commitment

    def columns(self, record: Commitment) -> dict[str, Any]:
        return {"pk": record.id}


commitments = Commitments()
