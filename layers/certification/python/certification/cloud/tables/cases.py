"""Cases: duties with a due date and a decision, beside the status of what they are about."""

from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta, moment
from certification.rules.cases import Block, CaseKind, OpenCase, Subject
from certification.rules.model import Frozen


class Decided(Frozen):
    """What was decided, by whom, by page or by file. `reasons` are codes of the policy's list."""

    outcome: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    decided_by: str
    seconded_by: str | None = None
    decided_at: datetime
    by: Literal["page", "file", "system"] = "page"


class Proposal(Frozen):
    """What a first person decided where two are needed. `agreed` is the second person's answer; None while it waits.

    Whoever proposed may take it back: then it is not agreed, and the answer with its reason is their own.
    """

    outcome: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    by: str
    at: datetime
    agreed: bool | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    why_not: str = ""

    @property
    def taken_back(self) -> bool:
        """Whether its first person took it back; a second person is never the first."""
        return self.agreed is False and self.answered_by == self.by


class Case(Record):
    """A duty. `due` is when it is looked at next; `promised` is the date the candidate was told and never moves later.

    `scheme` is whose policy serves it, None for our own operations. `warned_at`: its desk's supervisor heard that the
    promise is near. `proposals` are what a first person decided where a second must confirm; the last may be waiting.
    `wanted` is what was asked for, sealed under the candidate's key.
    """

    id: str
    kind: CaseKind
    subject: Subject
    about: str
    blocks: Block
    desk: str
    waits_for: Literal["candidate", "desk", "outside"] = "desk"
    opened_at: datetime
    promised: datetime
    due: Due | None
    taken_by: str | None = None
    taken_at: datetime | None = None
    decision: Decided | None = None
    scheme: str | None = None
    warned_at: datetime | None = None
    escalations: int = 0
    proposals: tuple[Proposal, ...] = ()
    facts: dict[str, str] = {}
    wanted: str | None = None

    @property
    def seconding(self) -> Proposal | None:
        """The proposal that waits for its second person."""
        return self.proposals[-1] if self.proposals and self.proposals[-1].agreed is None else None

    @property
    def as_open(self) -> OpenCase:
        return OpenCase(reference=self.id, kind=self.kind, blocks=self.blocks)


class QueueIndex(GlobalSecondaryIndex["CaseRow"]):  # type: ignore[no-untyped-call]
    """The open cases of a desk, oldest promise first. Sharding by desk; a busy desk is split by its routing.

    Cases that wait for somebody else lie beside it, in a partition of their own: a thousand sampled candidates who have
    not answered yet must not stand before the one case that the desk can decide.
    """

    class Meta:
        index_name = "queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    promised = UnicodeAttribute(range_key=True)


class CaseRow(Row):
    class Meta:
        table_name = meta("Cases")

    due_index = DueIndex()
    queue_index = QueueIndex()
    queue = UnicodeAttribute(null=True)
    promised = UnicodeAttribute(null=True)


class Cases(Table[Case]):
    name = "Cases"
    row = CaseRow
    record = Case

    def columns(self, record: Case) -> dict[str, Any]:
        columns: dict[str, Any] = {"pk": record.id}
        if record.decision is None:
            queue = _queue(record.desk, others=record.waits_for != "desk")
            columns |= {"queue": queue, "promised": moment(record.promised)}
        return columns

    def queue(self, desk: str, limit: int = 50, *, others: bool = False) -> list[Case]:
        """The open cases that wait for a desk, oldest promise first; `others`: those of it that wait for somebody else.

        Eventually consistent: decide only from `read`.
        """
        return [self._record(row) for row in CaseRow.queue_index.query(_queue(desk, others=others), limit=limit)]


def _queue(desk: str, *, others: bool) -> str:
    return f"{desk}#others" if others else desk


cases = Cases()
