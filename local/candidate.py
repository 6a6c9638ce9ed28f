"""A candidate as a program: does over the HTTP API what a person does on the pages. For demo data, load and journeys.

Nothing is bypassed: codes are read from the simulated inbox, files go through the presigned form, payment through the
provider's page.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from local import samples
from local.visitor import Unexpected, Visitor

Paper = Literal["ticket", "score_report", "certificate"]
APPLICATIONS = "/api/candidate/applications"
EDUCATION = "/api/candidate/education"


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
    certificate: str = ""
    degree_from: str = ""
    occupation: str = "data_analyst"
    level: str = "3"
    form: str = "onsite"
    scheme: str = "cgptc"
    region: str | None = None
    subjects: tuple[str, ...] = ()


@dataclass
class ApiCandidate(Visitor):
    """One candidate at the API of a local cloud."""

    sample: Sample
    reference: str = field(default="", init=False)
    photo: bytes = field(default_factory=samples.phone_photo, repr=False)

    # the account and the profile

    def sign_up(self) -> None:
        """Prove e-mail and phone."""
        sample = self.sample
        self.sign_in()
        self.accept("registration_agreement")
        asked = self.call("POST", "/api/candidate/phone-code", {"phone": sample.phone})
        self.call("POST", "/api/candidate/phone", {"challenge": asked["challenge"], "code": self.code(sample.phone)})

    def accept(self, text: Literal["registration_agreement", "service_notice"]) -> None:
        """Read a text and accept the version that was read."""
        address = f"/api/candidate/account/texts/{text}"
        self.call("PUT", address, {"text_version": self.call("GET", address)["text_version"]})

    def sign_in(self) -> None:
        """A new session by an e-mail code; sessions end by themselves after some hours."""
        self.session = ""
        sample = self.sample
        asked = self.call("POST", "/api/account/email-code", {"email": sample.email, "language": sample.language})
        proof = {"challenge": asked["challenge"], "email": sample.email, "code": self.code(sample.email)}
        self.begin(self.call("POST", "/api/account/session", proof)["session"])

    def fill_in(self) -> None:
        """Details, contact and background."""
        self.save_details()
        contact = {"address": "1 Sample Road", "language": self.sample.language}
        self.call("PUT", "/api/candidate/profile/contact", contact)
        self.save_background()

    def save_details(self, **changes: str) -> None:
        """Name, birth, nationality and ID document."""
        sample = self.sample
        details = {
            "native_name": sample.native_name,
            "latin_name": sample.latin_name,
            "birth_date": sample.born,
            "nationality": sample.nationality,
            "id_kind": sample.id_kind,
            "id_number": sample.id_number,
        }
        self.call("PUT", "/api/candidate/profile/details", details | changes)

    def save_background(self, school: str = "Sample University") -> None:
        """Education, then work."""
        self.save_education(institution=school)
        self.save_work()

    def save_work(self, since: str = "2018-01-01", until: str | None = None, **changes: Any) -> None:
        """One job."""
        job = {"employer": "Sample Ltd", "duties": "Analyst", "since": since, "until": until}
        self.call("PUT", "/api/candidate/profile/work", {"jobs": [job | changes]})

    def save_education(self, *, expect: int = 200, **changes: Any) -> Any:
        """One qualification: added the first time, corrected afterwards. The mainland's schemes ask its registry."""
        country = self.sample.degree_from or ("HK" if self.sample.scheme == "cgptc" else "CN")
        entry = {
            "institution": "Sample University",
            "country": country,
            "taught_in": country,
            "level": self.sample.education,
            "full_time": True,
            "major": "Statistics",
            "certificate": self.sample.certificate,
            "began": "2013-09-01",
            "graduated": "2017-07-01",
        }
        first = not self.call("GET", EDUCATION)["entries"]
        return self.call(
            "POST" if first else "PUT", EDUCATION if first else f"{EDUCATION}/1", entry | changes, expect=expect
        )

    def add_education(self, *, expect: int = 200, **changes: Any) -> Any:
        """One more qualification, from the mainland."""
        entry = {
            "institution": "样本大学",
            "level": "bachelor",
            "degree": "bachelor",
            "full_time": True,
            "major": "土木工程",
            "certificate": "100001201705000001",
            "began": "2013-09-01",
            "graduated": "2017-07-01",
        }
        return self.call("POST", EDUCATION, entry | changes, expect=expect)

    def upload(self, kind: str, data: bytes, content_type: str = "image/jpeg") -> None:
        """One file; it is looked at before it can be accepted."""
        self.post_file(self.call("POST", self._upload(kind)), data, content_type)

    def upload_files(self) -> None:
        """Photo and ID document."""
        self.upload("photo", self.photo)
        self.upload("id_document", samples.id_document())

    def accept_files(self) -> None:
        """Use what was checked."""
        for kind in ("photo", "id_document"):
            self.accept_file(kind)

    def accept_file(self, kind: str) -> None:
        """Use one file that was checked."""
        self.call("POST", self._upload(kind, "/accept"), {})

    def _upload(self, kind: str, act: str = "") -> str:
        """The address of a file; a photo is for the scheme of the exam."""
        return f"/api/candidate/uploads/{kind}{act}" + (f"?scheme={self.sample.scheme}" if kind == "photo" else "")

    def profile(self) -> Any:
        """Everything declared."""
        return self.call("GET", "/api/candidate/profile")

    # the application

    def apply(self, sitting: str) -> str:
        """Begin an application and choose what it is for; gives its reference."""
        self.reference = self.call("POST", APPLICATIONS, {"sitting": sitting})["reference"]
        sample = self.sample
        choice = {"occupation": sample.occupation, "level": sample.level, "form": sample.form, "region": sample.region}
        self.call("PUT", f"{self._application}/choice", choice | {"subjects": self._subjects(sitting)})
        return self.reference

    def _subjects(self, sitting: str) -> list[str]:
        """The sample's subjects; without any, all that the sitting lets choose."""
        sample = self.sample
        if sample.subjects or sample.region is None:
            return list(sample.subjects)
        offered = next(one for one in self.call("GET", "/api/account/sittings")["sittings"] if one["id"] == sitting)
        wanted = (sample.occupation, sample.level, sample.form)
        rows = [row for row in offered["offers"] if (row["occupation"], row["level"], row["form"]) == wanted]
        return [] if offered["all_subjects"] else [subject["code"] for subject in rows[0]["subjects"]]

    def confirm(self, *, expect: int = 200) -> Any:
        """Hand it in, or in again after a return."""
        return self.call("POST", f"{self._application}/confirm", {}, expect=expect)

    # commitment and proofs

    def commitment(self) -> Any:
        """Notice, letter, and what can be done now."""
        return self.call("GET", f"{self._application}/commitment")

    def choose_lane(self, *, commits: bool, expect: int = 200) -> Any:
        """Choose before confirming, having read the notice."""
        choice = {"commits": commits, "notice": self.commitment()["hash"], "language": self.sample.language}
        return self.call("PUT", f"{self._application}/commitment/choice", choice, expect=expect)

    def ask_signature_code(self) -> tuple[str, str]:
        """The challenge of a fresh code, and the code from the phone."""
        asked = self.call("POST", f"{self._application}/commitment/code", {})
        return asked["challenge"], self.code(self.sample.phone)

    def sign(self, statements: tuple[int, ...] = (1, 2, 3, 4), *, expect: int = 200) -> Any:
        """Sign with a fresh code."""
        challenge, code = self.ask_signature_code()
        letter = {"challenge": challenge, "code": code, "statements": list(statements)}
        return self.call("POST", f"{self._application}/commitment/signature", letter, expect=expect)

    def decline(self) -> Any:
        """Hand in proofs instead of signing."""
        return self.call("POST", f"{self._application}/commitment/decline", {})

    def withdraw_commitment(self, *, expect: int = 200) -> Any:
        """Take the commitment back."""
        return self.call("POST", f"{self._application}/commitment/withdrawal", {}, expect=expect)

    def hand_in_proofs(self, *, expect: int = 200) -> Any:
        """Hand in the proofs that were uploaded and accepted."""
        return self.call("POST", f"{self._application}/proofs", {}, expect=expect)

    def withdraw(self) -> None:
        """Give it up before paying."""
        self.call("POST", f"{self._application}/withdraw", {})

    def now(self) -> Any:
        """The application as the API shows it."""
        return self.call("GET", self._application)

    def status(self) -> str:
        """The application's status."""
        return str(self.now()["status"])

    def order(self) -> Any:
        """What is owed."""
        return self.call("GET", f"{self._application}/order")

    def open_checkout(self) -> str:
        """The address of the provider's page."""
        return str(self.call("POST", f"{self._application}/payment", {})["url"])

    def pay(self, card: str = "visa") -> None:
        """Pay on the provider's page with its test card."""
        self.pay_at(self.open_checkout(), card)

    def pay_at(self, address: str, card: str = "visa") -> None:
        """Pay on a page that was opened before."""
        answer = self.submit(address, {"card": card})
        if answer.status not in (200, 302, 303):
            raise Unexpected("payment page", answer)

    def paper(self, kind: Paper) -> bytes:
        """One of the candidate's documents, by its short-lived link."""
        if kind == "certificate":
            self.accept("service_notice")
        return self.fetch(self.call("GET", f"{self._application}/documents/{kind}")["url"])

    def messages(self) -> list[Any]:
        """Every letter to the candidate, oldest first."""
        return list(reversed(self.call("GET", "/api/candidate/messages")["messages"]))

    @property
    def _application(self) -> str:
        return f"{APPLICATIONS}/{self.reference}"
