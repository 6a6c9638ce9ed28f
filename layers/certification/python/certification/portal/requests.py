"""What came in: an HTTP API event (payload 2.0) as pages read it."""

import base64
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl

from certification.acts.visits import Visit, visit
from certification.letters.formats import Language
from certification.rules.model import Frozen
from certification.rules.readable import readable

LARGEST_FORM = 100_000
"""Characters a form may have: long enough for every page, far below what the door is sent at most."""


class Visitor(Frozen):
    """Who asks. `session` is the opaque id of the cookie, `visit` the one that guards forms before signing in."""

    kind: Literal["nobody", "candidate", "staff"] = "nobody"
    subject: str = ""
    session: str | None = None
    visit: str | None = None


class Request(Frozen):
    """One request. `path` has no language prefix; `form` holds every value of a field, `query` the last."""

    method: str
    path: str
    language: Language = "en"
    query: dict[str, str] = {}
    form: dict[str, list[str]] = {}
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    visitor: Visitor = Visitor()
    id: str = ""
    source: str = ""

    @property
    def visit(self) -> Visit:
        """Where the request comes from, as far as an act may know."""
        return visit(self.source, self.headers.get("user-agent", ""))

    def field(self, name: str) -> str:
        """The first value of a form field, without spaces around it; empty when it was not sent."""
        values = self.form.get(name)
        return values[0].strip() if values else ""

    def link(self, path: str) -> str:
        """The address of another page in the language of this one."""
        return f"/{self.language}{path}"


def read(event: Mapping[str, Any]) -> Request:
    """The request of an event. Broken encodings are replaced, never an error: the page will say what is missing."""
    http = event["requestContext"]["http"]
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    cookies = dict(_cookie(text) for text in event.get("cookies", []))
    return Request(
        method=http["method"].upper(),
        path=event.get("rawPath") or "/",
        query=dict(parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True, errors="replace")),
        form=_form(event, headers.get("content-type", "")),
        headers=headers,
        cookies=cookies,
        id=str(event["requestContext"].get("requestId", "")),
        source=str(http.get("sourceIp", "")),
    )


def _cookie(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _form(event: Mapping[str, Any], content_type: str) -> dict[str, list[str]]:
    if not content_type.startswith("application/x-www-form-urlencoded"):
        return {}
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", errors="replace")
    sent = parse_qs(body[:LARGEST_FORM], keep_blank_values=True, errors="replace", max_num_fields=500)
    return {name: [readable(value) for value in values] for name, values in sent.items()}
