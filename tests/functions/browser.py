"""The pages without a browser: forms are filled in as they stand on the page, over the deployed portal."""

import re
from html import unescape
from typing import Any, Protocol
from urllib.parse import urlencode

from local.candidate import ApiCandidate
from local.cloud import LocalCloud
from local.staff import ApiStaff


class Running(Protocol):
    """A stand or a town: what has a cloud that answers."""

    cloud: LocalCloud


class Browser:
    """A browser without scripts, perhaps signed in: follows forms and keeps cookies."""

    def __init__(self, stand: Running, person: ApiCandidate | ApiStaff | None, language: str = "en") -> None:
        self.stand, self.language = stand, language
        self.jar = {"__Host-session": person.session} if person else {}
        self.page = ""

    def get(self, path: str) -> str:
        """The page at an address; redirects are followed."""
        return self._sent("GET", f"/{self.language}{path}", {}, b"")

    def post(self, path: str, **fields: Any) -> str:
        """The form of the page that is shown, with these fields."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        body = urlencode({**hidden, **fields}, doseq=True).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self._sent("POST", f"/{self.language}{path}", headers, body)

    def elsewhere(self, path: str, **fields: str) -> str:
        """A form of a page that is not ours, and what it leads back to."""
        return self._sent(
            "POST", path, {"content-type": "application/x-www-form-urlencoded"}, urlencode(fields).encode()
        )

    def _sent(self, method: str, path: str, headers: dict[str, str], body: bytes) -> str:
        cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = self.stand.cloud.request(method, path, {**headers, "cookie": cookie}, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.jar[key] = rest.split(";")[0]
        if answer.status in (302, 303):
            location = next(value for name, value in answer.headers if name.lower() == "location")
            return self._sent("GET", location.removeprefix("http://127.0.0.1:8080"), {}, b"")
        self.page = unescape(answer.body.decode())
        return self.page
