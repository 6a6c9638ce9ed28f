"""What really arrives at each function, recorded from one life: sign-up to a verified certificate.

    python -m tests.functions.recorded

writes it to events/<function>/<case>.json. Names and numbers that differ from run to run stand there as samples of the
same form; `Life.actual` puts the present ones in their place, so that each file is run against the rows it is about.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from certification.rules.numbers import RANDOM_BYTES, certificate_number
from local import seed
from local.candidate import ApiCandidate, Sample
from local.staff import ApiStaff
from local.visitor import Unexpected
from tests.functions.stand import SITTING, Saved, Stand, announced, stand_on
from tests.samples.phone_photo import as_jpeg, good

EVENTS = Path(__file__).resolve().parents[2] / "events"
NOT_OURS = frozenset({"payment_webhook"})
"""Its events are the provider's, and have tests of their own."""
HOST = "assay.example.org"


class Seen(NamedTuple):
    """One event and everything there was when it arrived."""

    event: Any
    saved: Saved


class Life:
    """`seen` by function and case, in the order of their first arrival; `asked` is every request of the outside."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.seen: dict[tuple[str, str], Seen] = {}
        self.asked: list[Any] = []
        self.pairs: list[tuple[str, str]] = []

    def record(self) -> None:
        """Live the life with open ears."""
        invoker = self.stand.cloud.invoker
        real = invoker.invoke

        def listening(function: str, event: Any) -> Any:
            name = invoker.find(function).code.name
            case = case_of(name, event)
            self.asked += [event] if "rawPath" in event else []
            if name not in NOT_OURS and (name, case) not in self.seen:
                self.seen[name, case] = Seen(json.loads(json.dumps(event)), self.stand.save())
            return real(function, event)

        invoker.invoke = listening  # type: ignore[method-assign]
        try:
            live(self.stand)
        finally:
            invoker.invoke = real  # type: ignore[method-assign]
        self.pairs = _pairs([json.dumps(one.event, ensure_ascii=False) for one in self.seen.values()])

    def sample(self, event: Any) -> Any:
        """The event as it is kept in a file."""
        text = json.dumps(event, ensure_ascii=False)
        for actual, sample in self.pairs:
            text = text.replace(actual, sample)
        text = text.replace(f"127.0.0.1:{self.stand.cloud.ports.http}", HOST).replace(
            'Prefix": "127"', 'Prefix": "assay"'
        )
        for pattern, sample in ANY:
            text = re.sub(pattern, sample, text)
        return json.loads(text)

    def actual(self, event: Any) -> Any:
        """A kept event with the names of this life."""
        text = json.dumps(event, ensure_ascii=False)
        for actual, sample in self.pairs:
            text = text.replace(sample, actual)
        return json.loads(text)


# Values that nobody looks at.
ANY = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "00000000-0000-4000-8000-000000000000"),
    (r'"(receiptHandle|md5OfBody|eTag|etag|sequencer|eventID|SequenceNumber|version-id)": "[^"]*"', r'"\1": "sample"'),
    (r'\\"(etag|sequencer|version-id|request-id)\\": \\"[^"]*\\"', r'\\"\1\\": \\"sample\\"'),
    (r'(\\?"(?:sourceIp|source-ip-address)\\?": \\?")127\.0\.0\.1', r"\g<1>203.0.113.7"),
)


def _certificate(number: int) -> str:
    return str(certificate_number(2026, number, b"samples!"[:RANDOM_BYTES]))


# Each kind of name: how it looks, and the n-th sample of it. No sample is a part of another.
KINDS: tuple[tuple[str, Callable[[int], str]], ...] = (
    (r"-identity-([0-9a-f]{16})", lambda n: f"{0xC0000 + n:016x}"),
    (r"(CAN-[0-9a-f]{16})", lambda n: f"CAN-{n:016x}"),
    (r"(APP-2026-\d{9}[A-Z])", lambda n: f"APP-2026-{n:09d}X"),
    (r"(ORD-26-\d{9}[A-Z])", lambda n: f"ORD-26-{n:09d}X"),
    (r"(CASE-[0-9A-F]{12})", lambda n: f"CASE-{n:012X}"),
    (r"(PAY-[0-9a-f]{12})", lambda n: f"PAY-{n:012x}"),
    (r"\b(26-\d{6}-[0-9A-Z]{12}-[0-9A-Z])\b", _certificate),
    (r"/(?:photo\.cgptc|id_document)/([0-9a-f]{16})", lambda n: f"{0xF0000 + n:016x}"),
    (r"lists/results/[^/]+/([0-9a-f]{16})\.jsonl", lambda n: f"{0xE0000 + n:016x}"),
    (r"Z-([0-9a-f]{8})\.(?:json|csv)", lambda n: f"{0xD0000 + n:08x}"),
    (r"v1=([0-9a-f]{64})", lambda n: f"{n:064x}"),
    (r"Bearer ([A-Za-z0-9_-]{43})", lambda n: f"sample-session-{n:028d}"),
    (r'\\"challenge\\": \\"([A-Za-z0-9_-]{24})\\"', lambda n: f"sample-challenge-{n:07d}"),
    (r'(\\"code\\": \\"\d{6}\\")', lambda n: f'\\"code\\": \\"{n:06d}\\"'),
)


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    """Each name of this life with its sample, numbered in the order in which they appear."""
    pairs: dict[str, str] = {}
    for pattern, sample in KINDS:
        found = dict.fromkeys(match for text in texts for match in re.findall(pattern, text))
        pairs |= {actual: sample(number) for number, actual in enumerate(found, start=1) if actual not in pairs}
    return list(pairs.items())


def case_of(function: str, event: Any) -> str:
    """What a file is called: the operation of a door, the announcement of a letter, the job of a search."""
    if function == "authorizer":
        return "bearer"
    if "rawPath" in event:
        operation = announced(event["requestContext"]["http"]["method"], event["rawPath"])
        return str(operation["operationId"]) if operation else "typical"
    if function == "notify":
        return str(json.loads(event["Records"][0]["body"])["detail"]["name"])
    if function in ("check_upload", "read_staff_file"):
        key = json.loads(event["Records"][0]["body"])["detail"]["object"]["key"]
        return next(name for name in ("photo", "id_document", "sittings", "decisions") if f"/{name}" in f"/{key}")
    if function == "find_due":
        return str(event["job"])
    if function == "apply_outcomes":
        return str(event["items"][0]["table"]).lower()
    return "typical"


def live(stand: Stand) -> None:
    """One candidate to the certificate, others on the way: late answers, a return, a withdrawal, an unreadable event."""
    stand.cloud.request("GET", "/en/")
    stand.call("GET", "/api/account/sittings")
    reviewer, officer = ApiStaff(stand.cloud, seed.REVIEWER_EMAIL), ApiStaff(stand.cloud, seed.OFFICER_EMAIL)
    _unanswered(stand)
    candidate = _applied(stand)
    reviewer.sign_in()
    taken = reviewer.take_next()["case"]["id"]
    reviewer.decide(taken, "return", "education_differs")
    stand.cloud.settle()
    stand.wait(timedelta(minutes=5))
    candidate.save_background("Sample University of Hong Kong")
    candidate.confirm()
    stand.cloud.settle()
    rows = f"application,decision,reasons,note\n{candidate.reference},approve,,\n"
    _reported(stand, reviewer, reviewer.drop("decisions", rows.encode(), "cgptc"))
    candidate.order()
    candidate.pay()
    stand.cloud.settle()
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment/check")
    _withdrawn(stand)
    _examined(stand, candidate, officer)
    _certified(stand, candidate)


def _unanswered(stand: Stand) -> None:
    """Somebody whose identity the registry confirms two hours late."""
    late = ApiCandidate(stand.cloud, _sample(2, "SAMPLE77002"), photo=b"")
    late.sign_up()
    late.fill_in()
    stand.cloud.settle()
    stand.skip(stand.clock.now() + timedelta(hours=2, minutes=1))


def _sample(number: int, id_number: str) -> Sample:
    email, phone = f"person{number}@example.test", f"+8525124{number:04d}"
    return replace(seed.READY, email=email, phone=phone, id_number=id_number)


def _applied(stand: Stand) -> ApiCandidate:
    """Signed up, complete, and in review, with every look a candidate takes on the way."""
    candidate = ApiCandidate(stand.cloud, _sample(1, "SAMPLE88001"), photo=as_jpeg(good()))
    candidate.sign_up()
    candidate.fill_in()
    candidate.upload_files()
    stand.cloud.settle()
    candidate.accept_files()
    candidate.profile()
    candidate.call("GET", "/api/candidate/uploads/photo?scheme=cgptc")
    candidate.apply(SITTING)
    candidate.call("GET", "/api/candidate/applications")
    candidate.confirm()
    stand.cloud.settle()
    candidate.now()
    return candidate


def _withdrawn(stand: Stand) -> None:
    stand.applicant().withdraw()
    stand.cloud.settle()


def _reported(stand: Stand, who: ApiStaff, key: str) -> None:
    stand.cloud.settle()
    report = who.report(key)
    assert report["counts"], report


def _examined(stand: Stand, candidate: ApiCandidate, officer: ApiStaff) -> None:
    """Payment closes, seats are drawn, the ticket opens, the exam passes, marks are read and released."""
    from certification.cloud.tables.sittings import sittings

    dates = sittings.read(SITTING).dates
    for hours in (25, 49, 73):
        stand.skip(dates.payment_closes + timedelta(hours=hours))
    stand.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    candidate.sign_in()
    candidate.paper("ticket")
    stand.skip(dates.exam_over + timedelta(hours=1))
    candidate.sign_in()
    number = candidate.now()["seat"]["candidate_number"]
    marks = f"sitting,candidate_number,subject,mark\n{SITTING},{number},theory,88.5\n{SITTING},{number},practical,60\n"
    officer.sign_in()
    officer.drop("sittings", json.dumps(seed.demo_sitting(stand.clock.now(), "next-sitting", number=2)).encode())
    _reported(stand, officer, officer.drop("marks", marks.encode(), SITTING))
    officer.cases()
    officer.sitting(SITTING)
    second = ApiStaff(stand.cloud, seed.SECOND_EMAIL)
    second.sign_in()
    second.release(SITTING)
    stand.cloud.settle()


def _certified(stand: Stand, candidate: ApiCandidate) -> None:
    number = candidate.now()["certificate"]
    assert number, candidate.now()
    candidate.messages()
    assert stand.call("GET", f"/api/certificates/{number}").body["found"]
    unreadable = {"id": "evt_sample", "type": "checkout.session.expired", "created": 1_788_224_400, "livemode": False}
    _webhook(stand, {**unreadable, "data": {"object": {}}})
    stand.cloud.settle()
    stand.call("DELETE", "/api/account/session", session=candidate.session)


def _webhook(stand: Stand, event: Any) -> None:
    from certification.providers.signatures import sign
    from local.simulators.card import ENDPOINT_SECRET

    body = json.dumps(event).encode()
    signed = {"stripe-signature": sign(body, ENDPOINT_SECRET, stand.clock.now()), "content-type": "application/json"}
    answer = stand.cloud.request("POST", "/webhooks/card", signed, body)
    if answer.status != 200:
        raise Unexpected("webhook", answer)


def main() -> None:
    """Write the files anew; those that are written by hand stay."""
    with stand_on() as stand:
        life = Life(stand)
        life.record()
        for (function, case), seen in life.seen.items():
            folder = EVENTS / function
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(life.sample(seen.event), ensure_ascii=False, indent=2)
            (folder / f"{case}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(life.seen)} events of {len({function for function, _ in life.seen})} functions in {EVENTS}")


if __name__ == "__main__":
    import tests.conftest  # noqa: F401 - the environment

    main()
