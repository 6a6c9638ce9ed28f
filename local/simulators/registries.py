"""SIMULATORS of the registries of identity and of education: match or no match, at once, late, never, twice, forged.

Which of these is chosen by a marker anywhere in a number (identity: of the ID document; education: of the certificate)
or by a switch, which wins:

    77001 no match · 77002 answers after two hours · 77003 never answers · 77004 answers late and twice ·
    77005 a forged match first, then the genuine no match · 77006 cannot tell · 77007 answers after 30 hours ·
    77008 a match, then no match · 77009 a match, then the "cannot tell" it found before · anything else: match at once

They keep no names and no numbers, only tickets. Their shared secrets are printed here because they protect nothing.
"""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.simulators.base import Answer, Context, Stage, State, flip, signature

SECRET = "simulated-registry-secret"
EDUCATION_SECRET = "simulated-education-secret"
HEADER = "registry-signature"
JSON = {"content-type": "application/json"}
HOUR = 3600
# Result, hours until it is posted (None: answered at once), how often it is posted.
BEHAVIOURS: dict[str, tuple[str, float | None, int]] = {
    "match": ("match", None, 1),
    "no_match": ("no_match", None, 1),
    "late": ("match", 2, 1),
    "never": ("match", 0, 0),
    "twice": ("match", 0.1, 2),
    "forged": ("no_match", 0.2, 1),
    "cannot_tell": ("cannot_tell", None, 1),
    "late_30_hours": ("match", 30, 1),
    "contradictory": ("match", 0.2, 1),
    "out_of_order": ("match", 0.2, 1),
}
# What is posted after half an hour as well, whatever was said before.
SECOND = {"contradictory": "no_match", "out_of_order": "cannot_tell"}
MARKERS = {
    "77001": "no_match",
    "77002": "late",
    "77003": "never",
    "77004": "twice",
    "77005": "forged",
    "77006": "cannot_tell",
    "77007": "late_30_hours",
    "77008": "contradictory",
    "77009": "out_of_order",
}
SWITCHES = {name: f"every question: {name.replace('_', ' ')}" for name in BEHAVIOURS} | {"down": "answers 503"}
TRY_FOR, TRY_EVERY = 72 * HOUR, HOUR
WINDOW = 300


class IdentitySimulator:
    """`POST /v1/questions`, signed: 200 with a signed answer, or 202 with a signed ticket and the answer later."""

    name = "registry"
    secret = SECRET
    marked = "id_number"
    answers = "/registry/answers"

    def __init__(self, context: Context) -> None:
        self._stage = Stage(context, {"questions": {}})

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        if self._stage.on("down"):
            return 503, dict(JSON), b'{"code":"down","simulated":true}'
        if method != "POST" or path.partition("?")[0] != "/v1/questions":
            return 404, dict(JSON), b'{"code":"not_found","simulated":true}'
        given = next((text for name, text in headers.items() if name.lower() == HEADER), "")
        if not self._genuine(given, body):
            return 401, dict(JSON), b'{"code":"not_signed","simulated":true}'
        asked = json.loads(body)
        with self._stage.lock:
            known = self._stage.state["questions"].get(asked["question"]) or self._take(asked)
        if known["answered"] is None:
            return self._signed(202, {"question": asked["question"], "ticket": known["ticket"], "simulated": True})
        return self._signed(200, self._answer(asked["question"], known))

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch`, `clear`, `answer` (form `question`, `result`: post this answer now) or `status`."""
        state = self._stage.state
        with self._stage.lock:
            if action == "switch":
                state["switches"] = [name for name in state["switches"] if name == "down"]
                flip(state, SWITCHES, form)
            elif action == "clear":
                state["switches"] = []
            elif action == "answer":
                state["questions"][form["question"]]["result"] = form["result"]
                self._stage.plan(self._stage.seconds(), "post", question=form["question"], first=self._stage.seconds())
            elif action != "status":
                raise ValueError(f"no action {action!r}; there are switch, clear, answer, status")
            return {
                "simulator": True,
                "switches": list(state["switches"]),
                "known": SWITCHES,
                "markers": MARKERS,
                "questions": {name: dict(known) for name, known in state["questions"].items()},
            }

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self._stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self._stage.load(state)

    def next_due(self) -> datetime | None:
        """When the next answer is posted."""
        return self._stage.next_due()

    def run_due(self) -> int:
        """Post the answers that are due."""
        return self._stage.run(self._post)

    def _genuine(self, given: str, body: bytes) -> bool:
        found = re.fullmatch(r"t=(\d{10}),v1=[0-9a-f]{64}", given)
        if not found or abs(int(found[1]) - self._stage.seconds()) > WINDOW:
            return False
        return hmac.compare_digest(given, signature(body, self.secret, int(found[1]), b"question."))

    def _take(self, asked: State) -> State:
        number = str(asked["details"].get(self.marked, ""))
        marked = next((name for marker, name in MARKERS.items() if marker in re.sub(r"\W", "", number)), "match")
        switched = next((name for name in self._stage.state["switches"] if name in BEHAVIOURS), None)
        behaviour = switched or marked
        result, hours, times = BEHAVIOURS[behaviour]
        now = self._stage.seconds()
        known: State = {
            "ticket": f"simulated-ticket-{self._stage.number():06d}",
            "result": result,
            "behaviour": behaviour,
            "answered": now if hours is None else None,
            "posts": [],
        }
        self._stage.state["questions"][asked["question"]] = known
        if behaviour == "forged":
            self._stage.plan(now + 60, "post", question=asked["question"], first=now + 60, forged=True)
        if behaviour in SECOND:
            later = now + HOUR // 2
            self._stage.plan(later, "post", question=asked["question"], first=later, result=SECOND[behaviour], at=now)
        for time in range(times if hours is not None else 0):
            due = now + int((hours or 0) * HOUR) + 60 * time
            self._stage.plan(due, "post", question=asked["question"], first=due)
        return known

    def _answer(self, question: str, known: State) -> State:
        at = datetime.fromtimestamp(known["answered"], UTC).isoformat().replace("+00:00", "Z")
        return {
            "question": question,
            "ticket": known["ticket"],
            "result": known["result"],
            "answered_at": at,
            "simulated": True,
        }

    def _signed(self, status: int, content: State) -> Answer:
        body = json.dumps(content).encode()
        return status, {**JSON, HEADER: signature(body, self.secret, self._stage.seconds(), b"answer.")}, body

    def _post(self, item: State) -> None:
        """Post an answer to the product's door; a genuine one that was not taken is posted again every hour, three
        days long. A forged one claims a match, under a secret that is not ours."""
        forged = bool(item.get("forged"))
        with self._stage.lock:
            known, now = self._stage.state["questions"][item["question"]], self._stage.seconds()
            if not forged and known["answered"] is None:
                known["answered"] = item["due"]
            shown = {**known, "answered": now, "result": "match"} if forged else known
            if "result" in item:
                shown = {**known, "answered": item["at"], "result": item["result"]}
            body = json.dumps(self._answer(item["question"], shown)).encode()
        headers = {**JSON, HEADER: signature(body, "forged" if forged else self.secret, now, b"answer.")}
        status = self._stage.context.deliver(f"{self._stage.context.public_url}{self.answers}", headers, body)
        with self._stage.lock:
            known["posts"].append({"at": now, "status": status, "forged": forged})
            if not forged and not 200 <= status < 300 and now + TRY_EVERY <= item["first"] + TRY_FOR:
                self._stage.plan(now + TRY_EVERY, "post", question=item["question"], first=item["first"])


class EducationSimulator(IdentitySimulator):
    """The registry of higher education: the same manners, another secret, another door."""

    name = "education"
    secret = EDUCATION_SECRET
    marked = "certificate"
    answers = "/registry/education/answers"
