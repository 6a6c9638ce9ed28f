"""Opening and closing cases, and what follows when nobody decides in time."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.transaction import Lost, commit
from certification.rules.cases import DEFAULT_BLOCK, Block, CaseKind, Subject
from certification.rules.desks import OPERATIONS
from certification.rules.review import Decision

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
    scheme: str | None = None,
    warn: datetime | None = None,
) -> Case:
    """A case that is not yet stored. `about` is the subject's id; `cause` makes it unique beside kind and subject.

    `warn`: when the supervisor of the desk hears that the promise is near.
    """
    return Case(
        id=case_id(kind, about, *cause),
        kind=kind,
        subject=subject,
        about=about,
        blocks=DEFAULT_BLOCK[kind] if blocks is None else blocks,
        desk=desk,
        opened_at=now,
        promised=due,
        due=Due(at=due if warn is None else min(max(warn, now), due)),
        facts=facts or {},
        scheme=scheme,
    )


def opened(case: Case) -> Announcement:
    """What the bus hears when a case is opened."""
    return Announcement(name="CaseOpened", subject=case.id, key=case.id, about={"case": case.id, "kind": case.kind})


def decided(
    case: Case,
    decision: Decision,
    now: datetime,
    *,
    seconded_by: str | None = None,
    by: Literal["page", "file"] = "page",
) -> tuple[Write, Announcement]:
    """The write of a decision that counts, and what the bus hears of it: a listener applies it."""
    made = Decided(
        outcome=decision.verdict,
        reasons=decision.reasons,
        note=decision.note,
        decided_by=decision.decided_by,
        seconded_by=seconded_by,
        decided_at=now,
        by=by,
    )
    told = Announcement(name="CaseDecided", subject=case.id, key=case.id, about={"case": case.id, "kind": case.kind})
    return cases.update(case.changed(decision=made, due=None)), told


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
        desk=OPERATIONS,
        facts={"machine": machine, "state": state, "error": error},
    )
    try:
        commit([cases.insert(case)], [opened(case)])
    except Lost:
        return case.id  # it is open already, or was decided: a person knows
    return case.id


def escalate(case: Case) -> None:
    """A case that nobody decided: its supervisor hears before the promise is broken, and every day after. Never a lapse."""
    now = clock.now()
    if now < case.promised:
        warned = case.changed(warned_at=now, due=Due(at=case.promised))
        commit([cases.update(warned)], [_near(case, "CasePromiseNeared")])
        return
    later = case.changed(escalations=case.escalations + 1, due=Due(at=now + ESCALATION_STEP))
    commit([cases.update(later)], [_near(case, "CaseOverdue")])


def _near(case: Case, name: str) -> Announcement:
    about = {"case": case.id, "kind": case.kind, "desk": case.desk, "scheme": case.scheme or ""}
    return Announcement(name=name, subject=case.id, key=f"{case.id}#{case.version + 1}", about=about)
