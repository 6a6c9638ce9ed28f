"""Verifications: what a registry said about a person. They belong to the person and are remembered."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.model import Frozen
from certification.rules.verification import Matter, Reason, Said, State


class Heard(Frozen):
    """One answer of a registry; `at` is the registry's time."""

    ticket: str
    said: Said
    at: datetime


class Verification(Record):
    """One question to a registry. `id` names candidate, matter and the data asked about (a fingerprint, no content).

    `asked`: waiting until `answer_by`; `passed`, `failed`: the registry's word; `on_site`: a person looks, and `reason`
    says why. `due` is when somebody looks again: earlier than `answer_by` while the registry has not taken the question.
    A decision on site is a row of its own, under this id and the exam it holds for (EDU-19).
    """

    id: str
    candidate: str
    matter: Matter
    state: State
    reason: Reason | None = None
    asked_at: datetime
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    ticket: str | None = None
    answers: tuple[Heard, ...] = ()
    exam: str | None = None
    decided_by: str | None = None
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


def on_site_id(check: str, exam: str) -> str:
    """The row that holds what was decided on site about this check, for this exam."""
    return f"{check}@{exam}"
