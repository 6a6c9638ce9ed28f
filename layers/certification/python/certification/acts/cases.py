"""Opening and closing cases, and what follows when nobody decides in time."""

import hashlib
from datetime import datetime, timedelta

from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.transaction import Lost, commit
from certification.rules.cases import DEFAULT_BLOCK, Block, CaseKind, Subject

ESCALATION_STEP = timedelta(days=1)


def case_id(kind: CaseKind, *cause: str) -> str:
    """The id of the case that this cause opens: the same cause gives the same case, however often it is opened."""
    return f"CASE-{hashlib.sha256('|'.join((kind, *cause)).encode()).hexdigest()[:12].upper()}"


def new_case(
    kind: CaseKind,
    subject: Subject,
    about: str,
    *cause: str,
    now: datetime,
    due: datetime,
    desk: str,
    blocks: Block | None = None,
    facts: dict[str, str] | None = None,
) -> Case:
    """A case that is not yet stored. `about` is the subject's id; `cause` makes it unique beside kind and subject."""
    return Case(
        id=case_id(kind, about, *cause),
        kind=kind,
        subject=subject,
        about=about,
        blocks=DEFAULT_BLOCK[kind] if blocks is None else blocks,
        desk=desk,
        opened_at=now,
        promised=due,
        due=Due(at=due),
        facts=facts or {},
    )


def opened(case: Case) -> Announcement:
    """What the bus hears when a case is opened."""
    return Announcement(name="CaseOpened", subject=case.id, key=case.id, about={"case": case.id, "kind": case.kind})


def closed(case: Case, outcome: str, by: str, now: datetime) -> Write:
    """The write that closes a case by the system (its cause is gone, or an act settled it)."""
    decision = Decided(outcome=outcome, decided_by=by, decided_at=now, by="system")
    return cases.update(case.changed(decision=decision, due=None))


def open_for_failed_machine(machine: str, state: str, subject: str, error: str) -> str:
    """*Needs a person*: a machine could not go on. One case per machine, state and subject; gives its id.

    `error` is the name of the error, never its text: texts may hold personal data.
    """
    now = clock.now()
    case = new_case(
        CaseKind.FAILED_MACHINE,
        Subject.NONE,
        subject,
        machine,
        state,
        now=now,
        due=now + ESCALATION_STEP,
        desk="operations",
        facts={"machine": machine, "state": state, "error": error},
    )
    try:
        commit([cases.insert(case)], [opened(case)])
    except Lost:
        return case.id  # it is open already, or was decided: a person knows
    return case.id


def escalate(case: Case) -> None:
    """A case that nobody decided by its due date: counted, announced, and due again a day later. Never a lapse."""
    now = clock.now()
    later = case.changed(escalations=case.escalations + 1, due=Due(at=now + ESCALATION_STEP))
    about = {"case": case.id, "kind": case.kind}
    overdue = Announcement(name="CaseOverdue", subject=case.id, key=f"{case.id}#{case.version + 1}", about=about)
    commit([cases.update(later)], [overdue])
