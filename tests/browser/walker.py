"""A person at a browser: walks the pages of the portal by what is written on them, and watches what goes wrong."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize

from local import samples
from local.cloud import LocalCloud

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
NARROWEST = 320


_ASIDE = ThreadPoolExecutor(1)


def settle(cloud: LocalCloud) -> None:
    """Let everything that is due happen, on a thread of its own: Playwright keeps an event loop running on this one,
    and who signs a PDF starts another."""
    _ASIDE.submit(cloud.settle).result()


class NoCode(AssertionError):
    """No one-time code was sent to this address."""


@dataclass
class Walker:
    """One browser window. `complaints` collects console errors, CSP reports and answers of 500."""

    cloud: LocalCloud
    context: BrowserContext
    folder: Path
    language: str = "en"
    complaints: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on(
            "response",
            lambda answer: self.complaints.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )

    def _heard(self, kind: str, text: str) -> None:
        # Chromium reports every answer of 4xx as an error of the console; those pages are asked for on purpose.
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(f"console: {text}")

    # going about

    def go(self, path: str) -> None:
        self.page.goto(f"{self.cloud.address}/{self.language}{path}")

    def press(self, name: str) -> None:
        """A button or a link that looks like one, by its words; then everything it causes happens."""
        self.page.locator("button, a.govuk-button", has_text=name).first.click()
        self.page.wait_for_load_state()
        settle(self.cloud)

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def pick(self, **fields: str) -> None:
        for name, value in fields.items():
            box = self.page.locator(f'select[name="{name}"]')
            if box.count():
                box.select_option(value)
            else:
                self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def date(self, name: str, iso: str) -> None:
        year, month, day = iso.split("-")
        self.fill(**{f"{name}_day": day, f"{name}_month": month, f"{name}_year": year})

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def next(self) -> str:
        """The heading of the box that says what comes next."""
        return self.page.locator(".app-next h2").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.cloud.address)

    def shot(self, name: str) -> Path:
        """A picture of the whole page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def sideways(self) -> int:
        """How many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    # signing in

    def code(self, to: str) -> str:
        for letter in self.cloud.inbox.to(to):
            if found := re.search(r"\b(\d{6})\b", letter.text):
                return found[1]
        raise NoCode(to)

    def sign_in(self, email: str, phone: str = "") -> None:
        """By e-mail and code; a new account accepts the agreement and gives its phone."""
        self.go("/sign-in")
        self.fill(email=email)
        self.submit()
        self.fill(code=self.code(email))
        self.submit()
        if phone:
            self.page.locator('[name="accept"]').check()
            self.submit()
            self.fill(phone=phone)
            self.submit()
            self.fill(code=self.code(phone.replace(" ", "")))
            self.submit()

    def sign_in_as_staff(self, email: str) -> None:
        self.go("/staff/sign-in")
        self.fill(email=email)
        self.submit()
        self.fill(code=self.code(email))
        self.submit()

    def submit(self) -> None:
        """Send the page's own form: the last button in it."""
        self.page.locator("main form button").last.click()
        self.page.wait_for_load_state()
        settle(self.cloud)

    # an application

    def fill_in(self, id_number: str, name: str = "陈样本") -> None:
        """Every task before submitting, from the application's page."""
        base = self.path.removeprefix(f"/{self.language}")
        self.go(f"{base}/choice")
        self.pick(occupation="data_analyst", level="3", form="onsite")
        self.submit()
        self.go(f"{base}/details")
        self.fill(full_name=name, latin_name="CHEN YANGBEN", id_number=id_number)
        self.date("date_of_birth", "1995-05-17")
        self.pick(nationality="CN", id_type="passport")
        self.submit()
        self.go(f"{base}/contact")
        self.pick(language=self.language)
        self.submit()
        self.go(f"/education/new?application={base.rsplit('/', 1)[1]}")
        self.pick(level="bachelor", degree="bachelor", full_time="yes", country="HK", taught_in="HK")
        self.fill(institution="Sample University", major="Statistics")
        self.date("began", "2013-09-01")
        self.date("graduated", "2017-07-01")
        self.submit()
        self.go(f"{base}/work")
        self.fill(jobs_0_employer="Sample Ltd", jobs_0_duties="Analyst")
        self.date("jobs_0_since", "2018-01-01")
        self.submit()
        for kind, data in (("photo", samples.phone_photo()), ("id-document", samples.id_document())):
            self.upload(base, kind, data)

    def upload(self, base: str, kind: str, data: bytes) -> None:
        self.go(f"{base}/{kind}/new")
        self.page.locator("#file").set_input_files(
            {"name": "from a phone.jpg", "mimeType": "image/jpeg", "buffer": data}
        )
        self.submit()
        self.go(f"{base}/{kind}/arrived")
        self.page.locator(f'form[action$="/{kind}/use"] button').click()
        self.page.wait_for_load_state()
        settle(self.cloud)

    def choose_file(self, data: bytes) -> None:
        """Choose a file on the page of an upload and send it."""
        self.page.locator("#file").set_input_files(
            {"name": "from a phone.jpg", "mimeType": "image/jpeg", "buffer": data}
        )
        self.submit()

    def hand_in(self) -> None:
        self.go(f"{self.path.removeprefix(f'/{self.language}')}/check")
        self.page.locator('[name="declaration"]').check()
        self.submit()


def must_be_good(walker: Walker, where: str) -> None:
    """The page as it stands, at three widths."""
    for size in (PHONE, DESK):
        walker.page.set_viewport_size(size)
        found: list[Any] = Axe().run(walker.page, options=RULES).response["violations"]
        faults = [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found]
        assert faults == [], f"{where}: {faults}"
        assert walker.sideways() <= 0, f"{where} scrolls sideways at {size['width']} px"
    walker.page.set_viewport_size({"width": NARROWEST, "height": 700})
    assert walker.sideways() <= 0, f"{where} scrolls sideways at {NARROWEST} px"
    walker.page.set_viewport_size(PHONE)
