"""Every page in a real browser: no accessibility violation, no sideways scroll, nothing the console complains about."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from local import seed
from local.cloud import LocalCloud
from tests.browser.conftest import PHONE
from tests.browser.walker import NARROWEST, Walker

DESK: ViewportSize = {"width": 1280, "height": 900}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PUBLIC = (
    *("/", "/exams", f"/exams/{seed.SITTING}", "/sign-in", "/check", "/check/nonsense", "/draws"),
    *(f"/draws/{seed.SITTING}", "/help", "/privacy", "/accessibility", "/agreement", "/staff/sign-in", "/nothing"),
)


def must_be_good(walker: Walker, where: str) -> None:
    """The page as it stands, at three widths."""
    for size in (PHONE, DESK):
        walker.page.set_viewport_size(size)
        found: list[Any] = Axe().run(walker.page, options=RULES).response["violations"]
        assert [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found] == [], where
        assert walker.sideways() <= 0, f"{where} scrolls sideways at {size['width']} px"
    walker.page.set_viewport_size({"width": NARROWEST, "height": 700})
    assert walker.sideways() <= 0, f"{where} scrolls sideways at {NARROWEST} px"
    walker.page.set_viewport_size(PHONE)


def test_the_checker_finds_what_is_wrong(window: Callable[..., Walker]) -> None:
    walker = window()
    walker.go("/help")
    walker.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/0/icon.svg>')"
    )
    with pytest.raises(AssertionError, match="image-alt"):
        must_be_good(walker, "/help")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_for_everybody(window: Callable[..., Walker], language: str) -> None:
    walker = window(language)
    for path in PUBLIC:
        walker.go(path)
        must_be_good(walker, path)
        walker.shot(f"public{path.replace('/', '-')}-{language}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_with_mistakes_in_them(window: Callable[..., Walker], language: str) -> None:
    walker = window(language)
    walker.go("/sign-in")
    walker.submit()
    must_be_good(walker, "sign-in with an error")
    assert walker.page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
    walker.page.locator(".govuk-error-summary a").click()
    assert walker.page.evaluate("document.activeElement.id") == "email"


@pytest.fixture(scope="module")
def applicant(cloud: LocalCloud, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    """Somebody with a complete draft."""
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(10_000)
    walker = Walker(cloud, context, tmp_path_factory.mktemp("pictures"))
    walker.sign_in("pages@candidate.test", "+852 5123 2001")
    walker.go(f"/exams/{seed.SITTING}")
    walker.press("Apply for this exam")
    yield walker
    context.close()


def test_pages_of_an_application(applicant: Walker) -> None:
    base = applicant.path.removeprefix("/en")
    must_be_good(applicant, "empty task list")
    for page in ("photo/new", "id-document/new", "details"):
        applicant.go(f"{base}/{page}")
        must_be_good(applicant, page)
    applicant.submit()
    must_be_good(applicant, "details with errors")
    applicant.go(base)
    applicant.fill_in("SAMPLE2001")
    for language in ("en", "zh"):
        applicant.language = language
        for page in (
            "",
            "/choice",
            "/details",
            "/contact",
            "/background",
            "/photo",
            "/id-document",
            "/check",
            "/withdraw",
        ):
            applicant.go(f"{base}{page}")
            must_be_good(applicant, page)
        for page in ("/applications", "/messages", "/account/phone"):
            applicant.go(page)
            must_be_good(applicant, page)
    applicant.language = "en"
    assert applicant.complaints == []


def test_pages_of_staff(window: Callable[..., Walker], applicant: Walker) -> None:
    applicant.go("/applications")
    applicant.page.locator("main h2 a").first.click()
    applicant.hand_in()
    reviewer = window()
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    must_be_good(reviewer, "queue")
    reviewer.page.locator("tbody a").first.click()
    must_be_good(reviewer, "case")
    reviewer.submit()
    must_be_good(reviewer, "case with errors")
    for language in ("en", "zh"):
        reviewer.language = language
        for page in (
            "/staff/queue",
            "/staff/sittings",
            f"/staff/sittings/{seed.SITTING}",
            "/staff/files",
            "/staff/help",
        ):
            reviewer.go(page)
            must_be_good(reviewer, page)


def test_everything_works_without_javascript(window: Callable[..., Walker]) -> None:
    walker = window(javascript=False)
    walker.sign_in("plain@candidate.test", "+852 5123 2002")
    assert walker.heading == "Your applications"
    walker.go(f"/exams/{seed.SITTING}")
    walker.press("Apply for this exam")
    walker.fill_in("SAMPLE2002")
    assert walker.next == "Next: Check your answers and submit"
    walker.hand_in()
    walker.page.reload()
    assert walker.next == "We review your application"


def test_signing_out_ends_the_session(window: Callable[..., Walker]) -> None:
    walker = window()
    walker.sign_in("leaving@candidate.test", "+852 5123 2003")
    walker.page.get_by_role("button", name="Sign out").click()
    walker.go("/messages")
    assert walker.heading == "Sign in or create an account"


def test_the_first_visit_weighs_little(window: Callable[..., Walker]) -> None:
    walker = window()
    sizes: list[int] = []
    session = walker.context.new_cdp_session(walker.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    walker.go("/")
    walker.page.wait_for_load_state("networkidle")
    assert sum(sizes) < 40_000, f"{sum(sizes)} bytes for the first visit"
    sizes.clear()
    walker.go("/exams")
    walker.page.wait_for_load_state("networkidle")
    assert sum(sizes) < 6_000, f"{sum(sizes)} bytes for a later page"
