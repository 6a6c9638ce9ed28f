"""A candidate as a program: does over the HTTP API what a person does on the pages. For demo data, load and journeys.

Nothing is bypassed: codes are read from the simulated inbox, files go through the presigned form, payment through the
provider's page.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from local import samples

if TYPE_CHECKING:
    from local.cloud import LocalCloud

BOUNDARY = "assay-sample-boundary"


class Unexpected(Exception):
    """The API answered something else than expected; the text has status and body."""


@dataclass(frozen=True)
class Sample:
    """Who the candidate is. All of it is obviously sample data."""

    email: str
    phone: str
    native_name: str
    latin_name: str
    id_number: str
    language: str = "en"
    born: str = "1995-05-17"
    nationality: str = "CN"
    id_kind: str = "passport"
    education: str = "bachelor"
    occupation: str = "data_analyst"
    level: str = "3"
    form: str = "onsite"


@dataclass
class ApiCandidate:
    """One candidate at the API of a local cloud. Each act settles nothing: the caller decides when time passes."""

    cloud: "LocalCloud"
    sample: Sample
    session: str = ""
    reference: str = ""
    photo: bytes = field(default_factory=samples.phone_photo, repr=False)

    # talking

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, expect: int = 200) -> Any:
        """One request with JSON in and out."""
        headers = {"content-type": "application/json"} if body is not None else {}
        if self.session:
            headers["authorization"] = f"Bearer {self.session}"
        answer = self.cloud.request(method, path, headers, json.dumps(body) if body is not None else b"")
        if answer.status != expect:
            raise Unexpected(f"{method} {path}: {answer.status} {answer.body!r}")
        return json.loads(answer.body) if answer.body else None

    def code(self, to: str) -> str:
        """The newest one-time code that was sent to an address or number."""
        self.cloud.inbox.collect()
        texts = [message.text for message in self.cloud.inbox.to(to)]
        for text in texts:
            found = re.search(r"\b(\d{6})\b", text)
            if found:
                return found[1]
        raise Unexpected(f"no code was sent to {to}")

    # the acts of a candidate, in order

    def sign_up(self) -> None:
        """Prove e-mail and phone."""
        sample = self.sample
        asked = self.call("POST", "/api/account/email-code", {"email": sample.email, "language": sample.language})
        proof = {"challenge": asked["challenge"], "email": sample.email, "code": self.code(sample.email)}
        self.session = self.call("POST", "/api/account/session", proof)["session"]
        asked = self.call("POST", "/api/candidate/phone-code", {"phone": sample.phone})
        self.call("POST", "/api/candidate/phone", {"challenge": asked["challenge"], "code": self.code(sample.phone)})

    def fill_in(self) -> None:
        """Details, contact and background."""
        sample = self.sample
        details = {
            "native_name": sample.native_name,
            "latin_name": sample.latin_name,
            "birth_date": sample.born,
            "nationality": sample.nationality,
            "id_kind": sample.id_kind,
            "id_number": sample.id_number,
        }
        self.call("PUT", "/api/candidate/profile/details", details)
        self.call("PUT", "/api/candidate/profile/contact", {"address": "1 Sample Road", "language": sample.language})
        education = [
            {"level": sample.education, "school": "Sample University", "major": "Statistics", "graduated": "2017-07-01"}
        ]
        work = [{"employer": "Sample Ltd", "role": "Analyst", "since": "2018-01-01", "until": None}]
        self.call("PUT", "/api/candidate/profile/background", {"education": education, "work": work})

    def upload(self, kind: str, data: bytes, content_type: str = "image/jpeg") -> None:
        """One file, straight to the store by the presigned form."""
        form = self.call("POST", f"/api/candidate/uploads/{kind}")
        body = multipart({**form["fields"], "Content-Type": content_type}, data, content_type)
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        answer = self.cloud.store_request("POST", urlsplit(form["url"]).path, headers, body)
        if answer.status not in (200, 201, 204, 303):
            raise Unexpected(f"upload of {kind}: {answer.status} {answer.body!r}")

    def upload_files(self) -> None:
        """Photo and ID document; they are looked at before they can be accepted."""
        self.upload("photo", self.photo)
        self.upload("id_document", samples.id_document())

    def accept_files(self) -> None:
        """Use what was checked."""
        for kind in ("photo", "id_document"):
            self.call("POST", f"/api/candidate/uploads/{kind}/accept", {})

    def apply(self, sitting: str) -> str:
        """Begin an application and choose what it is for; gives its reference."""
        self.reference = self.call("POST", "/api/candidate/applications", {"sitting": sitting})["reference"]
        choice = {"occupation": self.sample.occupation, "level": self.sample.level, "form": self.sample.form}
        self.call("PUT", f"/api/candidate/applications/{self.reference}/choice", choice)
        return self.reference

    def confirm(self) -> None:
        """Hand it in."""
        self.call("POST", f"/api/candidate/applications/{self.reference}/confirm", {})

    def status(self) -> str:
        """The application's status."""
        answer: str = self.call("GET", f"/api/candidate/applications/{self.reference}")["status"]
        return answer

    def open_checkout(self) -> str:
        """The address of the provider's page."""
        answer: str = self.call("POST", f"/api/candidate/applications/{self.reference}/payment", {})["url"]
        return answer

    def pay(self) -> None:
        """Pay on the provider's page with its test card."""
        page = urlsplit(self.open_checkout()).path
        form = urlencode({"card": "visa"})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = self.cloud.request("POST", page, headers, form)
        if answer.status not in (200, 302, 303):
            raise Unexpected(f"payment page: {answer.status} {answer.body[:300]!r}")


def multipart(fields: Mapping[str, str], data: bytes, content_type: str) -> bytes:
    """A browser's form with one file, fields first, as S3 wants it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: {content_type}\r\n\r\n'
    return b"".join([*parts, head.encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()])
