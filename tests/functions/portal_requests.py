"""Requests as API Gateway sends them (HTTP API, payload 2.0), answered by the portal without any AWS."""

import base64
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from certification.portal import door

HOST = "127.0.0.1:8080"


@dataclass(frozen=True)
class Answer:
    """What came back, with the body as text."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def token(self) -> str:
        """The form token on the page."""
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.body)
        assert found, "the page has no form"
        return found[1]

    def cookie(self, name: str) -> str:
        """A cookie that was set, as a browser sends it back."""
        for cookie in self.cookies:
            if cookie.startswith(f"{name}="):
                return cookie.split(";")[0]
        raise AssertionError(f"no cookie {name} was set")


def event(
    method: str,
    path: str,
    *,
    query: str = "",
    form: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The event of one request; a form is sent as browsers send it, from our own page."""
    sent = {"host": HOST, **(headers or {})}
    body = ""
    if form is not None:
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
            "origin": f"http://{HOST}",
            **sent,
        }
        body = base64.b64encode(urlencode(form, doseq=True).encode()).decode()
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "cookies": list(cookies),
        "requestContext": {"http": {"method": method, "path": path}, "requestId": "request-1"},
        "body": body,
        "isBase64Encoded": True,
    }


def ask(method: str, path: str, **parts: Any) -> Answer:
    """Answer one request."""
    answer = door.answer(event(method, path, **parts))
    body = answer["body"]
    raw = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    if answer["headers"].get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    return Answer(answer["statusCode"], answer["headers"], tuple(answer["cookies"]), raw.decode())
