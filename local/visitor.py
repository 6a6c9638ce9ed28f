"""Somebody at the doors of a local cloud: JSON requests, one-time codes from the simulated inbox, files by presigned form.

How a request travels is the visitor's choice: `directly` through the same code without a socket, or `over_sockets`.
"""

import http.client
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

from local.http.messages import Response

if TYPE_CHECKING:
    from local.cloud import LocalCloud

BOUNDARY = "assay-sample-boundary"
FORM = {"content-type": "application/x-www-form-urlencoded"}
TIMEOUT_SECONDS = 60
SESSION_LIVES = timedelta(hours=2)
"""For so long a session is surely alive: it ends three hours after its last use."""

Transport = Callable[[str, str, Mapping[str, str], bytes], Response]
"""(method, absolute address, headers, body) -> what came back; redirects are not followed."""


class Unexpected(Exception):
    """A door answered something else than expected; the text has status and body."""

    def __init__(self, what: str, answer: Response) -> None:
        super().__init__(f"{what}: {answer.status} {answer.body[:2000]!r}")
        self.answer = answer


def directly(cloud: "LocalCloud") -> Transport:
    """Requests as the ports would get them, on the caller's thread."""

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        door = cloud.store_request if parts.port == cloud.ports.s3 else cloud.request
        return door(method, target, headers, body)

    return send


def over_sockets(method: str, address: str, headers: Mapping[str, str], body: bytes) -> Response:
    """A request through the loopback network, on a connection of its own."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, dict(headers))
        answer = connection.getresponse()
        return Response(answer.status, tuple(answer.getheaders()), answer.read())
    finally:
        connection.close()


@dataclass
class Visitor:
    """Talks to one local cloud. Nothing settles by itself: the caller decides when time passes."""

    cloud: "LocalCloud"
    session: str = field(default="", init=False)
    since: datetime | None = field(default=None, init=False)
    """When this session began."""
    transport: Transport | None = field(default=None, kw_only=True, repr=False)

    def sign_in(self) -> None:
        """Begin a session."""
        raise AssertionError(f"{type(self).__name__} does not say how it signs in")

    def awake(self) -> Self:
        """The same visitor with a session that is alive."""
        if self.since is None or self.cloud.clock.now() - self.since >= SESSION_LIVES:
            self.sign_in()
        return self

    def begin(self, session: str) -> None:
        """Whoever brings this session id is us from now on."""
        self.session, self.since = session, self.cloud.clock.now()

    def send(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Response:
        """A request to an absolute address, or to a path of the API."""
        whole = address if address.startswith("http") else f"{self.cloud.address}{address}"
        transport = self.transport or directly(self.cloud)
        return transport(method, whole, headers or {}, body.encode() if isinstance(body, str) else body)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, expect: int = 200) -> Any:
        """One request with JSON in and out, as whoever signed in."""
        headers = {"content-type": "application/json"} if body is not None else {}
        if self.session:
            headers["authorization"] = f"Bearer {self.session}"
        answer = self.send(method, path, headers, json.dumps(body) if body is not None else b"")
        if answer.status != expect:
            raise Unexpected(f"{method} {path}", answer)
        return json.loads(answer.body) if answer.body else None

    def code(self, to: str) -> str:
        """The newest one-time code that was sent to an address or number."""
        for letter in self.cloud.inbox.to(to):
            found = re.search(r"\b(\d{6})\b", letter.text)
            if found:
                return found[1]
        raise LookupError(f"no code was sent to {to}")

    def submit(self, address: str, fields: Mapping[str, str]) -> Response:
        """An HTML form, as a browser sends it."""
        return self.send("POST", address, FORM, urlencode(fields))

    def post_file(self, form: Mapping[str, Any], data: bytes, content_type: str) -> None:
        """One file, straight to the store by a presigned form (`url`, `fields`)."""
        body = multipart({**form["fields"], "Content-Type": content_type}, data, content_type)
        answer = self.send("POST", form["url"], {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}, body)
        if answer.status not in (200, 201, 204, 303):
            raise Unexpected("upload", answer)

    def fetch(self, address: str) -> bytes:
        """What lies at an address; redirects are followed."""
        answer = self.send("GET", address)
        if answer.status in (302, 303, 307):
            return self.fetch(answer.header("location") or "")
        if answer.status != 200:
            raise Unexpected(f"GET {address}", answer)
        return answer.body


def multipart(fields: Mapping[str, str], data: bytes, content_type: str) -> bytes:
    """A browser's form with one file, fields first, as S3 wants it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: {content_type}\r\n\r\n'
    return b"".join([*parts, head.encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()])
