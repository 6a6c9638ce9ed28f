"""The one way an application changes its status in storage: by `rules.status.move`, with its step recorded."""

from datetime import datetime
from typing import Any

from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, Step
from certification.cloud.tables.base import Due
from certification.rules.status import Status, Trigger, move


def moved(
    application: Application,
    trigger: Trigger,
    *,
    by: str,
    now: datetime,
    due: Due | None,
    rules: tuple[str, ...] = (),
    earlier: Status | None = None,
    **changes: Any,
) -> Application:
    """The application after a trigger, with the due date of its new status and any other changes.

    `earlier` is the status that a way back leads to (an appeal, a reinstatement).
    Raises `StepRefused` or `StepBlocked` (by the cases that stay open: pass `open_cases` when the act closes one).
    """
    open_cases = changes.get("open_cases", application.open_cases)
    status = move(application.status, trigger, open_cases, earlier)
    step = Step(at=now, trigger=trigger, to=status, by=by, rules=rules)
    after: Application = application.changed(
        **{"promised": None, **changes}, status=status, due=due, tries=0, life=(*application.life, step)
    )
    return after


def announce(name: str, application: Application, **about: str) -> Announcement:
    """An announcement about an application as it will be once the transaction is written."""
    return Announcement(
        name=name,
        subject=application.reference,
        key=f"{application.reference}#{application.version + 1}",
        about={"application": application.reference, "candidate": application.candidate, **about},
    )
