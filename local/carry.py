"""`python -m local.carry 200`: carries candidates from sign-up to verified certificates over the HTTP API, and says how fast.

The clock is virtual, so that the weeks in between cost only what happens in them. Everybody sends the same photo bytes.
It ends with the invariants and with whatever was refused, failed or lost; any of these is exit status 1.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local import samples, seed
from local.candidate import ApiCandidate, Sample
from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.progress import Progress
from local.staff import ApiStaff
from local.visitor import Visitor, over_sockets

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RATE = {"JobRate": "rate(6 hours)"}
HOUR = timedelta(hours=1)
STAGES = (
    "local cloud",
    "sign up",
    "profile and files",
    "apply and confirm",
    "review by file",
    "pay",
    "draw seats, print tickets",
    "exam",
    "import marks",
    "release, seal, issue",
    "verify",
)


class Carry:
    """So many candidates through the whole process, stage by stage."""

    def __init__(self, cloud: LocalCloud, number: int, sockets: bool) -> None:
        self.cloud, self.number = cloud, number
        self._transport = over_sockets if sockets else None
        self.candidates = [ApiCandidate(cloud, person(place), transport=self._transport) for place in range(number)]
        self.reviewer = ApiStaff(cloud, seed.REVIEWER_EMAIL, transport=self._transport)
        self.officer = ApiStaff(cloud, seed.OFFICER_EMAIL, transport=self._transport)
        self.sitting: Any = None

    def open(self) -> None:
        """Staff, the seal's chain, a sitting with a seat for everybody."""
        seed.prepare(self.cloud)
        wanted = seed.demo_sitting(START, "carry-1", seats=max(2, self.number))
        key = self.officer.awake().drop("sittings", json.dumps(wanted).encode())
        self.cloud.settle()
        must(self.officer.report(key)["counts"], "the sitting was refused")
        self.sitting = self.officer.sitting("carry-1")

    def sign_up(self) -> None:
        self._each(ApiCandidate.sign_up)

    def fill_in(self) -> None:
        self._each(ApiCandidate.fill_in, ApiCandidate.upload_files)
        self._each(ApiCandidate.accept_files)

    def apply(self) -> None:
        self._each(lambda candidate: candidate.apply("carry-1"), ApiCandidate.confirm)

    def review(self) -> None:
        """Everybody approved in one file."""
        rows = [f"{candidate.reference},approve,," for candidate in self.candidates]
        text = "\n".join(["application,decision,reasons,note", *rows]) + "\n"
        key = self.reviewer.awake().drop("decisions", text.encode(), "cgptc")
        self.cloud.settle()
        must(self.reviewer.report(key)["counts"], "the decisions were refused")

    def pay(self) -> None:
        self._each(ApiCandidate.pay)

    def draw(self) -> None:
        self._until(self._instant("payment_closes") + timedelta(days=3))

    def sit(self) -> None:
        """The tickets open, the exam passes."""
        self._until(self._instant("exam_over") + 7 * HOUR)

    def mark(self) -> None:
        """One file with a passing mark for everybody in both subjects."""
        rows = ["sitting,candidate_number,subject,mark"]
        for candidate in self.candidates:
            seat = candidate.awake().now()["seat"]["candidate_number"]
            rows += [f"carry-1,{seat},{subject},70" for subject in ("theory", "practical")]
        key = self.officer.awake().drop("marks", ("\n".join(rows) + "\n").encode(), "carry-1")
        self.cloud.settle()
        must(self.officer.report(key)["counts"], "the marks were refused")

    def release(self) -> None:
        self._until(self._instant("release_at") + 7 * HOUR)

    def verify(self) -> None:
        """Everybody downloads the certificate, and anybody verifies its number."""
        for candidate in self.candidates:
            number = candidate.awake().now()["certificate"]
            must(candidate.paper("certificate").startswith(b"%PDF-"), f"{candidate.reference} has no certificate")
            found = Visitor(self.cloud, transport=self._transport).call("GET", f"/api/certificates/{number}")
            must(found["state"] == "valid", f"{number} is {found['state']}")

    def problems(self) -> list[str]:
        """Whatever was refused, failed, lost or does not hold."""
        from certification.acts import invariants

        cloud, gate = self.cloud, self.cloud.system.gate
        found = [f"invariant: {difference}" for difference in invariants.differences()]
        found += [f"denied: {entry}" for entry in (gate.denied if gate else [])]
        found += [f"handler: {one.function} {one.error} {one.message}" for one in cloud.invoker.failures]
        found += [f"undelivered: {one.what}: {one.why}" for one in cloud.undelivered]
        return found + [
            f"machine: {run.machine} {run.error}" for run in cloud.executions() if run.status != "SUCCEEDED"
        ]

    def _each(self, *acts: Callable[[ApiCandidate], Any]) -> None:
        for candidate in self.candidates:
            for act in acts:
                act(candidate)
        self.cloud.settle()

    def _until(self, instant: datetime) -> None:
        self.cloud.advance(to=instant)

    def _instant(self, name: str) -> datetime:
        return datetime.fromisoformat(self.sitting[name])


class WentWrong(Exception):
    """A stage did not end as it must."""


def must(holds: bool, otherwise: str) -> None:
    """Raise when something does not hold."""
    if not holds:
        raise WentWrong(otherwise)


def person(place: int) -> Sample:
    """The candidate at this place: every other reads Chinese."""
    return Sample(
        email=f"candidate{place}@carry.test",
        phone=f"+852{51_000_000 + place}",
        native_name="陈样本",
        latin_name="CHEN YANGBEN",
        id_number=f"CARRY{place:06d}",
        language=("en", "zh")[place % 2],
    )


def carry(number: int, sockets: bool, progress: Progress) -> list[str]:
    """Carry so many candidates; gives what went wrong."""
    samples.phone_photo(), samples.id_document()  # drawn once, before the time is taken
    with progress.step():
        cloud = LocalCloud(clock=VirtualClock(START), parameters=RATE)
    with cloud:
        started, carried = time.perf_counter(), Carry(cloud, number, sockets)
        carried.open()
        for stage in (
            carried.sign_up,
            carried.fill_in,
            carried.apply,
            carried.review,
            carried.pay,
            carried.draw,
            carried.sit,
            carried.mark,
            carried.release,
            carried.verify,
        ):
            with progress.step():
                begun = time.perf_counter()
                stage()
                progress.note(f"{number / (time.perf_counter() - begun):7.1f} candidates/s")
        seconds, problems = time.perf_counter() - started, carried.problems()
        statuses = Counter(candidate.status() for candidate in carried.candidates)
        rate, calls = round(number / seconds, 2), cloud.system.calls()
        facts = {"candidates": number, "seconds": round(seconds, 1), "rate": rate, "cloud calls": calls}
        text = f"\n {number} candidates in {seconds:.1f} s: {rate} candidates/s, {calls / number:.0f} cloud calls each."
        progress.tell({**facts, "statuses": statuses, "problems": problems}, f"{text} Statuses: {dict(statuses)}.")
    return problems if statuses == {"certified": number} else [f"statuses: {dict(statuses)}", *problems]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.carry", description=__doc__)
    parser.add_argument("number", nargs="?", type=int, default=200, help="how many candidates (200)")
    parser.add_argument("--sockets", action="store_true", help="through the loopback network")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args()
    progress = Progress(STAGES, options.json, sys.stdout)
    problems = carry(options.number, options.sockets, progress)
    for problem in problems[:20]:
        progress.tell({"problem": problem}, f" {problem}")
    if not problems:
        progress.tell({}, " All invariants hold; nothing was refused, lost or failed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
