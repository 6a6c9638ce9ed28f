"""Applications: one candidate's attempt at one sitting. What everything hangs on."""

from datetime import UTC, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from certification.cloud.tables.base import Due, DueIndex, Record, Row, Table, meta
from certification.rules.cases import OpenCase
from certification.rules.model import Frozen
from certification.rules.policy_applying import CandidateClass
from certification.rules.policy_changes import VoidScope
from certification.rules.status import Status, Trigger

EARLIEST = datetime.min.replace(tzinfo=UTC)


class Step(Frozen):
    """One move in the life of an application, for its timeline. `by` is `candidate`, a staff id, or a machine's name."""

    at: datetime
    trigger: Trigger
    to: Status
    by: str
    rules: tuple[str, ...] = ()


class Answer(Frozen):
    """What a rule answered, stored with the decision so that it can be explained years later. `policy` is its hash."""

    rule: str
    yes: bool
    en: str
    zh: str
    at: datetime
    rules: tuple[str, ...] = ()
    policy: str = ""


class ReturnReason(Frozen):
    """Why an application came back: the part it is about, in the policy's words."""

    code: str
    applies_to: str
    en: str
    zh: str


class Returned(Frozen):
    """What the reviewer said. `note` is in the reviewer's own words."""

    reasons: tuple[ReturnReason, ...]
    note: str
    at: datetime


class Correction(Frozen):
    """A correction the candidate asked for: which fields, and what became of it. The values are sealed in the case."""

    case: str
    fields: tuple[str, ...]
    asked_at: datetime
    state: Literal["asked", "made", "refused", "overtaken"] = "asked"
    note: str = ""
    decided_at: datetime | None = None


class Voided(Frozen):
    """Why something is void, how much of it, by whom it was decided and in which case. `reply` is sealed."""

    scope: VoidScope
    ground: str
    decided_by: str
    seconded_by: str | None = None
    case: str
    at: datetime
    earlier: Status
    reinstated_at: datetime | None = None


class Seat(Frozen):
    """Where the candidate sits."""

    site: str
    room: str
    seat: int


class NoticeShown(Frozen):
    """The notice of the commitment as it was shown: which version, the hash of its text, and when (COM-03)."""

    text: str
    hash: str
    language: Literal["en", "zh"]
    at: datetime


class Application(Record):
    """`due` belongs to `status`; `promised` is the end of the wait where the row is looked at at another time. `open_cases`
    are the cases beside it; `orders` and `certificate` what came of it.

    `answers` are the rules' answers. `notices_seen` names the notices that counted when it was begun (`number:hash`).
    `answers_confirmed` and `uploads_confirmed` fingerprint what was confirmed, per question and upload, so that a
    resubmission knows what changed without keeping the content twice.
    `paper` is the zone that a certificate on paper goes to; None: electronic only.
    `free_until`: the exam was moved by the body, and until then a withdrawal returns everything.
    `commits` is the candidate's choice (None: none yet), `commitment` the signature in force, `classes` those of review
    the screening found.
    """

    reference: str
    candidate: str
    sitting: str
    scheme: str
    policy_hash: str
    begun_at: datetime | None = None
    status: Status = Status.DRAFT
    due: Due | None = None
    promised: datetime | None = None
    tries: int = 0
    occupation: str | None = None
    level: str | None = None
    form: str | None = None
    region: str | None = None
    subjects: tuple[str, ...] = ()
    paper: str | None = None
    majors_accepted: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    photo: str | None = None
    answers: tuple[Answer, ...] = ()
    notices_seen: dict[str, str] = {}
    open_cases: tuple[OpenCase, ...] = ()
    returned: Returned | None = None
    returned_before: Returned | None = None
    """What the last return asked for, once it was answered: the next reviewer looks whether it was."""
    answers_confirmed: dict[str, str] = {}
    uploads_confirmed: dict[str, str] = {}
    review: str | None = None
    commits: bool | None = None
    provisional: bool = False
    notice_shown: NoticeShown | None = None
    commitment: str | None = None
    classes: tuple[CandidateClass, ...] = ()
    orders: tuple[str, ...] = ()
    registered_at: datetime | None = None
    free_until: datetime | None = None
    candidate_number: str | None = None
    seat: Seat | None = None
    ticket: str | None = None
    ticket_announced: bool = False
    result: str | None = None
    score_report: str | None = None
    certificate: str | None = None
    corrections: tuple[Correction, ...] = ()
    void: Voided | None = None
    life: tuple[Step, ...] = ()

    @property
    def act_by(self) -> datetime | None:
        """The end of the present wait."""
        return self.promised or (self.due.at if self.due else None)

    @property
    def order(self) -> str | None:
        """The order in force: the newest."""
        return self.orders[-1] if self.orders else None

    def has_open(self, case: str) -> bool:
        """Whether this case is still open beside the application; a decision that was applied has closed it."""
        return any(one.reference == case for one in self.open_cases)

    def open_without(self, case: str) -> tuple[OpenCase, ...]:
        """The open cases, but this one."""
        return tuple(one for one in self.open_cases if one.reference != case)


class CandidateIndex(GlobalSecondaryIndex["ApplicationRow"]):  # type: ignore[no-untyped-call]
    """The applications of a candidate."""

    class Meta:
        index_name = "candidate"
        projection = AllProjection()

    candidate = UnicodeAttribute(hash_key=True)


class SittingIndex(GlobalSecondaryIndex["ApplicationRow"]):  # type: ignore[no-untyped-call]
    """The applications of a sitting in one status: read by the freeze, never by a door.

    `place` is sitting and status with a shard, so that the rush before a deadline is spread.
    """

    class Meta:
        index_name = "place"
        projection = AllProjection()

    place = UnicodeAttribute(hash_key=True)


class ApplicationRow(Row):
    class Meta:
        table_name = meta("Applications")

    due_index = DueIndex()
    candidate_index = CandidateIndex()
    place_index = SittingIndex()
    candidate = UnicodeAttribute()
    place = UnicodeAttribute()


PLACE_SHARDS = 4


def _place(sitting: str, status: Status, shard: int) -> str:
    return f"{sitting}#{status}#{shard}"


class Applications(Table[Application]):
    name = "Applications"
    due_shards = 2
    row = ApplicationRow
    record = Application

    def columns(self, record: Application) -> dict[str, Any]:
        shard = sum(record.reference.encode()) % PLACE_SHARDS
        return {
            "pk": record.reference,
            "candidate": record.candidate,
            "place": _place(record.sitting, record.status, shard),
        }

    def of(self, candidate: str) -> list[Application]:
        """A candidate's applications, the one begun last first (references are drawn); eventually consistent."""
        found = [self._record(row) for row in ApplicationRow.candidate_index.query(candidate)]
        return sorted(found, key=lambda one: (one.begun_at or EARLIEST, one.reference), reverse=True)

    def in_status(self, sitting: str, status: Status) -> list[Application]:
        """The applications of a sitting that are in this status, by reference; eventually consistent."""
        found = [
            self._record(row)
            for shard in range(PLACE_SHARDS)
            for row in ApplicationRow.place_index.query(_place(sitting, status, shard))
        ]
        return sorted(found, key=lambda application: application.reference)


applications = Applications()
