"""Jobs: the template's schedules, run in order when they fall due.

A schedule that fell due while the local cloud was off, or behind a clock that jumped, runs once and goes on from now:
the job itself looks at what is due, so one late run catches up.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.runtime.bus import rule_arn
from local.runtime.expressions import Expression, parse
from local.runtime.source import earliest, iso
from local.stack import ACCOUNT, REGION, RuleSpec


@dataclass
class Job:
    """One schedule: when it last ran and when it runs next (None: never again, or switched off)."""

    rule: RuleSpec
    expression: Expression
    next_run: datetime | None
    last_run: datetime | None = None

    @property
    def name(self) -> str:
        return self.rule.name


class UnknownJob(LookupError):
    """No schedule of that name in the template."""


class Schedules:
    """All schedules. `send(rule, event)` notes one delivery per target of the rule."""

    name = "schedules"

    def __init__(
        self, rules: list[RuleSpec], now: Callable[[], datetime], send: Callable[[RuleSpec, dict[str, Any]], None]
    ) -> None:
        self._now, self._send, self._start = now, send, now()
        self.jobs = [self._job(rule, self._start) for rule in rules if rule.schedule is not None]

    def step(self) -> bool:
        """Run the one job that has been due longest (by name when two are due at the same instant)."""
        due = [(job.next_run, job.name, job) for job in self.jobs if job.next_run and job.next_run <= self._now()]
        if not due:
            return False
        at, _, job = min(due, key=lambda entry: entry[:2])
        self._run(job, at)
        job.next_run = job.expression.after(max(at, self._now()))
        return True

    def run_now(self, name: str) -> None:
        """Run a job at once, whatever its schedule says; the schedule goes on as before."""
        job = next((job for job in self.jobs if name in (job.name, job.rule.logical_id)), None)
        if job is None:
            raise UnknownJob(f"no schedule {name!r} in the template")
        self._run(job, self._now())

    def next_due(self) -> datetime | None:
        return earliest(*(job.next_run for job in self.jobs))

    def dump(self) -> dict[str, Any]:
        runs = {job.name: {"next": job.next_run, "last": job.last_run} for job in self.jobs}
        return {"start": self._start, "jobs": runs}

    def load(self, state: dict[str, Any]) -> None:
        self._start = state["start"]
        self.jobs = [self._job(job.rule, self._start) for job in self.jobs]
        for job in self.jobs:
            known = state["jobs"].get(job.name)
            if known is not None:
                job.last_run = known["last"]
                job.next_run = known["next"] if job.rule.enabled else None

    def _job(self, rule: RuleSpec, start: datetime) -> Job:
        expression = parse(str(rule.schedule), rule.time_zone, start)
        return Job(rule, expression, expression.after(self._now()) if rule.enabled else None)

    def _run(self, job: Job, at: datetime) -> None:
        job.last_run = self._now()
        self._send(job.rule, _event(job.rule, at))


def _event(rule: RuleSpec, at: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events" if rule.time_zone is None else "aws.scheduler",
        "account": ACCOUNT,
        "time": iso(at),
        "region": REGION,
        "resources": [rule_arn(rule)],
        "detail": {},
    }
