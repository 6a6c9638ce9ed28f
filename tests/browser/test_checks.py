"""The pages of education, reports and on-site checks, of candidate and desk, in a real browser and both languages."""

from collections.abc import Callable, Iterator

import pytest

from local import seed, seed_guangdong
from local.clock import VirtualClock
from local.cloud import LocalCloud
from tests.browser.walker import Walker, must_be_good
from tests.functions import on_site
from tests.functions.committing import People, publish
from tests.functions.education_files import unverified
from tests.functions.stand import START, Stand
from tests.functions.test_late_reports import duty, released
from tests.samples.hostile import clean_pdf

Window = Callable[..., Walker]


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    """Two schemes: one that checks education on site, one that takes reports."""
    clock = VirtualClock(START)
    with LocalCloud(clock=clock) as cloud:
        seed.prepare(cloud)
        made = Stand(cloud, clock)
        publish(made)
        on_site.publish(made)
        yield made


@pytest.fixture(scope="module")
def cloud(stand: Stand) -> LocalCloud:
    return stand.cloud


def both(walker: Walker, *pages: str) -> None:
    """Each page in English and Chinese: no violation, no sideways scroll, and a picture."""
    for language in ("en", "zh"):
        walker.language = language
        for page in pages:
            walker.go(page)
            must_be_good(walker, f"{page} {language}")
            name = "-".join(part for part in page.split("?")[0].split("/") if part and not part.startswith("APP-"))
            walker.shot(f"checks-{name}-{language}")
    walker.language = "en"


def test_pages_of_an_on_site_check(stand: Stand, window: Window) -> None:
    candidate = on_site.Unverified(stand).confirmed()
    base = f"/apply/{candidate.reference}"
    walker, desk = window(), window()
    walker.sign_in(candidate.sample.email)
    both(
        walker,
        base,
        f"{base}/timeline",
        f"{base}/on-site",
        "/education",
        f"/education?application={candidate.reference}",
    )
    walker.go(f"{base}/on-site")
    walker.submit()
    must_be_good(walker, "no time chosen")
    walker.shot("checks-on-site-error-en")
    walker.page.locator('input[name="starts"]').first.check()
    walker.submit()
    both(walker, f"{base}/on-site")
    desk.sign_in_as_staff(on_site.DESK_EMAIL)
    both(desk, f"/staff/cases/{stand_case(candidate.reference)}")


def stand_case(reference: str) -> str:
    from certification.cloud.tables.applications import applications

    return applications.read(reference).open_cases[0].reference


def test_pages_of_education_and_its_proof(stand: Stand, window: Window) -> None:
    candidate = unverified(People(stand))
    base = f"/apply/{candidate.reference}"
    walker = window()
    walker.sign_in(candidate.sample.email)
    both(
        walker,
        f"/education?application={candidate.reference}",
        "/education/1",
        "/education/new",
        f"{base}/education-proof",
    )
    walker.go("/education/new")
    walker.submit()
    must_be_good(walker, "an entry with errors")
    walker.shot("checks-education-errors-en")
    walker.go(f"{base}/education-proof/new")
    walker.choose_file(clean_pdf())
    both(walker, f"{base}/education-proof")


def test_pages_of_the_report_after_the_results(stand: Stand, window: Window) -> None:
    people = People(stand)
    people.number = 50
    candidate = released(people)
    case, base = duty(candidate), f"/apply/{candidate.reference}"
    walker, desk = window(), window()
    walker.sign_in(candidate.sample.email)
    both(walker, base, f"{base}/report")
    walker.go(f"{base}/report")
    walker.submit()
    must_be_good(walker, "nothing uploaded")
    walker.shot("checks-report-error-en")
    desk.sign_in_as_staff(seed_guangdong.CITY_EMAIL)
    both(desk, f"/staff/cases/{case.id}")
    desk.pick(verdict="return")
    desk.submit()
    must_be_good(desk, "no reason given")
    desk.shot("checks-staff-report-error-en")
