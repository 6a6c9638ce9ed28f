"""What follows when a sitting reaches a milestone. The row decides; the announcement starts the machine."""

from datetime import timedelta

from certification.acts.cases import new_case, opened
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import commit
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import OPERATIONS

LAST_QUERY = timedelta(hours=24)
AGAIN = timedelta(hours=3)
"""A machine that was started and did not finish is started again after this."""


def of_sitting(key: str) -> None:
    """Announce the milestone that is due; again every three hours until the machine has moved the sitting on."""
    sitting = sittings.read(key)
    now = clock.now()
    if sitting.due is None or sitting.due.at > now:
        return
    if sitting.stage in ("announced", "payment_closed"):
        _tell(sitting, "PaymentClosed")
    elif sitting.stage in ("seated", "releasing") and sitting.marks is not None:
        _tell(sitting, "ReleaseDecided")
    elif sitting.stage == "seated":
        _marks_missing(sitting)
    elif sitting.stage == "released":
        _tell(sitting, "ResultsReleased")
    else:
        commit([sittings.update(sitting.changed(due=None))])


def _tell(sitting: Sitting, name: str) -> None:
    again = sitting.changed(due=Due(at=clock.now() + AGAIN, job=sitting.due.job if sitting.due else "deadlines"))
    commit([sittings.update(again)], [milestone(name, sitting)])


def milestone(name: str, sitting: Sitting, **about: str) -> Announcement:
    """An announcement about a sitting as it will be once the transaction is written."""
    return Announcement(
        name=name, subject=sitting.id, key=f"{sitting.id}#{sitting.version + 1}", about={"sitting": sitting.id, **about}
    )


def _marks_missing(sitting: Sitting) -> None:
    """The release is due and no marks file counts: a person is told, once; the job looks again every three hours."""
    now = clock.now()
    case = new_case(
        CaseKind.FAILED_MACHINE,
        Subject.SITTING,
        sitting.id,
        "marks_missing",
        now=now,
        due=max(now, sitting.results_due),
        desk=OPERATIONS,
        facts={
            "what": "marks_missing",
            "results_due": sitting.results_due.isoformat(),
        },
    )
    again = sitting.changed(due=Due(at=now + AGAIN, job="release_results"))
    fresh = cases.find(case.id) is None
    commit([sittings.update(again), *([cases.insert(case)] if fresh else [])], [opened(case)] if fresh else [])
