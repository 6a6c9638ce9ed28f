"""A member of staff as a program: the case queue, decisions, and files by presigned form, all over the HTTP API."""

from dataclasses import dataclass, field
from typing import Any, Literal

from local.visitor import Visitor

Folder = Literal["sittings", "decisions", "marks", "statements"]
TYPES: dict[Folder, str] = {
    "sittings": "application/json",
    "decisions": "text/csv",
    "marks": "text/csv",
    "statements": "application/xml",
}


@dataclass
class ApiStaff(Visitor):
    """One member of staff at the API of a local cloud."""

    email: str
    language: str = field(default="en", kw_only=True)

    def sign_in(self) -> None:
        """By a code to the work address; sessions end by themselves after some hours."""
        self.session = ""
        asked = self.call("POST", "/api/account/staff-code", {"email": self.email, "language": self.language})
        proof = {"challenge": asked["challenge"], "code": self.code(self.email)}
        self.begin(self.call("POST", "/api/account/staff-session", proof)["session"])

    def cases(self) -> list[Any]:
        """The open cases of the member's desks, oldest promise first."""
        return list(self.call("GET", "/api/staff/cases")["cases"])

    def take_next(self) -> Any:
        """The oldest case that nobody holds, in full."""
        taken = self.call("POST", "/api/staff/cases/next", {})["case"]
        return self.read(taken["id"]) if taken else None

    def read(self, case: str) -> Any:
        """One case with what is needed to decide it."""
        return self.call("GET", f"/api/staff/cases/{case}")

    def decide(self, case: str, verdict: str, *reasons: str, note: str = "") -> Any:
        """Decide a case."""
        decided = {"verdict": verdict, "reasons": list(reasons), "note": note}
        return self.call("POST", f"/api/staff/cases/{case}/decision", decided)

    def second(self, case: str, *, agree: bool = True, why_not: str = "", proposal: int = 1) -> Any:
        """Confirm what a colleague proposed, or disagree."""
        answer = {"proposal": proposal, "agree": agree, "why_not": why_not}
        return self.call("POST", f"/api/staff/cases/{case}/second", answer)

    def review_of(self, reference: str) -> str:
        """The open review of an application."""
        return str(next(case["id"] for case in self.cases() if case["about"] == reference))

    def drop(self, folder: Folder, body: bytes, of: str = "") -> str:
        """Drop a file; gives its key, under which the report is asked for."""
        form = self.call("POST", "/".join(filter(None, ("/api/staff/files", folder, of))), {})
        self.post_file(form, body, TYPES[folder])
        return str(form["key"])

    def report(self, key: str) -> Any:
        """What was found in a dropped file."""
        return self.call("GET", f"/api/staff/files/report?key={key}")

    def release(self, sitting: str) -> Any:
        """Release the imported marks now."""
        return self.call("POST", f"/api/staff/sittings/{sitting}/release", {})

    def sitting(self, identifier: str) -> Any:
        """One sitting as staff follow it."""
        every = self.call("GET", "/api/staff/sittings")["sittings"]
        return next(sitting for sitting in every if sitting["id"] == identifier)
