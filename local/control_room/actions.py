"""What the control room can do: move the clock, run a job, deliver what is due."""

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from local.runtime.schedules import UnknownJob

if TYPE_CHECKING:
    from local.cloud import LocalCloud

FARTHEST = timedelta(days=400)
"""One move of the clock: every job in between really runs, so a year takes minutes."""
PATIENCE_SECONDS = 3
ZONE = ZoneInfo("Asia/Hong_Kong")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class ActionError(Exception):
    """Something that was asked for cannot be done."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Actions:
    """Every action by its path; those on the clock give it as it is afterwards.

    `moving_to` is where the clock is on its way to while a long move is under way: a week takes half a minute.
    """

    def __init__(self, cloud: "LocalCloud") -> None:
        self._cloud = cloud
        self.moving_to: datetime | None = None

    def perform(self, path: str, given: dict[str, str]) -> dict[str, Any]:
        """Do what `path` says, e.g. `clock` with `advance=1d`, `to=2026-04-01T09:00` or `next=job`."""
        job = re.fullmatch(r"jobs/([^/]+)/run", path)
        control = re.fullmatch(r"(\w+)/control/(\w+)", path)
        if path == "clock":
            self._move(given)
        elif path == "settle":
            self._cloud.settle()
        elif job is not None:
            self._run(job[1])
        elif control is not None:
            return self._control(control[1], control[2], given)
        else:
            raise ActionError(f"there is no action {path}", 404)
        return {"now": self._cloud.clock.now()}

    def _control(self, name: str, action: str, given: dict[str, str]) -> dict[str, Any]:
        simulator = self._cloud.simulators.get(name)
        if simulator is None:
            raise ActionError(f"there is no simulator {name}", 404)
        try:
            return simulator.control(action, {key: value for key, value in given.items() if key != "return"})
        except (ValueError, KeyError) as problem:
            raise ActionError(str(problem)) from problem

    def _run(self, name: str) -> None:
        try:
            self._cloud.schedules.run_now(name)
        except UnknownJob as unknown:
            raise ActionError(str(unknown), 404) from unknown
        self._cloud.settle()

    def _move(self, given: dict[str, str]) -> None:
        target = self._target(given)
        now = self._cloud.clock.now()
        if target < now:
            raise ActionError(f"the clock only moves forward; now it is {now:%Y-%m-%d %H:%M:%S} UTC")
        if target - now > FARTHEST:
            raise ActionError(f"one move covers at most {FARTHEST.days} days")
        if self.moving_to is not None:
            raise ActionError(f"the clock is on its way to {self.moving_to:%Y-%m-%d %H:%M:%S} UTC already", 409)
        self.moving_to = target
        move = threading.Thread(target=self._advance, args=(target,), name="clock", daemon=True)
        move.start()
        # A page comes back soon and shows how far the clock is; a program waits for the end.
        move.join(PATIENCE_SECONDS if "return" in given else None)

    def _advance(self, target: datetime) -> None:
        try:
            self._cloud.advance(to=target)
        except Exception as problem:
            self._cloud.give_up("moving the clock", f"{type(problem).__name__}: {problem}")
        finally:
            self.moving_to = None

    def _target(self, given: dict[str, str]) -> datetime:
        if "advance" in given:
            found = re.fullmatch(r"\+?(\d{1,6})([mhd])", given["advance"])
            if found is None:
                raise ActionError("advance is a number and m, h or d, e.g. 1h or 7d")
            return self._cloud.clock.now() + int(found[1]) * _UNITS[found[2]]
        if "next" in given:
            due = self._cloud.schedules.next_due() if given["next"] == "job" else self._cloud.pump.next_due()
            if due is None:
                raise ActionError("nothing is due")
            return max(due, self._cloud.clock.now())
        return _instant(given.get("to", ""))


def _instant(text: str) -> datetime:
    """An instant in ISO 8601; without a zone it is Hong Kong time, as on the pages."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ActionError("to is an instant such as 2026-04-01T09:00 (Hong Kong) or 2026-04-01T01:00Z") from problem
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC)
