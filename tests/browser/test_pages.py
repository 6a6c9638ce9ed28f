"""Every page in a real browser: no accessibility violation, no sideways scroll, nothing the console complains about."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from local import samples, seed
from local.artwork import portrait
from local.cloud import LocalCloud
from tests.browser.walker import PHONE, Walker, must_be_good

PUBLIC = (
    *(
        "/",
        "/exams",
        f"/exams/{seed.SITTING}",
        f"/exams/{seed.SITTING}/eligibility",
        "/sign-in",
        "/check",
        "/check/nonsense",
        "/draws",
    ),
    *(f"/draws/{seed.SITTING}", "/help", "/privacy", "/accessibility", "/agreement", "/staff/sign-in", "/nothing"),
)


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_eligibility_calculator_answers_under_its_form(window: Callable[..., Walker], language: str) -> None:
    walker = window(language)
    walker.go(f"/exams/{seed.SITTING}/eligibility")
    walker.submit()
    must_be_good(walker, "calculator with errors")
    walker.pick(occupation="data_analyst", education_0_level="bachelor", education_0_degree="bachelor")
    walker.date("birth_date", "1995-05-17")
    walker.date("education_0_began", "2013-09-01")
    walker.date("education_0_graduated", "2017-07-01")
    walker.fill(jobs_0_duties="Analyst")
    walker.date("jobs_0_since", "2018-01-01")
    walker.submit()
    must_be_good(walker, "calculator with its answer")
    assert walker.page.locator("svg.app-timeline rect").count() == 2
    assert walker.page.locator("section.app-verdict--good").count() >= 4


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


ACCOUNT = (
    "/account",
    "/account/details",
    "/account/email",
    "/account/phone",
    "/account/name",
    "/account/question",
    "/account/help/account",
)


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
            "/work",
            "/work?more=leaves",
            "/eligibility",
            "/photo",
            "/id-document",
            "/check",
            "/withdraw",
        ):
            applicant.go(f"{base}{page}")
            must_be_good(applicant, page)
        for page in ("/applications", "/messages", "/recover/look-up", *ACCOUNT):
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
            "/staff/queue?kind=review",
            "/staff/refunds",
            "/staff/refunds?listed=ended",
            "/staff/sittings",
            f"/staff/sittings/{seed.SITTING}",
            "/staff/files",
            "/staff/help",
        ):
            reviewer.go(page)
            must_be_good(reviewer, page)


def test_pages_after_handing_in(window: Callable[..., Walker], applicant: Walker) -> None:
    """Timeline, correction, hearing, appeal and withdrawal of the candidate; a correction and a proposal of the desk."""
    applicant.language = "en"
    applicant.go("/applications")
    applicant.page.locator("main h2 a").first.click()
    base = applicant.path.removeprefix("/en")
    applicant.go(f"{base}/correction")
    applicant.submit()
    must_be_good(applicant, "correction with errors")
    applicant.pick(field="postal_address")
    applicant.fill(value="2 New Road", reason="I moved.")
    applicant.submit()
    for language in ("en", "zh"):
        applicant.language = language
        for page in (
            "",
            "/timeline",
            "/correction",
            "/correction/work",
            "/correction/education/1",
            "/hearing",
            "/appeal",
            "/withdraw",
        ):
            applicant.go(f"{base}{page}")
            must_be_good(applicant, page)
            applicant.shot(f"after{page.replace('/', '-')}-{language}")
    reviewer, second = window(), window()
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    reviewer.page.locator("tbody tr", has_text="Correction").locator("a").click()
    must_be_good(reviewer, "a correction")
    reviewer.pick(verdict="approve")
    reviewer.submit()
    must_be_good(reviewer, "the next case, taken with the decision")
    case = reviewer.path.removeprefix("/en").partition("?")[0]
    reviewer.pick(verdict="reject")
    reviewer.page.locator('[name="reasons"][value="name_differs"]').check()
    reviewer.submit()
    reviewer.go(case)
    must_be_good(reviewer, "an own proposal")
    second.sign_in_as_staff(seed.SECOND_EMAIL)
    for language in ("en", "zh"):
        second.language = language
        second.go(case)
        must_be_good(second, "a proposal to confirm")
    second.language = "en"
    second.submit()
    must_be_good(second, "no answer to a proposal")
    second.pick(agree="no")
    second.fill(why_not="The name is the same.")
    second.submit()
    second.go(case)
    assert "The name is the same." in second.page.inner_text("main")


@pytest.mark.rule("CHK-03")
def test_a_returned_application_says_why_and_is_corrected(window: Callable[..., Walker]) -> None:
    candidate, reviewer = window(), window()
    candidate.sign_in("returned@candidate.test", "+852 5123 2004")
    candidate.go(f"/exams/{seed.SITTING}")
    candidate.press("Apply for this exam")
    home = candidate.path.removeprefix("/en")
    candidate.fill_in("SAMPLE2004")
    candidate.hand_in()
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    reviewer.page.locator("tbody tr", has_text=home.rpartition("/")[2]).locator("a").click()
    reviewer.pick(verdict="return")
    for reason in ("photo_unsuitable", "name_differs"):
        reviewer.page.locator(f'[name="reasons"][value="{reason}"]').check()
    reviewer.fill(note="The left edge is cut off.")
    reviewer.submit()
    for language in ("zh", "en"):
        candidate.language = language
        candidate.go(home)
        must_be_good(candidate, "returned")
    assert candidate.page.locator(".govuk-tag--red").count() == 2
    assert "The left edge is cut off." in candidate.page.inner_text("main")
    candidate.go(f"{home}/photo/new")
    candidate.choose_file(samples.id_document())
    must_be_good(candidate, "being checked")
    candidate.go(f"{home}/photo/arrived")
    must_be_good(candidate, "a photo that is none")
    candidate.upload(home, "photo", samples.as_from_phone(samples.drawn(portrait.portrait(), 1400)))
    candidate.go(f"{home}/details")
    assert "The name differs from the ID document." in candidate.page.inner_text("main")
    candidate.fill(full_name="陈样品")
    candidate.submit()
    assert candidate.next == "We are checking your identity"  # another name is asked for anew
    candidate.page.reload()
    assert candidate.next == "Next: Check your answers and submit"
    candidate.hand_in()
    candidate.page.reload()
    assert candidate.next == "We review your application"


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
