"""The real template on the local cloud and people at its doors: what the tests of functions stand on.

Every answer of the JSON API is compared with docs/openapi.json on the way. Tests look at rows and files without a role.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from PIL import Image

from local import moto_state, seed
from local.candidate import ApiCandidate, Sample
from local.clock import VirtualClock
from local.cloud import LocalCloud
from tests.samples.phone_photo import as_jpeg

START = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Hong Kong."""
SITTING = "sample-sitting"
REVIEWER, OFFICER, SECOND = seed.REVIEWER_EMAIL, seed.OFFICER_EMAIL, seed.SECOND_EMAIL
JPEG = as_jpeg(Image.new("RGB", (413, 531), "#cfd8dc"))
"""Stands for a checked photo where nobody looks at it."""

Saved = tuple[bytes, dict[str, Any], datetime, Any]


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is the JSON, or None."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body["code"])


class Stand:
    """`cloud` with two members of staff and one open sitting, and ways to be somebody at its doors."""

    def __init__(self, cloud: LocalCloud, clock: VirtualClock) -> None:
        self.cloud, self.clock = cloud, clock
        self._people = 0

    # the doors

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        session: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One request to the API; its answer must be one that the document announces."""
        sent = {"content-type": "application/json"} if body is not None or raw is not None else {}
        sent |= {"authorization": f"Bearer {session}"} if session else {}
        content = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        answer = self.cloud.request(method, path, sent | dict(headers or {}), content)
        parsed = json.loads(answer.body) if answer.body else None
        must_be_announced(method, path.split("?")[0], answer.status, parsed)
        return Answer(answer.status, parsed, {name.lower(): value for name, value in answer.headers})

    def code_for(self, address: str) -> str:
        """The newest one-time code sent to an address or number."""
        for letter in self.cloud.inbox.to(address):
            found = re.search(r"\b(\d{6})\b", letter.text)
            if found:
                return found[1]
        raise LookupError(f"no code was sent to {address}")

    def sign_in(self, email: str) -> str:
        """A session for an address, new or known."""
        asked = self.call("POST", "/api/account/email-code", {"email": email, "language": "en"})
        proof = {"challenge": asked.body["challenge"], "email": email, "code": self.code_for(email)}
        session = str(self.call("POST", "/api/account/session", proof).body["session"])
        self._accept(session)
        return session

    def _accept(self, session: str) -> None:
        """Whoever signs in here has read the agreement; tests about accepting it sign in by themselves."""
        from certification.acts import agreements
        from certification.rules.agreements import AgreementKind

        kind = AgreementKind.REGISTRATION
        agreements.accept(self.id_of(session), kind, agreements.text(kind).version)

    def sign_in_staff(self, email: str) -> str:
        """A session of a member of staff."""
        asked = self.call("POST", "/api/account/staff-code", {"email": email, "language": "en"})
        proof = {"challenge": asked.body["challenge"], "code": self.code_for(email)}
        return str(self.call("POST", "/api/account/staff-session", proof).body["session"])

    # people

    def candidate(self, **changes: str) -> ApiCandidate:
        """Somebody signed up with a complete profile, and files that were checked and accepted."""
        self._people += 1
        number = self._people
        sample: dict[str, Any] = {
            "email": f"candidate{number}@example.test",
            "phone": f"+8525123{number:04d}",
            "native_name": "陈样本",
            "latin_name": "CHEN YANGBEN",
            "id_number": f"SAMPLE{number:04d}",
        }
        candidate = ApiCandidate(self.cloud, Sample(**sample | changes), photo=JPEG)
        candidate.sign_up()
        candidate.fill_in()
        self.cloud.settle()
        give_files(self.id_of(candidate.session))
        return candidate

    def applicant(self, **changes: str) -> ApiCandidate:
        """A candidate with a draft that is complete."""
        candidate = self.candidate(**changes)
        candidate.apply(SITTING)
        return candidate

    def in_review(self, **changes: str) -> ApiCandidate:
        """A candidate whose application waits for its review."""
        candidate = self.applicant(**changes)
        candidate.confirm()
        self.cloud.settle()
        return candidate

    def to_pay(self, **changes: str) -> ApiCandidate:
        """A candidate whose application was approved."""
        candidate = self.in_review(**changes)
        self.decide(candidate, "approve")
        return candidate

    def registered(self, **changes: str) -> ApiCandidate:
        """A candidate who paid on the provider's page."""
        candidate = self.to_pay(**changes)
        candidate.pay()
        self.cloud.settle()
        return candidate

    def decide(self, candidate: ApiCandidate, verdict: str, **more: Any) -> None:
        """What the sample reviewer decides about the candidate's application."""
        session = self.sign_in_staff(REVIEWER)
        decided = self.call(
            "POST",
            f"/api/staff/cases/{self.case_of(candidate)}/decision",
            {"verdict": verdict, **more},
            session=session,
        )
        assert decided.status == 200, decided
        self.cloud.settle()

    def id_of(self, session: str) -> str:
        """Whose session this is."""
        from certification.acts.callers import session_of

        return session_of(session).subject

    def case_of(self, candidate: ApiCandidate) -> str:
        """The review of the candidate's application."""
        from certification.cloud.tables.applications import applications

        return applications.read(candidate.reference).review or ""

    # time

    def wait(self, delta: timedelta) -> None:
        """Move the clock without running what falls due on the way: for the doors' own limits."""
        self.clock.move_to(self.clock.now() + delta)

    def skip(self, until: datetime) -> None:
        """Time passes, and every job runs once at its end: a late run catches up."""
        jobs = self.cloud.schedules
        self.cloud.pump.paused.add(jobs.name)
        self.cloud.advance(to=until)
        self.cloud.pump.paused.discard(jobs.name)
        for job in jobs.jobs:
            job.next_run = self.clock.now()
        self.cloud.settle()

    def save(self) -> Saved:
        """Everything there is, to come back to."""
        return moto_state.snapshot(), self.cloud.pump.dump(), self.clock.now(), self.cloud.inbox.dump()

    def restore(self, saved: Saved) -> None:
        """Back to a saved state, the clock too."""
        rows, sources, self.clock.instant, letters = saved
        moto_state.restore(rows)
        self.cloud.pump.load(sources)
        self.cloud.inbox.load(letters)
        self.cloud.invoker.failures.clear()
        self.cloud.undelivered.clear()
        self.cloud.log.lines.clear()

    @property
    def log(self) -> str:
        """Everything the handlers printed."""
        return "\n".join(self.cloud.log.lines)


class _Stdout:
    """The stdout of the moment. The logger keeps the one it was made with, and pytest has a new one for each test."""

    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@contextmanager
def stand_on() -> Iterator[Stand]:
    """A local cloud with staff and a sitting whose registration is open."""
    from certification.cloud.log import logger

    logger.registered_handler.setStream(_Stdout())  # type: ignore[attr-defined]
    clock = VirtualClock(START)
    with LocalCloud(clock=clock, parameters={"JobRate": "rate(6 hours)"}) as cloud:
        seed.prepare(cloud)
        sitting = seed.demo_sitting(START, SITTING)
        seed.drop(cloud, f"sittings/{SITTING}.json", json.dumps(sitting).encode(), seed.OFFICER)
        cloud.settle()
        yield Stand(cloud, clock)


def give_files(candidate_id: str) -> None:
    """Photo and ID document as the checks leave them, without looking at pictures."""
    from certification.cloud import vault
    from certification.cloud.settings import settings
    from certification.cloud.tables.candidates import Upload, candidates, photo_slot
    from certification.cloud.transaction import commit

    candidate = candidates.read(candidate_id)
    files = {}
    for slot, folder in ((photo_slot("cgptc"), "photos"), ("id_document", "scans")):
        key = f"{folder}/{candidate_id}/sample.jpg"
        vault.write(settings().vault, key, JPEG, "image/jpeg")
        files[slot] = Upload(id="sample", state="accepted", arrived_at=START, key=key)
    commit([candidates.update(candidate.changed(files=files))])


# what the document says


@cache
def document() -> dict[str, Any]:
    """The published description of the API."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    fixed_first = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in fixed_first]


def announced(method: str, path: str) -> dict[str, Any] | None:
    """The operation of the document that a request meets."""
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = document()["paths"][template].get(method.lower())
            return found
    return None


def must_be_announced(method: str, path: str, status: int, body: Any) -> None:
    """Fails when the document does not announce this answer to this request."""
    operation = announced(method, path)
    if operation is None:
        assert status == 404, f"{method} {path} is not in the document and answers {status}"
        return
    responses = operation["responses"]
    response = responses.get(str(status)) or responses.get(f"{status // 100}XX")
    assert response is not None, f"{method} {path}: {status} is not announced"
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = json.dumps(response["content"]["application/json"]["schema"], sort_keys=True)
    problem = next(_validator(schema).iter_errors(body), None)
    assert problem is None, f"{method} {path} {status}: {problem.json_path if problem else ''} {problem}"


@cache
def _validator(schema: str) -> OAS31Validator:
    whole = {**json.loads(schema), "components": document()["components"]}
    return OAS31Validator(whole, format_checker=oas31_format_checker)
