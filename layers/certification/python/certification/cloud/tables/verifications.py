"""Verifications: what a registry said about a person. They belong to the person and are remembered."""

from datetime import datetime
from typing import Any, Literal

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta


class Verification(Record):
    """One question to a registry. `id` names candidate, matter and the data asked about (a fingerprint, no content).

    `asked`: waiting; `passed`, `failed`: the registry's word; `on_site`: no answer in time, a person looks (decision 21).
    """

    id: str
    candidate: str
    matter: Literal["identity"]
    state: Literal["asked", "passed", "failed", "on_site"]
    asked_at: datetime
    answered_at: datetime | None = None
    ticket: str | None = None
    tries: int = 0
    due: Due | None = None

    @property
    def answered(self) -> bool:
        """Whether the candidate can go on: by an answer, or because the time for one is over."""
        return self.state != "asked"


class VerificationRow(Row):
    class Meta:
        table_name = meta("Verifications")

    due_index = DueIndex()


class Verifications(Table[Verification]):
    name = "Verifications"
    row = VerificationRow
    record = Verification

    def columns(self, record: Verification) -> dict[str, Any]:
        return {"pk": record.id}


verifications = Verifications()
