"""A whole small world for stories: the real template, its staff, and candidates who are as far as a story needs them.

Nobody here looks at rows to do something; rows are read to see what came of it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from certification.cloud.tables.claims import Claim, claims
from certification.cloud.transaction import commit
from local import moto_state, seed
from local.candidate import ApiCandidate, Sample
from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.runtime.repeated import ONCE, Deliveries
from local.staff import ApiStaff
from local.visitor import Transport
from tests.samples.phone_photo import as_jpeg, good

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Hong Kong; registration opened yesterday."""
SITTING = seed.SITTING
JOBS = "schedules"
SIX_HOURS = {"JobRate": "rate(6 hours)"}


@dataclass
class Town:
    """One local cloud with its people. `clock` moves by `pass_time` (every job on the way) or `skip` (one late run)."""

    cloud: LocalCloud
    clock: VirtualClock
    transport: Transport | None = None

    def __post_init__(self) -> None:
        self.reviewer = ApiStaff(self.cloud, seed.REVIEWER_EMAIL, transport=self.transport)
        self.officer = ApiStaff(self.cloud, seed.OFFICER_EMAIL, transport=self.transport)
        self.second = ApiStaff(self.cloud, seed.SECOND_EMAIL, transport=self.transport)

    # people

    def candidate(self, number: int = 1, **changes: Any) -> ApiCandidate:
        """Somebody who has not signed up yet."""
        sample = Sample(
            email=f"candidate{number}@example.test",
            phone=f"+8525123{number:04d}",
            native_name="陈样本",
            latin_name="CHEN YANGBEN",
            id_number=f"SAMPLE{number:04d}",
        )
        photo = as_jpeg(good())
        return ApiCandidate(self.cloud, replace(sample, **changes), photo=photo, transport=self.transport)

    def forget_sessions(self) -> None:
        """Staff sign in anew: their sessions belong to another past."""
        self.reviewer.since = self.officer.since = self.second.since = None

    # time

    @property
    def sitting(self) -> Any:
        """The row of the open sitting."""
        from certification.cloud.tables.sittings import sittings

        return sittings.read(SITTING)

    def settle(self) -> None:
        """Everything that is due now happens, and what that causes."""
        self.cloud.settle()

    def pass_time(self, until: datetime) -> None:
        """Time passes and every job runs when it falls due."""
        self.cloud.advance(to=until)

    def skip(self, until: datetime) -> None:
        """Time passes and every job runs once, at its end: a late run catches up."""
        with self.without_jobs():
            self.cloud.advance(to=until)
        self.run_jobs()

    def wait(self, for_: timedelta) -> None:
        """Time passes and no job runs: retries and late answers happen."""
        with self.without_jobs():
            self.cloud.advance(for_)

    @contextmanager
    def without_jobs(self) -> Iterator[None]:
        """No job runs by itself in here."""
        self.cloud.pump.paused.add(JOBS)
        try:
            yield
        finally:
            self.cloud.pump.paused.discard(JOBS)

    def run_jobs(self) -> None:
        """Every job runs now, in the order of their names, whatever its schedule says."""
        now = self.clock.now()
        for job in self.cloud.schedules.jobs:
            if job.next_run is not None and job.next_run > now:
                job.next_run = now
        self.cloud.settle()

    # looking

    def paths(self, machine: str) -> list[list[str]]:
        """The states that each execution of a machine went through, in the order of their start."""
        return [run.path for run in self.cloud.executions(machine)]

    def broken(self) -> list[str]:
        """What no story may break: a right that was missing, an invariant that does not hold."""
        from certification.acts import invariants

        gate = self.cloud.system.gate
        return [*(f"denied: {entry}" for entry in (gate.denied if gate else [])), *invariants.differences()]

    def failures(self) -> list[str]:
        """Everything that went wrong anywhere: what is broken, failed handlers and machines, lost events."""
        found = [f"handler: {one.function} {one.error} {one.message}" for one in self.cloud.invoker.failures]
        found += [f"undelivered: {one.what}: {one.why}" for one in self.cloud.undelivered]
        runs = [run for run in self.cloud.executions() if run.status != "SUCCEEDED"]
        return [*self.broken(), *found, *(f"machine: {run.machine} {run.status} {run.error}" for run in runs)]

    def cases(self) -> list[Any]:
        """Every case that was ever opened, oldest first."""
        from certification.cloud.tables.cases import cases

        return sorted(cases.everything(), key=lambda case: (case.opened_at, case.id))

    def letters(self, candidate: ApiCandidate) -> list[tuple[str, str]]:
        """Name and channel of every letter to a candidate, in the order in which they were written."""
        return [(message["name"], message["channel"]) for message in candidate.awake().messages()]

    # coming back to where we were

    def save(self) -> Any:
        """Everything there is."""
        return moto_state.snapshot(), self.cloud.pump.dump(), self.clock.now(), self.cloud.inbox.dump()

    def restore(self, saved: Any) -> None:
        """Back to a saved state, the clock too."""
        rows, sources, self.clock.instant, letters = saved
        moto_state.restore(rows)
        self.cloud.pump.load(sources)
        self.cloud.inbox.load(letters)
        self.cloud.invoker.failures.clear()
        self.cloud.undelivered.clear()


@contextmanager
def town_on(deliveries: Deliveries = ONCE, transport: Transport | None = None, **parameters: str) -> Iterator[Town]:
    """A town with staff, a chain over the seal's key and one open sitting; its jobs run every six hours."""
    clock = VirtualClock(START)
    with LocalCloud(clock=clock, parameters=SIX_HOURS | parameters, deliveries=deliveries) as cloud:
        seed.prepare(cloud)
        # The job has always run until now: what falls due before its next run, weeks later, is found by that.
        commit([claims.insert(Claim(key="looked:deadlines", holder=START.isoformat()))])
        town = Town(cloud, clock, transport)
        publish(town, seed.demo_sitting(clock.now()))
        yield town


def publish(town: Town, sitting: dict[str, Any]) -> None:
    """A sitting by file, as the supervisor drops it."""
    key = town.officer.awake().drop("sittings", json.dumps(sitting).encode())
    town.settle()
    report = town.officer.report(key)
    assert report["counts"], report
