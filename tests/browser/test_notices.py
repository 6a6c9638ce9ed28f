"""Notices in a browser: read by anybody on any screen, written by one member of staff, confirmed by another."""

from collections.abc import Callable

import pytest

from local import announcing, seed, seed_guangdong
from local.cloud import LocalCloud
from tests.browser.walker import Walker, must_be_good, settle

PAGES = ("/notices", "/plan", "/contacts", "/browsers", "/offline", "/check/scope")


@pytest.fixture(scope="module")
def notices(cloud: LocalCloud) -> LocalCloud:
    announcing.publish(cloud, seed.SITTING)
    return cloud


@pytest.mark.usefixtures("notices")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_published_can_be_read_on_every_screen(window: Callable[..., Walker], language: str) -> None:
    walker = window(language)
    for path in (*PAGES, f"/notices/registration-notice-cgptc-2026-for-{seed.SITTING}", f"/exams/{seed.SITTING}"):
        walker.go(path)
        must_be_good(walker, path)
        walker.page.set_viewport_size({"width": 360, "height": 740})
        assert walker.sideways() <= 0
        walker.shot(f"notices{path.replace('/', '-')}-{language}")


@pytest.mark.usefixtures("notices")
def test_a_notice_leads_from_the_start_page_to_its_proof_without_javascript(window: Callable[..., Walker]) -> None:
    walker = window(javascript=False)
    walker.go("/")
    walker.follow("Notices")
    walker.follow("No training institution is designated by us")
    assert walker.heading == "No training institution is designated by us"
    walker.follow("the desk that hears reports")
    assert walker.heading == "Contacts"


def write(walker: Walker, **changes: str) -> None:
    walker.go("/staff/notices/new")
    walker.pick(kind="exam_notice", scheme="guangdong")
    walker.fill(
        **{
            "year": "2026",
            "name": "roads",
            "title_en": "Roads are closed",
            "title_zh": "交通管制提示",
            "text_en": "## Come early\n- by train",
            "text_zh": "请提前出行。",
            **changes,
        }
    )
    walker.submit()


@pytest.mark.usefixtures("notices")
def test_one_writes_a_notice_and_another_publishes_it(window: Callable[..., Walker], cloud: LocalCloud) -> None:
    officer, second, reader = window(), window(), window()
    officer.sign_in_as_staff(seed.OFFICER_EMAIL)
    officer.go("/staff/notices")
    must_be_good(officer, "staff notices")
    write(officer, text_en="<b>Come early</b>", text_zh="Come early", title_zh="Roads", effective="2020-01-01 09:00")
    must_be_good(officer, "a notice with mistakes")
    summary = officer.page.inner_text(".govuk-error-summary")
    assert "Line 1: Write no HTML" in summary
    assert "Nothing is dated back" in summary
    assert "Write the Chinese text in Chinese." in summary
    assert officer.page.locator('[name="text_en"]').input_value() == "<b>Come early</b>"
    write(officer)
    assert officer.heading == "This is how it will be read"
    must_be_good(officer, "preview")
    assert officer.page.locator("section h3").first.inner_text() == "Come early"
    officer.submit()
    assert "waits for a second person" in officer.page.inner_text("main")
    officer.follow("Roads are closed")
    assert officer.page.locator("main form").count() == 0
    reader.go("/notices/exam-notice-guangdong-2026-roads")
    assert reader.heading == "Page not found"
    second.sign_in_as_staff(seed_guangdong.PROVINCE_EMAIL)
    second.go("/staff/notices")
    second.follow("Roads are closed")
    must_be_good(second, "proposal")
    second.submit()
    settle(cloud)
    assert "It is published." in second.page.inner_text("main")
    reader.go("/notices/exam-notice-guangdong-2026-roads")
    assert reader.heading == "Roads are closed"
    second.page.locator("li", has_text="Roads are closed").get_by_role("link", name="Write the next version").click()
    assert second.page.locator('[name="title_zh"]').input_value() == "交通管制提示"
