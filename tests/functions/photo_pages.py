"""Somebody at the pages of the portal without a browser: cookies, form tokens, and the form that goes to the store."""

import gzip
import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from local.candidate import ApiCandidate
from local.visitor import BOUNDARY, FORM, multipart
from tests.functions.stand import Stand


@dataclass
class Shown:
    """A page. `text` is without tags, `raw` as it came."""

    status: int
    raw: str
    location: str
    policy: str

    @property
    def text(self) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.raw)).split())

    def token(self) -> str:
        found = re.search(r'name="token" value="([0-9a-f]+)"', self.raw)
        assert found, self.text[:500]
        return found[1]

    def offers(self, step: str) -> bool:
        return f'name="step" value="{step}"' in self.raw


class Pages:
    """The pages of one candidate's application."""

    def __init__(self, stand: Stand, candidate: ApiCandidate, language: str = "en") -> None:
        self.stand, self.candidate, self.language = stand, candidate, language

    @property
    def base(self) -> str:
        return f"/{self.language}/apply/{self.candidate.reference}"

    def get(self, path: str) -> Shown:
        return self._send("GET", path if path.startswith("/en") or path.startswith("/zh") else f"{self.base}/{path}")

    def post(self, path: str, **fields: str) -> Shown:
        """A form of the page that `path` belongs to, with its token."""
        token = self.get("photo").token()
        return self._send("POST", f"{self.base}/{path}", {"token": token, **fields})

    def send_photo(self, data: bytes) -> Shown:
        """Choose a file and send it; the page that the browser lands on once everything has happened."""
        page = self.get("photo/new")
        assert page.status == 200, page.text
        found = re.search(
            r'<form method="post" action="([^"]+)" enctype="multipart/form-data">(.*?)</form>', page.raw, re.S
        )
        assert found, page.text[:500]
        action = html.unescape(found[1])
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[2]))
        fields = {name: html.unescape(value) for name, value in fields.items() if name != "token"}
        body = multipart(fields, data, fields["Content-Type"])
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        sent = self.stand.cloud.store_request("POST", urlsplit(action).path, headers, body)
        assert sent.status == 303, sent.body
        back = urlsplit(sent.header("location") or "")
        self.stand.cloud.settle()
        return self.follow(self._send("GET", f"{back.path}?{back.query}"))

    def fix(self, step: str) -> Shown:
        """Press one of the buttons that change the photo; what is shown in the end."""
        answer = self.post("photo/fix", step=step)
        self.stand.cloud.settle()
        return self.follow(answer)

    def follow(self, answer: Shown) -> Shown:
        while answer.status == 303:
            answer = self._send("GET", answer.location)
        return answer

    def _send(self, method: str, path: str, fields: dict[str, str] | None = None) -> Shown:
        headers: dict[str, Any] = {"cookie": f"__Host-session={self.candidate.session}"}
        if fields is not None:
            headers |= FORM | {"sec-fetch-site": "same-origin"}
        answer = self.stand.cloud.request(method, path, headers, urlencode(fields or {}))
        body = gzip.decompress(answer.body) if answer.header("content-encoding") == "gzip" else answer.body
        return Shown(
            answer.status,
            body.decode(),
            answer.header("location") or "",
            answer.header("content-security-policy") or "",
        )
