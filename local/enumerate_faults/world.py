"""The local cloud with a candidate who may pay now; put back to that instant before each point.

A killed part of the runtime (a poller, the bus, the engine) ends the process. `until` starts it again from what it had
saved, as `python -m local` does from its snapshot, and goes on.
"""

import json
import pickle
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError, ReadTimeoutError

from local import moto_state, seed
from local.candidate import ApiCandidate
from local.chain import Fault, Killed, chain
from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.enumerate_faults.places import places
from local.http.messages import Response

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BEGINS = START + timedelta(minutes=20)
"""When every story begins: the jobs run on the hour."""
MOST_TROUBLES = 4
SWEEP = "deadlines"
"""The job that finds what was left undone. The others look at sittings and tickets, whose days are weeks away."""


@dataclass(frozen=True)
class Saved:
    """Everything a story may change: the cloud's resources, the runtime's sources, the letters seen."""

    resources: bytes
    sources: bytes
    letters: dict[str, datetime]


class World:
    """One local cloud and one candidate. `restarts` counts the deaths of the runtime since the last `go_back`,
    `troubles` its calls that failed."""

    def __init__(self, cloud: LocalCloud, clock: VirtualClock) -> None:
        self.cloud, self.clock = cloud, clock
        self.restarts = self.troubles = 0
        self.candidate = _candidate_who_may_pay(cloud)
        self.form_token = self._form_token()
        for job in cloud.schedules.jobs:
            if not job.name.endswith(SWEEP):
                job.next_run = None
        self.until(BEGINS)
        self._saved = Saved(moto_state.snapshot(), pickle.dumps(cloud.pump.dump()), cloud.inbox.dump())

    # the two ends of a point

    def go_back(self, *faults: Fault) -> None:
        """To the instant before the story, with these faults to come."""
        cloud = self.cloud
        moto_state.restore(self._saved.resources)
        self.clock.instant = BEGINS
        cloud.pump.load(pickle.loads(self._saved.sources))
        cloud.inbox.load(self._saved.letters)
        cloud.undelivered.clear()
        cloud.invoker.failures.clear()
        cloud.gate.denied.clear()
        self.restarts = self.troubles = 0
        chain.arm(faults)

    def until(self, instant: datetime) -> None:
        """Let time pass; whenever the runtime dies, it starts again and goes on."""
        while True:
            try:
                self.cloud.advance(to=instant)
            except Killed:
                self._start_again()
            except (ReadTimeoutError, ClientError):
                # A poller or the bus heard no answer, or was refused: it asks again.
                self.troubles += 1
                if self.troubles > MOST_TROUBLES:
                    raise
            else:
                return

    def wait(self, **units: float) -> None:
        """`until`, by a span: `wait(minutes=2)`."""
        self.until(self.clock.now() + timedelta(**units))

    def settle(self) -> None:
        """Everything that is due now."""
        self.until(self.clock.now())

    def _start_again(self) -> None:
        chain.revive()
        self.cloud.pump.load(pickle.loads(pickle.dumps(self.cloud.pump.dump())))
        self.restarts += 1

    # the outside

    def page(self, method: str, path: str, **fields: str) -> Response:
        """What the candidate's browser gets of the portal."""
        headers = {"cookie": f"__Host-session={self.candidate.session}", "sec-fetch-site": "same-origin"}
        return self._post(method, path, headers, {"token": self.form_token, **fields})

    def api(self, method: str, path: str) -> Response:
        """What the candidate's program gets of the JSON API."""
        headers = {"authorization": f"Bearer {self.candidate.session}", "content-type": "application/json"}
        return self.cloud.request(method, path, headers, b"{}" if method == "POST" else b"")

    def provider_page(self, address: str, **fields: str) -> Response:
        """The card provider's page, in the candidate's browser."""
        return self._post("POST", address.partition(self.cloud.address)[2] or address, {}, fields)

    def card(self, action: str, **form: str) -> dict[str, Any]:
        """What the card simulator is told to do."""
        return self.cloud.simulators["card"].control(action, form)

    def _post(self, method: str, path: str, headers: dict[str, str], fields: dict[str, str]) -> Response:
        if method == "GET":
            return self.cloud.request(method, path, headers)
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.cloud.request(method, path, headers | kind, urlencode(fields))

    def _form_token(self) -> str:
        headers = {"cookie": f"__Host-session={self.candidate.session}"}
        page = self.cloud.request("GET", f"/en/apply/{self.candidate.reference}/pay", headers).text
        found = re.search(r'name="token" value="(\w+)"', page)
        if found is None:
            raise LookupError("the page on which one pays has no form")
        return found[1]


@contextmanager
def a_world() -> Iterator[World]:
    """One per process at a time, with its places breakable."""
    clock = VirtualClock(START)
    with LocalCloud(clock=clock) as cloud:
        world = World(cloud, clock)
        with places(cloud):
            yield world
            chain.arm(None)


def _candidate_who_may_pay(cloud: LocalCloud) -> ApiCandidate:
    """From nothing to `awaiting_payment` through the doors, and the review by its act."""
    from certification.acts import review
    from certification.cloud.tables.staff import staff
    from certification.rules.review import Decision, Verdict

    seed.prepare(cloud)
    sitting = json.dumps(seed.demo_sitting(cloud.clock.now()))
    seed.drop(cloud, f"sittings/{seed.SITTING}.json", sitting.encode(), seed.OFFICER)
    cloud.settle()
    candidate = ApiCandidate(cloud, seed.READY)
    candidate.sign_up()
    candidate.fill_in()
    candidate.upload_files()
    cloud.settle()
    candidate.accept_files()
    candidate.apply(seed.SITTING)
    candidate.confirm()
    cloud.settle()
    reviewer = staff.read(seed.REVIEWER)
    case = review.take_next(reviewer)
    if case is None:
        raise LookupError("there is no review to decide")
    review.decide(reviewer, case.id, Decision(verdict=Verdict.APPROVE, decided_by=reviewer.id))
    cloud.settle()
    return candidate
